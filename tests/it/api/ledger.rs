//! The ledger: postings, refunds, reversals, and what it refuses.

use super::{FIRST, NOBODY, Office, TENTH, fields, key, ledger, payment, problem, shown};
use crate::support::place::Place;
use serde_json::{Value, json};

#[test]
fn a_posting_is_answered_with_the_entry_and_the_new_comparison() {
    Place::each(|place| {
        let office = Office::on(place);
        let body = json!({ "amount_yuan": "310000.00", "paid_on": "2024-06-28", "voucher_no": "2024-06-0117",
            "source": "fiscal_own", "payee": "某物业公司", "memo": "第一行\n第二行" });
        let answer = office.post(&ledger(FIRST), &body).expect(201);
        let entry = answer.json();
        let location = answer.header("location").unwrap();
        assert_eq!(location, format!("/api/v1{}/{}", ledger(FIRST), entry["id"].as_str().unwrap()));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        insta::allow_duplicates! { insta::assert_snapshot!("posted", shown(&entry)) };

        let mut read = office.get(location.strip_prefix("/api/v1").unwrap()).expect(200).json();
        assert!(read.as_object_mut().unwrap().insert("comparison".to_owned(), entry["comparison"].clone()).is_none());
        assert_eq!(read, entry);
    });
}

#[test]
fn refunds_and_reversals_carry_their_sign() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let spent = |entry: &Value| entry["comparison"]["spent_yuan"].as_str().unwrap().to_owned();
    let paid = office.pay(FIRST, "1000.00", "v1");
    assert_eq!((&paid["amount_yuan"], &paid["kind"]), (&json!("1000.00"), &json!("payment")));

    let post_kind = |kind: &str, voucher: &str| {
        let mut body = payment("300.00", voucher);
        body["kind"] = json!(kind);
        office.post(&ledger(FIRST), &body).expect(201).json()
    };
    let refund = post_kind("refund", "v2");
    assert_eq!((&refund["amount_yuan"], spent(&refund)), (&json!("-300.00"), "700.00".to_owned()));
    let prior = post_kind("prior_year_refund", "v3");
    assert_eq!((&prior["amount_yuan"], &prior["counted"]), (&json!("-300.00"), &json!(false)));
    assert_eq!(spent(&prior), "700.00");

    let undone = office.reverse(FIRST, paid["id"].as_str().unwrap(), "2024-06-29").expect(201).json();
    assert_eq!((&undone["kind"], &undone["amount_yuan"]), (&json!("reversal"), &json!("-1000.00")));
    assert_eq!((&undone["reverses"], spent(&undone)), (&paid["id"], "-300.00".to_owned()));
    let undone = office.reverse(FIRST, refund["id"].as_str().unwrap(), "2024-06-29").expect(201).json();
    assert_eq!((&undone["amount_yuan"], spent(&undone)), (&json!("300.00"), "0.00".to_owned()));
    let undone = office.reverse(FIRST, prior["id"].as_str().unwrap(), "2024-06-29").expect(201).json();
    assert_eq!((&undone["amount_yuan"], spent(&undone)), (&json!("300.00"), "0.00".to_owned()));

    let entries = office.get(&ledger(FIRST)).expect(200).json();
    let entries = entries["items"].as_array().unwrap();
    let sequence: Vec<i64> = entries.iter().map(|entry| entry["sequence"].as_i64().unwrap()).collect();
    assert_eq!(sequence, [1, 2, 3, 4, 5, 6]);
    assert_eq!(entries[0]["reversed_by"], entries[3]["id"]);
    assert_eq!(place.json(&["verify"])["clean"], true);
}

#[test]
fn a_reversal_is_answered_like_a_posting() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let paid = office.pay(FIRST, "1000.00", "v1");
    let answer = office.reverse(FIRST, paid["id"].as_str().unwrap(), "2024-06-30").expect(201);
    let entry = answer.json();
    let location = answer.header("location").unwrap();
    assert_eq!(location, format!("/api/v1{}/{}", ledger(FIRST), entry["id"].as_str().unwrap()));
    let read = office.get(location.strip_prefix("/api/v1").unwrap()).expect(200).json();
    insta::assert_snapshot!("reversed", shown(&read));
}

#[test]
fn a_voucher_s_line_is_recorded_once_unless_it_was_reversed() {
    Place::each(|place| {
        let office = Office::on(place);
        let first = office.pay(FIRST, "1000.00", "v1");
        let taken = office.post(&ledger(FIRST), &payment("2.00", "v1"));
        assert_eq!(problem(&taken, 409, "voucher-already-recorded")["first"], first["id"]);
        let mut second_line = payment("2.00", "v1");
        second_line["line_no"] = json!(2);
        office.post(&ledger(FIRST), &second_line).expect(201);
        office.pay(TENTH, "1.00", "v1");

        let id = first["id"].as_str().unwrap();
        let reversal = office.reverse(FIRST, id, "2024-06-30").expect(201).json();
        let again = office.reverse(FIRST, id, "2024-06-30");
        assert_eq!(problem(&again, 409, "already-reversed")["reversed_by"], reversal["id"]);
        let of_reversal = office.reverse(FIRST, reversal["id"].as_str().unwrap(), "2024-06-30");
        problem(&of_reversal, 409, "conflict");

        let recorded_again = office.pay(FIRST, "900.00", "v1");
        let taken = office.post(&ledger(FIRST), &payment("2.00", "v1"));
        assert_eq!(problem(&taken, 409, "voucher-already-recorded")["first"], recorded_again["id"]);
    });
}

#[test]
fn a_payment_above_the_budget_is_a_fact() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let paid = office.pay(FIRST, "907800.01", "v1");
    assert_eq!(paid["comparison"]["standing"], "overspent");
    assert_eq!(paid["comparison"]["severity"], "critical");
}

/// What is changed about a good posting, and the field that the refusal names.
fn wrong_postings() -> Vec<(&'static str, Value, &'static str)> {
    let long = "长".repeat(201);
    vec![
        ("amount_yuan", json!(226_950), "amount_yuan"),
        ("amount_yuan", json!(226_950.5), "amount_yuan"),
        ("amount_yuan", json!(null), "amount_yuan"),
        ("amount_yuan", json!(["1.00"]), "amount_yuan"),
        ("amount_yuan", json!("12345678901234"), "amount_yuan"),
        ("amount_yuan", json!("1.234"), "amount_yuan"),
        ("amount_yuan", json!("0"), "amount_yuan"),
        ("amount_yuan", json!("0.00"), "amount_yuan"),
        ("amount_yuan", json!("-1.00"), "amount_yuan"),
        ("amount_yuan", json!("+1.00"), "amount_yuan"),
        ("amount_yuan", json!("1,000.00"), "amount_yuan"),
        ("amount_yuan", json!("１.００"), "amount_yuan"),
        ("amount_yuan", json!("1e3"), "amount_yuan"),
        ("amount_yuan", json!(" 1"), "amount_yuan"),
        ("amount_yuan", json!(""), "amount_yuan"),
        ("paid_on", json!("2023-12-31"), "paid_on"),
        ("paid_on", json!("2025-01-01"), "paid_on"),
        ("paid_on", json!("2024-07-02"), "paid_on"),
        ("paid_on", json!("2024-02-30"), "paid_on"),
        ("paid_on", json!("2024-6-28"), "paid_on"),
        ("paid_on", json!("28.06.2024"), "paid_on"),
        ("paid_on", json!(20_240_628), "paid_on"),
        ("voucher_no", json!(""), "voucher_no"),
        ("voucher_no", json!("  "), "voucher_no"),
        ("voucher_no", json!("a\u{0}b"), "voucher_no"),
        ("voucher_no", json!("a\nb"), "voucher_no"),
        ("voucher_no", json!("号".repeat(101)), "voucher_no"),
        ("voucher_no", json!(117), "voucher_no"),
        ("line_no", json!(0), "line_no"),
        ("line_no", json!(10_000), "line_no"),
        ("line_no", json!(1.5), "line_no"),
        ("line_no", json!("1"), "line_no"),
        ("line_no", json!(99_999_999_999_i64), "line_no"),
        ("kind", json!("reversal"), "kind"),
        ("kind", json!("Payment"), "kind"),
        ("source", json!("gift"), "source"),
        ("payee", json!("a\u{7f}"), "payee"),
        ("payee", json!("a\nb"), "payee"),
        ("payee", json!(long), "payee"),
        ("memo", json!("a\u{0}b"), "memo"),
        ("memo", json!("a\u{1b}[31mb"), "memo"),
        ("memo", json!("长".repeat(2_001)), "memo"),
        ("recorded_by", json!("somebody else"), "recorded_by"),
        ("id", json!("0190"), "id"),
    ]
}

#[test]
fn each_wrong_value_is_refused_by_the_name_of_its_field() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let post = |body: &Value, language: &str| {
        let key = key();
        let headers =
            [("Content-Type", "application/json"), ("Idempotency-Key", key.as_str()), ("Accept-Language", language)];
        office.service.client.send(&office.clerk, &ledger(FIRST), &headers, body.to_string().as_bytes()).unwrap()
    };
    for (field, value, named) in wrong_postings() {
        let mut body = payment("1.00", "v1");
        body[field] = value.clone();
        let refused = problem(&post(&body, "en"), 422, "invalid-value");
        assert_eq!(fields(&refused), [named], "{field} = {value}: {refused}");
        assert!(refused["detail"].as_str().unwrap().is_ascii(), "{refused}");
        let refused = problem(&post(&body, "zh-CN"), 422, "invalid-value");
        for words in [&refused["title"], &refused["detail"], &refused["errors"][0]["detail"]] {
            assert!(words.as_str().unwrap().chars().any(|sign| sign >= '\u{4e00}'), "{field} = {value}: {refused}");
        }
    }
    for missing in ["amount_yuan", "paid_on", "voucher_no"] {
        let mut body = payment("1.00", "v1");
        body.as_object_mut().unwrap().remove(missing);
        assert_eq!(fields(&problem(&post(&body, ""), 422, "invalid-value")), [missing]);
    }
    let hint = problem(&post(&json!({ "amount_yuan": 226_950 }), ""), 422, "invalid-value");
    assert!(hint["detail"].as_str().unwrap().contains("\"226950.00\""), "{hint}");
    assert_eq!(office.get(&ledger(FIRST)).expect(200).json()["items"], json!([]));
}

#[test]
fn the_widest_amount_and_the_longest_texts_are_taken() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let body = json!({ "amount_yuan": "9999999999999.99", "paid_on": "2024-01-01", "voucher_no": "号".repeat(100),
        "line_no": 9_999, "payee": "人".repeat(200), "memo": "记".repeat(2_000) });
    let entry = office.post(&ledger(FIRST), &body).expect(201).json();
    assert_eq!(entry["amount_yuan"], "9999999999999.99");
    assert_eq!(entry["memo"], body["memo"]);
    office
        .post(
            &ledger(FIRST),
            &json!({ "amount_yuan": "0.01", "paid_on": "2024-07-01", "voucher_no": "'; --",
        "payee": null, "memo": "tab\tand\r\nline 😀" }),
        )
        .expect(201);
}

#[test]
fn a_reversal_has_its_own_refusals() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let paid = office.pay(FIRST, "1.00", "v1");
    let id = paid["id"].as_str().unwrap();
    for paid_on in ["2024-06-27", "2024-07-02", "2025-01-01"] {
        let refused = office.reverse(FIRST, id, paid_on);
        assert_eq!(fields(&problem(&refused, 422, "invalid-value")), ["paid_on"]);
    }
    let path = format!("{}/{id}/reversal", ledger(FIRST));
    for (body, field) in [
        (json!({ "paid_on": "2024-06-30" }), "reason"),
        (json!({ "reason": " ", "paid_on": "2024-06-30" }), "reason"),
        (json!({ "reason": "错" }), "paid_on"),
        (json!({ "reason": "错", "paid_on": "2024-06-30", "amount_yuan": "1.00" }), "amount_yuan"),
    ] {
        let refused = office.service.client.post(&office.reviewer, &path, &key(), &body);
        assert_eq!(fields(&problem(&refused, 422, "invalid-value")), [field]);
    }
    problem(&office.reverse(FIRST, &key(), "2024-06-30"), 404, "not-found");
    problem(&office.reverse(FIRST, "17", "2024-06-30"), 404, "not-found");
    problem(&office.reverse(TENTH, id, "2024-06-30"), 404, "not-found");
    problem(&office.reverse(NOBODY, id, "2024-06-30"), 404, "not-found");
    problem(&office.get(&format!("{}/{}", ledger(TENTH), id)), 404, "not-found");
}
