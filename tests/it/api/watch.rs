//! Checks, alerts, letters, contacts, health.

use super::{FIRST, Office, TENTH, fields, key, problem, shown};
use crate::support::bureau::changed_plan;
use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::{Value, json};

fn add_head(place: &Place) {
    let words = ["--unit", "333001", "--role", "head", "--email", "li@example.invalid", "--name", "李明"];
    let words: Vec<&str> = ["contact", "add"].into_iter().chain(words).collect();
    place.done(&words);
}

fn items(office: &Office, path: &str) -> Vec<Value> {
    office.get(path).expect(200).json()["items"].as_array().unwrap().clone()
}

#[test]
fn a_check_judges_writes_and_is_listed() {
    Place::each(|place| {
        place.with_rules("plan-points-only");
        let office = Office::on(place);
        add_head(place);
        office.pay(FIRST, "453900.00", "v1");
        let checked = office.check(&json!({ "as_of": "2024-06-30" })).expect(200).json();
        insta::allow_duplicates! { insta::assert_snapshot!("checked", shown(&checked)) };
        let listed = items(&office, "/years/2024/checks");
        assert_eq!((listed.len(), &listed[0]["id"]), (1, &checked["id"]));
        assert_eq!(items(&office, "/years/2023/checks").len(), 0);
        let again = office.check(&json!({ "as_of": "2024-06-30" })).expect(200).json();
        assert_eq!((&again["alerts"]["raised"], &again["letters"]), (&json!(0), &json!(0)), "the same day is silent");
    });
}

#[test]
fn a_dry_run_writes_nothing() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    add_head(&place);
    let tried = office.check(&json!({ "as_of": "2024-06-30", "dry_run": true })).expect(200).json();
    assert_eq!((&tried["dry_run"], &tried["id"], &tried["projects"]), (&json!(true), &Value::Null, &json!(15)));
    assert!(tried["alerts"]["raised"].as_i64().unwrap() > 0, "{tried}");
    for path in ["/years/2024/checks", "/years/2024/alerts", "/letters"] {
        assert_eq!(items(&office, path), Vec::<Value>::new(), "{path}");
    }
    let done = office.check(&json!({ "as_of": "2024-06-30" })).expect(200).json();
    assert_eq!(done["alerts"], tried["alerts"], "the dry run said what would happen");
}

#[test]
fn a_check_does_not_go_back_nor_into_the_future() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    office.check(&json!({ "as_of": "2024-06-30" })).expect(200);
    let back = problem(&office.check(&json!({ "as_of": "2024-06-29" })), 409, "check-backwards");
    assert_eq!(back["last_as_of"], "2024-06-30");
    office.check(&json!({ "as_of": "2024-06-29", "dry_run": true })).expect(200);
    for body in [json!({ "as_of": "2024-07-02" }), json!({ "as_of": "2023-12-31" }), json!({ "as_of": "2024-06-31" })] {
        assert_eq!(fields(&problem(&office.check(&body), 422, "invalid-value")), ["as_of"], "{body}");
    }
    assert_eq!(fields(&problem(&office.check(&json!({ "day": "2024-06-30" })), 422, "invalid-value")), ["day"]);
    assert_eq!(fields(&problem(&office.check(&json!({ "dry_run": "yes" })), 422, "invalid-value")), ["dry_run"]);
    assert_eq!(office.check(&json!({})).expect(200).json()["as_of"], "2024-07-01", "today by itself");
}

#[test]
fn an_alert_tells_its_story() {
    let place = Place::sqlite();
    place.with_rules("plan-points-only");
    let office = Office::on(&place);
    office.check(&json!({ "as_of": "2024-06-30" })).expect(200);
    let alerts = items(&office, "/years/2024/alerts");
    assert!(alerts.iter().all(|alert| alert["state"] == "open"));
    let of_first = alerts
        .iter()
        .find(|alert| alert["project"]["code"] == FIRST && alert["rule"] == "spending.behind_plan_point")
        .expect("the first project is behind");
    office.pay(FIRST, "453900.00", "v1");
    let told = office.get(&format!("/alerts/{}", of_first["id"].as_str().unwrap())).expect(200).json();
    insta::assert_snapshot!("alert", shown(&told));
    let resolved = items(&office, "/years/2024/alerts?state=resolved&severity=critical&unit=333001");
    assert_eq!(resolved.iter().map(|alert| &alert["id"]).collect::<Vec<_>>(), [&of_first["id"]]);
    assert_eq!(items(&office, "/years/2024/alerts?unit=444001"), Vec::<Value>::new());
    assert!(items(&office, "/years/2024/alerts?state=open").iter().all(|alert| alert["state"] == "open"));
    for id in [key().as_str(), "1", "%00"] {
        problem(&office.get(&format!("/alerts/{id}")), 404, "not-found");
    }
}

#[test]
fn the_outbox_is_a_readable_archive() {
    let place = Place::sqlite();
    place.set("mail.quiet_hours", "00:00-23:59");
    place.with_rules("plan-points-only");
    let office = Office::on(&place);
    add_head(&place);
    office.check(&json!({ "as_of": "2024-06-30" })).expect(200);
    let letters = items(&office, "/letters?state=queued");
    assert_eq!(letters.len(), 1);
    let mut letter = letters[0].clone();
    assert!(letter["text"].as_str().unwrap().contains("李明"));
    letter["text"] = json!("[text]");
    insta::assert_snapshot!("letter", shown(&letter));
    assert_eq!(items(&office, "/letters?state=sent").len(), 0);
}

#[test]
fn a_contact_is_recorded_once_and_found_where_its_location_says() {
    Place::each(|place| {
        let office = Office::on(place);
        let body = json!({ "unit": "333001", "role": "officer", "email": "wang@example.invalid", "name": "王芳",
            "project": FIRST });
        let post = |body: &Value| office.service.client.post(&office.admin, "/contacts", &key(), body);
        let answer = post(&body).expect(201);
        insta::allow_duplicates! { insta::assert_snapshot!("contact", shown(&answer.json())) };
        let location = answer.header("location").unwrap().strip_prefix("/api/v1").unwrap();
        assert_eq!(office.get(location).expect(200).json(), answer.json());
        assert_eq!(items(&office, "/contacts"), [answer.json()]);
        problem(&post(&body), 409, "contact-already-recorded");
        for (field, value) in [
            ("unit", json!("33/3")),
            ("role", json!("chief")),
            ("email", json!("wang")),
            ("email", json!("a@b\r\nBcc: x@y")),
            ("name", json!("")),
            ("name", json!("a\u{0}")),
            ("project", json!("no code!")),
            ("phone", json!("1")),
        ] {
            let mut wrong = body.clone();
            wrong[field] = value;
            assert_eq!(fields(&problem(&post(&wrong), 422, "invalid-value")), [field]);
        }
        let mut elsewhere = body.clone();
        elsewhere["unit"] = json!("444001");
        problem(&post(&elsewhere), 404, "not-found");
        problem(&office.get(&format!("/contacts/{}", key())), 404, "not-found");
    });
}

#[test]
fn health_needs_no_token() {
    Place::each(|place| {
        let office = Office::on(place);
        let alive = office.service.client.get("", "//healthz").expect(200);
        assert_eq!(alive.json(), json!({ "status": "ok" }));
        let ready = office.service.client.get("", "//readyz").expect(200).json();
        assert_eq!((&ready["status"], &ready["version"]), (&json!("ready"), &json!(env!("CARGO_PKG_VERSION"))));
    });
}

#[test]
fn a_check_after_posts_looks_only_at_what_changed() {
    Place::each(|place| {
        place.set("schedule.daily_check", "").set("schedule.digest", "").set("schedule.monthly_digest", "");
        let office = Office::on(place);
        let check = |office: &Office| office.check(&json!({})).expect(200).json();
        let looked_at = |run: &Value| (run["projects"].as_i64().unwrap(), run["judged"].as_i64().unwrap());
        let nothing_left = |office: &Office| {
            let tried = office.check(&json!({ "dry_run": true })).expect(200).json();
            assert_eq!(looked_at(&tried), (15, 15), "a trial looks at all");
            assert!(tried["alerts"].as_object().unwrap().values().all(|count| *count == 0), "{tried:#}");
        };
        assert_eq!(looked_at(&check(&office)), (15, 15));
        // A closed year that no check will ever look at: more projects than are looked at one by one.
        place
            .sql(
                "INSERT INTO projects (id, fiscal_year, code, name, unit_code, purpose, goals, recorded_at)
                 SELECT p.id || q.id, 2022, p.id || q.id, p.name, p.unit_code, '', '', p.recorded_at
                 FROM projects p CROSS JOIN projects q;
                 INSERT INTO unjudged (project_id) SELECT id FROM projects WHERE fiscal_year = 2022",
            )
            .unwrap();
        for number in 0..5 {
            office.pay(FIRST, "90000.00", &format!("v{number}"));
            office.pay(TENTH, "1.00", &format!("w{number}"));
        }
        assert_eq!(looked_at(&check(&office)), (15, 0), "each posting has judged its project itself");
        nothing_left(&office);

        let changed = changed_plan(place, "july.txt", &[(FIRST, "45.39", "60.00")]);
        let since = ["--effective-on", "2024-06-15", "--reason", "追加"];
        place.done(&[&["import", "plan", &changed, "--year", "2024"][..], &since].concat());
        let run = check(&office);
        assert_eq!(
            (looked_at(&run), &run["alerts"]["reopened"]),
            ((15, 1), &json!(1)),
            "behind by the new plan: {run:#}"
        );
        nothing_left(&office);

        let Office { service, clerk, reviewer, auditor, admin } = office;
        drop(service);
        place.at("2024-07-02T09:00:00+08:00");
        let office = Office { service: Service::start(place), clerk, reviewer, auditor, admin };
        assert_eq!(looked_at(&check(&office)), (15, 15), "another day judges all");
        assert_eq!(looked_at(&check(&office)), (15, 0));
        assert_eq!(looked_at(&office.check(&json!({ "as_of": "2024-07-02" })).expect(200).json()), (15, 0));
    });
}
