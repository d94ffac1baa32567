//! Projects created and revised by JSON.

use super::{FIRST, Office, fields, key, problem};
use crate::support::place::Place;
use crate::support::service::Answer;
use serde_json::{Value, json};

const PROJECTS: &str = "/years/2024/projects";
/// A code whose check sign fits, and that no project has.
const NEW: &str = "13060524P00000210036X";

fn project() -> Value {
    json!({
        "code": NEW, "name": "道路养护", "unit": "333001", "purpose": "县道日常养护", "goals": ["完成养护50公里"],
        "budget_yuan": "1000.00", "fiscal_yuan": "1000.00",
        "points": [
            { "point_on": "2024-03-31", "planned_yuan": null },
            { "point_on": "2024-06-30", "planned_yuan": "500.00" },
            { "point_on": "2024-12-31", "planned_yuan": "900.00" },
        ],
        "indicators": [
            { "level1": "产出指标", "level2": "数量指标", "name": "养护里程", "target": "≥50公里", "basis": "计划" },
            { "level1": "产出指标", "level2": "质量指标", "name": "合格率", "target": "100%" },
        ],
    })
}

fn revision() -> Value {
    json!({ "effective_on": "2024-07-01", "reason": "追加", "document_no": "财预〔2024〕17号", "budget_yuan": "1200.00",
        "points": [{ "point_on": "2024-06-30", "planned_yuan": "600.00" }, { "point_on": "2024-12-31", "planned_yuan": "1200.00" }] })
}

fn create(office: &Office, body: &Value) -> Answer {
    office.service.client.post(&office.reviewer, PROJECTS, &key(), body)
}

fn revise(office: &Office, code: &str, tag: &str, key: &str, body: &Value) -> Answer {
    let mut headers = vec![("Content-Type", "application/json"), ("Idempotency-Key", key), ("If-Match", tag)];
    headers.retain(|(_, value)| !value.is_empty());
    let path = format!("{PROJECTS}/{code}/plans");
    office.service.client.send(&office.reviewer, &path, &headers, body.to_string().as_bytes()).unwrap()
}

fn read(office: &Office, code: &str) -> Answer {
    office.get(&format!("{PROJECTS}/{code}")).expect(200)
}

#[test]
fn a_project_is_created_with_the_doubts_that_its_document_would_raise() {
    Place::each(|place| {
        let office = Office::on(place);
        let key = key();
        let post = || office.service.client.post(&office.reviewer, PROJECTS, &key, &project());
        let answer = post().expect(201);
        assert_eq!(answer.header("location"), Some(&*format!("/api/v1{PROJECTS}/{NEW}")));
        assert_eq!(answer.header("etag"), Some("\"plan-1\""));
        let mut made = answer.json();
        let findings = made.as_object_mut().unwrap().remove("findings").unwrap();
        let found: Vec<(&str, &str)> = findings
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["code"].as_str().unwrap(), one["field"].as_str().unwrap()))
            .filter(|(code, _)| *code != "check_sign_mismatch")
            .collect();
        assert_eq!(
            found,
            [
                ("last_point_differs_from_budget", "points[2].planned_yuan"),
                ("satisfaction_missing", "indicators"),
                ("comparator_missing", "indicators[1].target"),
                ("basis_missing", "indicators[1].basis"),
            ]
        );
        assert_eq!(made["indicators"][0]["target_read"]["comparator"], "≥");
        assert_eq!(made["plan"]["points"][0]["planned_yuan"], Value::Null);
        assert_eq!(read(&office, NEW).json(), made);

        let again = post().expect(201);
        assert_eq!((again.text.as_str(), again.header("etag")), (answer.text.as_str(), Some("\"plan-1\"")));
        problem(&create(&office, &project()), 409, "project-already-recorded");
        let comparison = office.get(&format!("{PROJECTS}/{NEW}/comparison?as_of=2024-06-30")).expect(200).json();
        assert_eq!((&comparison["plan"]["due_yuan"], &comparison["standing"]), (&json!("500.00"), &json!("behind")));
        let audited =
            place.words("SELECT action AS word FROM audit WHERE entity = 'project' AND action LIKE 'create%'");
        assert_eq!(audited, ["create_project"]);
    });
}

#[test]
fn a_unit_must_be_known_and_lie_in_the_token_s_units() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    place.done(&["unit", "add", "--code", "444001", "--name", "别的局"]);
    let in_unit = |unit: &str| {
        let mut body = project();
        body["unit"] = json!(unit);
        create(&office, &body)
    };
    let told = ["999999", "444001"].map(|unit| {
        let mut document = problem(&in_unit(unit), 404, "not-found");
        document.as_object_mut().unwrap().remove("request_id");
        document
    });
    assert_eq!(told[0], told[1], "nobody learns whether a foreign unit exists");
    let mut unknown = project();
    unknown["unit"] = json!("999999");
    let refused = office.service.client.post(&office.admin, PROJECTS, &key(), &unknown);
    assert_eq!(fields(&problem(&refused, 422, "invalid-value")), ["unit"]);
    problem(&office.service.client.post(&office.clerk, PROJECTS, &key(), &project()), 403, "forbidden");
    assert_eq!(office.get(&format!("{PROJECTS}/{NEW}")).status, 404);
}

#[test]
fn each_wrong_value_of_a_project_is_refused_by_the_path_of_its_field() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    for (pointer, value, named) in [
        ("/points/2/planned_yuan", json!("499.99"), "points[2].planned_yuan"),
        ("/points/2/planned_yuan", json!(900), "points[2].planned_yuan"),
        ("/points/2/planned_yuan", json!("-1.00"), "points[2].planned_yuan"),
        ("/points/1/point_on", json!("2025-06-30"), "points[1].point_on"),
        ("/points/1/point_on", json!("2024-03-31"), "points[1].point_on"),
        ("/points/1/surprise", json!(1), "points[1].surprise"),
        ("/points/0", json!({ "point_on": "2024-03-31" }), "points[0].planned_yuan"),
        ("/indicators/0/target", json!("≥9O%"), "indicators[0].target"),
        ("/indicators/1/weight", json!("viel"), "indicators[1].weight"),
        ("/indicators/1/name", json!(""), "indicators[1].name"),
        ("/indicators/1/name", json!("a\u{0}"), "indicators[1].name"),
        ("/goals/0", json!("两\n行"), "goals[0]"),
        ("/budget_yuan", json!(1000.0), "budget_yuan"),
        ("/code", json!("no code"), "code"),
        ("/name", json!("长".repeat(201)), "name"),
        ("/unit", json!(""), "unit"),
        ("/recorded_by", json!("x"), "recorded_by"),
    ] {
        let mut body = project();
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        match body.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[last.parse::<usize>().unwrap()] = value.clone(),
            object => object[last] = value.clone(),
        }
        let refused = problem(&create(&office, &body), 422, "invalid-value");
        assert_eq!(fields(&refused), [named], "{pointer} = {value}: {refused}");
    }
    for missing in ["code", "name", "unit", "budget_yuan", "points", "indicators"] {
        let mut body = project();
        body.as_object_mut().unwrap().remove(missing);
        assert_eq!(fields(&problem(&create(&office, &body), 422, "invalid-value")), [missing]);
    }
    let mut many = project();
    many["points"] = json!(vec![json!({ "point_on": "2024-03-31", "planned_yuan": null }); 25]);
    assert_eq!(fields(&problem(&create(&office, &many), 422, "invalid-value")), ["points"]);
    assert_eq!(office.get(&format!("{PROJECTS}/{NEW}")).status, 404);
}

#[test]
fn a_plan_is_revised_by_whoever_has_seen_its_latest_version() {
    Place::each(|place| {
        let office = Office::on(place);
        create(&office, &project()).expect(201);
        let tag = read(&office, NEW).header("etag").unwrap().to_owned();
        let missing = revise(&office, NEW, "", &key(), &revision());
        assert_eq!(problem(&missing, 428, "precondition-required")["etag"], "\"plan-1\"");
        assert_eq!(missing.header("etag"), Some("\"plan-1\""));

        let key_of_first = key();
        let first = revise(&office, NEW, &tag, &key_of_first, &revision()).expect(201);
        assert_eq!(first.header("location"), Some(&*format!("/api/v1{PROJECTS}/{NEW}/plans/2")));
        assert_eq!(first.header("etag"), Some("\"plan-2\""));
        let body = first.json();
        assert_eq!((&body["version"], &body["comparison"]["plan"]["due_yuan"]), (&json!(2), &json!("600.00")));
        assert_eq!(body["indicators"].as_array().unwrap().len(), 2);

        // The same key again gives the first answer, although its tag is stale by now.
        let again = revise(&office, NEW, &tag, &key_of_first, &revision()).expect(201);
        assert_eq!((again.text.as_str(), again.header("etag")), (first.text.as_str(), Some("\"plan-2\"")));
        let stale = revise(&office, NEW, &tag, &key(), &revision());
        assert_eq!(problem(&stale, 412, "plan-changed-meanwhile")["etag"], "\"plan-2\"");
        assert_eq!(stale.header("etag"), Some("\"plan-2\""));
        for weak_or_strange in ["W/\"plan-2\"", "\"x\"", "plan-2"] {
            problem(&revise(&office, NEW, weak_or_strange, &key(), &revision()), 412, "plan-changed-meanwhile");
        }

        let version = office.get(&format!("{PROJECTS}/{NEW}/plans/2")).expect(200);
        assert_eq!(version.header("etag"), Some("\"plan-2\""));
        assert_eq!((&version.json()["reason"], &version.json()["indicators"]), (&json!("追加"), &body["indicators"]));
        assert_eq!(office.get(&format!("{PROJECTS}/{NEW}/plans/1")).expect(200).json()["budget_yuan"], "1000.00");
        for absent in ["3", "0", "x", "99999999999"] {
            problem(&office.get(&format!("{PROJECTS}/{NEW}/plans/{absent}")), 404, "not-found");
        }
        let with_tag = |path: &str| {
            let headers = [("If-None-Match", "\"plan-1\", W/\"plan-2\"")];
            office.service.client.get_with(&office.auditor, path, &headers)
        };
        for path in ["/plans", "/plans/1"] {
            let answer = with_tag(&format!("{PROJECTS}/{NEW}{path}")).expect(304);
            assert_eq!((answer.text.as_str(), answer.header("etag")), ("", Some("\"plan-2\"")));
        }
    });
}

#[test]
fn a_project_whose_unit_was_renamed_is_not_answered_304() {
    Place::each(|place| {
        let office = Office::on(place);
        let tag = read(&office, FIRST).header("etag").unwrap().to_owned();
        assert!(tag.starts_with("\"plan-1."), "{tag}");
        let again = || {
            let headers = [("If-None-Match", tag.as_str())];
            office.service.client.get_with(&office.auditor, &format!("{PROJECTS}/{FIRST}"), &headers)
        };
        assert_eq!(again().expect(304).header("etag"), Some(&*tag));
        let renamed = json!({ "name": "住房城乡建设和交通局", "parent": null });
        office.service.client.put(&office.admin, "/units/333001", &renamed).expect(200);
        assert_eq!(again().expect(200).json()["unit_name"], "住房城乡建设和交通局");
        revise(&office, FIRST, &tag, &key(), &revision()).expect(201);
    });
}

#[test]
fn a_revision_leaves_what_it_does_not_name_and_judges_anew() {
    Place::each(|place| {
        let office = Office::on(place);
        create(&office, &project()).expect(201);
        let before = read(&office, NEW).json();
        let post = json!({ "amount_yuan": "550.00", "paid_on": "2024-06-28", "voucher_no": "v1" });
        let paid = office.post(&super::ledger(NEW), &post).expect(201).json();
        assert_eq!(paid["comparison"]["standing"], "on_plan");

        let mut cut = revision();
        cut["budget_yuan"] = json!("540.00");
        cut["points"] = json!([{ "point_on": "2024-12-31", "planned_yuan": "540.00" }]);
        cut["name"] = json!("道路养护（调减）");
        let revised = revise(&office, NEW, "\"plan-1\"", &key(), &cut).expect(201).json();
        assert_eq!(revised["comparison"]["standing"], "overspent");
        let after = read(&office, NEW).json();
        assert_eq!((&after["name"], &after["purpose"]), (&json!("道路养护（调减）"), &before["purpose"]));
        assert_eq!((&after["goals"], &after["indicators"]), (&before["goals"], &before["indicators"]));
        let alerts = office.get("/years/2024/alerts?state=open").expect(200).json();
        assert!(alerts.to_string().contains("spending.over_budget"), "{alerts}");

        // A version to come: the tag of the project still names the latest version to `If-Match`.
        let mut later = revision();
        later["effective_on"] = json!("2024-09-01");
        later["indicators"] = json!([{ "level1": "满意度指标", "level2": "服务对象满意度", "name": "满意度", "target": "≥90%", "basis": "调查" }]);
        revise(&office, NEW, "*", &key(), &later).expect(201);
        let now = read(&office, NEW);
        let tag = now.header("etag").unwrap();
        assert!(now.json()["plan"]["version"] == 2 && tag.starts_with("\"plan-3-2."), "{tag}");
        revise(&office, NEW, tag, &key(), &later).expect(201);
    });
}

#[test]
fn a_revision_has_its_own_refusals() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let try_with = |name: &str, value: Value| {
        let mut body = revision();
        body[name] = value;
        revise(&office, FIRST, "\"plan-1\"", &key(), &body)
    };
    for (name, value, named) in [
        ("effective_on", json!("2023-12-31"), "effective_on"),
        ("effective_on", json!("2025-01-01"), "effective_on"),
        ("effective_on", json!(20_240_701), "effective_on"),
        ("reason", json!(" "), "reason"),
        ("document_no", json!("长".repeat(101)), "document_no"),
        ("budget_yuan", json!(1), "budget_yuan"),
        (
            "points",
            json!([{ "point_on": "2024-06-30", "planned_yuan": "5.00" }, { "point_on": "2024-07-31", "planned_yuan": "4.00" }]),
            "points[1].planned_yuan",
        ),
        (
            "indicators",
            json!([{ "level1": "产出指标", "level2": "x", "name": "n", "target": ".5%" }]),
            "indicators[0].target",
        ),
        ("unit", json!("333001"), "unit"),
        ("version", json!(7), "version"),
    ] {
        assert_eq!(fields(&problem(&try_with(name, value), 422, "invalid-value")), [named], "{name}");
    }
    try_with("effective_on", json!("2024-05-01")).expect(201);
    let mut earlier = revision();
    earlier["effective_on"] = json!("2024-04-30");
    let refused = revise(&office, FIRST, "\"plan-2\"", &key(), &earlier);
    assert_eq!(fields(&problem(&refused, 422, "invalid-value")), ["effective_on"]);
    problem(&revise(&office, super::NOBODY, "\"plan-1\"", &key(), &revision()), 404, "not-found");
}
