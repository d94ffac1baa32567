//! What people do with letters: look at them, take them back, send them again, and try the mail out.

use super::decided;
use crate::support::bureau::{SEWAGE, UNIT};
use crate::support::eml::Eml;
use crate::support::place::Place;
use crate::support::service::Service;
use crate::support::smtp_peer::{Act, Peer, SOUND, Script};
use serde_json::{Value, json};

/// The bureau's letters in a service that sends nothing: it is always quiet.
fn office(place: &Place) -> (Service, String) {
    decided(place);
    place.at("2024-07-01T10:00:00+08:00").set("mail.quiet_hours", "00:00-23:59");
    (Service::start(place), place.token("reviewer", &[UNIT]))
}

fn items(service: &Service, token: &str, path: &str) -> Vec<Value> {
    service.client.get(token, path).expect(200).json()["items"].as_array().unwrap().clone()
}

#[test]
fn a_letter_shows_who_got_which_figures() {
    Place::each(|place| {
        let (service, token) = office(place);
        let wang = items(&service, &token, "/letters?to=wang.lin@example.invalid")[0].clone();
        let path = format!("/letters/{}", wang["id"].as_str().unwrap());
        let story = service.client.get(&token, &path).expect(200).json();
        assert_eq!((&story["kind"], &story["references"]), (&json!("digest"), &json!([])));
        assert_eq!(story["message_id"], format!("<{}@localhost>", wang["id"].as_str().unwrap()));
        let tells = story["tells"].as_array().unwrap();
        assert_eq!(story["tells_count"], tells.len());
        assert!(!tells.is_empty() && tells.iter().all(|told| told["project"]["code"] == SEWAGE), "{story}");
        assert!(tells.iter().all(|told| told["change"] == "raised"), "{story}");
        assert!(tells.iter().any(|told| told["figures"]["planned_yuan"] == "554000.00"), "{story}");

        let of_alert = format!("/letters?alert={}", tells[0]["alert"].as_str().unwrap());
        let told: Vec<Value> =
            items(&service, &token, &of_alert).iter().map(|letter| letter["to"]["email"].clone()).collect();
        assert_eq!(told.len(), 3, "all three answer for the sewage works: {told:?}");
        assert_eq!(items(&service, &token, "/letters?kind=digest").len(), 3);
        assert_eq!(items(&service, &token, "/letters?kind=monthly").len(), 0);
        service.client.get(&token, "/letters?kind=none").expect(422);
        service.client.get(&token, "/letters?alert=none").expect(422);
    });
}

#[test]
fn a_letter_that_waits_can_be_taken_back_and_sent_all_the_same() {
    Place::each(|place| {
        let (service, token) = office(place);
        let letters = items(&service, &token, "/letters");
        let id = letters[0]["id"].as_str().unwrap();
        let path = format!("/letters/{id}/cancellation");
        let body = json!({ "reason": "金额录入有误" });
        let cancel = |key: &str| service.client.post(&token, &path, key, &body);
        let clerk = place.token("clerk", &[UNIT]);
        service.client.post(&clerk, &path, "k0", &body).expect(403);
        let stranger = place.token("auditor", &["444001"]);
        assert!([403, 404].contains(&service.client.post(&stranger, &path, "k0", &body).status));
        service.client.post(&token, &path, "k0", &json!({ "reason": "" })).expect(422);

        place.sql(&format!("UPDATE letters SET lease_until = '2024-07-01 02:00:01.000' WHERE id = '{id}'")).unwrap();
        let held = cancel("k1").expect(409).json();
        assert_eq!((&held["type"], &held["in_hand"]), (&json!("/problems/letter-not-waiting"), &json!(true)));
        place.sql("UPDATE letters SET lease_until = NULL").unwrap();

        let first = cancel("k2").expect(200);
        assert_eq!(first.json()["state"], "cancelled");
        let again = cancel("k2").expect(200);
        assert_eq!((again.text.clone(), again.header("idempotent-replayed")), (first.text, Some("true")));
        assert_eq!(cancel("k3").expect(409).json()["state"], "cancelled");
        let auditor = place.token("auditor", &[UNIT]);
        let trail = items(&service, &auditor, "/audit");
        let deed = trail.iter().find(|row| row["action"] == "cancel_letter").unwrap();
        assert_eq!(deed["after"], json!({ "state": "cancelled", "reason": "金额录入有误" }));

        assert_eq!(service.terminate(), Some(0));
        place.set("mail.quiet_hours", "");
        assert!(place.done(&["letters", "send"]).contains("sent 2"));
        assert!(place.done(&["letters", "retry", id]).contains("queued"));
        assert!(place.done(&["letters", "send"]).contains("sent 1"));
    });
}

#[test]
fn the_command_line_lists_shows_and_takes_back() {
    Place::each(|place| {
        decided(place);
        let all = place.json(&["letters", "list"])["items"].as_array().unwrap().clone();
        let to = place.json(&["letters", "list", "--to", "li.ming@example.invalid", "--kind", "digest"]);
        assert_eq!((all.len(), to["items"].as_array().unwrap().len()), (3, 1));
        let id = to["items"][0]["id"].as_str().unwrap();
        let table = place.done(&["letters", "list", "--state", "queued"]);
        assert!(table.contains(id) && table.contains("种类") && table.lines().count() == 5, "{table}");
        let shown = place.done(&["letters", "show", id]);
        assert!(shown.contains("李明 <li.ming@example.invalid>") && shown.contains(SEWAGE), "{shown}");
        assert!(shown.contains("planned_yuan") && shown.contains(&format!("<{id}@localhost>")), "{shown}");
        assert_eq!(place.json(&["letters", "show", id])["message_id"], format!("<{id}@localhost>"));
        assert!(place.done(&["letters", "cancel", id, "--reason", "录入有误"]).contains("cancelled"));
        let again = place.run(&["letters", "cancel", id, "--reason", "录入有误"]);
        assert!(again.code == 1 && again.err.contains("不能再撤回"), "{again:?}");
        assert_eq!(place.run(&["letters", "list", "--kind", "none"]).code, 1);
    });
}

#[test]
fn a_letter_on_trial_proves_the_set_up_or_says_what_to_mend() {
    let place = Place::sqlite();
    let trial = || place.run(&["letters", "test", "--to", "zhang.ke@example.invalid"]);
    let sent = trial();
    assert!(sent.code == 0 && sent.out.contains("folder "), "{sent:?}");
    let letter = Eml::parse(place.letters()[0].as_bytes());
    assert!(letter.text.contains("试发") && letter.html.contains("试发"), "{letter:?}");
    assert!(!place.file("milepost.db").exists(), "no books are needed");

    let peer = Peer::in_turn(&[SOUND, Script { auth: Act::Say("535 5.7.8 wrong password"), ..SOUND }], None);
    super::through(&place, peer.port, 2);
    let sent = trial();
    assert!(sent.code == 0 && sent.out.contains("250 2.0.0 queued as 42"), "{sent:?}");
    assert_eq!(peer.received()[0].to, "zhang.ke@example.invalid");
    place.set("mail.smtp.username", "clerk").set("mail.smtp.password", "s3cret");
    let refused = trial();
    assert!(refused.code == 3 && refused.err.contains("5.7.8 wrong password"), "{refused:?}");
    assert!(refused.err.contains("密码") && refused.err.contains("mail.smtp.username"), "{refused:?}");
    assert!(!refused.err.contains("s3cret"));
    assert_eq!(place.run(&["letters", "test", "--to", "nobody"]).code, 1);
}
