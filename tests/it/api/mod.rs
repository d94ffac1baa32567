//! The REST contract, route by route, against the real binary.

mod access;
mod answers;
mod audit;
mod batch;
mod commitments;
mod description;
mod figures;
mod forecasts;
mod hostile;
mod hostile_bodies;
mod house;
mod known;
mod last_month;
mod ledger;
mod lists;
mod once;
mod permissions;
mod plans;
mod readings;
mod remembered;
mod rules;
mod strange_words;
mod watch;

use crate::support::place::Place;
use crate::support::service::{Answer, Service};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The sample plan: fifteen projects of the unit 333001.
const PLAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plan-2024.txt");
/// A project with an even plan and a budget of 907,800.00 yuan.
const FIRST: &str = "13060524P000002100357";
/// A project that plans nothing before December.
const TENTH: &str = "13060524P00436210005G";
/// A project without a budget.
const FIFTEENTH: &str = "13060524P004364100267";
/// A code that no project has.
const NOBODY: &str = "13060524P000000000000";

/// A service with the sample plan at nine in the morning of 1 July 2024, and a token of each role for the unit 333001.
struct Office {
    service: Service,
    clerk: String,
    reviewer: String,
    auditor: String,
    admin: String,
}

impl Office {
    fn on(place: &Place) -> Office {
        place.at("2024-07-01T09:00:00+08:00");
        place.done(&["import", "plan", PLAN, "--year", "2024"]);
        let token = |role: &str, units: &[&str]| place.token(role, units);
        let unit = ["333001"];
        Office {
            clerk: token("clerk", &unit),
            reviewer: token("reviewer", &unit),
            auditor: token("auditor", &unit),
            admin: token("admin", &[]),
            service: Service::start(place),
        }
    }

    fn get(&self, path: &str) -> Answer {
        self.service.client.get(&self.auditor, path)
    }

    /// Posts as the clerk, under a key of its own.
    fn post(&self, path: &str, body: &Value) -> Answer {
        self.service.client.post(&self.clerk, path, &key(), body)
    }

    /// Pays on 28 June; gives the entry.
    fn pay(&self, code: &str, amount: &str, voucher: &str) -> Value {
        self.post(&ledger(code), &payment(amount, voucher)).expect(201).json()
    }

    fn reverse(&self, code: &str, id: &str, paid_on: &str) -> Answer {
        let body = json!({ "reason": "金额录错", "paid_on": paid_on });
        self.service.client.post(&self.reviewer, &format!("{}/{id}/reversal", ledger(code)), &key(), &body)
    }

    fn check(&self, body: &Value) -> Answer {
        self.service.client.post(&self.reviewer, "/years/2024/checks", "", body)
    }
}

fn ledger(code: &str) -> String {
    format!("/years/2024/projects/{code}/disbursements")
}

fn payment(amount: &str, voucher: &str) -> Value {
    json!({ "amount_yuan": amount, "paid_on": "2024-06-28", "voucher_no": voucher })
}

/// An idempotency key that nobody used before.
fn key() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Asserts that an answer is a problem of that status and type, whole in every member; gives the document.
#[track_caller]
fn problem(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.text);
    let document = answer.json();
    assert_eq!(document["type"], format!("/problems/{code}"), "{document}");
    assert_eq!(document["status"], status, "{document}");
    assert!(document["title"].as_str().is_some_and(|title| !title.is_empty()), "{document}");
    assert!(document["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{document}");
    assert!(document["errors"].is_array(), "{document}");
    assert_eq!(document["request_id"].as_str(), answer.header("x-request-id"), "{document}");
    assert!(uuid::Uuid::parse_str(document["request_id"].as_str().unwrap()).is_ok(), "{document}");
    assert_eq!(answer.header("www-authenticate").is_some(), status == 401);
    document
}

/// The fields that a problem names.
fn fields(document: &Value) -> Vec<String> {
    document["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

/// An answer for a snapshot: ids numbered in the order in which they appear, secrets of time left out.
fn shown(value: &Value) -> String {
    let mut value = value.clone();
    hide(&mut value, &mut HashMap::new());
    serde_json::to_string_pretty(&value).unwrap()
}

fn hide(value: &mut Value, ids: &mut HashMap<String, usize>) {
    match value {
        Value::String(text) if uuid::Uuid::parse_str(text).is_ok() => {
            let next = ids.len() + 1;
            let number = *ids.entry(text.clone()).or_insert(next);
            *text = format!("[id {number}]");
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, ids)),
        Value::Object(members) => members.values_mut().for_each(|member| hide(member, ids)),
        _ => {}
    }
}

/// All pages of a list, by following `next_cursor`; asserts that none is longer than the limit.
fn all_pages(office: &Office, token: &str, path: &str, limit: usize) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    for _ in 0..100 {
        let join = if path.contains('?') { '&' } else { '?' };
        let page = office.service.client.get(token, &format!("{path}{join}limit={limit}{cursor}")).expect(200).json();
        let found = page["items"].as_array().unwrap();
        assert!(found.len() <= limit);
        items.extend(found.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
    panic!("the list has no end");
}
