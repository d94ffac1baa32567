//! Rows that no letter can be: each is set aside and said, and the others go.

use super::{decided, decided_anew, states};
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::service::Service;
use milepost::actions::post_state::PostState;
use milepost::clock::Clock;
use milepost::delivery::{Post, Round};
use milepost::mail::{Mailer, Memory};
use milepost::storage::{Db, Opening};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

#[test]
fn a_row_that_cannot_be_read_is_set_aside_and_the_others_go() {
    Place::each(|place| {
        decided(place);
        let spoil = |person: &str, how: &str| {
            place.sql(&format!("UPDATE letters SET {how} WHERE to_email LIKE '{person}%'")).unwrap();
        };
        spoil("wang", "state = 'lost'");
        spoil("zhang", "references_ids = 'no id', severity = 'odd'");
        let token = place.token("reviewer", &["333001"]);
        let service = Service::start(place);
        super::until_states(place, &["dead", "dead", "sent"]);
        let words = place.words("SELECT last_words AS word FROM letters WHERE state = 'dead' ORDER BY to_email");
        assert!(words[0].contains("cannot be read") && words[0].contains("lost"), "{words:?}");
        assert!(words[1].contains("cannot be read") && words[1].contains("no id"), "{words:?}");
        let metrics = service.client.get("", "//metrics").expect(200).text;
        assert!(metrics.contains("\nmilepost_letters_poisoned_total 2\n"), "{metrics}");
        assert!(metrics.contains("\nmilepost_letters{state=\"dead\"} 2\n"), "{metrics}");
        // Those that can be read are listed, page by page.
        let listed = |path: &str| service.client.get(&token, path).expect(200).json();
        assert_eq!(listed("/letters")["items"].as_array().unwrap().len(), 2);
        let first = listed("/letters?limit=1");
        let second = listed(&format!("/letters?limit=1&cursor={}", first["next_cursor"].as_str().unwrap()));
        assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
        assert_eq!(place.letters().len(), 1);
    });
}

#[test]
fn an_address_that_is_none_and_a_time_that_is_none_hold_up_nobody() {
    Place::each(|place| {
        decided(place);
        place.sql("UPDATE letters SET to_email = 'nobody' WHERE to_email LIKE 'wang%'").unwrap();
        // PostgreSQL keeps its columns' kinds; SQLite takes any text.
        let spoiled = if place.is_postgres() { "to_email = ''" } else { "created_at = 'yesterday'" };
        place.sql(&format!("UPDATE letters SET {spoiled} WHERE to_email LIKE 'zhang%'")).unwrap();
        let said = place.done(&["letters", "send"]);
        assert!(said.contains("sent 1") && said.contains("dead 2"), "{said}");
        assert_eq!(states(place), ["dead", "dead", "sent"]);
    });
}

#[test]
fn a_letter_at_which_the_program_breaks_off_is_tried_again_and_then_given_up() {
    Place::each(|place| {
        decided(place);
        let memory = Memory::default();
        let post = Post {
            db: Db::open_with(place.url(), Opening::MustExist, 64).unwrap(),
            mailer: Mailer::Memory(memory.clone()),
            clock: Clock::System,
            retry_first_seconds: 1,
            slowest_seconds: 1,
            state: Arc::<PostState>::default(),
        };
        let go = AtomicBool::new(false);
        memory.break_next(1);
        assert_eq!(post.deliver_due(&|_| false, &go).unwrap(), Round { sent: 2, waiting: 1, dead: 0 });
        until("the second attempt", Duration::from_secs(20), || {
            (post.deliver_due(&|_| false, &go).unwrap() == Round { sent: 1, waiting: 0, dead: 0 }).then_some(())
        });
        assert_eq!(memory.letters().len(), 3);
        decided_anew(place);
        place.sql("UPDATE letters SET attempts_allowed = 1").unwrap();
        memory.break_next(1);
        assert_eq!(post.deliver_due(&|_| false, &go).unwrap(), Round { sent: 2, waiting: 0, dead: 1 });
        let words = place.words("SELECT last_words AS word FROM letters WHERE state = 'dead'");
        assert!(words[0].contains("broke off"), "{words:?}");
    });
}
