//! Many ledger entries at once.

use super::{FIRST, NOBODY, Office, TENTH, fields, key, ledger, payment, problem};
use crate::support::place::Place;
use crate::support::service::Answer;
use serde_json::{Value, json};

const BATCH: &str = "/years/2024/disbursements:batch";

fn entry(code: &str, amount: &str, voucher: &str) -> Value {
    let mut entry = payment(amount, voucher);
    entry["project"] = json!(code);
    entry
}

fn post(office: &Office, mode: &str, entries: &[Value]) -> Answer {
    office.post(BATCH, &json!({ "mode": mode, "entries": entries }))
}

fn statuses(results: &Value) -> Vec<u64> {
    results.as_array().unwrap().iter().map(|result| result["status"].as_u64().unwrap()).collect()
}

fn recorded(office: &Office, code: &str) -> usize {
    office.get(&ledger(code)).expect(200).json()["items"].as_array().unwrap().len()
}

/// One entry of each kind of refusal among two that are fine.
fn mixed() -> Vec<Value> {
    let mut wrong_word = entry(FIRST, "1.00", "v4");
    wrong_word["kind"] = json!("reversal");
    vec![
        entry(FIRST, "310000.00", "v1"),
        entry(FIRST, "2.00", "v1"),
        entry(NOBODY, "1.00", "v2"),
        entry(TENTH, "0.00", "v3"),
        wrong_word,
        entry("no code", "1.00", "v5"),
        entry(TENTH, "5.00", "v6"),
    ]
}

#[test]
fn a_batch_is_recorded_whole_and_compares_each_project_once() {
    Place::each(|place| {
        let office = Office::on(place);
        let key = key();
        let entries = [entry(TENTH, "5.00", "v1"), entry(FIRST, "1.00", "v1"), entry(FIRST, "2.00", "v2")];
        let post = || office.service.client.post(&office.clerk, BATCH, &key, &json!({ "entries": entries }));
        let answer = post().expect(201);
        let body = answer.json();
        assert_eq!(
            (&body["recorded"], &body["refused"], &body["mode"]),
            (&json!(3), &json!(0), &json!("all_or_nothing"))
        );
        assert_eq!(statuses(&body["results"]), [201, 201, 201]);
        let spent: Vec<_> = body["comparisons"].as_array().unwrap().iter().map(|one| &one["spent_yuan"]).collect();
        assert_eq!(spent, ["3.00", "5.00"]);
        assert_eq!(body["results"][2]["disbursement"]["sequence"], 2);
        let again = post().expect(201);
        assert_eq!((again.text.as_str(), again.header("idempotent-replayed")), (answer.text.as_str(), Some("true")));
        assert_eq!((recorded(&office, FIRST), recorded(&office, TENTH)), (2, 1));
        assert_eq!(place.json(&["verify"])["clean"], true);
    });
}

#[test]
fn one_refused_entry_refuses_all_and_each_says_why() {
    Place::each(|place| {
        let office = Office::on(place);
        let refused = problem(&post(&office, "all_or_nothing", &mixed()), 422, "batch-refused");
        let results = &refused["results"];
        assert_eq!(statuses(results), [424, 409, 404, 422, 422, 404, 424]);
        assert_eq!((&results[0]["outcome"], &results[1]["outcome"]), (&json!("fine"), &json!("refused")));
        assert_eq!(results[1]["problem"]["type"], "/problems/voucher-already-recorded");
        assert_eq!(fields(&results[3]["problem"]), ["amount_yuan"]);
        assert_eq!(fields(&results[4]["problem"]), ["kind"]);
        assert_eq!((recorded(&office, FIRST), recorded(&office, TENTH)), (0, 0));
        assert!(place.words("SELECT action AS word FROM audit WHERE entity = 'disbursement'").is_empty());
    });
}

#[test]
fn each_for_itself_records_what_is_fine() {
    Place::each(|place| {
        let office = Office::on(place);
        let key = key();
        let send =
            || office.service.client.post(&office.clerk, BATCH, &key, &json!({ "mode": "each", "entries": mixed() }));
        let answer = send().expect(207);
        let body = answer.json();
        assert_eq!((&body["recorded"], &body["refused"]), (&json!(2), &json!(5)));
        assert_eq!(statuses(&body["results"]), [201, 409, 404, 422, 422, 404, 201]);
        // The entry that stood in the way was one of the batch itself.
        assert_eq!(body["results"][1]["problem"]["first"], body["results"][0]["disbursement"]["id"]);
        assert_eq!(send().expect(207).text, answer.text);
        assert_eq!((recorded(&office, FIRST), recorded(&office, TENTH)), (1, 1));
        let none = problem(&post(&office, "each", &mixed()[..4]), 422, "batch-refused");
        assert_eq!(statuses(&none["results"]), [409, 409, 404, 422]);
        post(&office, "each", &[entry(FIRST, "1.00", "v9")]).expect(201);
        assert_eq!(place.json(&["verify"])["clean"], true);
    });
}

#[test]
fn a_project_outside_the_token_s_units_is_not_there() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let foreign = place.token("clerk", &["444001"]);
    let body = json!({ "entries": [entry(FIRST, "1.00", "v1")] });
    let refused = problem(&office.service.client.post(&foreign, BATCH, &key(), &body), 422, "batch-refused");
    assert_eq!(statuses(&refused["results"]), [404]);
    problem(&office.service.client.post(&office.auditor, BATCH, &key(), &body), 403, "forbidden");
    problem(&office.service.client.post(&office.clerk, BATCH, "", &body), 400, "idempotency-key-missing");
}

#[test]
fn a_thousand_entries_are_taken_and_one_more_is_not() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let many = |count: usize| {
        let entries: Vec<Value> = (0..count)
            .map(|number| {
                let mut one = entry(FIRST, "0.01", &format!("v{number}"));
                one["payee"] = json!("某".repeat(200));
                one["memo"] = json!("记".repeat(500));
                one
            })
            .collect();
        post(&office, "all_or_nothing", &entries)
    };
    assert_eq!(fields(&problem(&many(0), 422, "invalid-value")), ["entries"]);
    assert_eq!(fields(&problem(&many(1_001), 422, "invalid-value")), ["entries"]);
    let body = many(1_000).expect(201).json();
    assert_eq!((&body["recorded"], &body["comparisons"][0]["spent_yuan"]), (&json!(1_000), &json!("10.00")));
}

#[test]
fn a_fault_in_an_entry_s_shape_is_named_by_its_path() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    for (name, value, named) in [
        ("amount_yuan", json!(1), "entries[1].amount_yuan"),
        ("amount_yuan", json!("1.234"), "entries[1].amount_yuan"),
        ("paid_on", json!("28.06.2024"), "entries[1].paid_on"),
        ("surprise", json!(1), "entries[1].surprise"),
        ("line_no", json!("1"), "entries[1].line_no"),
    ] {
        let mut wrong = entry(FIRST, "1.00", "v2");
        wrong[name] = value;
        let refused = post(&office, "each", &[entry(FIRST, "1.00", "v1"), wrong]);
        assert_eq!(fields(&problem(&refused, 422, "invalid-value")), [named]);
    }
    let mut short = entry(FIRST, "1.00", "v1");
    short.as_object_mut().unwrap().remove("project");
    assert_eq!(fields(&problem(&post(&office, "each", &[short]), 422, "invalid-value")), ["entries[0].project"]);
    assert_eq!(fields(&problem(&post(&office, "some", &[]), 422, "invalid-value")), ["mode"]);
    assert_eq!(recorded(&office, FIRST), 0);
}

#[test]
fn what_a_batch_makes_critical_is_told_in_one_letter_per_person() {
    let place = Place::sqlite();
    let words = ["--role", "officer", "--email", "li@example.invalid", "--name", "李"];
    let office = Office::on(&place);
    place.done(&[&["contact", "add", "--unit", "333001"][..], &words].concat());
    post(&office, "each", &[entry(FIRST, "907800.01", "v1"), entry(TENTH, "9999999.00", "v1")]).expect(201);
    let letters = office.get("/letters").expect(200).json();
    assert_eq!(letters["items"].as_array().unwrap().len(), 1, "{letters}");
}
