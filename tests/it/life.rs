//! The life of an alert, day by day under a clock that is set, through the real binary: who is told what and when, what people
//! answer, and that neither a restart nor a crash nor weeks of downtime repeats or loses anything.

use crate::support::bureau::{DISPATCH, HANDED_OVER, SEWAGE, UNIT, VIDEO_LINE, open_books, sample_plan};
use crate::support::place::Place;
use crate::support::service::{Answer, Service};
use crate::support::told::assert_all_told_once;
use serde_json::{Value, json};

/// Officers are told; the head after five working days without an answer, the leader after ten. Two reminders at most.
const TELLING: &str = r#"
[telling]
notice = ["officer"]
warning = ["officer"]
critical = ["officer"]
waiver_notice_working_days = 5

[reminders]
warning_every_working_days = 10
critical_every_working_days = 5
at_most = 2

[[escalation]]
from = "warning"
after_working_days = 5
to = "head"

[[escalation]]
from = "warning"
after_working_days = 10
to = "leader"
"#;

const OFFICER: &str = "zhang.ke@example.invalid";
const HEAD: &str = "li.ming@example.invalid";
const LEADER: &str = "zhao.ju@example.invalid";

/// A bureau with officer, head and leader, and tokens of each role.
struct Bureau<'place> {
    place: &'place Place,
    clerk: String,
    reviewer: String,
    auditor: String,
    foreign: String,
}

impl<'place> Bureau<'place> {
    /// The books open, and nobody there to be told.
    fn without_people(place: &'place Place) -> Bureau<'place> {
        Bureau::judging_by(place, |preset| preset + TELLING)
    }

    fn judging_by(place: &'place Place, changed: impl FnOnce(String) -> String) -> Bureau<'place> {
        let preset = concat!(env!("CARGO_MANIFEST_DIR"), "/config/presets/plan-points-only.toml");
        let file = place.file("rules.toml");
        std::fs::write(&file, changed(std::fs::read_to_string(preset).unwrap())).unwrap();
        place.set("rules.file", file.to_str().unwrap());
        open_books(place, &sample_plan());
        let token = |role: &str, unit: &str| place.token(role, &[unit]);
        Bureau {
            place,
            clerk: token("clerk", UNIT),
            reviewer: token("reviewer", UNIT),
            auditor: token("auditor", UNIT),
            foreign: token("reviewer", "444001"),
        }
    }

    fn on(place: &'place Place) -> Bureau<'place> {
        Bureau::without_people(place).with_people()
    }

    fn with_people(self) -> Bureau<'place> {
        self.add("officer", OFFICER, "张可");
        self.add("head", HEAD, "李明");
        self.add("leader", LEADER, "赵局");
        self
    }

    fn add(&self, role: &str, email: &str, name: &str) {
        self.place.done(&["contact", "add", "--unit", UNIT, "--role", role, "--email", email, "--name", name]);
    }

    /// Nine in the morning of a day.
    fn day(&self, day: &str) -> &Bureau<'place> {
        self.place.at(&format!("{day}T09:00:00+08:00"));
        self
    }

    /// A check of that day.
    fn check(&self) -> Value {
        self.place.json(&["check", "--year", "2024"])
    }

    /// A check each of several days.
    fn checks(&self, days: &[&str]) {
        for day in days {
            self.day(day).check();
        }
    }

    /// Asks a service of the day, which is killed behind the answer.
    fn ask(&self, ask: impl FnOnce(&Service) -> Answer) -> Answer {
        let service = Service::start(self.place);
        let answer = ask(&service);
        service.kill();
        answer
    }

    fn say(&self, token: &str, alert: &str, what: &str, body: &Value) -> Answer {
        self.ask(|service| service.client.post(token, &format!("/alerts/{alert}/{what}"), &key(), body))
    }

    fn get(&self, path: &str) -> Value {
        self.ask(|service| service.client.get(&self.auditor, path)).expect(200).json()
    }

    fn alert(&self, id: &str) -> Value {
        self.get(&format!("/alerts/{id}"))
    }

    /// The id of the project's alert in a state.
    fn find(&self, project: &str, state: &str) -> String {
        let found = self.get(&format!("/years/2024/alerts?project={project}&state={state}"));
        let items = found["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{found}");
        items[0]["id"].as_str().unwrap().to_owned()
    }

    fn pay(&self, project: &str, amount_yuan: &str, voucher: &str) -> String {
        let path = format!("/years/2024/projects/{project}/disbursements");
        let body = json!({ "amount_yuan": amount_yuan, "paid_on": "2024-06-28", "voucher_no": voucher });
        let paid = self.ask(|service| service.client.post(&self.clerk, &path, &key(), &body)).expect(201).json();
        paid["id"].as_str().unwrap().to_owned()
    }

    fn reverse(&self, project: &str, entry: &str, paid_on: &str) {
        let path = format!("/years/2024/projects/{project}/disbursements/{entry}/reversal");
        let body = json!({ "reason": "退汇", "paid_on": paid_on });
        self.ask(|service| service.client.post(&self.reviewer, &path, &key(), &body)).expect(201);
    }

    /// The id of the project's standing alert of a rule.
    fn of_rule(&self, project: &str, rule: &str) -> String {
        let found = self.get(&format!("/years/2024/alerts?project={project}&rule={rule}&state=open"));
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
        found["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Records how many houses were done by a day.
    fn count_houses(&self, project: &str, value: &str, observed_on: &str) {
        let known = self.get(&format!("/years/2024/projects/{project}"));
        let indicators = known["indicators"].as_array().unwrap();
        let count = indicators.iter().find(|one| one["name"] == "危房改造户数").unwrap();
        let path = format!("/years/2024/projects/{project}/indicators/{}/readings", count["id"].as_str().unwrap());
        let body = json!({ "observed_on": observed_on, "value": value });
        self.ask(|service| service.client.post(&self.clerk, &path, &key(), &body)).expect(201);
    }

    /// Who was told what of an alert, in the order of its story: day, change, person.
    fn told(&self, alert: &str) -> Vec<String> {
        let query = format!(
            "SELECT substr(CAST(e.as_of AS TEXT), 6) || ' ' || e.change || ' ' || substr(l.to_email, 1, 5) AS word \
             FROM letter_events t JOIN alert_events e ON e.id = t.event_id JOIN letters l ON l.id = t.letter_id \
             WHERE e.alert_id = '{alert}' ORDER BY e.sequence, l.to_email"
        );
        self.place.words(&query)
    }

    fn letters(&self) -> usize {
        self.place.words("SELECT id AS word FROM letters").len()
    }

    /// The first project lags at the point of June: 300,000 of 453,900 yuan is a warning.
    fn lagging(&self) -> String {
        self.day("2024-07-01").pay(DISPATCH, "300000.00", "v1");
        self.check();
        self.find(DISPATCH, "open")
    }
}

fn key() -> String {
    uuid::Uuid::now_v7().to_string()
}

#[track_caller]
fn refused(answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    let problem = answer.json();
    let named =
        [&problem["type"], &problem["errors"][0]["field"]].map(|word| word.as_str().unwrap_or_default().to_owned());
    assert!(named[0] == format!("/problems/{what}") || named[1] == what, "{problem}");
}

fn changes(alert: &Value) -> Vec<&str> {
    alert["events"].as_array().unwrap().iter().map(|event| event["change"].as_str().unwrap()).collect()
}

fn acknowledgement() -> Value {
    json!({ "causes": { "funding": "上级资金尚未下达" }, "explanation": "资金九月下达。", "likelihood": "possible" })
}

fn measure(due_on: &str) -> Value {
    json!({ "what": "倒排工期，集中支付", "owner": "李四", "due_on": due_on })
}

/// A warning that is raised on the Friday before the week of the National Day.
fn raised_before_the_holidays(bureau: &Bureau<'_>) -> String {
    bureau.day("2024-07-01").pay(DISPATCH, "453900.00", "v1");
    let path = format!("/years/2024/projects/{DISPATCH}/disbursements");
    let refund = json!({ "kind": "refund", "amount_yuan": "153900.00", "paid_on": "2024-09-27", "voucher_no": "v2" });
    bureau.day("2024-09-27").ask(|service| service.client.post(&bureau.clerk, &path, &key(), &refund)).expect(201);
    bureau.check();
    bureau.find(DISPATCH, "open")
}

#[test]
fn officer_head_and_leader_are_told_by_working_days_over_a_week_of_holidays() {
    Place::each(|place| {
        let bureau = Bureau::on(place);
        let id = raised_before_the_holidays(&bureau);
        assert_eq!(bureau.told(&id), ["09-27 raised zhang"]);
        // A weekend day is worked, a week is off. Every check is made twice, and a service is killed between them.
        for day in ["2024-09-29", "2024-09-30", "2024-10-07", "2024-10-08", "2024-10-09"] {
            bureau.day(day).check();
        }
        assert_eq!(bureau.told(&id).len(), 1, "four working days so far");
        for day in ["2024-10-10", "2024-10-11", "2024-10-15", "2024-10-16", "2024-10-17"] {
            bureau.day(day).check();
            bureau.alert(&id);
            bureau.check();
        }
        let story = [
            "09-27 raised zhang",
            "10-10 escalated li.mi",
            "10-10 escalated zhang",
            "10-16 escalated li.mi",
            "10-16 escalated zhang",
            "10-16 escalated zhao.",
        ];
        assert_eq!(bureau.told(&id), story);
        let alert = bureau.alert(&id);
        assert_eq!(changes(&alert), ["raised", "escalated", "escalated"]);
        let last = &alert["events"][2];
        assert_eq!(last["inputs"]["step"], json!({ "escalation": 2, "to": "leader", "working_days": 10 }));
        assert_eq!(last["inputs"]["spent_yuan"], "300000.00", "the figures of the moment: {last}");
        assert_all_told_once(place);
    });
}

#[test]
fn three_weeks_of_downtime_take_every_step_at_once_and_tell_each_once() {
    Place::each(|place| {
        let bureau = Bureau::on(place);
        let id = raised_before_the_holidays(&bureau);
        let before = bureau.letters();
        bureau.checks(&["2024-10-18", "2024-10-19"]);
        assert_eq!(changes(&bureau.alert(&id)), ["raised", "escalated", "escalated"]);
        let told = bureau.told(&id);
        let both = |person: &str| told.iter().filter(|line| **line == format!("10-18 escalated {person}")).count();
        assert_eq!((both("zhang"), both("li.mi"), both("zhao."), told.len()), (2, 2, 2, 7), "{told:?}");
        assert_eq!(bureau.letters() - before, 3, "one letter per person");
        assert_all_told_once(place);
    });
}

#[test]
fn reminders_keep_their_cadence_end_and_begin_anew_when_it_is_graver() {
    Place::each(|place| {
        let bureau = Bureau::on(place);
        bureau.day("2024-07-01").pay(DISPATCH, "260000.00", "v1");
        let entry = bureau.pay(DISPATCH, "40000.00", "v2");
        bureau.check();
        let id = bureau.find(DISPATCH, "open");
        bureau.day("2024-07-02").say(&bureau.clerk, &id, "acknowledgement", &acknowledgement()).expect(200);
        bureau.checks(&[
            "2024-07-12",
            "2024-07-15",
            "2024-07-16",
            "2024-07-26",
            "2024-07-29",
            "2024-08-12",
            "2024-08-29",
        ]);
        let mut told = vec!["07-01 raised zhang", "07-15 reminded zhang", "07-29 reminded zhang"];
        assert_eq!(bureau.told(&id), told, "answered: nobody above is told; two reminders at most");

        // What is left is below 60 % of the plan.
        bureau.day("2024-08-30").reverse(DISPATCH, &entry, "2024-08-30");
        let alert = bureau.alert(&id);
        assert_eq!((&alert["severity"], &alert["state"]), (&json!("critical"), &json!("acknowledged")));
        told.push("08-30 worsened zhang");
        assert_eq!(bureau.told(&id), told, "what turns critical is told at once");
        bureau.checks(&["2024-08-30", "2024-09-05", "2024-09-06", "2024-09-12", "2024-09-13", "2024-09-23"]);
        told.extend(["09-06 reminded zhang", "09-13 reminded zhang"]);
        assert_eq!(bureau.told(&id), told);
        assert_all_told_once(place);
    });
}

#[test]
fn a_measure_is_told_when_it_is_overdue_and_goes_on_with_the_next_plan_point() {
    Place::each(|place| {
        let bureau = Bureau::on(place);
        let id = bureau.lagging();
        bureau.day("2024-07-02");
        let set = |due_on: &str| {
            let told = bureau.say(&bureau.clerk, &id, "measures", &measure(due_on)).expect(200).json();
            assert_eq!(told["state"], "handling");
            told["measures"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
        };
        let (late, done, far) = (set("2024-07-12"), set("2024-07-31"), set("2024-11-15"));
        for due_on in ["2024-07-01", "2026-07-05"] {
            refused(&bureau.say(&bureau.clerk, &id, "measures", &measure(due_on)), 422, "due_on");
        }
        let completed = |alert: &str, measure: &str, done_on: &str| {
            let said = json!({ "done_on": done_on, "evidence": "验收单 2024-07-027" });
            bureau.say(&bureau.clerk, alert, &format!("measures/{measure}/completion"), &said)
        };
        bureau.checks(&["2024-07-12", "2024-07-13", "2024-07-14"]);
        assert_eq!(bureau.told(&id), ["07-01 raised zhang", "07-13 measure_overdue zhang"]);
        bureau.day("2024-07-20");
        refused(&completed(&id, &done, "2024-07-21"), 422, "done_on");
        refused(&completed(&id, &key(), "2024-07-20"), 404, "not-found");
        completed(&id, &done, "2024-07-19").expect(200);
        refused(&completed(&id, &done, "2024-07-19"), 409, "measure-carried-out-already");
        bureau.checks(&["2024-08-01", "2024-08-20"]);
        assert_eq!(bureau.told(&id).len(), 2, "carried out in time, and the third is in hand");

        bureau.checks(&["2024-10-31"]);
        let next = bureau.find(DISPATCH, "open");
        let alert = bureau.alert(&next);
        assert_eq!(alert["follows"], id.as_str());
        let of = |alert: &Value| -> Vec<String> {
            alert["measures"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(of(&alert), [late.as_str(), far.as_str()], "what is still to be carried out");
        assert_eq!(of(&bureau.alert(&id)), [done.as_str()], "what was, stays in its story");
        refused(&completed(&id, &far, "2024-10-31"), 404, "not-found");
        completed(&next, &late, "2024-10-30").expect(200);
        bureau.checks(&["2024-11-15", "2024-11-16", "2024-11-18"]);
        let overdue: Vec<String> = bureau.told(&next).into_iter().filter(|line| line.contains("overdue")).collect();
        // The new point's lag is a matter of its own, which nobody has answered. While the measure was in hand nothing went
        // upwards; with its day passed all that was due does.
        let each = ["li.mi", "zhang", "zhao."].map(|person| format!("11-16 measure_overdue {person}"));
        assert_eq!(overdue, each, "once");
        assert_all_told_once(place);
    });
}

#[test]
fn what_is_set_aside_is_silent_until_its_end_is_near_and_open_again_after_it() {
    Place::each(|place| {
        let bureau = Bureau::on(place);
        let id = bureau.lagging();
        bureau.day("2024-07-02");
        let waive = |until: &str| {
            let waiver = json!({ "reason": "中央资金九月下达", "until": until });
            bureau.say(&bureau.reviewer, &id, "waiver", &waiver)
        };
        for until in ["2024-07-01", "2025-07-04"] {
            refused(&waive(until), 422, "until");
        }
        waive("2024-08-30").expect(200);
        bureau.checks(&["2024-07-15", "2024-08-01", "2024-08-22", "2024-08-23", "2024-08-26", "2024-08-30"]);
        let mut told = vec!["07-01 raised zhang", "08-23 waiver_ending zhang"];
        assert_eq!(bureau.told(&id), told, "five working days before its end, once");
        assert_eq!(bureau.alert(&id)["state"], "waived");
        bureau.checks(&["2024-08-31", "2024-09-01", "2024-09-05", "2024-09-06"]);
        told.extend(["08-31 waiver_ended zhang", "09-06 escalated li.mi", "09-06 escalated zhang"]);
        assert_eq!(bureau.told(&id), told, "escalation counts from its end");
        let alert = bureau.alert(&id);
        assert_eq!((&alert["state"], &alert["waived_until"]), (&json!("open"), &Value::Null));

        bureau.day("2024-09-09");
        waive("2024-09-12").expect(200);
        let again = waive("2024-10-25").expect(200).json();
        assert_eq!((&again["waived_until"], &again["waiver"]["until"]), (&json!("2024-10-25"), &json!("2024-10-25")));
        bureau.checks(&["2024-09-13", "2024-10-16", "2024-10-18"]);
        let near: Vec<&str> =
            told.iter().copied().chain(["10-18 waiver_ending li.mi", "10-18 waiver_ending zhang"]).collect();
        assert_eq!(bureau.told(&id), near, "the second one holds");
        assert_all_told_once(place);
    });
}

#[test]
fn a_waiver_ends_at_once_where_it_becomes_graver_and_with_its_rule_s_content() {
    Place::each(|place| {
        let bureau = Bureau::on(place);
        bureau.day("2024-07-01");
        let entry = bureau.pay(DISPATCH, "300000.00", "v1");
        bureau.check();
        let id = bureau.find(DISPATCH, "open");
        let waiver = json!({ "reason": "中央资金九月下达", "until": "2024-09-30" });
        bureau.day("2024-07-02").say(&bureau.reviewer, &id, "waiver", &waiver).expect(200);
        bureau.day("2024-07-10").reverse(DISPATCH, &entry, "2024-07-10");
        let alert = bureau.alert(&id);
        assert_eq!(
            (&alert["state"], &alert["waived_until"], &alert["waiver"], &alert["opened_on"]),
            (&json!("open"), &Value::Null, &Value::Null, &json!("2024-07-10"))
        );
        let mut told = vec!["07-01 raised zhang", "07-10 worsened zhang"];
        assert_eq!(bureau.told(&id), told);

        bureau.day("2024-07-11").say(&bureau.reviewer, &id, "waiver", &waiver).expect(200);
        bureau.day("2024-07-12").pay(DISPATCH, "453900.00", "v2");
        bureau.check();
        let alert = bureau.alert(&id);
        assert_eq!((&alert["state"], &alert["waived_until"]), (&json!("resolved"), &Value::Null));
        told.push("07-12 resolved zhang");
        assert_eq!(bureau.told(&id), told);
        bureau.checks(&["2024-10-08"]);
        assert_eq!(bureau.told(&id), told, "no end of a waiver that is over");
        assert_all_told_once(place);
    });
}

#[test]
fn what_is_set_aside_before_anybody_heard_of_it_is_not_told_when_it_is_over_either() {
    Place::each(|place| {
        let bureau = Bureau::on(place);
        bureau.day("2024-07-01").pay(DISPATCH, "300000.00", "v1");
        let id = bureau.find(DISPATCH, "open");
        let waiver = json!({ "reason": "中央资金九月下达", "until": "2024-09-30" });
        bureau.say(&bureau.reviewer, &id, "waiver", &waiver).expect(200);
        bureau.check();
        assert_eq!(bureau.told(&id), [""; 0], "never raised in a letter");
        bureau.day("2024-07-12").pay(DISPATCH, "153900.00", "v2");
        bureau.check();
        assert_eq!(bureau.alert(&id)["state"], "resolved");
        assert_eq!(bureau.told(&id), [""; 0], "nobody is told that it is over who never heard of it");
        assert_all_told_once(place);
    });
}

#[test]
fn an_answer_to_what_is_set_aside_does_not_swallow_that_its_end_is_near() {
    Place::each(|place| {
        let bureau = Bureau::without_people(place);
        let id = bureau.lagging();
        let waiver = json!({ "reason": "中央资金九月下达", "until": "2024-08-30" });
        bureau.day("2024-07-02").say(&bureau.reviewer, &id, "waiver", &waiver).expect(200);
        bureau.checks(&["2024-08-23"]);
        bureau.say(&bureau.clerk, &id, "acknowledgement", &acknowledgement()).expect(200);
        assert_eq!(bureau.told(&id), [""; 0], "nobody was there");
        bureau.add("officer", OFFICER, "张可");
        bureau.checks(&["2024-08-24"]);
        assert_eq!(bureau.told(&id), ["08-23 waiver_ending zhang"]);
        assert_all_told_once(place);
    });
}

#[test]
fn who_may_answer_is_a_matter_of_role_and_each_answer_is_recorded_once() {
    Place::each(|place| {
        let bureau = Bureau::on(place);
        let id = bureau.lagging();
        bureau.day("2024-07-02");
        let service = Service::start(place);
        let disposition = json!({ "disposition": "suspend", "document_no": "财预〔2024〕31号", "what": "暂缓拨付三季度款",
            "owner": "预算科", "due_on": "2024-07-12" });
        let answers = [
            ("acknowledgement", acknowledgement(), true),
            ("measures", measure("2024-07-31"), true),
            ("disposition", disposition, false),
            ("waiver", json!({ "reason": "中央资金九月下达", "until": "2024-07-03" }), false),
            ("resolution", json!({ "reason": "已调整支付计划" }), false),
        ];
        for (what, body, by_clerk) in &answers {
            let post = |token: &str, key: &str| service.client.post(token, &format!("/alerts/{id}/{what}"), key, body);
            refused(&post(&bureau.auditor, &key()), 403, "forbidden");
            refused(&post(&bureau.foreign, &key()), 404, "not-found");
            if !by_clerk {
                refused(&post(&bureau.clerk, &key()), 403, "forbidden");
            }
            let once = key();
            let token = if *by_clerk { &bureau.clerk } else { &bureau.reviewer };
            let first = post(token, &once).expect(200);
            let again = post(token, &once).expect(200);
            assert_eq!((&first.text, again.header("idempotent-replayed")), (&again.text, Some("true")), "{what}");
        }
        drop(service);
        let alert = bureau.alert(&id);
        assert_eq!(changes(&alert), ["raised", "acknowledged", "measure_set", "disposed", "waived", "resolved"]);
        for event in &alert["events"].as_array().unwrap()[1..] {
            let of_moment = (&event["inputs"]["spent_yuan"], &event["as_of"], &event["plan_version"]);
            assert_eq!(of_moment, (&json!("300000.00"), &json!("2024-07-02"), &json!(1)), "{event}");
        }
        let by: Vec<&str> =
            alert["events"].as_array().unwrap()[1..].iter().map(|event| event["by"].as_str().unwrap()).collect();
        assert_eq!(by, ["clerk", "clerk", "reviewer", "reviewer", "reviewer"]);
        let disposed = &alert["measures"][1];
        assert_eq!(
            (&disposed["disposition"], &disposed["document_no"]),
            (&json!("suspend"), &json!("财预〔2024〕31号"))
        );
        let actions =
            format!("SELECT action AS word FROM audit WHERE entity = 'alert' AND entity_id = '{id}' ORDER BY id");
        assert_eq!(
            place.words(&actions),
            ["acknowledge_alert", "set_measure", "dispose", "waive_alert", "resolve_alert"],
            "one row of the trail for each"
        );
        assert_all_told_once(place);
    });
}

#[test]
fn a_disposition_that_is_not_carried_out_is_told_as_overdue() {
    Place::each(|place| {
        let bureau = Bureau::on(place);
        let id = bureau.lagging();
        let said = json!({ "disposition": "recover", "document_no": "财预〔2024〕31号", "what": "收回结余资金",
            "owner": "预算科", "due_on": "2024-07-12" });
        bureau.day("2024-07-02").say(&bureau.reviewer, &id, "disposition", &said).expect(200);
        bureau.checks(&["2024-07-12", "2024-07-15", "2024-07-16"]);
        assert_eq!(bureau.told(&id), ["07-01 raised zhang", "07-15 measure_overdue zhang"]);
        let told = bureau.alert(&id)["events"][2]["explanation"].as_str().unwrap().to_owned();
        assert!(told.contains("财预〔2024〕31号") || told.contains("收回"), "{told}");
        assert_all_told_once(place);
    });
}

#[test]
fn where_nobody_holds_the_role_somebody_else_is_told_and_where_nobody_is_at_all_it_waits() {
    Place::each(|place| {
        let bureau = Bureau::without_people(place);
        bureau.day("2024-07-01").pay(DISPATCH, "300000.00", "v1");
        let first = bureau.check();
        assert!(first["without_recipient"].as_i64().unwrap() > 1, "{first}");
        assert_eq!(bureau.letters(), 0);
        let id = bureau.find(DISPATCH, "open");
        bureau.checks(&["2024-07-02"]);
        assert_eq!(bureau.letters(), 0);
        bureau.add("leader", LEADER, "赵局");
        bureau.checks(&["2024-07-03", "2024-07-04"]);
        assert_eq!(bureau.told(&id), ["07-01 raised zhao."], "the one who answers at all, once");
        assert_eq!(bureau.letters(), 1);
        assert_all_told_once(place);
    });
}

/// A project with a count of houses, six or more.
const HOUSES: &str = "13060523P004356100013";
/// Another one.
const MORE_HOUSES: &str = "13060523P00435610002N";

#[test]
fn what_another_alert_speaks_for_is_told_when_that_one_is_over_and_counts_from_then() {
    Place::each(|place| {
        let figures = "\n[figures]\nmissing_after_working_days = 5\nmissing = \"notice\"\n";
        let changed =
            |preset: String| preset.replace("behind = \"notice\"", "behind = \"warning\"") + figures + TELLING;
        let bureau = Bureau::judging_by(place, changed).with_people();
        bureau.day("2024-03-21");
        for project in [HOUSES, MORE_HOUSES] {
            bureau.count_houses(project, "2", "2024-03-20");
        }
        // A third of the houses is enough in March and too few in July; and of the second quarter nothing is known.
        bureau.checks(&["2024-04-01", "2024-07-05"]);
        let lag = bureau.of_rule(HOUSES, "indicator.behind");
        let missing = bureau.of_rule(HOUSES, "figures.missing");
        let other_lag = bureau.of_rule(MORE_HOUSES, "indicator.behind");
        assert_eq!(bureau.alert(&lag)["hidden_by"], missing.as_str());
        bureau.checks(&["2024-07-08", "2024-07-19", "2024-08-30"]);
        assert_eq!((bureau.told(&lag), bureau.told(&missing)), (vec![], vec!["07-05 raised zhang".to_owned()]));
        assert_all_told_once(place);

        bureau.day("2024-09-02").count_houses(HOUSES, "3", "2024-08-30");
        bureau.count_houses(MORE_HOUSES, "6", "2024-08-30");
        bureau.check();
        let shown = bureau.alert(&lag);
        assert_eq!((&shown["state"], &shown["hidden_by"]), (&json!("open"), &Value::Null));
        let mut told: Vec<String> = bureau.told(&lag);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("raised zhang"), "{told:?}");
        // Two months stood open and hidden: nobody was told, and so nobody has left it unanswered.
        bureau.checks(&["2024-09-03", "2024-09-06"]);
        assert_eq!(bureau.told(&lag), told);
        bureau.checks(&["2024-09-09"]);
        told.extend(["09-09 escalated li.mi".to_owned(), "09-09 escalated zhang".to_owned()]);
        assert_eq!(bureau.told(&lag), told);
        // Of the other both came to their end together.
        assert_eq!(bureau.alert(&other_lag)["state"], "resolved");
        assert_eq!(bureau.told(&other_lag), [""; 0]);
        assert_all_told_once(place);
    });
}

#[test]
fn the_alerts_of_a_state_are_listed() {
    let place = Place::sqlite();
    let bureau = Bureau::on(&place);
    let id = bureau.lagging();
    bureau.say(&bureau.clerk, &id, "acknowledgement", &acknowledgement()).expect(200);
    assert_eq!(bureau.find(DISPATCH, "acknowledged"), id);
    let open = bureau.get("/years/2024/alerts?state=open");
    let open: Vec<&str> =
        open["items"].as_array().unwrap().iter().map(|alert| alert["project"]["code"].as_str().unwrap()).collect();
    assert!(open.contains(&HANDED_OVER) && open.contains(&SEWAGE), "{open:?}");
    assert!(!open.contains(&DISPATCH) && !open.contains(&VIDEO_LINE), "{open:?}");
}
