//! Each matter is told once: however many check at once, however many projects a file turns critical, and whatever
//! comes and goes between two checks. And what was reversed does not come back with the same file.

use crate::support::place::Place;
use crate::support::service::{Answer, Service};
use serde_json::{Value, json};

const PLAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plan-2024.txt");
const DISPATCH: &str = "13060524P000002100357";
const SETTLED: &str = "13060524P000003100322";
const HEADERS: &str = "project_code,amount_yuan,paid_on,voucher_no,line_no,source,kind";

fn open_books(place: &Place) -> (Service, String) {
    place.with_rules("plan-points-only");
    place.at("2024-07-01T09:00:00+08:00");
    place.done(&["import", "plan", PLAN, "--year", "2024"]);
    place.done(&[
        "contact",
        "add",
        "--unit",
        "333001",
        "--role",
        "head",
        "--email",
        "li@example.invalid",
        "--name",
        "李明",
    ]);
    let reviewer = place.token("reviewer", &["333001"]);
    (Service::start(place), reviewer)
}

fn hand_in(place: &Place, lines: &str) -> Value {
    let file = place.file("payments.csv");
    std::fs::write(&file, format!("{HEADERS}\n{lines}")).unwrap();
    place.json(&["import", "actuals", file.to_str().unwrap(), "--year", "2024"])
}

fn letters(service: &Service, token: &str) -> Vec<Value> {
    service.client.get(token, "/letters").expect(200).json()["items"].as_array().unwrap().clone()
}

fn check(service: &Service, token: &str) -> Answer {
    service.client.post(token, "/years/2024/checks", "", &json!({ "as_of": "2024-07-01" })).expect(200)
}

#[test]
fn checks_at_once_tell_each_matter_once() {
    Place::each(|place| {
        let (service, token) = open_books(place);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| check(&service, &token));
            }
        });
        assert_eq!(letters(&service, &token).len(), 1);
        let runs = service.client.get(&token, "/years/2024/checks").expect(200).json();
        let raised: Vec<&Value> =
            runs["items"].as_array().unwrap().iter().map(|run| &run["alerts"]["raised"]).collect();
        let alerts =
            service.client.get(&token, "/years/2024/alerts").expect(200).json()["items"].as_array().unwrap().len();
        assert_eq!(raised.iter().filter_map(|count| count.as_u64()).sum::<u64>(), alerts as u64, "{runs}");
    });
}

#[test]
fn a_file_that_turns_several_projects_critical_makes_one_letter() {
    Place::each(|place| {
        let (service, token) = open_books(place);
        hand_in(place, &format!("{DISPATCH},1.00,2024-06-28,甲-1,1,,\n{SETTLED},1.00,2024-06-28,甲-2,1,,\n"));
        let told = letters(&service, &token);
        assert_eq!(told.len(), 1, "{told:?}");
        let text = told[0]["text"].as_str().unwrap();
        assert!(text.contains(DISPATCH) && text.contains(SETTLED), "{text}");
    });
}

#[test]
fn what_is_over_and_back_between_two_checks_is_no_news() {
    Place::each(|place| {
        let (service, token) = open_books(place);
        check(&service, &token);
        assert_eq!(letters(&service, &token).len(), 1);
        let ledger = format!("/years/2024/projects/{DISPATCH}/disbursements");
        let body = json!({ "amount_yuan": "453900.00", "paid_on": "2024-06-28", "voucher_no": "甲-1" });
        let paid = service.client.post(&token, &ledger, "k1", &body).expect(201).json();
        let undo = json!({ "reason": "重复支付", "paid_on": "2024-06-30" });
        let place_of = format!("{ledger}/{}/reversal", paid["id"].as_str().unwrap());
        service.client.post(&token, &place_of, "k2", &undo).expect(201);
        let after_postings = letters(&service, &token).len();
        check(&service, &token);
        assert_eq!(letters(&service, &token).len(), after_postings, "the check found nothing new");
        assert_eq!(after_postings, 1, "nobody had heard that it was over");
    });
}

#[test]
fn a_reversed_payment_does_not_come_back_with_the_same_file() {
    Place::each(|place| {
        let (service, token) = open_books(place);
        let line = format!("{DISPATCH},226950.00,2024-03-28,甲-1,1,,\n");
        assert_eq!(hand_in(place, &line)["new"], 1);
        let ledger = format!("/years/2024/projects/{DISPATCH}/disbursements");
        let entries = service.client.get(&token, &ledger).expect(200).json();
        let id = entries["items"][0]["id"].as_str().unwrap().to_owned();
        let undo = json!({ "reason": "录错项目", "paid_on": "2024-04-01" });
        service.client.post(&token, &format!("{ledger}/{id}/reversal"), "k1", &undo).expect(201);
        let again = hand_in(place, &line);
        assert_eq!((&again["new"], &again["reversed"], &again["applied"]), (&json!(0), &json!(1), &json!(true)));
        let spent =
            service.client.get(&token, &format!("/years/2024/projects/{DISPATCH}/comparison")).expect(200).json();
        assert_eq!(spent["spent_yuan"], "0.00");
        // Who means to record it again, posts it.
        let body = json!({ "amount_yuan": "226950.00", "paid_on": "2024-03-28", "voucher_no": "甲-1" });
        service.client.post(&token, &ledger, "k2", &body).expect(201);
    });
}
