//! Two services on one PostgreSQL and ten thousand letters; one stands still beyond its lease and goes on.

use super::through;
use crate::support::bureau::{open_books, sample_plan};
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::service::Service;
use crate::support::smtp_counter::Counter;
use std::time::{Duration, Instant};

const LETTERS: usize = 10_000;

/// Letters that came before one of the services stands still.
const BEFORE: usize = 300;

/// The carrier's second and the margin of a lease, and some room.
const BEYOND_THE_LEASE: Duration = Duration::from_secs(18);

#[test]
fn of_ten_thousand_letters_each_comes_once_but_for_the_one_in_hand() {
    let Some(place) = Place::postgres() else { return };
    open_books(&place, &sample_plan());
    let letters = format!(
        "INSERT INTO letters (id, to_email, to_name, role, severity, subject, text_body, html_body, state, attempts,
             next_attempt_at, lease_token, created_at)
         SELECT gen_random_uuid()::text, 'p' || n || '@example.invalid', '李明', 'head', 'warning', '预警', '正文',
             '<p>正文</p>', 'queued', 0, '2024-07-01', 0, '2024-07-01' FROM generate_series(1, {LETTERS}) n"
    );
    place.sql(&letters).unwrap();
    place.set("clock.fixed_at", "").set("log.level", "error");
    let counter = Counter::start();
    through(&place, counter.port, 1);
    let started = Instant::now();
    let (one, other) = (Service::start(&place), Service::start(&place));

    until("the first letters", Duration::from_secs(30), || (counter.count() > BEFORE).then_some(()));
    let taken_over = || place.words("SELECT id AS word FROM letters WHERE lease_token > 1").len();
    // Now and then it is caught between two batches, with nothing in its bag: then once more.
    for _ in 0..3 {
        one.stand_still();
        let stood_at = counter.count();
        std::thread::sleep(BEYOND_THE_LEASE);
        one.go_on();
        assert!(counter.count() > stood_at, "the other went on meanwhile");
        if taken_over() > 0 {
            break;
        }
    }

    let left = || place.words("SELECT id AS word FROM letters WHERE state <> 'sent'").len();
    until("every letter", Duration::from_secs(150), || (left() == 0).then_some(()));
    let took = started.elapsed();
    let taken_over = taken_over();
    assert_eq!((one.terminate(), other.terminate()), (Some(0), Some(0)));

    let taken = counter.taken();
    let doubled = taken.values().filter(|count| **count > 1).count();
    println!("{LETTERS} letters in {took:?}, {taken_over} taken over, {doubled} doubled");
    assert_eq!(taken.len(), LETTERS);
    assert!((1..=20).contains(&taken_over), "what it held, the other took over: {taken_over}");
    assert!(doubled <= 1 && taken.values().all(|count| *count <= 2), "{doubled} came twice");
}
