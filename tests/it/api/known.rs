//! The books as they were known at an instant.

use super::{FIRST, Office, TENTH, key, ledger, payment, problem};
use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::json;

#[test]
fn projects_plans_and_ledger_are_read_as_they_were_known() {
    Place::each(|place| {
        let office = Office::on(place);
        let first = office.pay(FIRST, "1000.00", "v1");
        let of_project = format!("/years/2024/projects/{FIRST}");
        let paths = [
            "/years/2024/projects?as_of=2024-06-30".to_owned(),
            format!("{of_project}?"),
            format!("{of_project}/plans?"),
            format!("{}?", ledger(FIRST)),
        ];
        let before = paths.each_ref().map(|path| office.get(path).expect(200).json());
        let Office { service, clerk, reviewer, auditor, .. } = office;
        drop(service);

        place.at("2024-07-20T09:00:00+08:00");
        let service = Service::start(place);
        let undone = json!({ "reason": "金额录错", "paid_on": "2024-06-29" });
        let reversal = format!("{}/{}/reversal", ledger(FIRST), first["id"].as_str().unwrap());
        service.client.post(&reviewer, &reversal, &key(), &undone).expect(201);
        service.client.post(&clerk, &ledger(FIRST), &key(), &payment("7.00", "v2")).expect(201);
        let revision = json!({ "effective_on": "2024-02-01", "reason": "调减", "name": "另一个名称", "budget_yuan": "1.00",
            "points": [{ "point_on": "2024-12-31", "planned_yuan": "1.00" }] });
        let key = key();
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", &*key), ("If-Match", "\"plan-1\"")];
        let plans = format!("{of_project}/plans");
        service.client.send(&reviewer, &plans, &headers, revision.to_string().as_bytes()).unwrap().expect(201);
        let new = json!({ "code": "N1", "name": "新项目", "unit": "333001", "budget_yuan": null, "points": [], "indicators": [] });
        service.client.post(&reviewer, "/years/2024/projects", &super::key(), &new).expect(201);

        let get = |path: &str| service.client.get(&auditor, path);
        for (path, before) in paths.iter().zip(before) {
            let then = get(&format!("{path}&known_at=2024-07-01T01:00:00Z")).expect(200).json();
            assert_eq!(then, before, "{path}");
            assert_ne!(get(path).expect(200).json(), before, "{path} shows what came after");
        }
        let early = "known_at=2024-06-30T00:00:00Z";
        for path in [of_project.clone(), plans.clone(), ledger(FIRST), format!("{of_project}/comparison")] {
            problem(&get(&format!("{path}?{early}")), 404, "not-found");
        }
        let none = get(&format!("/years/2024/projects?{early}")).expect(200).json();
        assert_eq!(none["items"], json!([]));
        problem(&get(&format!("{plans}/2?known_at=2024-07-01T01:00:00Z")), 404, "not-found");
        for path in [of_project, plans, ledger(TENTH), "/years/2024/projects".to_owned()] {
            problem(&get(&format!("{path}?known_at=yesterday")), 422, "invalid-value");
        }
        problem(&get("/years/2024/projects?as_of=2023-01-01"), 422, "invalid-value");
    });
}
