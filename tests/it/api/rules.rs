//! Rule sets put on record by hand: seen first, read as a whole, never in the past's way.

use super::{FIRST, Office, fields, key, ledger, payment, problem};
use crate::support::place::Place;
use crate::support::service::{Answer, Service};
use serde_json::{Value, json};

/// The default set under another number, with another line below which a lag is critical.
fn stricter(version: i32, effective_on: &str) -> String {
    let bundled = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/config/rules.toml")).unwrap();
    let head = format!("\nversion = {version}\neffective_on = \"{effective_on}\"\n");
    bundled.replace("\nversion = 2\n", &head).replace("warning_from = \"0.60\"", "warning_from = \"0.75\"")
}

fn put(service: &Service, token: &str, tag: Option<&str>, document: &str) -> Answer {
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(tag.map(|tag| ("If-Match", tag)));
    let body = json!({ "document": document }).to_string();
    service.client.ask("PUT", token, "/rules", &headers, body.as_bytes())
}

#[test]
fn rules_put_in_july_leave_june_as_it_was_word_for_word() {
    Place::each(|place| {
        let office = Office::on(place);
        office.pay(FIRST, "310000.00", "v1");
        office.check(&json!({ "as_of": "2024-06-30" })).expect(200);
        let Office { service, clerk, reviewer, auditor, admin } = office;
        let june = |service: &Service| -> Vec<Value> {
            let compared = format!("/years/2024/projects/{FIRST}/comparison?as_of=2024-06-30");
            let alerts = format!("/years/2024/alerts?project={FIRST}&rule=spending.behind_plan_point");
            let alert = service.client.get(&auditor, &alerts).expect(200).json()["items"][0]["id"].clone();
            let story =
                service.client.get(&auditor, &format!("/alerts/{}", alert.as_str().unwrap())).expect(200).json();
            let mut compared = service.client.get(&auditor, &compared).expect(200).json();
            compared.as_object_mut().unwrap().remove("known_at");
            vec![compared, story["events"].clone()]
        };
        let then = june(&service);
        assert_eq!(then[0]["verdicts"][0]["rule_version"], 2);

        let read = service.client.get(&admin, "/rules").expect(200);
        let tag = read.header("etag").unwrap().to_owned();
        assert_eq!(tag, "\"rules-2-2\"");
        let document = stricter(3, "2024-07-01");
        assert_eq!(put(&service, &reviewer, Some(&tag), &document).status, 403);
        problem(&put(&service, &admin, None, &document), 428, "precondition-required");
        problem(&put(&service, &admin, Some("\"rules-1-1\""), &document), 412, "rules-changed-meanwhile");
        let answer = put(&service, &admin, Some(&tag), &document).expect(200);
        assert_eq!(answer.header("etag"), Some("\"rules-3-3\""));
        assert_eq!(answer.json()["versions"][0]["values"]["spending"]["warning_from"], "0.75");
        problem(&put(&service, &admin, Some(&tag), &document), 412, "rules-changed-meanwhile");

        assert_eq!(june(&service), then);
        service.client.post(&clerk, &ledger(FIRST), &key(), &payment("1.00", "v2")).expect(201);
        let now = format!("/years/2024/projects/{FIRST}/comparison");
        let now = service.client.get(&auditor, &now).expect(200).json();
        assert_eq!((&now["severity"], &now["verdicts"][0]["rule_version"]), (&json!("critical"), &json!(3)));

        // The bundled set is older by now: the next start minds neither it nor a trial.
        drop(service);
        let service = Service::start(place);
        assert_eq!(service.client.get(&admin, "/rules").expect(200).header("etag"), Some("\"rules-3-3\""));
        place.done(&["check", "--year", "2024", "--dry-run"]);
        let audited = "SELECT actor || ' ' || action AS word FROM audit WHERE action = 'adopt_rules' ORDER BY id";
        assert_eq!(place.words(audited), ["cli adopt_rules", "admin adopt_rules"]);
    });
}

#[test]
fn a_rule_set_is_read_as_a_whole_and_all_its_faults_are_named() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let wrong = stricter(3, "2024-07-01")
        .replace("tolerance_share = \"0.01\"", "tolerance_share = \"1 %\"")
        .replace("coming_working_days = 10", "coming_working_days = 0")
        .replace("overdue = \"warning\"", "overdue = \"red\"");
    let refused = problem(&put(&office.service, &office.admin, Some("*"), &wrong), 422, "invalid-value");
    assert_eq!(
        fields(&refused),
        ["spending.tolerance_share", "indicators.overdue", "plan_point.coming_working_days"],
        "{refused}"
    );
    for (document, field) in [
        ("version = ".to_owned(), "document"),
        (stricter(2, "2024-07-01"), "version"),
        (stricter(3, "2024-07-01").replace("[figures]", "[figure]"), "document"),
    ] {
        let refused = problem(&put(&office.service, &office.admin, Some("*"), &document), 422, "invalid-value");
        assert_eq!(fields(&refused), [field], "{refused}");
    }
    put(&office.service, &office.admin, Some("*"), &stricter(3, "2024-07-01")).expect(200);
    let early =
        problem(&put(&office.service, &office.admin, Some("*"), &stricter(4, "2024-06-30")), 422, "invalid-value");
    assert_eq!(fields(&early), ["effective_on"]);

    let read = |path: &str| office.service.client.get(&office.auditor, path);
    let one = read("/rules?version=2").expect(200).json();
    assert_eq!((one["versions"].as_array().unwrap().len(), &one["in_force"]["version"]), (1, &json!(3)));
    problem(&read("/rules?version=9"), 404, "not-found");
    let again = office.service.client.get_with(&office.auditor, "/rules", &[("If-None-Match", "\"rules-3-3\"")]);
    assert_eq!(again.status, 304);
}

#[test]
fn the_command_line_shows_checks_and_puts_rules_and_prints_presets() {
    let place = Place::sqlite();
    place.at("2024-07-01T09:00:00+08:00");
    drop(Office::on(&place));
    let preset = place.done(&["rules", "presets", "sichuan-2025"]);
    let file = place.file("mine.toml");
    std::fs::write(&file, &preset).unwrap();
    let file = file.to_str().unwrap();
    assert!(place.done(&["rules", "check", file]).contains("规则可用"));
    assert_eq!(place.json(&["rules", "put", file])["effective_on"], "2024-07-01");
    assert_eq!(place.done(&["rules", "show", "--version", "3"]).trim_end(), preset.trim_end());
    assert!(place.done(&["rules", "show"]).contains("四川2025"));
    let again = place.run(&["rules", "put", file]);
    assert_eq!(again.code, 1, "{}", again.err);
    std::fs::write(place.file("mine.toml"), preset.replace("\"0.25\"", "\"25\"")).unwrap();
    let refused = place.run(&["rules", "check", file]);
    assert!(refused.code == 1 && refused.err.contains("spending.curve[1].least"), "{}", refused.err);
    assert_eq!(place.run(&["rules", "presets", "none"]).code, 1);
}
