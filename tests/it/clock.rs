//! What the schedule forgives: a clock that jumps, summer time, a service that was down, a run that failed. Each test ends with
//! everything told, once.

use crate::support::bureau::{DISPATCH, pay, sample_plan};
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::service::Service;
use crate::support::told::assert_all_told_once;
use serde_json::{Value, json};
use std::time::Duration;

/// Imports the plan, names somebody who answers for all of it, and lets the service see its first due time.
fn open_office(place: &Place, at: &str) -> String {
    place.set("schedule.monthly_digest", "").at(at);
    place.done(&["import", "plan", sample_plan().to_str().unwrap(), "--year", "2024"]);
    let head = ["--role", "head", "--email", "li@example.invalid", "--name", "李明"];
    place.done(&[&["contact", "add", "--unit", "333001"], &head[..]].concat());
    let token = place.token("reviewer", &["333001"]);
    drop(served(place, at));
    token
}

/// A service at an instant, after it has done what was due.
fn served(place: &Place, at: &str) -> Service {
    place.at(at);
    let service = Service::start(place);
    until("the first look at the schedule", Duration::from_mins(1), || {
        let ready = service.client.get("", "//readyz").expect(200).json();
        (!ready["scheduler"]["last_ring_at"].is_null()).then_some(())
    });
    service
}

/// The days for which the service checked the year by itself, in the order in which it did.
fn checked(service: &Service, token: &str) -> Vec<String> {
    let items = service.client.get(token, "/years/2024/checks").expect(200).json()["items"].clone();
    let items = items.as_array().expect("a list").iter();
    let finished = items.filter(|run| run["cause"] == "schedule" && !run["finished_at"].is_null());
    finished.map(|run| run["as_of"].as_str().expect("a day").to_owned()).collect()
}

fn letters(service: &Service, token: &str) -> usize {
    service.client.get(token, "/letters").expect(200).json()["items"].as_array().expect("a list").len()
}

fn last_run(service: &Service) -> Value {
    service.client.get("", "//readyz").expect(200).json()["scheduler"]["last_run"].clone()
}

#[test]
fn a_clock_that_was_a_day_ahead_neither_blocks_nor_repeats() {
    Place::each(|place| {
        let token = open_office(place, "2024-07-01T09:00:00+08:00");
        let ahead = served(place, "2024-07-03T08:31:00+08:00");
        assert_eq!((checked(&ahead, &token), letters(&ahead, &token)), (vec!["2024-07-03".to_owned()], 1));
        drop(ahead);

        // Set right again; what comes up meanwhile is told on the day itself, though a later day has been checked.
        let before = served(place, "2024-07-02T08:00:00+08:00");
        assert_eq!(letters(&before, &token), 1);
        pay(&before, &token, DISPATCH, "453900.00", "2024-07-01", "A-1");
        drop(before);
        let right = served(place, "2024-07-02T08:31:00+08:00");
        assert_eq!(last_run(&right)["due_at"], "2024-07-02T00:30:00.000Z");
        assert_eq!((checked(&right, &token), letters(&right, &token)), (vec!["2024-07-03".to_owned()], 2));
        assert_all_told_once(place);
        drop(right);

        // The day that was checked ahead of its time comes, and the one after it.
        let again = served(place, "2024-07-03T08:31:00+08:00");
        assert_eq!((checked(&again, &token).len(), letters(&again, &token)), (1, 2));
        drop(again);
        let next = served(place, "2024-07-04T08:31:00+08:00");
        assert_eq!(checked(&next, &token), ["2024-07-03", "2024-07-04"]);
        assert_eq!(letters(&next, &token), 2);
        assert_all_told_once(place);
    });
}

#[test]
fn a_clock_that_jumps_ten_years_ahead_changes_nothing_that_was_said() {
    Place::each(|place| {
        let token = open_office(place, "2024-07-01T09:00:00+08:00");
        let service = served(place, "2024-07-02T08:31:00+08:00");
        pay(&service, &token, DISPATCH, "1.00", "2024-07-01", "A-1");
        let alerts =
            || place.words("SELECT subject || ' ' || state || ' ' || severity AS word FROM alerts ORDER BY id");
        let (standing, told) = (alerts(), letters(&service, &token));
        drop(service);

        let far = served(place, "2034-07-02T08:31:00+08:00");
        assert_eq!(last_run(&far)["due_at"], "2034-07-02T00:30:00.000Z");
        assert_eq!((alerts(), letters(&far, &token)), (standing, told));
        assert_eq!(checked(&far, &token), ["2024-07-02"]);
        drop(far);

        let back = served(place, "2024-07-03T08:31:00+08:00");
        assert_eq!(checked(&back, &token), ["2024-07-02", "2024-07-03"]);
        // What the client repeats is still known, though the other clock found it ten years old.
        let body = json!({ "amount_yuan": "1.00", "paid_on": "2024-07-01", "voucher_no": "A-1" });
        let path = format!("/years/2024/projects/{DISPATCH}/disbursements");
        let repeated = back.client.post(&token, &path, "A-1", &body).expect(201);
        assert_eq!(repeated.header("idempotent-replayed"), Some("true"));
        drop(back);
        let next = served(place, "2024-07-04T08:31:00+08:00");
        assert_eq!(checked(&next, &token), ["2024-07-02", "2024-07-03", "2024-07-04"]);
        assert_all_told_once(place);
    });
}

#[test]
fn where_summer_time_begins_and_ends_each_day_has_one_run() {
    Place::each(|place| {
        place
            .set("calendar.zone", "Europe/Berlin")
            .set("schedule.daily_check", "30 2 * * *")
            .set("schedule.digest", "");
        let token = open_office(place, "2024-03-29T12:00:00+01:00");
        let mut days: Vec<&str> = Vec::new();
        for (at, new) in [
            ("2024-03-30T02:30:00+01:00", Some("2024-03-30")),
            ("2024-03-31T01:59:59+01:00", None),
            // 02:30 does not happen: the run is made when the gap ends.
            ("2024-03-31T03:00:00+02:00", Some("2024-03-31")),
            ("2024-03-31T03:30:00+02:00", None),
            ("2024-04-01T02:30:00+02:00", Some("2024-04-01")),
            ("2024-10-26T12:00:00+02:00", Some("2024-10-26")),
            ("2024-10-27T02:29:00+02:00", None),
            ("2024-10-27T02:30:00+02:00", Some("2024-10-27")),
            // It happens again an hour later.
            ("2024-10-27T02:10:00+01:00", None),
            ("2024-10-27T02:30:00+01:00", None),
            ("2024-10-27T12:00:00+01:00", None),
            ("2024-10-28T02:30:00+01:00", Some("2024-10-28")),
        ] {
            days.extend(new);
            assert_eq!(checked(&served(place, at), &token), days, "{at}");
        }
        assert_all_told_once(place);
    });
}

#[test]
fn a_plan_point_and_three_runs_slept_through_are_made_up_for_by_one() {
    Place::each(|place| {
        let token = open_office(place, "2024-03-29T09:00:00+08:00");
        let service = served(place, "2024-04-02T09:00:00+08:00");
        assert_eq!(checked(&service, &token), ["2024-04-02"]);
        assert_eq!(letters(&service, &token), 1);
        let behind = place.words("SELECT CAST(count(*) AS TEXT) AS word FROM alerts WHERE point_on = '2024-03-31'");
        assert_ne!(behind, ["0"], "the point that passed is judged");
        assert_all_told_once(place);
        drop(service);

        // Two points at once: the later one stands, and the earlier one's lag is not told as over.
        let service = served(place, "2024-11-02T09:00:00+08:00");
        assert_eq!(checked(&service, &token), ["2024-04-02", "2024-11-02"]);
        assert_eq!(letters(&service, &token), 2);
        assert_all_told_once(place);
    });
}

#[test]
fn a_digest_with_a_time_of_its_own_tells_what_the_check_found() {
    Place::each(|place| {
        place.set("schedule.daily_check", "0 2 * * *").set("schedule.digest", "30 8 * * *");
        let token = open_office(place, "2024-07-01T09:00:00+08:00");
        let night = served(place, "2024-07-02T02:00:00+08:00");
        assert_eq!((checked(&night, &token), letters(&night, &token)), (vec!["2024-07-02".to_owned()], 0));
        assert_eq!(last_run(&night)["job"], "daily_check");
        drop(night);
        let morning = served(place, "2024-07-02T08:30:00+08:00");
        assert_eq!((checked(&morning, &token).len(), letters(&morning, &token)), (1, 1));
        assert_eq!(last_run(&morning)["job"], "digest");
        assert_all_told_once(place);
        drop(morning);
        assert_eq!(letters(&served(place, "2024-07-02T12:00:00+08:00"), &token), 1);
        // After two days without it: the check first, then what it found.
        let late = served(place, "2024-07-04T09:00:00+08:00");
        assert_eq!(checked(&late, &token), ["2024-07-02", "2024-07-04"]);
        assert_eq!(letters(&late, &token), 1, "nothing new, no letter");
        assert_all_told_once(place);
    });
}

#[test]
fn a_run_that_failed_is_taken_up_again_after_a_quarter_of_an_hour() {
    Place::each(|place| {
        let token = open_office(place, "2024-07-01T09:00:00+08:00");
        place.sql("ALTER TABLE letter_units RENAME TO letter_units_away").unwrap();
        let failed = served(place, "2024-07-02T08:30:00+08:00");
        assert!(checked(&failed, &token).is_empty());
        assert!(last_run(&failed).is_null());
        assert!(place.log().contains("a scheduled run failed"), "{}", place.log());
        drop(failed);
        place.sql("ALTER TABLE letter_units_away RENAME TO letter_units").unwrap();
        let soon = served(place, "2024-07-02T08:44:00+08:00");
        assert!(checked(&soon, &token).is_empty(), "whoever began it may still be at it");
        drop(soon);
        let later = served(place, "2024-07-02T08:45:00+08:00");
        assert_eq!((checked(&later, &token), letters(&later, &token)), (vec!["2024-07-02".to_owned()], 1));
        assert_all_told_once(place);
        drop(later);
        assert_eq!(checked(&served(place, "2024-07-02T09:30:00+08:00"), &token).len(), 1);
    });
}

#[test]
fn the_service_shows_that_its_schedule_lives() {
    Place::each(|place| {
        open_office(place, "2024-07-01T09:00:00+08:00");
        let service = served(place, "2024-07-02T08:31:00+08:00");
        let scheduler = service.client.get("", "//readyz").expect(200).json()["scheduler"].clone();
        assert_eq!(
            scheduler,
            json!({
                "last_ring_at": "2024-07-02T00:31:00.000Z",
                "last_run": {
                    "job": "daily_check", "due_at": "2024-07-02T00:30:00.000Z", "finished_at": "2024-07-02T00:31:00.000Z",
                },
                "next_due_at": "2024-07-03T00:30:00.000Z",
            })
        );
        let metrics = service.client.get("", "//metrics").expect(200).text;
        for line in [
            "milepost_scheduler_last_ring_timestamp_seconds 1719880260",
            "milepost_scheduled_run_last_success_timestamp_seconds{job=\"daily_check\"} 1719880260",
        ] {
            assert!(metrics.lines().any(|known| known == line), "{line}\n{metrics}");
        }
    });
}
