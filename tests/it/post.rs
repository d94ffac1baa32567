//! The post as a whole: letters neither lost nor repeated, whatever the mail server, the database or a signal does.

mod by_hand;
mod killed;
mod misbehaviour;
mod poisoned;
mod threads;
mod two_postmen;

use crate::support::bureau::{add_people, open_books, sample_plan};
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::smtp_peer::Receipt;
use crate::support::told::assert_all_told_once;
use std::collections::BTreeSet;
use std::time::Duration;

/// Letters for three people, decided on a day in July; from then on the clock runs.
fn decided(place: &Place) {
    open_books(place, &sample_plan());
    add_people(place);
    place.at("2024-07-01T09:00:00+08:00");
    place.done(&["check", "--year", "2024", "--as-of", "2024-07-01"]);
    place.set("clock.fixed_at", "");
    // The command sent them into the folder: here they wait.
    decided_anew(place);
    if let Ok(letters) = std::fs::read_dir(place.file("letters")) {
        letters.for_each(|letter| std::fs::remove_file(letter.unwrap().path()).unwrap());
    }
    assert_eq!(states(place), ["queued", "queued", "queued"]);
}

/// Letters go to the mail server on that port, which has so long for each.
fn through(place: &Place, port: u16, deadline_seconds: u32) {
    place.set("mail.transport", "smtp").set("mail.from", "milepost@budget.example");
    place.set("mail.smtp.host", "127.0.0.1").set("mail.smtp.port", &port.to_string());
    place.set("mail.smtp.security", "none").set("mail.retry_first_seconds", "1");
    place.set("mail.smtp.deadline_seconds", &deadline_seconds.to_string());
}

fn states(place: &Place) -> Vec<String> {
    place.words("SELECT state AS word FROM letters ORDER BY state")
}

/// Every letter is on its way again, as if it had just been decided.
fn decided_anew(place: &Place) {
    let statement = "UPDATE letters SET state = 'queued', attempts = 0, lease_until = NULL, last_words = NULL,
        lease_token = lease_token + 1, sent_at = NULL, next_attempt_at = created_at";
    place.sql(statement).unwrap();
}

/// Waits until the letters are in these states, told in the order of their names.
#[track_caller]
fn until_states(place: &Place, expected: &[&str]) {
    until(&format!("letters {expected:?}"), Duration::from_mins(1), || (states(place) == expected).then_some(()));
}

/// What must hold at the end of each of these tests: every alert is told; every letter that counts as sent has
/// arrived, at its own address; and nobody was told twice but under the same Message-ID.
#[track_caller]
fn assert_told(place: &Place, received: &[Receipt]) {
    assert_all_told_once(place);
    assert_arrived(place, received);
}

/// The part of it about what was sent.
#[track_caller]
fn assert_arrived(place: &Place, received: &[Receipt]) {
    let of_state = |condition: &str| -> BTreeSet<String> {
        let query =
            format!("SELECT to_email || ' <' || id || '@budget.example>' AS word FROM letters WHERE {condition}");
        place.words(&query).into_iter().collect()
    };
    let arrived: BTreeSet<String> =
        received.iter().map(|receipt| format!("{} {}", receipt.to, receipt.message_id)).collect();
    let (sent, all) = (of_state("state = 'sent'"), of_state("1 = 1"));
    assert!(arrived.is_superset(&sent), "sent {sent:?}, arrived {arrived:?}");
    assert!(arrived.is_subset(&all), "what arrived is a letter of the outbox, at its address: {arrived:?}");
}
