//! A fact is recorded once, however often it is posted.

use super::{FIRST, Office, TENTH, key, ledger, payment, problem};
use crate::support::place::Place;
use serde_json::json;

#[test]
fn the_same_post_gets_the_first_answer_again() {
    Place::each(|place| {
        let office = Office::on(place);
        let (key, body) = (key(), payment("1.00", "v1"));
        let post = || office.service.client.post(&office.clerk, &ledger(FIRST), &key, &body);
        let first = post().expect(201);
        assert_eq!(first.header("idempotent-replayed"), None);
        for _ in 0..2 {
            let again = post().expect(201);
            assert_eq!(again.header("idempotent-replayed"), Some("true"));
            assert_eq!((&again.text, again.header("location")), (&first.text, first.header("location")));
            assert_eq!(again.header("content-type"), Some("application/json"));
            assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
        }
        // The answer is the stored one, although the project stands elsewhere by now.
        office.pay(FIRST, "500000.00", "v2");
        assert_eq!(post().expect(201).text, first.text);
        assert_eq!(office.get(&ledger(FIRST)).json()["items"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn a_key_with_another_body_is_refused() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let key = key();
    let post = |body| office.service.client.post(&office.clerk, &ledger(FIRST), &key, &body);
    post(payment("1.00", "v1")).expect(201);
    problem(&post(payment("2.00", "v1")), 422, "idempotency-key-reused");
    problem(&post(payment("1.00", "v2")), 422, "idempotency-key-reused");
    assert_eq!(office.get(&ledger(FIRST)).json()["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_key_belongs_to_its_token_method_and_path() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let (key, body) = (key(), payment("1.00", "v1"));
    let post = |token: &str, code: &str| office.service.client.post(token, &ledger(code), &key, &body);
    post(&office.clerk, FIRST).expect(201);
    assert_eq!(post(&office.clerk, TENTH).expect(201).header("idempotent-replayed"), None);
    problem(&post(&office.reviewer, FIRST), 409, "voucher-already-recorded");
}

#[test]
fn a_refusal_is_not_kept() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let holder = office.pay(FIRST, "1.00", "v1");
    let key = key();
    let post = |body| office.service.client.post(&office.clerk, &ledger(FIRST), &key, &body);
    problem(&post(payment("0.00", "v1")), 422, "invalid-value");
    problem(&post(payment("2.00", "v1")), 409, "voucher-already-recorded");
    problem(&post(payment("2.00", "v1")), 409, "voucher-already-recorded");
    office.reverse(FIRST, holder["id"].as_str().unwrap(), "2024-06-30").expect(201);
    assert_eq!(post(payment("2.00", "v1")).expect(201).header("idempotent-replayed"), None);
}

#[test]
fn each_post_that_records_a_fact_asks_for_a_key() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let paid = office.pay(FIRST, "1.00", "v1");
    let (reversal, readings) = (
        format!("{}/{}/reversal", ledger(FIRST), paid["id"].as_str().unwrap()),
        format!("/years/2024/projects/{FIRST}/indicators/{}/readings", paid["id"].as_str().unwrap()),
    );
    for path in [ledger(FIRST), reversal, readings, "/contacts".to_owned()] {
        problem(&office.service.client.post(&office.admin, &path, "", &json!({})), 400, "idempotency-key-missing");
        for bad in [" ", "a\tb", &"k".repeat(201)] {
            let headers = [("Content-Type", "application/json"), ("Idempotency-Key", bad)];
            let answer = office.service.client.send(&office.admin, &path, &headers, b"{}").unwrap();
            problem(&answer, 400, "idempotency-key-missing");
        }
        problem(&office.service.client.post(&office.admin, &path, &"k".repeat(200), &json!({})), 422, "invalid-value");
    }
}

#[test]
fn a_reversal_and_a_contact_are_recorded_once_too() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let paid = office.pay(FIRST, "1.00", "v1");
    let reversal = format!("{}/{}/reversal", ledger(FIRST), paid["id"].as_str().unwrap());
    let contact = json!({ "unit": "333001", "role": "head", "email": "li@example.invalid", "name": "李明" });
    let order = json!({ "reason": "错", "paid_on": "2024-06-30" });
    for (path, body) in [(reversal.as_str(), order), ("/contacts", contact)] {
        let key = key();
        let post = || office.service.client.post(&office.admin, path, &key, &body);
        let (first, again) = (post().expect(201), post().expect(201));
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!((&again.text, again.header("location")), (&first.text, first.header("location")));
    }
}
