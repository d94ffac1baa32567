//! The walk: every operation of the served description, as every role, inside and outside its units. All is derived
//! from the description: an operation that comes later is walked with the rest.

use super::description::{Operation, operations};
use super::{FIRST, Office, key};
use crate::support::place::Place;
use crate::support::service::Answer;
use milepost::domain::access::{Permission, Role};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Things of the unit 333001 that stand where paths name one.
struct Known {
    /// What stands for a path's parameter, by the word before it (`projects`, `alerts`, …).
    by_word: BTreeMap<&'static str, String>,
}

impl Known {
    fn in_office(place: &Place, office: &Office) -> Known {
        let contact = json!({ "unit": "333001", "role": "head", "email": "li@example.invalid", "name": "李明" });
        let contact = office.service.client.post(&office.admin, "/contacts", &key(), &contact).expect(201).json();
        let entry = office.pay(FIRST, "1.00", "walk");
        office.check(&json!({ "as_of": "2024-06-30" })).expect(200);
        let first = |path: &str, key: &str| {
            let found = office.get(path).expect(200).json();
            found.pointer(key).and_then(Value::as_str).unwrap_or_else(|| panic!("{path} has no {key}")).to_owned()
        };
        let spare = place.json(&["token", "create", "--name", "spare", "--role", "auditor", "--unit", "333001"]);
        let text = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let readings = |indicator: &str| format!("/years/2024/projects/{FIRST}/indicators/{indicator}/readings");
        let project = office.get(&format!("/years/2024/projects/{FIRST}")).expect(200).json();
        let read = project["indicators"].as_array().unwrap().iter().find_map(|indicator| {
            let id = text(indicator);
            let body = json!({ "observed_on": "2024-06-30", "value": "1" });
            let answer = office.post(&readings(&id), &body);
            (answer.status == 201).then(|| (id, text(&answer.json())))
        });
        let (indicator, reading) = read.expect("one indicator takes a number");
        let alert = first("/years/2024/alerts", "/items/0/id");
        let measure = json!({ "what": "倒排工期", "owner": "李四", "due_on": "2024-12-31" });
        let measure = office.post(&format!("/alerts/{alert}/measures"), &measure).expect(200).json();
        let forecast = json!({ "year_end_yuan": "1.00", "as_of": "2024-06-30", "reason": "估计" });
        let forecast = office.post(&format!("/years/2024/projects/{FIRST}/forecasts"), &forecast).expect(201).json();
        let by_word = BTreeMap::from([
            ("measures", text(&measure["measures"][0])),
            ("years", "2024".to_owned()),
            ("projects", FIRST.to_owned()),
            ("units", "333001".to_owned()),
            ("disbursements", text(&entry)),
            ("forecasts", text(&forecast)),
            ("indicators", indicator),
            ("readings", reading),
            ("alerts", alert),
            ("letters", first("/letters", "/items/0/id")),
            ("contacts", text(&contact)),
            ("tokens", text(&spare)),
            ("docs", "index.html".to_owned()),
        ]);
        Known { by_word }
    }

    /// The path with its parameters filled in, and whether each of them is known here.
    fn fill(&self, path: &str) -> (String, bool) {
        let (mut before, mut all_known, mut filled) = ("", true, String::new());
        for part in path.split('/').skip(1) {
            let value = if part.starts_with('{') {
                let known = self.by_word.get(before).cloned();
                all_known &= known.is_some();
                known.unwrap_or_else(key)
            } else {
                part.to_owned()
            };
            filled.extend(["/", &value]);
            before = part;
        }
        (filled, all_known)
    }
}

/// Words before a parameter that names something of one unit.
const OF_A_UNIT: [&str; 5] = ["/projects/{", "/alerts/{", "/letters/{", "/contacts/{", "/units/{"];

/// Asks with the headers that the operation takes, and a body that none takes: nothing is recorded by the walk.
fn ask(office: &Office, operation: &Operation<'_>, path: &str, token: &str) -> Answer {
    let key = key();
    let mut headers = vec![("Idempotency-Key", key.as_str()), ("If-Match", "\"plan-1\"")];
    let takes = |name: &str| {
        operation.said["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == name))
    };
    headers.retain(|(name, _)| takes(name));
    let kinds = operation.said["requestBody"]["content"].as_object();
    let body: &[u8] = match kinds {
        Some(_) => b"{ \"surprise\": 1 }",
        None => b"",
    };
    if let Some(kind) = kinds.and_then(|kinds| kinds.keys().next()) {
        headers.push(("Content-Type", kind));
    }
    office.service.client.ask(&operation.method, token, &format!("/{path}"), &headers, body)
}

#[test]
fn every_operation_holds_its_permission_for_every_role_inside_and_outside() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let known = Known::in_office(&place, &office);
    let description = office.service.client.get("", "//openapi.json").expect(200).json();
    let inside = [
        (Role::Clerk, &office.clerk),
        (Role::Reviewer, &office.reviewer),
        (Role::Auditor, &office.auditor),
        (Role::Admin, &office.admin),
    ];
    let outside =
        [Role::Clerk, Role::Reviewer, Role::Auditor].map(|role| (role, place.token(role.name(), &["444001"])));

    let mut wrong: Vec<String> = Vec::new();
    let mut walked = 0;
    for operation in operations(&description) {
        let name = format!("{} {}", operation.method, operation.path);
        let mut hold = |who: &str, answer: &Answer, is_right: bool, expected: &str| {
            walked += 1;
            if !is_right {
                wrong.push(format!("{name} {who}: {}, expected {expected}: {}", answer.status, answer.text));
            }
        };
        let (path, all_known) = known.fill(operation.path);
        let nobody = ask(&office, &operation, &path, "");
        let needed = match operation.said["x-permission"].as_str() {
            Some("none") => {
                hold("nobody", &nobody, ![401, 403].contains(&nobody.status) && nobody.status < 500, "to be let in");
                continue;
            }
            Some(permission) => Permission::from_name(permission)
                .unwrap_or_else(|| panic!("{name} asks for the permission {permission}, which nobody knows")),
            None => panic!("{name} does not say which permission it needs (x-permission)"),
        };
        hold("nobody", &nobody, nobody.status == 401, "401");

        let names_a_units = OF_A_UNIT.iter().any(|word| operation.path.contains(word));
        for (role, token) in &outside {
            let answer = ask(&office, &operation, &path, token);
            let who = format!("{} outside", role.name());
            match (names_a_units, role.may(needed)) {
                // Whatever the role: nothing says that the thing is there.
                (true, _) => hold(&who, &answer, answer.status == 404, "404"),
                (false, false) => hold(&who, &answer, answer.status == 403, "403"),
                (false, true) => hold(&who, &answer, is_let_in(&answer), "to be let in"),
            }
        }
        for (role, token) in inside {
            let answer = ask(&office, &operation, &path, token);
            let who = format!("{} inside", role.name());
            if role.may(needed) {
                // What is known must be found: otherwise the 404 outside would say nothing.
                let found = !all_known || answer.status != 404;
                hold(&who, &answer, is_let_in(&answer) && found, "to be let in");
            } else {
                hold(&who, &answer, answer.status == 403, "403");
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {walked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(walked > 100, "only {walked} requests were walked");
}

fn is_let_in(answer: &Answer) -> bool {
    ![401, 403].contains(&answer.status) && answer.status < 500
}
