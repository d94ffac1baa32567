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

/// The tables of the books whose rows a rehearsal must not touch, with their counts.
fn counts(place: &Place) -> Vec<String> {
    let tables =
        ["alerts", "alert_events", "letters", "check_runs", "audit", "rule_sets", "disbursements", "plan_versions"];
    tables
        .iter()
        .flat_map(|table| place.words(&format!("SELECT '{table} ' || COUNT(*) AS word FROM {table}")))
        .collect()
}

#[test]
fn a_rehearsal_shows_both_courses_as_the_real_checks_make_them_and_writes_nothing() {
    Place::each(|place| {
        let office = Office::on(place);
        let head = ["--unit", "333001", "--role", "head", "--email", "li@example.invalid", "--name", "李明"];
        place.done(&[&["contact", "add"][..], &head].concat());
        // Two thirds of June's figure: a warning by the record, critical by the candidate.
        office.pay(FIRST, "310000.00", "v1");
        let before = counts(place);
        let body = |document: &str, from: &str, to: &str| json!({ "document": document, "from": from, "to": to });
        let ask = |token: &str, body: &Value| {
            office.service.client.ask(
                "POST",
                token,
                "/rules/rehearsal",
                &[("Content-Type", "application/json")],
                body.to_string().as_bytes(),
            )
        };
        let asked = body(&stricter(3, "2024-07-01"), "2024-06-28", "2024-07-01");
        let shown = ask(&office.reviewer, &asked).expect(200).json();
        assert_eq!(counts(place), before, "nothing is written");
        assert_eq!((&shown["projects"], &shown["answers_replayed"]), (&json!(15), &json!(false)));
        let behind = |course: &str| -> Vec<(Value, Value)> {
            let alerts = shown[course]["alerts"].as_array().unwrap();
            let own =
                alerts.iter().filter(|alert| alert["code"] == FIRST && alert["rule"] == "spending.behind_plan_point");
            own.map(|alert| (alert["severity"].clone(), alert["raised_on"].clone())).collect()
        };
        // March's point is met on 28 June; June's is missed on its day.
        assert_eq!(behind("candidate"), [(json!("critical"), json!("2024-06-30"))]);
        assert_eq!(behind("on_record"), [(json!("warning"), json!("2024-06-30"))]);
        for (side, severity) in [("only_candidate", "critical"), ("only_on_record", "warning")] {
            let only = shown[side].as_array().unwrap();
            assert!(
                only.iter().any(|alert| alert["code"] == FIRST && alert["severity"] == severity),
                "{side}: {only:?}"
            );
        }

        // The same days checked for good make as many alerts and letters as the rehearsal of the record.
        for day in ["2024-06-28", "2024-06-29", "2024-06-30", "2024-07-01"] {
            office.check(&json!({ "as_of": day })).expect(200);
        }
        let listed = |path: &str| super::all_pages(&office, &office.auditor, path, 100);
        let alerts = listed("/years/2024/alerts?");
        assert_eq!(alerts.len(), shown["on_record"]["alerts"].as_array().unwrap().len());
        let letters = listed("/letters?");
        let written = shown["on_record"]["letters"].as_array().unwrap();
        // Their words differ by the project that its posting had judged for 1 July at once.
        assert_eq!(letters.len(), written.len(), "{written:?}");

        assert_eq!(ask(&office.clerk, &asked).status, 403);
        let outside = place.token("reviewer", &["444001"]);
        assert_eq!(ask(&outside, &asked).expect(200).json()["projects"], 0, "only the units' own projects");
        for (wrong, field) in [
            (body("version = 3", "2024-06-28", "2024-07-01"), "document"),
            (body(&stricter(3, "2024-07-01"), "2024-06-28", "2024-07-02"), "to"),
            (body(&stricter(3, "2024-07-01"), "2024-06-28", "2024-06-27"), "to"),
            (body(&stricter(3, "2024-07-01"), "2023-12-31", "2024-06-27"), "to"),
        ] {
            assert_eq!(fields(&problem(&ask(&office.reviewer, &wrong), 422, "invalid-value")), [field]);
        }
        let file = place.file("candidate.toml");
        std::fs::write(&file, stricter(3, "2024-07-01")).unwrap();
        let days = ["--from", "2024-06-28", "--to", "2024-07-01"];
        let said = place.done(&[&["rules", "rehearse", file.to_str().unwrap(), "--year", "2024"][..], &days].concat());
        assert!(said.contains("+ candidate") && said.contains("- on record"), "{said}");
    });
}
