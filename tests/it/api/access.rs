//! Who may do what, and in which order a request is refused.

use super::{FIRST, NOBODY, Office, fields, key, ledger, payment, problem};
use crate::support::place::Place;
use crate::support::service::{Answer, Service};
use serde_json::{Value, json};

/// A body that no route takes.
const WRONG: &[u8] = b"{ \"surprise\": 1 }";

fn send(office: &Office, token: &str, path: &str, key: &str, body: &[u8]) -> Answer {
    let mut headers = vec![("Content-Type", "application/json"), ("Idempotency-Key", key)];
    headers.retain(|(_, value)| !value.is_empty());
    office.service.client.send(token, path, &headers, body).unwrap()
}

#[test]
fn a_posting_is_refused_in_the_contract_s_order() {
    Place::each(|place| {
        let office = Office::on(place);
        let foreign = place.token("auditor", &["444001"]);
        let taken = office.pay(FIRST, "1.00", "v1");
        let path = ledger(FIRST);
        problem(&send(&office, "", &path, "", b"["), 401, "unauthenticated");
        problem(&send(&office, &foreign, &path, "", b"["), 404, "not-found");
        problem(&send(&office, &office.auditor, &path, "", b"["), 403, "forbidden");
        problem(&send(&office, &office.clerk, &path, "", b"["), 400, "idempotency-key-missing");
        problem(&send(&office, &office.clerk, &path, &key(), b"["), 400, "not-json");
        let to =
            |code: &str, body: &Value| send(&office, &office.clerk, &ledger(code), &key(), body.to_string().as_bytes());
        problem(&to(FIRST, &payment("0.00", "v1")), 422, "invalid-value");
        // Who does not see everything cannot tell what is not there from what is not theirs; an admin can.
        problem(&send(&office, &office.clerk, &ledger(NOBODY), "", b"["), 404, "not-found");
        problem(&send(&office, &office.auditor, &ledger(NOBODY), "", b"["), 404, "not-found");
        let as_admin =
            |body: &Value| send(&office, &office.admin, &ledger(NOBODY), &key(), body.to_string().as_bytes());
        problem(&as_admin(&payment("0.00", "v1")), 422, "invalid-value");
        problem(&as_admin(&payment("1.00", "v1")), 404, "not-found");
        problem(&to(FIRST, &payment("1.00", "v1")), 409, "voucher-already-recorded");

        let reversal = |id: &str, paid_on: &str| office.reverse(FIRST, id, paid_on);
        let id = taken["id"].as_str().unwrap();
        reversal(id, "2024-06-30").expect(201);
        problem(&reversal(&key(), "2024-07-02"), 422, "invalid-value");
        problem(&reversal("17", "2024-07-02"), 422, "invalid-value");
        problem(&reversal(&key(), "2024-06-30"), 404, "not-found");
        problem(&reversal(id, "2024-07-02"), 422, "invalid-value");
        problem(&reversal(id, "2024-06-30"), 409, "already-reversed");
    });
}

#[test]
fn a_stranger_learns_nothing_from_a_path() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    for path in [
        format!("/years/2024/projects/{FIRST}"),
        format!("/years/2024/projects/{NOBODY}"),
        "/years/2024/projects/no%20code".to_owned(),
        format!("/years/24/projects/{FIRST}/comparison"),
        "/years/%FF/projects/x/plans".to_owned(),
        "/years/x/comparison".to_owned(),
        "/alerts/1".to_owned(),
        "/contacts/1".to_owned(),
    ] {
        problem(&office.service.client.get("", &path), 401, "unauthenticated");
    }
    for path in ["/years/24/projects", "/years/02024/checks", "/years/%FF/alerts", "/years/2024/projects/no%20code"] {
        problem(&office.get(path), 404, "not-found");
    }
}

/// Method, path and who may: clerk, reviewer, auditor, admin.
fn routes(id: &str) -> Vec<(&'static str, String, [bool; 4])> {
    const ALL: [bool; 4] = [true; 4];
    const NO_CLERK: [bool; 4] = [false, true, true, true];
    let of = |rest: &str| format!("/years/2024/projects/{FIRST}{rest}");
    vec![
        ("GET", "/years/2024/projects".into(), ALL),
        ("GET", of(""), ALL),
        ("GET", of("/plans"), ALL),
        ("GET", of("/disbursements"), ALL),
        ("GET", of(&format!("/disbursements/{id}")), ALL),
        ("GET", of("/plans/1"), ALL),
        ("GET", of("/commitments"), ALL),
        ("GET", of("/forecasts"), ALL),
        ("POST", of("/forecasts"), [true, true, false, true]),
        ("GET", of("/comparison"), ALL),
        ("GET", "/years/2024/comparison".into(), ALL),
        ("GET", "/years/2024/checks".into(), ALL),
        ("GET", "/years/2024/alerts".into(), ALL),
        ("GET", "/letters".into(), NO_CLERK),
        ("GET", "/contacts".into(), NO_CLERK),
        ("POST", of("/disbursements"), [true, true, false, true]),
        ("POST", of(&format!("/indicators/{id}/readings")), [true, true, false, true]),
        ("POST", "/years/2024/disbursements:batch".into(), [true, true, false, true]),
        ("POST", of("/commitments"), [true, true, false, true]),
        ("POST", of(&format!("/commitments/{id}/release")), [true, true, false, true]),
        ("POST", "/years/2024/projects".into(), [false, true, false, true]),
        ("POST", of("/plans"), [false, true, false, true]),
        ("POST", of(&format!("/disbursements/{id}/reversal")), [false, true, false, true]),
        ("POST", "/years/2024/checks".into(), [false, true, false, true]),
        ("POST", "/contacts".into(), [false, false, false, true]),
        ("GET", "/units".into(), ALL),
        ("GET", "/rules".into(), ALL),
        ("POST", "/units".into(), [false, false, false, true]),
        ("GET", "/tokens".into(), [false, false, false, true]),
        ("POST", "/tokens".into(), [false, false, false, true]),
        ("GET", "/audit".into(), [false, false, true, true]),
        ("POST", format!("/alerts/{id}/acknowledgement"), [true, true, false, true]),
        ("POST", format!("/alerts/{id}/measures"), [true, true, false, true]),
        ("POST", format!("/alerts/{id}/measures/{id}/completion"), [true, true, false, true]),
        ("POST", format!("/alerts/{id}/waiver"), [false, true, false, true]),
        ("POST", format!("/alerts/{id}/disposition"), [false, true, false, true]),
        ("POST", format!("/alerts/{id}/resolution"), [false, true, false, true]),
        ("POST", format!("/alerts/{id}/resolution"), [false, true, false, true]),
    ]
}

#[test]
fn each_role_may_do_what_the_table_says() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let id = office.pay(FIRST, "1.00", "v1")["id"].as_str().unwrap().to_owned();
    office.check(&json!({ "as_of": "2024-06-30" })).expect(200);
    let alerts = office.get("/years/2024/alerts?limit=1").expect(200).json();
    let alert = format!("/alerts/{}", alerts["items"][0]["id"].as_str().unwrap());
    let tokens = [&office.clerk, &office.reviewer, &office.auditor, &office.admin];
    for (method, path, may) in routes(&id) {
        let path = path.replace(&format!("/alerts/{id}"), &alert);
        for (token, may) in tokens.iter().zip(may) {
            let answer = match method {
                "GET" => office.service.client.get(token, &path),
                _ => send(&office, token, &path, &key(), WRONG),
            };
            match (method, may) {
                ("GET", true) => drop(answer.expect(200)),
                // Let through as far as the body, which nobody takes.
                (_, true) => drop(problem(&answer, 422, "invalid-value")),
                (_, false) => drop(problem(&answer, 403, "forbidden")),
            }
        }
    }
}

#[test]
fn what_lies_outside_a_token_s_units_is_not_there() {
    Place::each(|place| {
        let office = Office::on(place);
        let id = office.pay(FIRST, "1.00", "v1")["id"].as_str().unwrap().to_owned();
        office.check(&json!({ "as_of": "2024-06-30" })).expect(200);
        let alert = office.get("/years/2024/alerts?limit=1").json()["items"][0]["id"].as_str().unwrap().to_owned();
        for role in ["clerk", "reviewer", "auditor"] {
            let foreign = place.token(role, &["444001"]);
            let get = |path: &str| office.service.client.get(&foreign, path);
            for (method, path, _) in routes(&id).into_iter().filter(|(_, path, _)| path.contains(FIRST)) {
                let answer = match method {
                    "GET" => get(&path),
                    _ => send(&office, &foreign, &path, &key(), WRONG),
                };
                problem(&answer, 404, "not-found");
            }
            problem(&get(&format!("/alerts/{alert}")), 404, "not-found");
            for path in
                ["/years/2024/projects", "/years/2024/comparison", "/years/2024/alerts", "/letters", "/contacts"]
            {
                if role != "clerk" || path.starts_with("/years") {
                    assert_eq!(get(path).expect(200).json()["items"], json!([]), "{path}");
                }
            }
            assert_eq!(get("/years/2024/comparison").json()["totals"]["projects"], 0);
            assert_eq!(get("/years/2024/projects?unit=333001").expect(200).json()["items"], json!([]));
        }
    });
}

#[test]
fn a_token_that_lost_its_units_sees_nothing() {
    Place::each(|place| {
        let office = Office::on(place);
        place.sql("DELETE FROM token_units").unwrap();
        for token in [&office.clerk, &office.reviewer, &office.auditor] {
            let get = |path: &str| office.service.client.get(token, path);
            for path in ["/years/2024/projects", "/years/2024/comparison", "/years/2024/alerts", "/units"] {
                assert_eq!(get(path).expect(200).json()["items"], json!([]), "{path}");
            }
            problem(&get(&format!("/years/2024/projects/{FIRST}")), 404, "not-found");
        }
        let all = office.service.client.get(&office.admin, "/years/2024/projects").expect(200).json();
        assert_eq!(all["items"].as_array().unwrap().len(), 15);
    });
}

#[test]
fn a_unit_covers_those_below_it() {
    Place::each(|place| {
        let office = Office::on(place);
        let above = place.token("clerk", &["333"]);
        let get = |path: &str| office.service.client.get(&above, path);
        problem(&get(&format!("/years/2024/projects/{FIRST}")), 404, "not-found");
        place.done(&["unit", "add", "--code", "333", "--name", "住房和城乡建设系统"]);
        place.done(&["unit", "add", "--code", "333001", "--name", "住房和城乡建设局", "--parent", "333"]);
        get(&format!("/years/2024/projects/{FIRST}")).expect(200);
        assert_eq!(get("/years/2024/projects").json()["items"].as_array().unwrap().len(), 15);
        assert_eq!(get("/years/2024/projects?unit=333").json()["items"].as_array().unwrap().len(), 15);
        office.service.client.post(&above, &ledger(FIRST), &key(), &payment("1.00", "v1")).expect(201);
    });
}

#[test]
fn a_token_that_is_not_good_is_refused_without_a_reason() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let words =
        ["token", "create", "--name", "old", "--role", "auditor", "--unit", "333001", "--expires", "2024-06-30"];
    let expired = place.json(&words)["token"].as_str().unwrap().to_owned();
    let made = place.json(&["token", "create", "--name", "gone", "--role", "auditor", "--unit", "333001"]);
    let revoked = made["token"].as_str().unwrap().to_owned();
    let get = |token: &str| office.service.client.get(token, "/years/2024/projects");
    get(&revoked).expect(200);
    place.done(&["token", "revoke", made["id"].as_str().unwrap()]);

    let (id, _) = office.clerk.strip_prefix("mp_").unwrap().split_once('_').unwrap();
    let (wrong_secret, no_secret, not_ours) =
        (format!("mp_{id}_{}", "A".repeat(43)), format!("mp_{id}_"), format!("mp_nobody_{}", "A".repeat(43)));
    let long = format!("mp_{id}_{}", "A".repeat(3_000));
    let mut said = Vec::new();
    for token in [&expired, &revoked, &wrong_secret, &no_secret, &not_ours, &long, "x", "mp_", "mp__", "mp_'--_x"] {
        let mut document = problem(&get(token), 401, "unauthenticated");
        document.as_object_mut().unwrap().remove("request_id");
        said.push(document.to_string());
    }
    for header in ["", "Bearer", "Bearer ", "Basic bWU6bWU=", &office.clerk, &format!("Token {}", office.clerk)] {
        let answer = office.service.client.get_with("", "/years/2024/projects", &[("Authorization", header)]);
        let mut document = problem(&answer, 401, "unauthenticated");
        document.as_object_mut().unwrap().remove("request_id");
        said.push(document.to_string());
    }
    said.dedup();
    assert_eq!(said.len(), 1, "{said:#?}");
    let lower = [("Authorization", format!("bearer {}", office.clerk))];
    let lower = lower.each_ref().map(|(name, value)| (*name, value.as_str()));
    office.service.client.get_with("", "/years/2024/projects", &lower).expect(200);
}

#[test]
fn a_token_is_good_on_its_last_day() {
    let place = Place::sqlite();
    drop(Office::on(&place));
    let words =
        ["token", "create", "--name", "short", "--role", "auditor", "--unit", "333001", "--expires", "2024-07-01"];
    let token = place.json(&words)["token"].as_str().unwrap().to_owned();
    // The day ends in the configured zone: 15:59 UTC is 23:59 in Shanghai.
    for (instant, status) in [("2024-07-01T15:59:59Z", 200), ("2024-07-01T16:00:00Z", 401)] {
        place.at(instant);
        Service::start(&place).client.get(&token, "/years/2024/projects").expect(status);
    }
}

#[test]
fn a_problem_names_its_fields_and_speaks_the_client_s_language() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let ask = |language: &str| {
        let headers = [("Accept-Language", language)];
        office.service.client.get_with(&office.clerk, "/years/2024/projects?limit=0", &headers)
    };
    for english in ["", "en", "en-GB,zh;q=0.5", "fr", "*", "zh;q=0", ";;;,,q=zz"] {
        let document = problem(&ask(english), 422, "invalid-value");
        assert!(document.to_string().is_ascii(), "{english}: {document}");
        assert_eq!(fields(&document), ["limit"]);
    }
    for chinese in ["zh", "zh-CN,zh;q=0.9,en;q=0.8", "en;q=0.1,zh", "ZH-hans"] {
        let document = problem(&ask(chinese), 422, "invalid-value");
        assert_eq!(document["title"], "字段值无效", "{chinese}");
        assert_eq!(fields(&document), ["limit"]);
    }
}
