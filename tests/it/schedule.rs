//! The daily check: what was due while the service was down is made up for by one run, and no run is made twice.

use crate::support::place::Place;
use crate::support::service::Service;
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::Value;
use std::time::{Duration, Instant};

const PLAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plan-2024.txt");

/// Checks of the year as (cause, day), once there are `count` finished ones.
fn checks(service: &Service, token: &str, count: usize) -> Vec<(String, String)> {
    let given_up_at = Instant::now() + Duration::from_secs(30);
    loop {
        let items = service.client.get(token, "/years/2024/checks").expect(200).json()["items"].clone();
        let items = items.as_array().expect("a list").clone();
        let finished: Vec<&Value> = items.iter().filter(|run| !run["finished_at"].is_null()).collect();
        if finished.len() >= count || Instant::now() > given_up_at {
            let word = |run: &Value, field: &str| run[field].as_str().expect("a word").to_owned();
            return finished.iter().map(|run| (word(run, "cause"), word(run, "as_of"))).collect();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn scheduled(as_of: &str) -> (String, String) {
    ("schedule".to_owned(), as_of.to_owned())
}

#[test]
fn runs_missed_while_the_service_was_down_collapse_into_one() {
    Place::each(|place| {
        place.at("2024-07-01T09:00:00+08:00");
        place.done(&["import", "plan", PLAN, "--year", "2024"]);
        place.done(&[
            "contact",
            "add",
            "--unit",
            "333001",
            "--role",
            "head",
            "--email",
            "li@example.invalid",
            "--name",
            "李明",
        ]);
        let token = place.token("reviewer", &["333001"]);
        // The very first start only notes the time.
        assert_eq!(Service::start(place).terminate(), Some(0));

        place.at("2024-07-05T08:31:00+08:00");
        let service = Service::start(place);
        assert_eq!(checks(&service, &token, 1), [scheduled("2024-07-05")]);
        assert_eq!(service.terminate(), Some(0));
        place.done(&["letters", "send"]);
        let letters = place.letters().len();
        assert_eq!(letters, 1);

        // The same due time again, after a restart: no second run, no second letter.
        let service = Service::start(place);
        assert_eq!(checks(&service, &token, 1), [scheduled("2024-07-05")]);
        assert_eq!(service.terminate(), Some(0));
        place.done(&["letters", "send"]);
        assert_eq!(place.letters().len(), letters);

        // A minute before the next due time nothing is due; at it, one run is.
        place.at("2024-07-06T08:29:00+08:00");
        let service = Service::start(place);
        assert_eq!(checks(&service, &token, 1), [scheduled("2024-07-05")]);
        assert_eq!(service.terminate(), Some(0));
        place.at("2024-07-06T08:30:00+08:00");
        let service = Service::start(place);
        assert_eq!(checks(&service, &token, 2), [scheduled("2024-07-05"), scheduled("2024-07-06")]);
    });
}

#[test]
fn last_year_is_judged_until_it_closes() {
    let place = Place::sqlite();
    place.at("2025-01-30T09:00:00+08:00");
    place.done(&["import", "plan", PLAN, "--year", "2024"]);
    let token = place.token("reviewer", &["333001"]);
    assert_eq!(Service::start(&place).terminate(), Some(0));
    place.at("2025-01-31T09:00:00+08:00");
    let service = Service::start(&place);
    assert_eq!(checks(&service, &token, 1), [scheduled("2024-12-31")]);
    assert_eq!(service.terminate(), Some(0));
    place.at("2025-02-01T09:00:00+08:00");
    let service = Service::start(&place);
    assert_eq!(checks(&service, &token, 1), [scheduled("2024-12-31")]);
}

#[test]
fn a_scheduled_check_that_broke_off_is_taken_up_again() {
    let place = Place::sqlite();
    place.at("2024-07-01T09:00:00+08:00");
    place.done(&["import", "plan", PLAN, "--year", "2024"]);
    let token = place.token("reviewer", &["333001"]);
    assert_eq!(Service::start(&place).terminate(), Some(0));
    place.at("2024-07-02T08:31:00+08:00");
    let service = Service::start(&place);
    assert_eq!(checks(&service, &token, 1), [scheduled("2024-07-02")]);
    assert_eq!(service.terminate(), Some(0));

    // As a crash before its last transaction would have left it.
    let mut database = SqliteConnection::establish(&place.file("milepost.db").to_string_lossy()).unwrap();
    database
        .batch_execute("UPDATE check_runs SET finished_at = NULL; UPDATE schedule_claims SET finished_at = NULL")
        .unwrap();
    drop(database);

    place.at("2024-07-02T08:50:00+08:00");
    let service = Service::start(&place);
    assert_eq!(checks(&service, &token, 1), [scheduled("2024-07-02")]);
}
