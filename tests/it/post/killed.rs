//! The service ends in the middle of a letter, by force or in order.

use super::{assert_told, decided, states, through, until_states};
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::service::Service;
use crate::support::smtp_peer::{Act, Peer, SOUND, Script};
use std::time::Duration;

/// How long something of the mail server may take to happen.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn killed_after_the_server_took_it_and_before_our_mark_a_letter_comes_twice_at_most_under_one_id() {
    Place::each(|place| {
        decided(place);
        let peer = Peer::start(Script { dot: Act::Late(10_000, "250 2.0.0 queued"), ..SOUND });
        through(place, peer.port, 15);
        let service = Service::start(place);
        until("the final dot", SOON, || peer.received().first().cloned());
        service.kill();
        assert_eq!(states(place), ["queued"; 3], "nothing is marked yet");

        peer.behave(&[SOUND]);
        place.set("mail.smtp.deadline_seconds", "1");
        let service = Service::start(place);
        until_states(place, &["sent"; 3]);
        assert_told(place, &peer.received());
        assert_eq!(peer.received().len(), 4, "the one in hand came twice, the others once");
        assert_eq!(service.terminate(), Some(0));
    });
}

#[test]
fn killed_before_it_was_sent_a_letter_comes_once_after_the_restart() {
    Place::each(|place| {
        decided(place);
        let peer = Peer::start(Script { ehlo: Act::Silence, ..SOUND });
        through(place, peer.port, 2);
        let service = Service::start(place);
        until("somebody at the door", SOON, || peer.heard().first().cloned());
        service.kill();
        assert_eq!(peer.received(), []);

        peer.behave(&[SOUND]);
        let service = Service::start(place);
        until_states(place, &["sent"; 3]);
        assert_told(place, &peer.received());
        assert_eq!(peer.received().len(), 3);
        assert_eq!(service.terminate(), Some(0));
    });
}

#[test]
fn told_to_stop_the_postman_finishes_the_letter_in_hand_and_lets_go_of_the_others() {
    Place::each(|place| {
        decided(place);
        let peer = Peer::start(Script { dot: Act::Late(2_000, "250 2.0.0 queued"), ..SOUND });
        through(place, peer.port, 10);
        let service = Service::start(place);
        until("the final dot", SOON, || peer.received().first().cloned());
        assert_eq!(service.terminate(), Some(0));
        assert_eq!(states(place), ["queued", "queued", "sent"]);
        assert_eq!(place.words("SELECT id AS word FROM letters WHERE lease_until IS NOT NULL"), [""; 0]);
        assert_eq!(peer.received().len(), 1);

        peer.behave(&[SOUND]);
        let service = Service::start(place);
        until_states(place, &["sent"; 3]);
        assert_told(place, &peer.received());
        assert_eq!(peer.received().len(), 3, "none came twice");
        assert_eq!(service.terminate(), Some(0));
    });
}
