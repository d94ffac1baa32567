//! The monthly letter: once a month, to heads and leaders, in their language, made up for once after downtime.

use crate::support::bureau::{DISPATCH, HANDED_OVER, pay, sample_plan};
use crate::support::eml::shown;
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::json;
use std::time::Duration;

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

/// The monthly letters in the outbox: to whom, and about what.
fn monthly(place: &Place) -> Vec<String> {
    place.words("SELECT to_email || ' ' || subject AS word FROM letters WHERE kind = 'monthly' ORDER BY id")
}

/// The bureau in June: a plan, people in two units, something overdue since March and something paid.
fn bureau(place: &Place) -> String {
    place.set("schedule.daily_check", "").set("schedule.digest", "");
    place.at("2024-06-03T09:00:00+08:00");
    place.done(&["import", "plan", sample_plan().to_str().unwrap(), "--year", "2024"]);
    place.done(&["unit", "add", "--code", "444001", "--name", "没有项目的单位"]);
    for (unit, role, email, name, language) in [
        ("333001", "head", "li@example.invalid", "李明", "zh"),
        ("333001", "leader", "smith@example.invalid", "Ann Smith", "en"),
        ("333001", "officer", "zhang@example.invalid", "张可", "zh"),
        ("444001", "head", "nobody@example.invalid", "赵无", "zh"),
    ] {
        let of = ["--unit", unit, "--role", role, "--email", email, "--name", name, "--language", language];
        place.done(&[&["contact", "add"], &of[..]].concat());
    }
    let token = place.token("reviewer", &["333001"]);
    let service = served(place, "2024-06-03T09:00:00+08:00");
    pay(&service, &token, DISPATCH, "300000.00", "2024-06-03", "M-1");
    pay(&service, &token, HANDED_OVER, "600000.00", "2024-06-03", "M-2");
    service.client.post(&token, "/years/2024/checks", "", &json!({})).expect(200);
    drop(service);
    token
}

#[test]
fn heads_and_leaders_read_once_how_the_month_ended() {
    Place::each(|place| {
        bureau(place);
        drop(served(place, "2024-07-01T08:29:00+08:00"));
        assert_eq!(monthly(place), Vec::<String>::new(), "a minute before");

        drop(served(place, "2024-07-01T08:30:00+08:00"));
        let told = monthly(place);
        assert_eq!(told.len(), 2, "{told:#?}");
        assert!(told[0].starts_with("li@example.invalid 【预算执行月报】2024年6月："), "{told:#?}");
        assert!(told[1].starts_with("smith@example.invalid [Monthly] Jun 2024: "), "{told:#?}");

        place.done(&["letters", "send"]);
        let letters: Vec<_> = place
            .mail()
            .into_iter()
            .filter(|letter| letter.subject.contains("月报") || letter.subject.contains("Monthly"))
            .collect();
        if !place.is_postgres() {
            insta::assert_snapshot!("monthly_letters", shown(&letters));
            insta::assert_snapshot!("monthly_letter_html", letters[0].html);
        }

        // The same due time again, and later days of the same month: nothing more.
        drop(served(place, "2024-07-01T08:31:00+08:00"));
        drop(served(place, "2024-07-20T08:31:00+08:00"));
        assert_eq!(monthly(place), told);

        // Two due times missed: one letter each, about the month before the last one.
        drop(served(place, "2024-09-10T10:00:00+08:00"));
        let after = monthly(place);
        assert_eq!(after.len(), 4, "{after:#?}");
        assert!(after[2].contains("2024年8月") && after[3].contains("Aug 2024"), "{after:#?}");
    });
}

#[test]
fn a_month_is_told_once_whatever_becomes_of_the_schedule() {
    let place = Place::sqlite();
    bureau(&place);
    drop(served(&place, "2024-07-01T08:30:00+08:00"));
    let told = monthly(&place);
    assert_eq!(told.len(), 2);
    // As a run that broke off after its letters were written, or a schedule that was set to another hour.
    place.sql("DELETE FROM schedule_claims WHERE job = 'monthly_digest' AND due_at > '2024-06-15'").unwrap();
    place.set("schedule.monthly_digest", "0 9 1 * *");
    drop(served(&place, "2024-07-01T09:00:00+08:00"));
    assert_eq!(monthly(&place), told);
}

#[test]
fn nothing_active_and_nothing_changed_is_no_letter() {
    let place = Place::sqlite();
    place.set("schedule.daily_check", "").set("schedule.digest", "").at("2024-01-08T09:00:00+08:00");
    place.done(&["import", "plan", sample_plan().to_str().unwrap(), "--year", "2024"]);
    let head = ["--role", "head", "--email", "li@example.invalid", "--name", "李明"];
    place.done(&[&["contact", "add", "--unit", "333001"], &head[..]].concat());
    drop(served(&place, "2024-01-08T09:00:00+08:00"));
    drop(served(&place, "2024-02-01T08:30:00+08:00"));
    assert_eq!(monthly(&place), Vec::<String>::new());
    let done = place.words("SELECT job AS word FROM schedule_claims WHERE job = 'monthly_letters'");
    assert_eq!(done.len(), 1, "the month was looked at");
}

#[test]
fn who_chose_it_so_gets_a_letter_for_each_alert_in_his_language() {
    Place::each(|place| {
        place.set("schedule.daily_check", "").set("schedule.digest", "").at("2024-07-01T09:00:00+08:00");
        place.done(&["import", "plan", sample_plan().to_str().unwrap(), "--year", "2024"]);
        for (email, name, style) in [
            ("smith@example.invalid", "Ann Smith", &["--letters", "single", "--language", "en"][..]),
            ("zhang@example.invalid", "张可", &[]),
        ] {
            let of = ["--unit", "333001", "--role", "officer", "--email", email, "--name", name];
            place.done(&[&["contact", "add"], &of[..], style].concat());
        }
        let token = place.token("reviewer", &["333001"]);
        let service = Service::start(place);
        service.client.post(&token, "/years/2024/checks", "", &json!({})).expect(200);
        drop(service);
        place.done(&["letters", "send"]);

        let (single, digest): (Vec<_>, Vec<_>) =
            place.mail().into_iter().partition(|letter| letter.to.contains("smith"));
        let alerts = place
            .words("SELECT DISTINCT e.alert_id AS word FROM letter_events l JOIN alert_events e ON e.id = l.event_id");
        assert_eq!((single.len(), digest.len()), (alerts.len(), 1));
        assert!(single.len() > 3, "{}", single.len());
        for letter in &single {
            assert!(letter.subject.starts_with('[') && letter.subject.chars().count() < 60, "{}", letter.subject);
            assert!(letter.html.contains("<html lang=\"en\">") && letter.text.contains("Dear Ann Smith,"));
            assert!(!letter.text.contains("\n2. 1"), "one matter: {}", letter.text);
        }
        let subjects: std::collections::BTreeSet<&str> = single.iter().map(|letter| letter.subject.as_str()).collect();
        assert!(subjects.iter().any(|subject| subject.contains("劳务派遣")), "{subjects:#?}");
        let styles = place.words("SELECT DISTINCT to_email || ' ' || kind AS word FROM letters ORDER BY 1");
        assert_eq!(styles, ["smith@example.invalid single", "zhang@example.invalid digest"]);
    });
}
