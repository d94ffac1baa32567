//! A mail server at its worst, and the whole service beside it: letters arrive in the end, and nobody who posts
//! notices.

use super::{assert_arrived, assert_told, decided, decided_anew, states, through, until_states};
use crate::support::bureau::{DISPATCH, UNIT, pay};
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::service::Service;
use crate::support::smtp_peer::{Act, ENCRYPTING, Peer, SOUND, Script, authority};
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// What an answer of the API may take while the mail server hangs: a bound that shows waiting, not a measure of speed.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Posts and asks, and is answered at once.
fn assert_nobody_notices(service: &Service, token: &str, voucher: &str) {
    let started = Instant::now();
    service.client.get("", "//healthz").expect(200);
    let voucher: String = voucher.chars().filter(char::is_ascii_alphanumeric).collect();
    pay(service, token, DISPATCH, "1.00", "2024-06-28", &voucher);
    assert!(started.elapsed() < AT_ONCE, "{voucher}: {:?}", started.elapsed());
}

/// A last check tells what the payments changed; then everything is told.
fn assert_told_in_the_end(place: &Place, service: Service, peer: &Peer) {
    assert_eq!(service.terminate(), Some(0));
    peer.behave(&[SOUND]);
    place.at("2024-07-01T09:00:00+08:00");
    place.done(&["check", "--year", "2024", "--as-of", "2024-07-01"]);
    assert_told(place, &peer.received());
    place.set("clock.fixed_at", "");
}

/// What goes wrong for a while, three letters' worth each.
fn passing() -> Vec<[Script; 3]> {
    let mut cases = vec![
        [
            Script { greeting: Act::Silence, ..SOUND },
            Script { ehlo: Act::Silence, ..SOUND },
            Script { data: Act::Silence, ..SOUND },
        ],
        [
            Script { dot: Act::Silence, ..SOUND },
            Script { greeting: Act::Drip, ..SOUND },
            Script { dot: Act::Drip, ..SOUND },
        ],
        [
            Script { dot: Act::Close, ..SOUND },
            Script { greeting: Act::Close, ..SOUND },
            Script { data: Act::Close, ..SOUND },
        ],
    ];
    for said in ["421 4.3.2 closing", "450 4.2.1 busy", "451 4.3.0 later", "452 4.2.2 full"] {
        let act = Act::Say(said);
        cases.push([Script { greeting: act, ..SOUND }, Script { ehlo: act, ..SOUND }, Script { mail: act, ..SOUND }]);
        cases.push([Script { rcpt: act, ..SOUND }, Script { data: act, ..SOUND }, Script { dot: act, ..SOUND }]);
    }
    cases
}

fn outlives_what_passes(place: &Place) {
    decided(place);
    let token = place.token("clerk", &[UNIT]);
    let peer = Peer::start(SOUND);
    through(place, peer.port, 1);
    let service = Service::start(place);
    until_states(place, &["sent"; 3]);
    for (number, bad) in passing().into_iter().enumerate() {
        let before = peer.received().len();
        peer.behave(&[bad[0], bad[1], bad[2], SOUND]);
        decided_anew(place);
        until("the first attempt", Duration::from_secs(20), || {
            place.words("SELECT id AS word FROM letters WHERE lease_until IS NOT NULL OR attempts > 0").pop()
        });
        assert_nobody_notices(&service, &token, &format!("V-{number}"));
        until_states(place, &["sent"; 3]);
        assert_arrived(place, &peer.received()[before..]);
        assert_eq!(place.words("SELECT id AS word FROM letters WHERE attempts <> 2"), [""; 0], "{bad:?}");
    }
    // For good: of one recipient, and of one letter.
    for bad in [
        Script { rcpt: Act::Refuse { only: "zhang.ke@example.invalid", with: "550 5.1.1 no such user" }, ..SOUND },
        Script { dot: Act::Say("554 5.7.1 looks like spam"), ..SOUND },
    ] {
        let before = peer.received().len();
        let one = matches!(bad.dot, Act::Say(said) if said.starts_with("554"));
        if one {
            peer.behave(&[bad, SOUND]);
        } else {
            peer.behave(&[bad]);
        }
        decided_anew(place);
        until_states(place, &["dead", "sent", "sent"]);
        assert_arrived(place, &peer.received()[before..]);
        let words = place.words("SELECT last_words || ' ' || to_email AS word FROM letters WHERE state = 'dead'");
        assert!(words[0].contains(if one { "(554): 5.7.1" } else { "(550): 5.1.1" }), "{words:?}");
        assert!(one || words[0].ends_with("zhang.ke@example.invalid"), "{words:?}");
    }
    assert_told_in_the_end(place, service, &peer);
}

#[test]
fn what_passes_is_outlived_on_sqlite() {
    outlives_what_passes(&Place::sqlite());
}

#[test]
fn what_passes_is_outlived_on_postgres() {
    if let Some(place) = Place::postgres() {
        outlives_what_passes(&place);
    }
}

#[test]
fn a_server_that_is_away_for_a_while_gets_the_letters_when_it_is_back() {
    Place::each(|place| {
        decided(place);
        let token = place.token("clerk", &[UNIT]);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        through(place, port, 1);
        let service = Service::start(place);
        until_states(place, &["retrying"; 3]);
        assert_nobody_notices(&service, &token, "V-1");
        let peer = Peer::on(TcpListener::bind(("127.0.0.1", port)).unwrap(), &[SOUND], None);
        until_states(place, &["sent"; 3]);
        assert_arrived(place, &peer.received());
        assert_eq!(peer.received().len(), 3);
        assert_told_in_the_end(place, service, &peer);
    });
}

/// The channel pauses, says so, and asks nobody again for a while; no letter is lost and none has used up an attempt.
fn assert_pauses(place: &Place, peer: &Peer, words: &str) {
    decided_anew(place);
    let token = place.token("clerk", &[UNIT]);
    let service = Service::start(place);
    let metric = |line: &str| service.client.get("", "//metrics").expect(200).text.lines().any(|found| found == line);
    until("the pause", Duration::from_secs(20), || metric("milepost_mail_paused 1").then_some(()));
    let ready = service.client.get("", "//readyz").expect(200).json();
    assert!(ready["postman"]["paused"].as_str().unwrap().contains(words), "{ready}");
    assert!(ready["warnings"].to_string().contains("letters wait"), "{ready}");
    let heard = peer.heard();
    assert_nobody_notices(&service, &token, words);
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(peer.heard(), heard, "nobody knocks again while it rests");
    assert!(heard.concat().matches("EHLO").count() <= 2, "one letter has shown it: {heard:?}");
    assert!(peer.received().is_empty());
    let tried = place.words("SELECT last_words AS word FROM letters WHERE last_words IS NOT NULL");
    assert!(tried.len() == 1 && tried[0].contains(words), "{tried:?}");
    assert_eq!(place.words("SELECT id AS word FROM letters WHERE attempts > 0"), [""; 0]);
    assert_eq!(states(place), ["queued", "queued", "retrying"]);
    assert_eq!(service.terminate(), Some(0));
}

#[test]
fn a_channel_that_must_be_mended_pauses_says_so_and_loses_nothing() {
    Place::each(|place| {
        decided(place);
        let (house, stranger) = (authority("127.0.0.1"), authority("127.0.0.1"));
        let ca_file = place.file("ca.pem");
        std::fs::write(&ca_file, &house.pem).unwrap();

        let peer = Peer::start(Script { auth: Act::Say("535 5.7.8 wrong password"), ..SOUND });
        through(place, peer.port, 5);
        place.set("mail.smtp.username", "clerk").set("mail.smtp.password", "s3cret");
        assert_pauses(place, &peer, "(535): 5.7.8");
        assert!(!place.log().contains("s3cret"));

        let peer = Peer::start(Script { mail: Act::Say("550 5.7.1 sender rejected"), ..SOUND });
        place.set("mail.smtp.port", &peer.port.to_string());
        assert_pauses(place, &peer, "(550): 5.7.1");

        let peer = Peer::start(SOUND);
        place.set("mail.smtp.port", &peer.port.to_string());
        place.set("mail.smtp.security", "starttls").set("mail.smtp.ca_file", ca_file.to_str().unwrap());
        assert_pauses(place, &peer, "STARTTLS");

        let peer = Peer::start_with(ENCRYPTING, Some(stranger.server.clone()));
        place.set("mail.smtp.port", &peer.port.to_string());
        assert_pauses(place, &peer, "certificate");

        let peer = Peer::start_with(ENCRYPTING, Some(house.server.clone()));
        place.set("mail.smtp.port", &peer.port.to_string());
        let service = Service::start(place);
        until_states(place, &["sent"; 3]);
        assert_arrived(place, &peer.received());
        assert_eq!(peer.received().len(), 3);
        assert!(service.client.get("", "//metrics").expect(200).text.contains("\nmilepost_mail_paused 0\n"));
        assert_eq!(service.terminate(), Some(0));
    });
}
