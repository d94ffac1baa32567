//! Old answers are forgotten in stretches, until none is left.

use crate::support::place::Place;
use chrono::{DateTime, TimeDelta, Utc};
use milepost::actions::forget_answers::forget_answers;
use milepost::storage::answers::{self, Answer, AnswerKey, forget_before};
use milepost::storage::{Db, Error, Opening};

#[test]
fn old_answers_go_a_stretch_at_a_time_and_young_ones_stay() {
    Place::each(|place| {
        let db = Db::open(place.url(), Opening::MayCreate).unwrap();
        let now: DateTime<Utc> = "2024-07-01T00:00:00Z".parse().unwrap();
        let kept = db.write(move |conn| {
            for minute in 0..2_500_i64 {
                let words = ("t".to_owned(), "POST".to_owned(), "/p".to_owned(), minute.to_string());
                let key = AnswerKey { token: words.0, method: words.1, path: words.2, key: words.3 };
                let answer = Answer { body_sha256: String::new(), status: 201, body: String::new(), location: None };
                // Three at each instant; the last hundred are young.
                let age = if minute < 2_400 { TimeDelta::days(9) } else { TimeDelta::days(7) };
                answers::insert(conn, &key, &answer, now - age + TimeDelta::seconds(minute / 3))?;
            }
            Ok::<_, Error>(())
        });
        kept.wait().unwrap();
        let left = || place.words("SELECT CAST(COUNT(*) AS TEXT) AS word FROM answers")[0].clone();
        let stretch = db.write(move |conn| forget_before(conn, now - TimeDelta::days(8), 100)).wait().unwrap();
        assert_eq!((stretch, left().as_str()), ((102, false), "2398"));
        assert_eq!((forget_answers(&db, now).unwrap(), left().as_str()), (2_298, "100"));
        assert_eq!(forget_answers(&db, now).unwrap(), 0);
    });
}
