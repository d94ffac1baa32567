//! Random histories against the service, held after every step against a model of a hundred lines: payments, refunds,
//! reversals, revisions, repeated posts, `kill -9` in the middle of a post, and a clock that moves. The seed is in every
//! failure; `MILEPOST_TEST_SEED=17` runs that one alone.

mod books;

use crate::support::bureau::{UNIT, sample_plan};
use crate::support::only_seed;
use crate::support::place::Place;
use crate::support::service::{Answer, Service};
use books::{Books, Entry, Refused, Version, yuan};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::time::Duration;

/// Steps of one history.
const STEPS: usize = 30;
/// Vouchers to choose from: few, so that some are taken.
const VOUCHERS: u32 = 12;

#[test]
fn random_histories_of_seeds_0_to_49_stand_as_the_model_says() {
    play(&Place::sqlite(), 0..50);
}

#[test]
fn random_histories_of_seeds_50_to_99_stand_as_the_model_says() {
    play(&Place::sqlite(), 50..100);
}

#[test]
fn random_histories_of_seeds_100_to_149_stand_as_the_model_says() {
    play(&Place::sqlite(), 100..150);
}

#[test]
fn random_histories_of_seeds_150_to_199_stand_as_the_model_says() {
    play(&Place::sqlite(), 150..200);
}

#[test]
fn random_histories_stand_on_postgres_too() {
    if let Some(place) = Place::postgres() {
        play(&place, 200..220);
    }
}

/// Plays one history per seed, each about a project of its own in the same database.
fn play(place: &Place, seeds: std::ops::Range<u64>) {
    place.with_rules("plan-points-only");
    let only = only_seed();
    place
        .set("schedule.daily_check", "")
        .set("schedule.digest", "")
        .set("schedule.monthly_digest", "")
        .at("2024-01-08T09:00:00+08:00");
    place.done(&["import", "plan", sample_plan().to_str().unwrap(), "--year", "2024"]);
    let token = place.token("reviewer", &[UNIT]);
    let mut service = None;
    for seed in seeds.filter(|seed| only.is_none_or(|only| only == *seed)) {
        println!("seed {seed}");
        let mut history = History::begin(place, &token, seed, service.take());
        for number in 0..STEPS {
            history.number = number;
            history.step();
            history.compare();
        }
        history.ledger_is_the_models();
        service = history.service;
    }
    drop(service);
    place.done(&["verify"]);
}

struct History<'place> {
    place: &'place Place,
    token: &'place str,
    seed: u64,
    number: usize,
    dice: StdRng,
    service: Option<Service>,
    now: DateTime<Utc>,
    /// Every instant at which the clock stood, in order.
    instants: Vec<DateTime<Utc>>,
    books: Books,
    /// The last post that was answered, to be repeated.
    last: Option<(String, String, Value, Value)>,
}

impl<'place> History<'place> {
    fn begin(place: &'place Place, token: &'place str, seed: u64, service: Option<Service>) -> History<'place> {
        let mut dice = StdRng::seed_from_u64(seed);
        let now: DateTime<Utc> = "2024-02-01T01:00:00Z".parse().unwrap();
        drop(service);
        place.at(&now.to_rfc3339());
        let books = Books { code: format!("13060524P{seed:012}"), entries: Vec::new(), versions: Vec::new() };
        let plan = random_plan(&mut dice, day(1, 1), now);
        let service = Some(Service::start(place));
        let mut history =
            History { place, token, seed, number: 0, dice, service, now, instants: vec![now], books, last: None };
        let mut body = plan_body(&plan);
        body["code"] = json!(history.books.code);
        body["name"] = json!(format!("项目{seed}"));
        body["unit"] = json!(UNIT);
        body["indicators"] = json!([]);
        history.post("/years/2024/projects", &format!("{seed}-new"), &[], &body).expect(201);
        history.books.versions.push(plan);
        history
    }

    fn today(&self) -> NaiveDate {
        (self.now + TimeDelta::hours(8)).date_naive()
    }

    fn client(&self) -> &crate::support::service::Client {
        &self.service.as_ref().unwrap().client
    }

    fn post(&self, path: &str, key: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let own = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
        self.client().send(self.token, path, &[&own[..], headers].concat(), body.to_string().as_bytes()).unwrap()
    }

    fn step(&mut self) {
        match self.dice.random_range(0..100) {
            0..48 => self.record(),
            48..66 => self.reverse(),
            66..76 => self.revise(),
            76..86 => self.repeat(),
            86..91 => self.move_the_clock(),
            91..94 => self.check(),
            _ => self.kill_in_the_middle(),
        }
    }

    /// A posting of some kind, amount, day and voucher: its body and the entry that it should become.
    fn posting(&mut self) -> (Value, Entry) {
        let kind = ["payment", "payment", "payment", "refund", "prior_year_refund"][self.dice.random_range(0..5)];
        let fen: i64 = self.dice.random_range(1..30_000_000);
        let voucher = format!("V-{}", self.dice.random_range(0..VOUCHERS));
        // A day after today now and then.
        let span = (self.today() - day(1, 1)).num_days().unsigned_abs() + 3;
        let paid_on = day(1, 1) + Days::new(self.dice.random_range(0..span));
        let body =
            json!({ "amount_yuan": yuan(fen), "paid_on": paid_on.to_string(), "voucher_no": voucher, "kind": kind });
        let fen = if kind == "payment" { fen } else { -fen };
        let counted = kind != "prior_year_refund";
        let (id, recorded_at) = (String::new(), self.now);
        (body, Entry { id, fen, counted, paid_on, recorded_at, voucher, reverses: None, reversed: false })
    }

    fn record(&mut self) {
        let (body, entry) = self.posting();
        let (path, key) = (self.ledger(), self.key());
        let expected = self.books.may_record(entry.paid_on, self.today(), &entry.voucher);
        let answer = self.post(&path, &key, &[], &body);
        self.settle(&answer, expected, entry, &path, &key, &body);
    }

    fn reverse(&mut self) {
        if self.books.entries.is_empty() {
            return;
        }
        let place = self.dice.random_range(0..self.books.entries.len());
        let original = &self.books.entries[place];
        let paid_on = original.paid_on + Days::new(self.dice.random_range(0..20));
        if paid_on > day(12, 31) {
            return;
        }
        let entry = Entry {
            id: String::new(),
            fen: -original.fen,
            counted: original.counted,
            paid_on,
            recorded_at: self.now,
            voucher: original.voucher.clone(),
            reverses: Some(place),
            reversed: false,
        };
        let body = json!({ "reason": "金额录错", "paid_on": paid_on.to_string() });
        let (path, key) = (format!("{}/{}/reversal", self.ledger(), original.id), self.key());
        let expected = self.books.may_reverse(place, paid_on, self.today());
        let answer = self.post(&path, &key, &[], &body);
        self.settle(&answer, expected, entry, &path, &key, &body);
    }

    /// Holds an answer against what the model expects, and lets the model follow.
    fn settle(
        &mut self,
        answer: &Answer,
        expected: Result<(), Refused>,
        entry: Entry,
        path: &str,
        key: &str,
        body: &Value,
    ) {
        let status = expected.map_or_else(|(status, _)| status, |()| 201);
        assert_eq!(answer.status, status, "{} {body}: {}", self.place_in_time(), answer.text);
        let told = answer.json();
        if let Err((_, code)) = expected {
            assert_eq!(told["type"], format!("/problems/{code}"), "{}", self.place_in_time());
            return;
        }
        assert_eq!(told["amount_yuan"], yuan(entry.fen), "{}", self.place_in_time());
        let id = told["id"].as_str().unwrap().to_owned();
        if let Some(place) = entry.reverses {
            self.books.entries[place].reversed = true;
        }
        self.books.entries.push(Entry { id, ..entry });
        self.last = Some((path.to_owned(), key.to_owned(), body.clone(), told));
    }

    fn revise(&mut self) {
        let after = self.books.versions.last().unwrap().effective_on;
        let effective_on = (after + Days::new(self.dice.random_range(0..60))).min(day(12, 31)) - Days::new(1);
        let effective_on = effective_on.max(day(1, 1));
        let known = self.books.versions.len() - usize::from(self.dice.random_bool(0.2));
        let expected = self.books.may_revise(effective_on, known);
        let version = random_plan(&mut self.dice, effective_on, self.now);
        let mut body = plan_body(&version);
        body["effective_on"] = json!(effective_on.to_string());
        body["reason"] = json!("追加");
        let (path, tag) = (format!("/years/2024/projects/{}/plans", self.books.code), format!("\"plan-{known}\""));
        let answer = self.post(&path, &self.key(), &[("If-Match", &tag)], &body);
        let status = expected.map_or_else(|(status, _)| status, |()| 201);
        assert_eq!(answer.status, status, "{} {body}: {}", self.place_in_time(), answer.text);
        if expected.is_ok() {
            self.books.versions.push(version);
        }
    }

    /// The same post again is the first answer again; with another body it is refused.
    fn repeat(&mut self) {
        let Some((path, key, body, told)) = self.last.clone() else { return };
        let recorded_at: DateTime<Utc> = told["recorded_at"].as_str().unwrap().parse().unwrap();
        if self.now - recorded_at > TimeDelta::days(6) {
            return; // Keys are kept for seven days only.
        }
        let again = self.post(&path, &key, &[], &body).expect(201);
        assert_eq!(
            (again.json(), again.header("idempotent-replayed")),
            (told, Some("true")),
            "{}",
            self.place_in_time()
        );
        let mut other = body;
        other["paid_on"] = json!("2024-01-02");
        let refused = self.post(&path, &key, &[], &other);
        let is_other = other != self.last.as_ref().unwrap().2;
        assert_eq!(refused.status, if is_other { 422 } else { 201 }, "{}: {}", self.place_in_time(), refused.text);
    }

    /// A check, which may look only at what changed; a trial, which looks at everything, finds nothing left to say.
    fn check(&mut self) {
        let path = "/years/2024/checks";
        let answer = self.post(path, "", &[], &json!({}));
        if answer.status == 409 {
            let last = answer.json()["last_as_of"].as_str().unwrap().parse::<NaiveDate>().unwrap();
            assert!(last > self.today(), "{}: {}", self.place_in_time(), answer.text);
            return;
        }
        assert_eq!(answer.status, 200, "{}: {}", self.place_in_time(), answer.text);
        let tried = self.post(path, "", &[], &json!({ "dry_run": true })).expect(200).json();
        let changes: i64 = tried["alerts"].as_object().unwrap().values().map(|count| count.as_i64().unwrap()).sum();
        assert_eq!(changes, 0, "{}: {tried:#}", self.place_in_time());
    }

    /// The service stops and comes back some days later, or a day earlier.
    fn move_the_clock(&mut self) {
        let days = if self.dice.random_bool(0.2) { -1 } else { self.dice.random_range(1..40) };
        let next = self.now + TimeDelta::days(days) + TimeDelta::seconds(self.dice.random_range(1..3_000));
        self.now = next.min("2024-12-31T10:00:00Z".parse().unwrap());
        self.instants.push(self.now);
        let service = self.service.take().unwrap();
        assert_eq!(service.terminate(), Some(0), "{}", self.place_in_time());
        self.place.at(&self.now.to_rfc3339());
        self.service = Some(Service::start(self.place));
    }

    /// The service is killed while a post is under way; the post is repeated, and counts once.
    fn kill_in_the_middle(&mut self) {
        let (body, entry) = self.posting();
        let (path, key) = (self.ledger(), self.key());
        let patience = Duration::from_micros(self.dice.random_range(0..6_000));
        let service = self.service.take().unwrap();
        std::thread::scope(|scope| {
            let (client, token, path, key, body) = (service.client.clone(), self.token, &path, &key, body.to_string());
            scope.spawn(move || {
                let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key.as_str())];
                drop(client.send(token, path, &headers, body.as_bytes()));
            });
            std::thread::sleep(patience);
            service.kill_now();
        });
        service.kill();
        self.service = Some(Service::start(self.place));
        let expected = self.books.may_record(entry.paid_on, self.today(), &entry.voucher);
        let answer = self.post(&path, &key, &[], &body);
        self.settle(&answer, expected, entry, &path, &key, &body);
    }

    /// The project on some day of the year, as known now or at an instant of before.
    fn compare(&mut self) {
        let as_of = day(1, 1) + Days::new(self.dice.random_range(0..366));
        let place = self.dice.random_range(0..self.instants.len());
        let known_at = Some(self.instants[place]).filter(|instant| *instant < self.now);
        let mut path = format!("/years/2024/projects/{}/comparison?as_of={as_of}", self.books.code);
        if let Some(instant) = known_at {
            path.extend([format!("&known_at={}", instant.format("%Y-%m-%dT%H:%M:%SZ"))]);
        }
        let found = self.client().get(self.token, &path).expect(200).json();
        let mut told = json!({ "version": found["plan"]["version"] });
        let expected = self.books.stands(as_of, known_at);
        for name in expected.as_object().unwrap().keys().filter(|name| *name != "version") {
            told[name] = found[name].clone();
        }
        assert_eq!(told, expected, "{} {path}\n{found:#}", self.place_in_time());
    }

    /// The ledger has the model's entries, no more, in their order.
    fn ledger_is_the_models(&self) {
        let page = self.client().get(self.token, &format!("{}?limit=500", self.ledger())).expect(200).json();
        let told = |item: &Value| (item["id"].clone(), item["amount_yuan"].clone(), item["sequence"].clone());
        let found: Vec<_> = page["items"].as_array().unwrap().iter().map(told).collect();
        let entries = self.books.entries.iter().enumerate();
        let expected: Vec<_> =
            entries.map(|(place, entry)| (json!(entry.id), json!(yuan(entry.fen)), json!(place + 1))).collect();
        assert_eq!(found, expected, "{}", self.place_in_time());
    }

    fn ledger(&self) -> String {
        format!("/years/2024/projects/{}/disbursements", self.books.code)
    }

    fn key(&self) -> String {
        format!("{}-{}", self.seed, self.number)
    }

    fn place_in_time(&self) -> String {
        format!("seed {} step {} at {}", self.seed, self.number, self.now)
    }
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, month, day).unwrap()
}

/// Points at the four usual days, some blank at the beginning, never falling; a budget or none.
fn random_plan(dice: &mut StdRng, effective_on: NaiveDate, recorded_at: DateTime<Utc>) -> Version {
    let blanks = dice.random_range(0..3);
    let mut fen = 0;
    let points = [day(3, 31), day(6, 30), day(10, 31), day(12, 31)]
        .into_iter()
        .enumerate()
        .map(|(place, on)| {
            fen += dice.random_range(0..40_000_000);
            (on, (place >= blanks).then_some(fen))
        })
        .collect();
    let budget = (!dice.random_bool(0.2)).then_some(fen);
    Version { effective_on, recorded_at, budget, points }
}

fn plan_body(version: &Version) -> Value {
    let points: Vec<Value> = version
        .points
        .iter()
        .map(|(on, fen)| json!({ "point_on": on.to_string(), "planned_yuan": fen.map(yuan) }))
        .collect();
    json!({ "budget_yuan": version.budget.map(yuan), "points": points })
}
