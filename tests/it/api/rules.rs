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

/// Asks for a rehearsal of a stricter set over a span of 2024.
fn rehearse(office: &Office, from: &str, to: &str) -> Answer {
    let body = json!({ "document": stricter(3, "2024-07-01"), "from": from, "to": to }).to_string();
    let headers = [("Content-Type", "application/json")];
    office.service.client.ask("POST", &office.reviewer, "/rules/rehearsal", &headers, body.as_bytes())
}

#[test]
fn one_rehearsal_at_a_time_and_the_other_is_told_to_come_again() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    // Two months take far longer than the other needs to arrive.
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..2).map(|_| scope.spawn(|| rehearse(&office, "2024-05-01", "2024-06-30"))).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let (done, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((done.len(), refused.len()), (1, 1));
    let said = problem(refused[0], 503, "unavailable");
    assert!(refused[0].header("retry-after").is_some(), "{said}");
    rehearse(&office, "2024-06-30", "2024-06-30").expect(200);
}

#[test]
fn a_rehearsal_of_too_many_project_days_or_too_long_a_ledger_is_refused() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let numbers =
        |most: u32| format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})");
    // With the fifteen of the sample plan 2,748: over half a million on 182 days, under it on 181.
    place
        .sql(&format!(
            "INSERT INTO projects (id, fiscal_year, code, name, unit_code, purpose, goals, recorded_at)
             {} SELECT printf('00000000-0000-7000-8000-%012d', i), 2024, printf('13060524P9%011d', i), 'x', '333001',
             '', '', '2024-01-01 00:00:00' FROM n",
            numbers(2_733)
        ))
        .unwrap();
    let refused = problem(&rehearse(&office, "2024-01-01", "2024-06-30"), 422, "invalid-value");
    assert_eq!(fields(&refused), ["from"], "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("2748"), "{refused}");

    place
        .sql(&format!(
            "INSERT INTO disbursements (id, project_id, sequence, kind, amount_fen, counted, paid_on, voucher_no,
             voucher_line, source, payee, memo, recorded_at, recorded_by)
             {} SELECT printf('00000000-0000-7000-9000-%012d', i), '00000000-0000-7000-8000-000000000001', i, 'payment',
             1, 1, '2024-06-01', 'v' || i, 1, 'other', '', '', '2024-06-01 00:00:00', 'clerk' FROM n",
            numbers(500_001)
        ))
        .unwrap();
    let refused = problem(&rehearse(&office, "2024-06-30", "2024-06-30"), 422, "invalid-value");
    assert_eq!(fields(&refused), ["year"], "{refused}");
}

#[test]
fn the_rules_show_every_section_as_values() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let shown = office.get("/rules").expect(200).json()["in_force"].clone();
    assert_eq!(
        (&shown["plan_point_coming"], &shown["figures_stale"], &shown["work_gap"], &shown["spending"]["time"]),
        (
            &json!({ "days": 10, "severity": "notice" }),
            &json!({ "days": 60, "severity": "notice" }),
            &Value::Null,
            &Value::Null
        )
    );
    let both = json!(["officer", "head"]);
    assert_eq!(
        shown["telling"],
        json!({ "notice": both, "warning": both, "critical": both, "waiver_notice_working_days": 5 })
    );
    assert_eq!(
        shown["reminders"],
        json!({ "notice_every_working_days": null, "warning_every_working_days": 10, "critical_every_working_days": 5, "at_most": 6 })
    );
    assert_eq!(
        shown["escalation"],
        json!([
            { "from": "critical", "after_working_days": 5, "to": "leader" },
            { "from": "warning", "after_working_days": 5, "to": "head" },
            { "from": "warning", "after_working_days": 10, "to": "leader" },
        ])
    );
    let severities = shown["indicators"]["severities"].as_array().unwrap();
    assert!(severities.contains(&json!({ "rule": "indicator.recurring_missed", "severity": "warning" })));
}
