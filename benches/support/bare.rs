//! The same verb without the service around it: one loop in this process, so many posts a commit.

use super::house::{House, NOW, processor};
use super::load::day_of;
use chrono::{DateTime, Utc};
use milepost::actions::once::{Answer, AnswerKey, Once, once};
use milepost::actions::record_disbursement::{RecordDisbursement, record_disbursement};
use milepost::actions::{Error, Judging, Moment};
use milepost::domain::access::{Actor, Scope};
use milepost::domain::calendar::FiscalYear;
use milepost::domain::code::{ProjectCode, UnitCode};
use milepost::domain::disbursement::{Kind, Posting, Source, Voucher};
use milepost::domain::language::Language;
use milepost::domain::money::Fen;
use milepost::http::views;
use milepost::storage::{Connection, Db, Opening};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What was measured.
#[derive(Clone, Copy, Default)]
pub struct Loop {
    posts: u32,
    spent: Duration,
    processor: Duration,
}

impl Loop {
    /// Posts for some seconds with so many in a commit.
    pub fn take(&mut self, house: &House, name: &str, in_a_commit: u32, lasting: Duration) {
        let db = Db::open(house.url(), Opening::MustExist).expect("the database opens");
        let judging = Arc::new(Judging::by_record((1, 31), Arc::default()));
        let (begun, before, mut done) = (Instant::now(), processor("self"), 0);
        while begun.elapsed() < lasting {
            post(&db, &judging, house, name, done, in_a_commit);
            done += in_a_commit;
        }
        self.posts += done;
        self.spent += begun.elapsed();
        self.processor += processor("self").saturating_sub(before);
    }

    /// Adds another round.
    pub fn add(&mut self, round: Loop) {
        self.posts += round.posts;
        self.spent += round.spent;
        self.processor += round.processor;
    }

    /// Posts a second.
    pub fn rate(&self) -> f64 {
        f64::from(self.posts) / self.spent.as_secs_f64()
    }

    /// Processor milliseconds for each.
    pub fn cost(&self) -> f64 {
        self.processor.as_secs_f64() * 1_000.0 / f64::from(self.posts)
    }
}

fn post(db: &Db, judging: &Arc<Judging>, house: &House, name: &str, first: u32, in_a_commit: u32) {
    let (codes, name, judging) = (house.codes.clone(), name.to_owned(), Arc::clone(judging));
    let written = db.write(move |conn| {
        for number in first..first + in_a_commit {
            let place = number as usize;
            one(conn, &codes[place % codes.len()], &format!("{name}-{number}"), place, &judging)?;
        }
        Ok::<_, Error>(())
    });
    written.wait().expect("a commit");
}

fn one(conn: &mut Connection, code: &str, key: &str, number: usize, judging: &Judging) -> Result<(), Error> {
    let now: DateTime<Utc> = NOW.parse::<DateTime<chrono::FixedOffset>>().expect("an instant").to_utc();
    let (month, day) = day_of(number);
    let today = "2024-07-16".parse().expect("a day");
    let moment = Moment { now, today };
    let posting = Posting {
        kind: Kind::Payment,
        amount: Fen::new(100),
        paid_on: format!("2024-{month:02}-{day:02}").parse().expect("a day"),
        voucher: Voucher::new(key, 1).expect("a voucher"),
        source: Source::FiscalOwn,
        payee: "某公司".to_owned(),
        memo: String::new(),
    };
    let request_id = Some("0190b9d1-4c8e-7f1a-8f2e-0f6f1f6f1f6f".to_owned());
    let command = RecordDisbursement {
        year: FiscalYear::new(2024).expect("a year"),
        code: ProjectCode::parse(code).expect("a code"),
        scope: Scope::Units([UnitCode::parse("333001").expect("a unit")].into()),
        posting,
        actor: Actor { name: "bench".to_owned(), request_id },
    };
    let path = format!("/api/v1/years/2024/projects/{code}/disbursements");
    let answer_key =
        AnswerKey { token: "bench".to_owned(), method: "POST".to_owned(), path: path.clone(), key: key.to_owned() };
    let sha256 = milepost::actions::authenticate::sha256_hex(key.as_bytes());
    let kept = once(conn, &answer_key, &sha256, now, |conn| {
        let recorded = record_disbursement(conn, &command, judging, moment)?;
        let body = views::recorded(&recorded, now, Language::English);
        let body = serde_json::to_string(&body).expect("JSON");
        let location = Some(format!("{path}/{}", recorded.entry.id));
        Ok(Answer { body_sha256: sha256.clone(), status: 201, body, location })
    })?;
    assert!(matches!(kept, Once::New(_)), "each key is new");
    Ok(())
}
