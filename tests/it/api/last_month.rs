//! What was said of last month is said again, word for word, whatever came after.

use super::{FIRST, Office, PLAN, TENTH, key, ledger, payment};
use crate::support::bureau::changed_plan;
use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::{Value, json};

const JUNE: &str = "?as_of=2024-06-30&limit=500";

/// June as one project and as the whole year, as known at an instant, or now.
fn june(service: &Service, token: &str, known_at: Option<&str>) -> [Value; 2] {
    let known_at = known_at.map_or(String::new(), |instant| format!("&known_at={instant}"));
    [format!("/years/2024/projects/{FIRST}/comparison?as_of=2024-06-30"), format!("/years/2024/comparison{JUNE}")]
        .map(|path| service.client.get(token, &format!("{path}{known_at}")).expect(200).json())
}

/// The rules of the plan's points with other thresholds, in force from a day.
fn stricter_rules(place: &Place, version: i32, effective_on: &str) -> String {
    let bundled =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/config/presets/plan-points-only.toml")).unwrap();
    let rules = bundled
        .replace("version = 1\n", &format!("version = {version}\neffective_on = \"{effective_on}\"\n"))
        .replace("warning_from = \"0.60\"", "warning_from = \"0.75\"");
    assert_ne!(rules, bundled);
    let file = place.file(&format!("rules-{version}.toml"));
    std::fs::write(&file, rules).unwrap();
    file.display().to_string()
}

#[test]
fn a_comparison_of_last_month_stands_after_posts_reversals_a_revision_and_other_rules() {
    Place::each(|place| {
        place.with_rules("plan-points-only");
        let office = Office::on(place);
        let first = office.pay(FIRST, "310000.00", "v1");
        office.pay(TENTH, "1000.00", "v2");
        let then = june(&office.service, &office.auditor, None);
        let known_at = then[0]["known_at"].as_str().unwrap().to_owned();
        assert_eq!((&then[0]["severity"], &then[0]["spent_yuan"]), (&json!("warning"), &json!("310000.00")));

        let Office { service, clerk, reviewer, auditor, .. } = office;
        drop(service);
        place.at("2024-07-20T09:00:00+08:00");
        // Looking back: renamed, with another budget and another point, in force since the middle of June.
        let revised = changed_plan(
            place,
            "july.txt",
            &[(FIRST, "45.39", "50.00"), (FIRST, "90.78\n", "92.00\n"), (FIRST, "劳务派遣", "劳务外包")],
        );
        let since = ["--effective-on", "2024-06-15", "--reason", "追加"];
        place.done(&[&["import", "plan", &revised, "--year", "2024"][..], &since].concat());
        place.set("rules.file", &stricter_rules(place, 2, "2024-06-01"));
        let service = Service::start(place);
        let undone = json!({ "reason": "金额录错", "paid_on": "2024-06-29" });
        let entry = format!("{}/{}/reversal", ledger(FIRST), first["id"].as_str().unwrap());
        service.client.post(&reviewer, &entry, &key(), &undone).expect(201);
        service.client.post(&clerk, &ledger(FIRST), &key(), &payment("330000.00", "v3")).expect(201);
        service.client.post(&clerk, &ledger(TENTH), &key(), &payment("7.00", "v4")).expect(201);

        assert_eq!(june(&service, &auditor, Some(&known_at)), then);

        let [now, all] = june(&service, &auditor, None);
        assert!(now["project"]["name"].as_str().unwrap().contains("劳务外包"), "{now}");
        assert_eq!((&now["spent_yuan"], &now["plan"]["planned_yuan"]), (&json!("330000.00"), &json!("500000.00")));
        assert_eq!((&now["severity"], &now["verdicts"][0]["rule_version"]), (&json!("critical"), &json!(2)));
        assert_ne!(all["totals"], then[1]["totals"]);
        let may = format!("/years/2024/projects/{FIRST}/comparison?as_of=2024-05-31");
        let may = service.client.get(&auditor, &may).expect(200).json();
        assert_eq!(may["verdicts"][0]["rule_version"], 1, "the new rules judge from June on: {may}");
        assert!(may["project"]["name"].as_str().unwrap().contains("劳务派遣"), "May keeps its name: {may}");
    });
}

#[test]
fn rules_are_recorded_once_and_never_under_the_same_number_again() {
    Place::each(|place| {
        place.at("2024-07-01T09:00:00+08:00").with_rules("plan-points-only");
        place.done(&["import", "plan", PLAN, "--year", "2024"]);
        let check = ["check", "--year", "2024", "--as-of", "2024-06-30"];
        place.done(&check);
        place.done(&check);
        let sets = "SELECT CAST(version AS TEXT) || ' ' || COALESCE(CAST(effective_on AS TEXT), 'always') AS word \
                    FROM rule_sets ORDER BY version";
        assert_eq!(place.words(sets), ["1 always"]);

        place.set("rules.file", &stricter_rules(place, 1, "2024-07-01"));
        let refused = place.run(&check);
        assert_eq!(refused.code, 1, "{}", refused.err);
        assert!(refused.err.contains("版本号") && refused.err.contains("next version number"), "{}", refused.err);

        place.set("rules.file", &stricter_rules(place, 3, "2024-07-01"));
        let tried = place.run(&[&check[..], &["--dry-run"]].concat());
        assert_eq!((tried.code, place.words(sets).len()), (0, 1), "a trial records nothing: {}", tried.err);
        place.done(&check);
        assert_eq!(place.words(sets), ["1 always", "3 2024-07-01"]);

        for (version, effective_on, told) in [(2, "2024-07-01", "older than"), (4, "2024-06-30", "effective_on")] {
            place.set("rules.file", &stricter_rules(place, version, effective_on));
            let refused = place.run(&check);
            assert_eq!(refused.code, 1, "{version}: {}", refused.err);
            assert!(refused.err.contains(told), "{version}: {}", refused.err);
        }
        assert_eq!(place.words(sets).len(), 2);
        assert!(place.sql("UPDATE rule_sets SET name = 'x'").is_err() && place.sql("DELETE FROM rule_sets").is_err());
        assert!(place.sql("UPDATE plan_versions SET name = 'x'").is_err());
    });
}

#[test]
fn a_list_of_last_month_has_the_projects_that_the_unit_had_then() {
    Place::each(|place| {
        let office = Office::on(place);
        let admin = office.admin.clone();
        let listed = |service: &Service, unit: &str, known_at: &str| {
            ["comparison", "projects"].map(|what| {
                let path = format!("/years/2024/{what}?as_of=2024-06-30&limit=500&unit={unit}{known_at}");
                let found = service.client.get(&admin, &path).expect(200).json();
                found["items"].as_array().unwrap().len()
            })
        };
        let then = june(&office.service, &office.admin, None);
        let known_at = format!("&known_at={}", then[0]["known_at"].as_str().unwrap());
        let Office { service, .. } = office;
        drop(service);
        place.at("2024-07-20T09:00:00+08:00");
        let plan = std::fs::read_to_string(PLAN).unwrap();
        let at = plan[..plan.find(FIRST).unwrap()].rfind("333001").unwrap();
        let file = place.file("handed-over.txt");
        std::fs::write(&file, format!("{}333002{}", &plan[..at], &plan[at + 6..])).unwrap();
        let since = ["--effective-on", "2024-06-15", "--reason", "移交"];
        place.done(&[&["import", "plan", file.to_str().unwrap(), "--year", "2024"][..], &since].concat());
        let service = Service::start(place);

        assert_eq!((listed(&service, "333001", ""), listed(&service, "333002", "")), ([14, 14], [1, 1]));
        assert_eq!(listed(&service, "333001", &known_at), [15, 15]);
        assert_eq!(listed(&service, "333002", &known_at), [0, 0]);
    });
}

#[test]
fn an_alert_is_named_as_the_comparison_of_today_is() {
    Place::each(|place| {
        let office = Office::on(place);
        office.pay(FIRST, "310000.00", "v1");
        let Office { service, auditor, .. } = office;
        drop(service);
        let names = |day: &str| {
            place.at(day);
            let service = Service::start(place);
            let get = |path: &str| service.client.get(&auditor, path).expect(200).json();
            let alert = get(&format!("/years/2024/alerts?project={FIRST}"))["items"][0].clone();
            let story = get(&format!("/alerts/{}", alert["id"].as_str().unwrap()));
            let compared = get(&format!("/years/2024/projects/{FIRST}/comparison"))["project"].clone();
            assert_eq!((&alert["project"], &story["project"]), (&compared, &compared));
            compared["name"].as_str().unwrap().contains("劳务外包")
        };
        let revised = changed_plan(place, "august.txt", &[(FIRST, "劳务派遣", "劳务外包")]);
        let since = ["--effective-on", "2024-08-01", "--reason", "更名"];
        place.done(&[&["import", "plan", &revised, "--year", "2024"][..], &since].concat());
        assert!(!names("2024-07-02T09:00:00+08:00"), "still to come");
        assert!(names("2024-08-02T09:00:00+08:00"));
    });
}
