//! What people say about alerts, and that a stuck letter is sent again.

use super::{FIRST, Office, fields, key, ledger, payment, problem};
use crate::support::place::Place;
use crate::support::service::Answer;
use crate::support::smtp_peer::{Act, Peer, SOUND, Script};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn add_head(place: &Place) {
    let words = ["--unit", "333001", "--role", "head", "--email", "li@example.invalid", "--name", "李明"];
    let words: Vec<&str> = ["contact", "add"].into_iter().chain(words).collect();
    place.done(&words);
}

/// The first project lags: 300,000 of 453,900 yuan is a warning.
fn lagging(office: &Office) -> (String, String) {
    let entry = office.pay(FIRST, "300000.00", "v1");
    let path = format!("/years/2024/alerts?project={FIRST}&rule=spending.behind_plan_point");
    let alerts = office.get(&path).expect(200).json()["items"].as_array().unwrap().clone();
    assert_eq!((alerts.len(), &alerts[0]["severity"]), (1, &json!("warning")));
    (alerts[0]["id"].as_str().unwrap().to_owned(), entry["id"].as_str().unwrap().to_owned())
}

fn said() -> Value {
    json!({ "causes": { "funding": "上级资金尚未下达", "other": "汛期停工" },
        "explanation": "资金九月下达。", "likelihood": "possible" })
}

fn answer(office: &Office, token: &str, alert: &str, verb: &str, body: &Value) -> Answer {
    office.service.client.post(token, &format!("/alerts/{alert}/{verb}"), &key(), body)
}

fn alert(office: &Office, id: &str) -> Value {
    office.get(&format!("/alerts/{id}")).expect(200).json()
}

fn changes(alert: &Value) -> Vec<&str> {
    alert["events"].as_array().unwrap().iter().map(|event| event["change"].as_str().unwrap()).collect()
}

fn letters(office: &Office) -> Vec<Value> {
    office.get("/letters").expect(200).json()["items"].as_array().unwrap().clone()
}

#[test]
fn an_acknowledged_alert_stays_active_and_worsening_is_told() {
    Place::each(|place| {
        let office = Office::on(place);
        add_head(place);
        let (id, entry) = lagging(&office);
        office.check(&json!({})).expect(200);
        let told = letters(&office).len();
        let answered = answer(&office, &office.reviewer, &id, "acknowledgement", &said()).expect(200).json();
        assert_eq!(answered, alert(&office, &id), "as it is read");
        assert_eq!((&answered["state"], &answered["severity"]), (&json!("acknowledged"), &json!("warning")));
        let acknowledgement = &answered["acknowledgement"];
        assert_eq!(acknowledgement["causes"]["funding"], "上级资金尚未下达");
        assert_eq!(acknowledgement["causes"]["personnel"], Value::Null);
        assert_eq!((&acknowledgement["likelihood"], &acknowledgement["by"]), (&json!("possible"), &json!("reviewer")));
        assert_eq!(changes(&answered), ["raised", "acknowledged"]);
        let event = &answered["events"][1];
        assert_eq!(
            (&event["inputs"]["spent_yuan"], &event["inputs"]["rate_of_plan"]),
            (&json!("300000.00"), &json!("0.6609"))
        );
        assert!(event["explanation"].as_str().unwrap().contains("经费保障：上级资金尚未下达"), "{event}");

        office.check(&json!({})).expect(200);
        assert_eq!(alert(&office, &id)["state"], "acknowledged", "a check does not open it again");
        assert_eq!(letters(&office).len(), told, "and nobody is told of it");

        let mut other = said();
        other["likelihood"] = json!("impossible");
        let corrected = answer(&office, &office.reviewer, &id, "acknowledgement", &other).expect(200).json();
        assert_eq!(corrected["acknowledgement"]["likelihood"], "impossible");
        assert_eq!(changes(&corrected), ["raised", "acknowledged", "acknowledged"]);

        office.reverse(FIRST, &entry, "2024-06-30").expect(201);
        let worse = alert(&office, &id);
        assert_eq!((&worse["state"], &worse["severity"]), (&json!("acknowledged"), &json!("critical")));
        assert_eq!(letters(&office).len(), told + 1, "what turned critical is told at once");

        office.pay(FIRST, "453900.00", "v2");
        let over = alert(&office, &id);
        assert_eq!(over["state"], "resolved");
        let refused = problem(&answer(&office, &office.reviewer, &id, "acknowledgement", &said()), 409, "alert-closed");
        assert_eq!(refused["state"], "resolved");
        problem(&answer(&office, &office.reviewer, &id, "resolution", &json!({ "reason": "x" })), 409, "alert-closed");
    });
}

#[test]
fn what_a_person_resolved_stays_so_until_it_is_graver_or_comes_back() {
    Place::each(|place| {
        let office = Office::on(place);
        add_head(place);
        let (id, entry) = lagging(&office);
        office.check(&json!({})).expect(200);
        let told = letters(&office).len();
        let close = || answer(&office, &office.reviewer, &id, "resolution", &json!({ "reason": "已确认调整支付计划" }));
        let closed = close().expect(200).json();
        assert_eq!((&closed["state"], &closed["resolution"]["by"]), (&json!("resolved"), &json!("reviewer")));
        assert_eq!(closed["resolution"]["reason"], "已确认调整支付计划");
        assert_eq!(closed["events"][1]["inputs"]["spent_yuan"], "300000.00");

        let check = office.check(&json!({})).expect(200).json();
        assert_eq!(alert(&office, &id)["state"], "resolved", "the rule says the same");
        assert_eq!((&check["alerts"]["reopened"], &check["alerts"]["resolved"]), (&json!(0), &json!(0)));
        assert_eq!(letters(&office).len(), told, "nobody hears that it is over: nothing was caught up");

        office.reverse(FIRST, &entry, "2024-06-30").expect(201);
        let graver = alert(&office, &id);
        assert_eq!((&graver["state"], &graver["severity"]), (&json!("open"), &json!("critical")));
        assert_eq!((changes(&graver), &graver["resolution"]), (vec!["raised", "resolved", "reopened"], &Value::Null));
        assert_eq!(letters(&office).len(), told + 1);

        close().expect(200);
        let caught_up = office.pay(FIRST, "453900.00", "v2");
        office.check(&json!({})).expect(200);
        assert_eq!(changes(&alert(&office, &id)).len(), 4, "content, and silently so");
        assert_eq!(letters(&office).len(), told + 1);
        office.reverse(FIRST, caught_up["id"].as_str().unwrap(), "2024-06-30").expect(201);
        assert_eq!(alert(&office, &id)["state"], "open", "the rule was content in between, and speaks again");
        assert_eq!(letters(&office).len(), told + 2);
    });
}

#[test]
fn what_is_closed_before_anybody_heard_of_it_is_never_told() {
    Place::each(|place| {
        place.with_rules("plan-points-only");
        let office = Office::on(place);
        add_head(place);
        let (id, _) = lagging(&office);
        answer(&office, &office.reviewer, &id, "resolution", &json!({ "reason": "误报" })).expect(200);
        office.check(&json!({})).expect(200);
        let texts: String = letters(&office).iter().map(|letter| letter["text"].as_str().unwrap().to_owned()).collect();
        assert!(!texts.is_empty(), "the other projects are told of");
        assert!(!texts.contains(FIRST), "{texts}");
    });
}

#[test]
fn an_answer_is_refused_that_says_nothing_or_comes_from_elsewhere() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let (id, _) = lagging(&office);
    for (field, value) in [
        ("causes", json!({})),
        ("causes", json!({ "funding": " " })),
        ("causes.funding", json!({ "funding": "a\u{0}" })),
        ("explanation", json!("")),
        ("likelihood", json!("maybe")),
        ("mood", json!("good")),
    ] {
        let mut wrong = said();
        wrong[field.split('.').next().unwrap()] = value;
        let refused = answer(&office, &office.reviewer, &id, "acknowledgement", &wrong);
        assert_eq!(fields(&problem(&refused, 422, "invalid-value")), [field]);
    }
    let refused = answer(&office, &office.reviewer, &id, "resolution", &json!({ "reason": " " }));
    assert_eq!(fields(&problem(&refused, 422, "invalid-value")), ["reason"]);
    let path = format!("/alerts/{id}/acknowledgement");
    problem(&office.service.client.post(&office.reviewer, &path, "", &said()), 400, "idempotency-key-missing");
    problem(&answer(&office, &office.reviewer, &key(), "acknowledgement", &said()), 404, "not-found");
    let foreign = place.token("clerk", &["444001"]);
    problem(&answer(&office, &foreign, &id, "acknowledgement", &said()), 404, "not-found");
    let over = json!({ "reason": "已协调" });
    problem(&answer(&office, &office.clerk, &id, "resolution", &over), 403, "forbidden");
    let once = key();
    let post = || office.service.client.post(&office.reviewer, &path, &once, &said()).expect(200);
    let first = post();
    let again = post();
    assert_eq!((first.text, again.header("idempotent-replayed")), (again.text.clone(), Some("true")));
    assert_eq!(changes(&alert(&office, &id)).len(), 2, "once");
}

fn wait_for(office: &Office, state: &str) -> Value {
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let found = office.get(&format!("/letters?state={state}")).expect(200).json()["items"].clone();
        if let Some(letter) = found.as_array().unwrap().first() {
            return letter.clone();
        }
        assert!(Instant::now() < until, "no letter is {state}: {:?}", letters(office));
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_letter_sent_again_by_hand_may_fail_as_often_as_a_new_one() {
    Place::each(|place| {
        let never = Script { rcpt: Act::Say("550 5.1.1 no such person"), ..SOUND };
        let later = Script { rcpt: Act::Say("451 4.7.1 come back later"), ..SOUND };
        let peer = Peer::in_turn(&[never, later], None);
        place.set("mail.transport", "smtp").set("mail.from", "milepost@example.invalid");
        place.set("mail.smtp.host", "127.0.0.1").set("mail.smtp.port", &peer.port.to_string());
        place.set("mail.smtp.security", "none");
        let office = Office::on(place);
        add_head(place);
        office.check(&json!({ "as_of": "2024-06-30" })).expect(200);
        let dead = wait_for(&office, "dead");
        place.sql("UPDATE letters SET attempts = 12").unwrap();
        let path = format!("/letters/{}/retry", dead["id"].as_str().unwrap());
        office.service.client.post(&office.reviewer, &path, "", &json!({})).expect(200);
        let waits = wait_for(&office, "retrying");
        assert_eq!((&waits["id"], &waits["attempts"]), (&dead["id"], &json!(13)));
        // The first pause again, and not the longest.
        assert_eq!(waits["next_attempt_at"], "2024-07-01T01:00:20.000Z", "{waits}");
    });
}

#[test]
fn a_letter_that_was_given_up_is_sent_again_when_asked() {
    Place::each(|place| {
        let refusing = Script { rcpt: Act::Say("550 5.1.1 no such person"), ..SOUND };
        let peer = Peer::in_turn(&[refusing, SOUND], None);
        place.set("mail.transport", "smtp").set("mail.from", "milepost@example.invalid");
        place.set("mail.smtp.host", "127.0.0.1").set("mail.smtp.port", &peer.port.to_string());
        place.set("mail.smtp.security", "none");
        let office = Office::on(place);
        add_head(place);
        office.check(&json!({ "as_of": "2024-06-30" })).expect(200);
        let dead = wait_for(&office, "dead");
        let id = dead["id"].as_str().unwrap();
        let whole = office.get(&format!("/letters/{id}")).expect(200).json();
        assert!(dead.as_object().unwrap().iter().all(|(key, value)| whole[key] == *value), "{whole}");
        assert_eq!(dead["attempts"], 1);

        let retry = |token: &str| office.service.client.post(token, &format!("/letters/{id}/retry"), "", &json!({}));
        problem(&retry(&office.auditor), 403, "forbidden");
        problem(&retry(&place.token("reviewer", &["444001"])), 404, "not-found");
        let queued = retry(&office.reviewer).expect(200).json();
        assert_eq!((&queued["state"], &queued["attempts"]), (&json!("queued"), &json!(1)));
        let sent = wait_for(&office, "sent");
        assert_eq!((&sent["id"], &sent["attempts"]), (&dead["id"], &json!(2)));
        let refused = problem(&retry(&office.reviewer), 409, "letter-not-stuck");
        assert_eq!(refused["state"], "sent");
        let trail = office.get("/audit?action=retry_letter").expect(200).json();
        assert_eq!(trail["items"][0]["before"], json!({ "state": "dead", "attempts": 1 }));
        assert_eq!(trail["items"][0]["unit"], "333001");
        assert_eq!(
            office.get("/letters?to=li@example.invalid&since=2024-06-30T00:00:00Z").json()["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        assert_eq!(office.get("/letters?to=x@example.invalid").expect(200).json()["items"], json!([]));
        assert_eq!(office.get("/letters?until=2024-06-30T00:00:00Z").expect(200).json()["items"], json!([]));
    });
}

#[test]
fn a_letter_in_a_postman_s_hand_is_left_to_him() {
    let place = Place::sqlite();
    place.set("mail.quiet_hours", "00:00-23:59");
    let office = Office::on(&place);
    add_head(&place);
    office.check(&json!({ "as_of": "2024-06-30" })).expect(200);
    let id = letters(&office)[0]["id"].as_str().unwrap().to_owned();
    let retry = || office.service.client.post(&office.reviewer, &format!("/letters/{id}/retry"), "", &json!({}));
    let refused = problem(&retry(), 409, "letter-not-stuck");
    assert_eq!((&refused["state"], &refused["in_hand"]), (&json!("queued"), &json!(false)));
    place.sql("UPDATE letters SET state = 'retrying', lease_until = '2024-07-01 02:00:00.000'").unwrap();
    let refused = problem(&retry(), 409, "letter-not-stuck");
    assert_eq!((&refused["state"], &refused["in_hand"]), (&json!("retrying"), &json!(true)));
    place.sql("UPDATE letters SET state = 'cancelled', lease_until = NULL").unwrap();
    assert_eq!(retry().expect(200).json()["state"], "queued");
}

#[test]
fn a_posting_of_a_clerk_still_finds_its_alert_by_project_and_rule() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    office.service.client.post(&office.clerk, &ledger(FIRST), &key(), &payment("907800.01", "v1")).expect(201);
    let of = |filter: &str| {
        office.get(&format!("/years/2024/alerts?{filter}")).expect(200).json()["items"].as_array().unwrap().len()
    };
    assert_eq!(of(&format!("project={FIRST}&rule=spending.over_budget")), 1);
    assert_eq!(of(&format!("project={FIRST}&rule=indicator.breached")), 0);
    for (field, value) in [("rule", "spending"), ("project", "no%20code"), ("state", "shut"), ("severity", "3")] {
        let refused = office.get(&format!("/years/2024/alerts?{field}={value}"));
        assert_eq!(fields(&problem(&refused, 422, "invalid-value")), [field]);
    }
}
