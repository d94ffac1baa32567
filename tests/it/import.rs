//! Files handed in: taken whole, taken again without effect, or refused whole; a changed plan becomes a version.

use crate::support::bureau::{DISPATCH, HANDED_OVER, changed_plan, open_books, sample_plan};
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::service::Service;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use std::time::Duration;

/// What changes in April: a plan point and the budget, a target, and a name.
const APRIL: [(&str, &str, &str); 5] = [
    (HANDED_OVER, "88.43", "90.43"),
    (HANDED_OVER, "66.32", "70.00"),
    ("70.00", "88.43", "90.43"),
    (HANDED_OVER, "≥95%", "≥97%"),
    ("项目编码\n\t13060524P000002100067\n\t项目名称", "维稳经费", "维稳和信访经费"),
];

fn plans_in(place: &Place) -> String {
    place.words("SELECT CAST(COUNT(*) AS TEXT) AS word FROM plan_versions").remove(0)
}

#[test]
fn handing_the_same_plan_in_again_changes_nothing_and_says_so() {
    Place::each(|place| {
        assert_eq!(open_books(place, &sample_plan())["applied"], true);
        let again = place.json(&["import", "plan", sample_plan().to_str().unwrap(), "--year", "2024"]);
        assert_eq!((&again["new"], &again["unchanged"], &again["changed"]), (&json!(0), &json!(15), &json!(0)));
        assert_eq!((&again["differences"], &again["applied"]), (&json!([]), &json!(true)));
        assert_eq!(plans_in(place), "15");
    });
}

#[test]
fn a_changed_plan_is_shown_and_not_taken_until_it_says_from_when_and_why() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        place.at("2024-04-10T09:00:00+08:00");
        let changed = changed_plan(place, "april.txt", &APRIL);

        let shown = place.run(&["import", "plan", &changed, "--year", "2024"]);
        assert_eq!(shown.code, 1, "{}", shown.err);
        let differences: Vec<&str> = shown.out.lines().filter(|line| line.starts_with('≠')).collect();
        insta::assert_snapshot!("differences_in_april", differences.join("\n"));
        assert!(shown.err.contains("--effective-on"), "{}", shown.err);
        let for_machines = place.run(&["import", "plan", &changed, "--year", "2024", "--json"]);
        let answer: Value = serde_json::from_str(&for_machines.out).unwrap();
        assert_eq!((for_machines.code, &answer["applied"], &answer["changed"]), (1, &json!(false), &json!(2)));
        let tried = place.run(&["import", "plan", &changed, "--year", "2024", "--dry-run"]);
        assert_eq!(tried.code, 0, "only asking is no fault: {}", tried.err);
        assert_eq!(plans_in(place), "15", "nothing was taken");
    });
}

#[test]
fn a_revised_plan_is_a_version_and_what_was_said_before_it_stands() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        let reader = place.token("auditor", &["333001"]);
        let changed = changed_plan(place, "april.txt", &APRIL);
        place.at("2024-04-10T09:00:00+08:00");
        let before = Service::start(place);
        let old = indicators(&before, &reader);
        drop(before);

        let arguments = ["import", "plan", &changed, "--year", "2024", "--effective-on", "2024-04-01"];
        let revised = place.json(&[&arguments[..], &["--reason", "追加", "--document-no", "财预〔2024〕7号"]].concat());
        assert_eq!((&revised["changed"], &revised["applied"]), (&json!(2), &json!(true)));

        place.at("2024-07-01T09:00:00+08:00");
        let service = Service::start(place);
        let path = format!("/years/2024/projects/{HANDED_OVER}");
        let versions = service.client.get(&reader, &format!("{path}/plans")).expect(200).json();
        let told = |version: &Value| {
            let october = &version["points"][2];
            json!([
                version["version"],
                version["effective_on"],
                version["budget_yuan"],
                october["planned_yuan"],
                version["reason"],
                version["document_no"]
            ])
        };
        let versions: Vec<Value> = versions["items"].as_array().unwrap().iter().map(told).collect();
        assert_eq!(
            versions,
            [
                json!([1, "2024-01-01", "884300.00", "663200.00", "", null]),
                json!([2, "2024-04-01", "904300.00", "700000.00", "追加", "财预〔2024〕7号"]),
            ]
        );
        assert_eq!(indicators(&service, &reader), old, "an indicator is the same after its target was changed");

        let version = |query: &str| {
            let answer = service.client.get(&reader, &format!("{path}/comparison?{query}")).expect(200).json();
            let next = answer["plan"]["next_planned_yuan"].clone();
            (answer["plan"]["version"].as_i64().unwrap(), answer["adjusted_budget_yuan"].clone(), next)
        };
        let (first, second) = (json!("884300.00"), json!("904300.00"));
        assert_eq!(version("as_of=2024-03-31"), (1, first.clone(), json!("442200.00")), "not in force yet");
        assert_eq!(version("as_of=2024-06-30"), (2, second, json!("700000.00")));
        let known = version("as_of=2024-06-30&known_at=2024-04-10T00:59:59.999Z");
        assert_eq!(known, (1, first, json!("663200.00")), "not known yet");
        let other = service.client.get(&reader, &format!("/years/2024/projects/{DISPATCH}/plans")).expect(200).json();
        assert_eq!(other["items"].as_array().unwrap().len(), 1, "what did not change has no new version");
    });
}

/// The ids and names of a project's indicators.
fn indicators(service: &Service, token: &str) -> Vec<(String, String)> {
    let project = service.client.get(token, &format!("/years/2024/projects/{HANDED_OVER}")).expect(200).json();
    let said = |value: &Value| value.as_str().unwrap().to_owned();
    project["indicators"].as_array().unwrap().iter().map(|one| (said(&one["id"]), said(&one["name"]))).collect()
}

#[test]
fn a_revision_cannot_begin_before_the_version_that_it_revises() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        let changed = changed_plan(place, "april.txt", &APRIL);
        let revise = |day: &str| {
            place.run(&["import", "plan", &changed, "--year", "2024", "--effective-on", day, "--reason", "追加"])
        };
        for day in ["2023-12-31", "2025-01-01"] {
            let refused = revise(day);
            assert_eq!(refused.code, 1, "{}", refused.err);
            assert!(refused.err.contains("cannot take effect"), "{}", refused.err);
        }
        assert_eq!(plans_in(place), "15");
        assert_eq!(revise("2024-05-01").code, 0);
        let changed_again = changed_plan(place, "may.txt", &[(HANDED_OVER, "66.32", "71.00")]);
        let earlier = ["import", "plan", &changed_again, "--year", "2024", "--effective-on", "2024-04-30"];
        assert_eq!(place.run(&[&earlier[..], &["--reason", "x"]].concat()).code, 1, "version 2 begins in May");
        assert_eq!(plans_in(place), "17");
    });
}

#[test]
fn a_damaged_plan_is_refused_whole_and_makes_no_database() {
    let place = Place::sqlite();
    for (name, change, code) in [
        ("falls.txt", (HANDED_OVER, "66.32", "6.32"), "points_fall"),
        ("letter.txt", (HANDED_OVER, "88.43", "88.A3"), "number_unreadable"),
        ("twice.txt", ("项目编码", HANDED_OVER, DISPATCH), "code_repeated"),
        ("cut.txt", (HANDED_OVER, "\t44.22\n", ""), "table_cut_short"),
    ] {
        let file = changed_plan(&place, name, &[change]);
        let refused = place.run(&["import", "plan", &file, "--year", "2024", "--json"]);
        assert_eq!(refused.code, 1, "{name}: {}", refused.err);
        let answer: Value = serde_json::from_str(&refused.out).unwrap();
        assert_eq!(answer["applied"], false, "{name}");
        let error = answer["findings"].as_array().unwrap().iter().find(|one| one["severity"] == "error").unwrap();
        assert_eq!(error["code"], code, "{name}");
        assert!(error["row"].as_u64().unwrap() > 0 && error["table"].as_u64().unwrap() > 0, "{error}");
        assert!(!place.file("milepost.db").exists(), "{name}");
    }
    std::fs::write(place.file("letter.docx"), b"PK\x03\x04 not a plan").unwrap();
    let other = place.run(&["import", "plan", "letter.docx", "--year", "2024"]);
    assert_eq!(other.code, 1, "{}{}", other.out, other.err);
}

#[test]
fn a_damaged_plan_leaves_the_books_as_they_were() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        let file = changed_plan(place, "falls.txt", &[(HANDED_OVER, "66.32", "6.32")]);
        let arguments = ["import", "plan", &file, "--year", "2024", "--effective-on", "2024-04-01", "--reason", "x"];
        assert_eq!(place.run(&arguments).code, 1);
        assert_eq!(plans_in(place), "15");
    });
}

#[test]
fn exit_codes_tell_the_input_s_fault_from_the_caller_s_and_the_world_s() {
    let place = Place::sqlite();
    assert_eq!(place.run(&["import", "plan", "nowhere.txt", "--year", "2024"]).code, 3, "there is no such file");
    assert_eq!(place.run(&["import", "plan", "nowhere.txt"]).code, 2, "--year is missing");
    assert_eq!(place.run(&["import", "plan", "nowhere.txt", "--year", "24"]).code, 2, "no such year");
    let half = ["import", "plan", "nowhere.txt", "--year", "2024", "--effective-on", "2024-04-01"];
    assert_eq!(place.run(&half).code, 2, "--reason is missing");
    assert_eq!(place.run(&["imports"]).code, 2, "no such verb");
}

#[test]
fn verbs_that_need_books_make_none() {
    let verbs: [&[&str]; 6] = [
        &["check", "--year", "2024"],
        &["token", "create", "--name", "n", "--role", "admin"],
        &["contact", "list"],
        &["unit", "list"],
        &["letters", "list"],
        &["verify"],
    ];
    let place = Place::sqlite();
    for verb in verbs {
        let refused = place.run(verb);
        assert_eq!((refused.code, refused.out.as_str()), (3, ""), "{verb:?}: {}", refused.err);
        assert!(refused.err.contains("there is no database"), "{verb:?}: {}", refused.err);
    }
    let left: Vec<_> = std::fs::read_dir(place.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");

    let Some(place) = Place::postgres() else { return };
    for verb in verbs {
        let refused = place.run(verb);
        assert_eq!(refused.code, 3, "{verb:?}: {}", refused.err);
    }
    let tables = place.words("SELECT tablename::text AS word FROM pg_tables WHERE schemaname = 'public'");
    assert!(tables.is_empty(), "a verb that may not make books leaves no tables: {tables:?}");
}

const HEADS: &str = "项目编码,支付金额（元）,支付日期,凭证号,凭证行号\n";

/// Hands a file of payments in and gives exit code and answer.
fn hand_in(place: &Place, lines: &str) -> (i32, Value) {
    std::fs::write(place.file("actuals.csv"), format!("{HEADS}{lines}")).unwrap();
    let ran = place.run(&["import", "actuals", "actuals.csv", "--year", "2024", "--json"]);
    let answer = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{} {}", ran.out, ran.err));
    (ran.code, answer)
}

fn ledger(place: &Place) -> Vec<String> {
    place.words("SELECT voucher_no AS word FROM disbursements ORDER BY voucher_no")
}

#[test]
fn the_same_payments_handed_in_twice_count_once() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        place.at("2024-07-01T09:00:00+08:00");
        let lines = format!("{DISPATCH},226950.00,2024-03-28,甲-1,1\n{HANDED_OVER},100.00,2024-03-29,甲-2,\n");
        let (code, first) = hand_in(place, &lines);
        assert_eq!((code, &first["new"], &first["applied"]), (0, &json!(2), &json!(true)));
        let (code, again) = hand_in(place, &lines);
        assert_eq!((code, &again["new"], &again["unchanged"]), (0, &json!(0), &json!(2)));
        let (code, longer) = hand_in(place, &format!("{lines}{DISPATCH},5.00,2024-05-28,甲-3,\n"));
        assert_eq!((code, &longer["new"], &longer["unchanged"]), (0, &json!(1), &json!(2)));
        let (code, other) = hand_in(place, &format!("{DISPATCH},226950.01,2024-03-28,甲-1,1\n"));
        assert_eq!((code, &other["applied"]), (1, &json!(false)), "the same voucher with another amount");
        assert_eq!(ledger(place), ["甲-1", "甲-2", "甲-3"]);
    });
}

#[test]
fn one_bad_line_refuses_the_whole_file_and_is_named() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        place.at("2024-07-01T09:00:00+08:00");
        let good = format!("{DISPATCH},226950.00,2024-03-28,甲-1,1\n");
        let (code, unreadable) = hand_in(place, &format!("{good}{DISPATCH},12O.00,2024-03-28,甲-2,1\n"));
        assert_eq!((code, &unreadable["applied"]), (1, &json!(false)));
        let finding = &unreadable["findings"][0];
        assert_eq!((&finding["row"], &finding["column"]), (&json!(3), &json!("支付金额（元）")));
        for (bad, said) in [
            (format!("{DISPATCH},1.00,2024-07-02,甲-2,1\n"), "尚未到来"),
            ("13060524P000002100358,1.00,2024-03-28,甲-2,1\n".to_owned(), "没有这个项目"),
        ] {
            let (code, refused) = hand_in(place, &format!("{good}{bad}{good}").replacen("甲-1,1\n", "甲-1,2\n", 1));
            assert_eq!((code, &refused["applied"]), (1, &json!(false)), "{refused}");
            let line = &refused["refused"][0];
            assert_eq!((&line["row"], refused["refused"].as_array().unwrap().len()), (&json!(3), 1), "{refused}");
            assert_eq!(line["project"], bad.split(',').next().unwrap());
            assert!(line["message"].as_str().unwrap().contains(said), "{refused}");
        }
        assert_eq!(ledger(place), [""; 0]);
        assert_eq!(place.json(&["verify"])["clean"], true);
    });
}

#[test]
fn several_who_find_no_books_make_one() {
    Place::each(|place| {
        place.at("2024-01-08T09:00:00+08:00");
        let plan = sample_plan();
        let started: Vec<_> = (0..6)
            .map(|_| {
                let mut command =
                    place.command(&["import", "plan", plan.to_str().unwrap(), "--year", "2024", "--json"]);
                command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
            })
            .collect();
        let answers: Vec<Value> = started
            .into_iter()
            .map(|child| {
                let output = child.wait_with_output().unwrap();
                let words = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.success(), "{words}");
                serde_json::from_slice(&output.stdout).unwrap()
            })
            .collect();
        assert_eq!(answers.iter().filter(|one| one["new"] == 15).count(), 1);
        assert_eq!(answers.iter().filter(|one| one["unchanged"] == 15).count(), 5);
        assert_eq!(plans_in(place), "15");
    });
}

#[test]
fn a_changed_plan_waits_for_the_check_that_is_judging_the_project() {
    let Some(place) = Place::postgres() else { return };
    open_books(&place, &sample_plan());
    place.at("2024-07-01T09:00:00+08:00");
    place.done(&["check", "--year", "2024"]);
    let changed = changed_plan(&place, "july.txt", &[(DISPATCH, "45.39", "60.00")]);
    let since = ["--effective-on", "2024-06-15", "--reason", "追加"];
    let import = [&["import", "plan", &changed, "--year", "2024"][..], &since].concat();
    let marked = || place.words("SELECT project_id AS word FROM unjudged").len();

    // What a check holds while it judges the project, and what it does at its end.
    let mut judging = place.connection();
    let hold = format!("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('project|2024|{DISPATCH}', 0))");
    judging.batch_execute(&hold).unwrap();
    let mut importing = place.command(&import).spawn().unwrap();
    until("the import waits", Duration::from_secs(4), || {
        assert!(importing.try_wait().unwrap().is_none(), "it did not wait");
        let waiting = "SELECT CAST(pid AS TEXT) AS word FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        (!place.words(waiting).is_empty()).then_some(())
    });
    judging.batch_execute("DELETE FROM unjudged; COMMIT").unwrap();
    assert!(importing.wait().unwrap().success());

    assert_eq!((plans_in(&place).as_str(), marked()), ("16", 1), "nobody has judged it by the new version");
}
