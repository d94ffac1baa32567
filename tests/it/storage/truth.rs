//! `milepost verify`, and the audit trail.

use crate::support::bureau::{DISPATCH, HANDED_OVER, UNIT, add_people, changed_plan, open_books, pay, sample_plan};
use crate::support::place::{Place, Ran};
use crate::support::service::Service;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Books with two payments in March and one in June.
fn books_with_payments(place: &Place) {
    open_books(place, &sample_plan());
    place.at("2024-07-01T09:00:00+08:00");
    let clerk = place.token("clerk", &[UNIT]);
    let service = Service::start(place);
    pay(&service, &clerk, DISPATCH, "100.00", "2024-03-27", "V-1");
    pay(&service, &clerk, DISPATCH, "200.00", "2024-03-28", "V-2");
    pay(&service, &clerk, DISPATCH, "300.00", "2024-06-28", "V-3");
    assert_eq!(service.terminate(), Some(0));
}

/// The single difference that a verification finds.
fn found(place: &Place) -> Value {
    let ran: Ran = place.run(&["verify", "--json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(answer["clean"], false, "{answer}");
    assert_eq!(answer["rollups"].as_array().unwrap().len(), 1, "{answer}");
    answer["rollups"][0].clone()
}

#[test]
fn a_rollup_that_was_tampered_with_is_found() {
    Place::each(|place| {
        books_with_payments(place);
        assert_eq!(place.run(&["verify"]).code, 0);
        place.sql("UPDATE spend_month SET amount_fen = amount_fen + 1 WHERE month = '2024-03-01'").unwrap();
        let one = found(place);
        assert_eq!(
            (&one["month"], &one["ledger_yuan"], &one["rollup_yuan"]),
            (&json!("2024-03"), &json!("300.00"), &json!("300.01")),
            "{one}"
        );
        let told = place.run(&["verify"]);
        assert_eq!(told.code, 1);
        assert!(told.out.contains("2024-03") && told.out.contains("300.01"), "{}", told.out);

        place.sql("DELETE FROM spend_month WHERE month = '2024-06-01'").unwrap();
        place.sql("UPDATE spend_month SET amount_fen = 30000 WHERE month = '2024-03-01'").unwrap();
        assert_eq!(found(place)["rollup_yuan"], Value::Null);
    });
}

#[test]
fn a_ledger_that_was_tampered_with_is_found() {
    Place::each(|place| {
        books_with_payments(place);
        place
            .sql(if place.is_postgres() {
                "DROP TRIGGER disbursements_never_change ON disbursements"
            } else {
                "DROP TRIGGER disbursements_never_update"
            })
            .unwrap();
        place.sql("UPDATE disbursements SET amount_fen = 15000 WHERE voucher_no = 'V-1'").unwrap();
        let one = found(place);
        assert_eq!((&one["ledger_yuan"], &one["rollup_yuan"]), (&json!("350.00"), &json!("300.00")), "{one}");
    });
}

#[test]
fn a_reference_to_nothing_is_found() {
    let place = Place::sqlite();
    books_with_payments(&place);
    place.sql("PRAGMA foreign_keys = OFF; UPDATE projects SET unit_code = '404'").unwrap();
    let ran = place.run(&["verify", "--json"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(answer["integrity"][0].as_str().unwrap().contains("foreign key of projects"), "{answer}");
}

#[test]
fn every_verb_leaves_a_row_in_the_audit_trail() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        add_people(place);
        place.done(&["unit", "add", "--code", "333", "--name", "住房和城乡建设局"]);
        let changed = changed_plan(place, "april.txt", &[(HANDED_OVER, "66.32", "70.00")]);
        place.at("2024-07-01T09:00:00+08:00");
        let revise = ["import", "plan", &changed, "--year", "2024", "--effective-on", "2024-04-01", "--reason", "追加"];
        place.done(&revise);
        let token = place.json(&["token", "create", "--name", "复核", "--role", "reviewer", "--unit", UNIT]);
        let spare = place.json(&["token", "create", "--name", "spare", "--role", "clerk", "--unit", UNIT]);
        place.done(&["token", "revoke", spare["id"].as_str().unwrap()]);
        std::fs::write(
            place.file("actuals.csv"),
            format!("项目编码,支付金额（元）,支付日期,凭证号\n{DISPATCH},1.00,2024-03-28,V-1\n"),
        )
        .unwrap();
        place.done(&["import", "actuals", "actuals.csv", "--year", "2024"]);
        std::fs::write(
            place.file("readings.csv"),
            format!("项目编码,三级指标,监测日期,监测值\n{DISPATCH},出勤率,2024-06-30,96.5%\n"),
        )
        .unwrap();
        place.done(&["import", "readings", "readings.csv", "--year", "2024"]);
        post_of_each_kind(place, token["token"].as_str().unwrap());
        place.done(&["check", "--year", "2024", "--as-of", "2024-07-01"]);
        let silent = trail(place);
        place.done(&["check", "--year", "2024", "--as-of", "2024-07-01", "--dry-run"]);
        place.done(&["import", "actuals", "actuals.csv", "--year", "2024"]);
        assert_eq!(trail(place), silent, "what changes nothing leaves nothing");
        insta::assert_snapshot!("audit_trail", silent);
    });
}

fn post_of_each_kind(place: &Place, token: &str) {
    let service = Service::start(place);
    let posted = pay(&service, token, DISPATCH, "100.00", "2024-06-27", "V-2");
    let project = format!("/years/2024/projects/{DISPATCH}");
    let reversal = format!("{project}/disbursements/{}/reversal", posted["id"].as_str().unwrap());
    let why = json!({ "reason": "重复录入", "paid_on": "2024-06-28" });
    service.client.post(token, &reversal, "k2", &why).expect(201);
    let record = service.client.get(token, &project).expect(200).json();
    let indicator = record["indicators"][1]["id"].as_str().unwrap().to_owned();
    let reading = json!({ "observed_on": "2024-06-30", "value": "97" });
    service.client.post(token, &format!("{project}/indicators/{indicator}/readings"), "k3", &reading).expect(201);
    service.client.post(token, "/years/2024/checks", "", &json!({ "as_of": "2024-06-30" })).expect(200);
}

/// Who did what, how often, and which halves of the story the rows have.
fn trail(place: &Place) -> String {
    let rows = place.words(
        "SELECT action || ' · ' || entity || ' · by ' || actor
             || CASE WHEN before_json IS NULL THEN '' ELSE ' · before' END
             || CASE WHEN after_json IS NULL THEN '' ELSE ' · after' END
             || CASE WHEN request_id IS NULL THEN '' ELSE ' · request' END AS word
         FROM audit",
    );
    let mut counted: BTreeMap<String, u32> = BTreeMap::new();
    for row in rows {
        *counted.entry(row).or_default() += 1;
    }
    counted.iter().map(|(row, count)| format!("{count} × {row}")).collect::<Vec<_>>().join("\n")
}
