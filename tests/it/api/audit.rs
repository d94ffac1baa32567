//! The audit trail: every writing verb leaves its row, and each reader sees what concerns its units.

use super::{FIRST, Office, all_pages, key, ledger, payment};
use crate::support::patience::until;
use crate::support::place::Place;
use serde_json::{Value, json};
use std::time::Duration;

/// A letter that has left, so that no postman holds it any more.
fn sent_letter(office: &Office) -> String {
    let (id, _) = until("a letter that was sent", Duration::from_mins(1), || {
        let sent = office.get("/letters?state=sent").expect(200).json();
        let waits = office.get("/letters?state=queued").expect(200).json();
        let is_quiet = waits["items"].as_array().is_some_and(Vec::is_empty);
        sent["items"][0]["id"].as_str().filter(|_| is_quiet).map(str::to_owned)
    });
    id
}

/// Everything that writes, once; gives what each was called and the unit that it concerned.
fn do_everything(place: &Place, office: &Office) -> Vec<(&'static str, &'static str, Value)> {
    let client = &office.service.client;
    let post = |token: &str, path: &str, body: &Value| client.post(token, path, &key(), body);
    let ours = json!("333001");
    let entry = office.pay(FIRST, "300000.00", "v1");
    let project = office.get(&format!("/years/2024/projects/{FIRST}")).json();
    let indicator = project["indicators"][0]["id"].as_str().unwrap();
    let readings = format!("/years/2024/projects/{FIRST}/indicators/{indicator}/readings");
    office.post(&readings, &json!({ "observed_on": "2024-06-30", "value": "20" })).expect(201);
    let alerts = office.get(&format!("/years/2024/alerts?project={FIRST}&severity=warning")).json();
    let alert = alerts["items"][0]["id"].as_str().unwrap().to_owned();
    let said = json!({ "causes": { "other": "汛期" }, "explanation": "停工", "likelihood": "certain" });
    post(&office.reviewer, &format!("/alerts/{alert}/acknowledgement"), &said).expect(200);
    post(&office.reviewer, &format!("/alerts/{alert}/resolution"), &json!({ "reason": "已协商" })).expect(200);
    office.reverse(FIRST, entry["id"].as_str().unwrap(), "2024-06-30").expect(201);
    let commitments = format!("/years/2024/projects/{FIRST}/commitments");
    let promise =
        json!({ "kind": "contract", "amount_yuan": "5.00", "committed_on": "2024-06-01", "reference_no": "HT-1" });
    let promise = office.post(&commitments, &promise).expect(201).json()["id"].as_str().unwrap().to_owned();
    let release = json!({ "released_on": "2024-06-30", "reason": "已付清" });
    office.post(&format!("{commitments}/{promise}/release"), &release).expect(201);
    let forecast = json!({ "year_end_yuan": "5.00", "as_of": "2024-06-30", "reason": "估计" });
    office.post(&format!("/years/2024/projects/{FIRST}/forecasts"), &forecast).expect(201);
    let new = json!({ "code": "13060524P00000210036X", "name": "道路养护", "unit": "333001", "budget_yuan": "900.00",
        "points": [{ "point_on": "2024-12-31", "planned_yuan": "900.00" }],
        "indicators": [{ "level1": "产出指标", "level2": "数量指标", "name": "里程", "target": "≥50公里", "basis": "计划" }] });
    post(&office.reviewer, "/years/2024/projects", &new).expect(201);
    let revision = json!({ "effective_on": "2024-07-01", "reason": "追加", "document_no": null, "budget_yuan": "950.00",
        "points": [{ "point_on": "2024-12-31", "planned_yuan": "950.00" }] });
    let revising = [("Content-Type", "application/json"), ("Idempotency-Key", "revision"), ("If-Match", "*")];
    let plans = "/years/2024/projects/13060524P00000210036X/plans";
    client.send(&office.reviewer, plans, &revising, revision.to_string().as_bytes()).unwrap().expect(201);
    let contact = json!({ "unit": "333001", "role": "head", "email": "li@example.invalid", "name": "李" });
    let contact = post(&office.admin, "/contacts", &contact).expect(201).json();
    office.check(&json!({})).expect(200);
    let letter = sent_letter(office);
    place.sql("UPDATE letters SET state = 'dead'").unwrap();
    post(&office.reviewer, &format!("/letters/{letter}/retry"), &json!({})).expect(200);
    client.delete(&office.admin, &format!("/contacts/{}", contact["id"].as_str().unwrap())).expect(204);
    post(&office.admin, "/units", &json!({ "code": "444", "name": "别的单位" })).expect(201);
    client.put(&office.admin, "/units/444", &json!({ "name": "另一单位", "parent": null })).expect(200);
    let token =
        post(&office.admin, "/tokens", &json!({ "name": "t", "role": "auditor", "units": ["444"] })).expect(201);
    let token = token.json()["id"].as_str().unwrap().to_owned();
    client.delete(&office.admin, &format!("/tokens/{token}")).expect(204);
    vec![
        ("adopt_rules", "rule_set", Value::Null),
        ("import_plan", "project", ours.clone()),
        ("record_disbursement", "disbursement", ours.clone()),
        ("record_reading", "reading", ours.clone()),
        ("acknowledge_alert", "alert", ours.clone()),
        ("resolve_alert", "alert", ours.clone()),
        ("reverse_disbursement", "disbursement", ours.clone()),
        ("commit", "commitment", ours.clone()),
        ("release_commitment", "commitment", ours.clone()),
        ("give_forecast", "forecast", ours.clone()),
        ("create_project", "project", ours.clone()),
        ("revise_plan", "project", ours.clone()),
        ("retry_letter", "letter", ours.clone()),
        ("add_contact", "contact", ours.clone()),
        ("check", "check_run", Value::Null),
        ("remove_contact", "contact", ours),
        ("record_unit", "unit", json!("444")),
        ("change_unit", "unit", json!("444")),
        ("create_token", "token", Value::Null),
        ("revoke_token", "token", Value::Null),
    ]
}

#[test]
fn every_writing_verb_leaves_its_row() {
    Place::each(|place| {
        let office = Office::on(place);
        let done = do_everything(place, &office);
        let trail = all_pages(&office, &office.admin, "/audit", 7);
        let ids: Vec<&str> = trail.iter().map(|row| row["id"].as_str().unwrap()).collect();
        assert!(ids.is_sorted(), "newest last");
        for (action, entity, unit) in &done {
            let row = trail.iter().rev().find(|row| row["action"] == *action).unwrap_or_else(|| panic!("{action}"));
            assert_eq!((&row["entity"], &row["unit"]), (&json!(entity), unit), "{action}");
            assert_eq!(row["request_id"].is_string(), !matches!(*action, "import_plan" | "adopt_rules"), "{row}");
            let path = format!("/audit?entity={entity}&entity_id={}", row["entity_id"].as_str().unwrap());
            let found = office.service.client.get(&office.admin, &path).expect(200).json();
            assert!(found["items"].as_array().unwrap().contains(row), "{path}");
        }
        for (filter, sees) in [
            ("actor=clerk", "record_disbursement"),
            ("action=check", "check"),
            ("since=2024-07-01T01:00:00Z&entity=alert", "acknowledge_alert"),
        ] {
            let found = all_pages(&office, &office.admin, &format!("/audit?{filter}"), 500);
            assert!(found.iter().any(|row| row["action"] == sees), "{filter}: {found:?}");
        }
        assert_eq!(all_pages(&office, &office.admin, "/audit?until=2024-07-01T01:00:00Z", 500), Vec::<Value>::new());
        assert_eq!(all_pages(&office, &office.admin, "/audit?actor=nobody", 500), Vec::<Value>::new());
    });
}

#[test]
fn an_auditor_reads_what_concerns_its_units_and_nothing_else() {
    Place::each(|place| {
        let office = Office::on(place);
        do_everything(place, &office);
        let all = all_pages(&office, &office.admin, "/audit", 500);
        let of = |unit: &str| -> Vec<Value> { all.iter().filter(|row| row["unit"] == unit).cloned().collect() };
        assert_eq!(all_pages(&office, &office.auditor, "/audit", 3), of("333001"));
        let foreign = place.token("auditor", &["444"]);
        assert_eq!(all_pages(&office, &foreign, "/audit", 3), of("444"));
        assert_eq!(all_pages(&office, &foreign, "/audit?unit=333001", 3), Vec::<Value>::new());
        assert_eq!(all_pages(&office, &office.admin, "/audit?unit=444", 3), of("444"));
        let anew =
            office.service.client.post(&office.clerk, &ledger(FIRST), &key(), &payment("1.00", "v9")).expect(201);
        let path = format!("/audit?entity_id={}", anew.json()["id"].as_str().unwrap());
        let row = office.get(&path).expect(200).json()["items"][0].clone();
        assert_eq!(row["request_id"].as_str(), anew.header("x-request-id"));
        assert_eq!((&row["before"], &row["after"]["amount_yuan"]), (&Value::Null, &json!("1.00")));
    });
}
