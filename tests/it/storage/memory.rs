//! What was known can be asked for again, and what was answered is not forgotten too soon.

use crate::support::bureau::{DISPATCH, HANDED_OVER, UNIT, changed_plan, open_books, pay, sample_plan};
use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::{Value, json};

/// What the service said of June on the first of July.
fn said_of_june(service: &Service, token: &str) -> Vec<Value> {
    ["comparison", &format!("projects/{DISPATCH}/comparison"), &format!("projects/{HANDED_OVER}/comparison")]
        .iter()
        .map(|what| {
            let path = format!("/years/2024/{what}?as_of=2024-06-30&known_at=2024-07-01T01:00:00Z");
            service.client.get(token, &path).expect(200).json()
        })
        .collect()
}

#[test]
fn what_was_said_of_a_day_is_said_again_whatever_came_later() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        let reviewer = place.token("reviewer", &[UNIT]);
        place.at("2024-07-01T09:00:00+08:00");
        let service = Service::start(place);
        let first = pay(&service, &reviewer, DISPATCH, "226950.00", "2024-03-28", "V-1");
        pay(&service, &reviewer, HANDED_OVER, "300000.00", "2024-06-12", "V-2");
        read(&service, &reviewer, "2024-06-29", "93");
        let said = said_of_june(&service, &reviewer);
        assert_eq!(said[1]["spent_yuan"], "226950.00");
        drop(service);

        place.at("2024-07-02T09:00:00+08:00");
        let revised =
            changed_plan(place, "july.txt", &[(HANDED_OVER, "44.22", "40.00"), (HANDED_OVER, "≥95%", "≥97%")]);
        let arguments =
            ["import", "plan", &revised, "--year", "2024", "--effective-on", "2024-05-01", "--reason", "调减"];
        place.done(&arguments);
        let service = Service::start(place);
        pay(&service, &reviewer, HANDED_OVER, "1234.56", "2024-06-13", "V-3");
        let reversal =
            format!("/years/2024/projects/{DISPATCH}/disbursements/{}/reversal", first["id"].as_str().unwrap());
        let order = json!({ "reason": "记错项目", "paid_on": "2024-06-28" });
        service.client.post(&reviewer, &reversal, "k", &order).expect(201);
        read(&service, &reviewer, "2024-06-30", "98");

        let now = service.client.get(&reviewer, "/years/2024/comparison?as_of=2024-06-30").expect(200).json();
        assert_ne!(now["totals"], said[0]["totals"], "later posts, the reversal and the revision are seen now");
        assert_eq!(said_of_june(&service, &reviewer), said);
    });
}

/// A reading of 出勤率, the second indicator.
fn read(service: &Service, token: &str, on: &str, value: &str) {
    let project = format!("/years/2024/projects/{DISPATCH}");
    let record = service.client.get(token, &project).expect(200).json();
    let indicator = record["indicators"][1]["id"].as_str().unwrap().to_owned();
    let body = json!({ "observed_on": on, "value": value });
    service.client.post(token, &format!("{project}/indicators/{indicator}/readings"), on, &body).expect(201);
}

#[test]
fn answers_are_kept_for_eight_days() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        let clerk = place.token("clerk", &[UNIT]);
        place.at("2024-07-01T09:00:00+08:00");
        let service = Service::start(place);
        let first = pay(&service, &clerk, DISPATCH, "100.00", "2024-06-27", "V-1");
        drop(service);
        let path = format!("/years/2024/projects/{DISPATCH}/disbursements");
        let body = json!({ "amount_yuan": "100.00", "paid_on": "2024-06-27", "voucher_no": "V-1" });

        place.at("2024-07-09T08:59:59+08:00");
        let service = Service::start(place);
        let again = service.client.post(&clerk, &path, "V-1", &body).expect(201);
        assert_eq!((again.header("idempotent-replayed"), &again.json()["id"]), (Some("true"), &first["id"]));
        drop(service);

        place.at("2024-07-09T09:00:01+08:00");
        let service = Service::start(place);
        let refused = service.client.post(&clerk, &path, "V-1", &body).expect(409).json();
        assert_eq!(refused["type"], "/problems/voucher-already-recorded", "the key is forgotten, the voucher is not");
    });
}
