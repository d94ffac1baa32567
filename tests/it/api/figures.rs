//! Projects with their plan, and planned against spent.

use super::{FIFTEENTH, FIRST, NOBODY, Office, TENTH, fields, ledger, payment, problem, shown};
use crate::support::place::Place;
use serde_json::{Value, json};

fn comparison(code: &str, query: &str) -> String {
    format!("/years/2024/projects/{code}/comparison{query}")
}

#[test]
fn a_project_shows_its_plan_and_its_indicators_as_written_and_as_read() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    insta::assert_snapshot!("project", shown(&office.get(&format!("/years/2024/projects/{TENTH}")).expect(200).json()));
    let plans = office.get(&format!("/years/2024/projects/{TENTH}/plans")).expect(200).json();
    insta::assert_snapshot!("plans", shown(&plans));
    let list = office.get("/years/2024/projects?limit=2").expect(200).json();
    insta::assert_snapshot!("projects", shown(&list));
}

#[test]
fn a_comparison_has_every_member_that_the_contract_names() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    office.pay(FIRST, "310000.00", "v1");
    let found = office.get(&comparison(FIRST, "?as_of=2024-06-30")).expect(200).json();
    insta::assert_snapshot!("comparison", shown(&found));
    assert_eq!((&found["gap_yuan"], &found["rate_of_plan"]), (&json!("-143900.00"), &json!("0.6830")));
    assert_eq!((&found["rate_of_budget"], &found["rate_of_time"]), (&json!("0.3415"), &json!("0.4973")));

    let in_chinese = [("Accept-Language", "zh-CN")];
    let words = office.service.client.get_with(&office.auditor, &comparison(FIRST, ""), &in_chinese);
    let words = words.expect(200).json()["verdicts"][0]["explanation"].as_str().unwrap().to_owned();
    assert!(!words.is_ascii() && found["verdicts"][0]["explanation"] != json!(words), "{words}");
}

#[test]
fn what_is_unknown_is_null_with_a_reason() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let without_budget = office.get(&comparison(FIFTEENTH, "?as_of=2024-06-30")).expect(200).json();
    assert_eq!(without_budget["budget_yuan"], Value::Null);
    assert_eq!(without_budget["rate_of_budget"], Value::Null);
    assert_eq!(without_budget["rate_of_budget_reason"], "budget_missing");
    assert_eq!(without_budget["spent_yuan"], "0.00");
    let not_due = office.get(&comparison(TENTH, "?as_of=2024-06-30")).expect(200).json();
    assert_eq!((&not_due["standing"], &not_due["severity"]), (&json!("not_due"), &Value::Null));
    assert_eq!(not_due["plan"]["planned_yuan"], Value::Null);
    assert_eq!(not_due["rate_of_plan_reason"], "nothing_planned_yet");
}

#[test]
fn a_day_lies_in_the_year_and_is_today_by_itself() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    assert_eq!(office.get(&comparison(FIRST, "")).expect(200).json()["as_of"], "2024-07-01");
    for path in [comparison(FIRST, ""), "/years/2024/comparison".to_owned()] {
        assert_eq!(office.get(&format!("{path}?as_of=2024-12-31")).expect(200).json()["as_of"], "2024-12-31");
        for day in ["2023-12-31", "2025-01-01", "2024-02-30", "2024-6-30", "today", "", "0000-00-00"] {
            let refused = problem(&office.get(&format!("{path}?as_of={day}")), 422, "invalid-value");
            assert_eq!(fields(&refused), ["as_of"], "{day}");
        }
        for instant in ["2024-06-30", "now", "", "2024-06-30T25:00:00Z"] {
            let refused = problem(&office.get(&format!("{path}?known_at={instant}")), 422, "invalid-value");
            assert_eq!(fields(&refused), ["known_at"], "{instant}");
        }
    }
}

#[test]
fn what_was_known_then_is_answered_for_ever() {
    Place::each(|place| {
        place.at("2024-06-30T09:00:00+08:00");
        let office = Office::on(place);
        office.pay(FIRST, "1000.00", "v1");
        drop(office);
        place.at("2024-07-02T09:00:00+08:00");
        let service = crate::support::service::Service::start(place);
        let clerk = place.token("clerk", &["333001"]);
        service.client.post(&clerk, &ledger(FIRST), "late", &payment("500.00", "v2")).expect(201);
        let spent = |query: &str| {
            service.client.get(&clerk, &comparison(FIRST, query)).expect(200).json()["spent_yuan"].clone()
        };
        assert_eq!(spent("?as_of=2024-06-30"), "1500.00");
        assert_eq!(spent("?as_of=2024-06-30&known_at=2024-07-01T04:00:00Z"), "1000.00");
        assert_eq!(spent("?as_of=2024-06-30&known_at=2024-07-01T12:00:00%2B08:00"), "1000.00");
        assert_eq!(spent("?as_of=2024-06-30&known_at=2024-07-01T00:59:59Z"), "0.00");
        assert_eq!(spent("?as_of=2024-06-27"), "0.00");
        assert_eq!(spent("?known_at=2099-01-01T00:00:00Z"), "1500.00");
    });
}

#[test]
fn totals_cover_the_whole_filter_and_say_what_they_leave_out() {
    Place::each(|place| {
        let office = Office::on(place);
        office.pay(FIRST, "310000.00", "v1");
        office.pay(FIFTEENTH, "1.00", "v1");
        let all = office.get("/years/2024/comparison?as_of=2024-06-30&limit=1").expect(200).json();
        assert_eq!(all["items"].as_array().unwrap().len(), 1);
        insta::allow_duplicates! { insta::assert_snapshot!("totals", shown(&all["totals"])) };
        let not_due = office.get("/years/2024/comparison?as_of=2024-06-30&standing=not_due").expect(200).json();
        let items = not_due["items"].as_array().unwrap();
        assert!(!items.is_empty() && items.iter().all(|item| item["standing"] == "not_due"));
        assert_eq!(not_due["totals"]["projects"], items.len());
        assert_eq!(not_due["totals"]["excluded"], json!([]));
        let nobody = office.get("/years/2024/comparison?unit=999").expect(200).json();
        assert_eq!((&nobody["totals"]["projects"], &nobody["totals"]["budget_yuan"]), (&json!(0), &json!("0.00")));
        let empty = office.get("/years/2023/comparison").expect(200).json();
        assert_eq!((&empty["items"], &empty["as_of"]), (&json!([]), &json!("2023-12-31")));
    });
}

#[test]
fn what_is_not_there_is_404_for_each_read_of_a_project() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    for what in ["", "/plans", "/disbursements", "/comparison"] {
        for place in [format!("2024/projects/{NOBODY}"), format!("2023/projects/{FIRST}")] {
            problem(&office.get(&format!("/years/{place}{what}")), 404, "not-found");
        }
    }
}

#[test]
fn a_long_page_says_of_each_project_what_the_project_says_itself() {
    Place::each(|place| {
        let office = Office::on(place);
        office.pay(FIRST, "310000.00", "v1");
        office.pay(FIFTEENTH, "1.00", "v1");
        let whole = |query: &str| {
            office.get(&format!("/years/2024/comparison?as_of=2024-06-30{query}")).expect(200).json()["items"]
                .as_array()
                .unwrap()
                .clone()
        };
        let page = whole("&limit=500");
        assert_eq!(page.len(), 15);
        let mut behind = 0;
        for one in &page {
            let code = one["project"]["code"].as_str().unwrap();
            let mut alone = office.get(&comparison(code, "?as_of=2024-06-30")).expect(200).json();
            alone["known_at"] = one["known_at"].clone();
            assert_eq!(*one, alone);
            behind += usize::from(one["standing"] == "behind");
        }
        let some = whole("&limit=500&standing=behind");
        let expected: Vec<&Value> = page.iter().filter(|one| one["standing"] == "behind").collect();
        assert!(behind > 0 && some.len() == behind);
        let told = |one: &Value| (one["project"].clone(), one["verdicts"].clone());
        assert_eq!(some.iter().map(told).collect::<Vec<_>>(), expected.into_iter().map(told).collect::<Vec<_>>());
    });
}
