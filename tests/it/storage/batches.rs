//! Many verbs, few commits: each verb stands or falls alone.

use crate::support::place::Place;
use chrono::{DateTime, Utc};
use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use milepost::domain::code::UnitCode;
use milepost::domain::project::Unit;
use milepost::storage::units::{self, UnitRow};
use milepost::storage::{Connection, Db, Error, Opening, Pending};
use std::collections::BTreeSet;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

fn put(conn: &mut Connection, code: &str) -> Result<(), Error> {
    let unit = Unit { code: UnitCode::parse(code).unwrap(), name: format!("unit {code}") };
    let now: DateTime<Utc> = "2024-01-08T01:00:00Z".parse().unwrap();
    units::put(conn, &UnitRow { unit, parent: None }, now)
}

/// How a verb ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Well,
    Refused,
    Panics,
    PanicsDeeper,
    BreaksAKey,
}

const ENDS: [End; 5] = [End::Well, End::Refused, End::Panics, End::PanicsDeeper, End::BreaksAKey];

fn perform(conn: &mut Connection, code: &str, end: End) -> Result<(), Error> {
    put(conn, code)?;
    match end {
        End::Well => Ok(()),
        End::Refused => Err(Error::Corrupt("as asked".to_owned())),
        End::Panics => panic!("as asked"),
        End::PanicsDeeper => conn.transaction(|conn| {
            put(conn, &format!("{code}0"))?;
            panic!("as asked, in a transaction of its own")
        }),
        End::BreaksAKey => {
            let unit = Unit { code: UnitCode::parse(code).unwrap(), name: String::new() };
            let parent = Some(UnitCode::parse("99999999").unwrap());
            units::put(conn, &UnitRow { unit, parent }, "2024-01-08T01:00:00Z".parse().unwrap())
        }
    }
}

fn tally_reaches(db: &Db, verbs: u64) -> (u64, u64) {
    let started = Instant::now();
    while db.write_tally().1 < verbs && started.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(5));
    }
    db.write_tally()
}

#[test]
fn a_verb_that_fails_or_panics_leaves_its_neighbours_whole() {
    const THREADS: usize = 8;
    const EACH: usize = 50;
    Place::each(|place| {
        let db = Db::open(place.url(), Opening::MayCreate).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let db = db.clone();
                scope.spawn(move || {
                    let waiting: Vec<(End, Pending<(), Error>)> = (0..EACH)
                        .map(|number| {
                            let end = ENDS[(thread + number) % ENDS.len()];
                            let code = format!("{thread}{number:03}");
                            (end, db.write(move |conn| perform(conn, &code, end)))
                        })
                        .collect();
                    for (end, answer) in waiting {
                        let answer = answer.wait();
                        match end {
                            End::Well => assert!(answer.is_ok(), "{answer:?}"),
                            End::Refused => assert!(matches!(answer, Err(Error::Corrupt(_))), "{answer:?}"),
                            End::Panics | End::PanicsDeeper => {
                                assert!(matches!(answer, Err(Error::Panicked)), "{answer:?}");
                            }
                            End::BreaksAKey => assert!(matches!(answer, Err(Error::Conflict(_))), "{answer:?}"),
                        }
                    }
                });
            }
        });

        let good = (0..THREADS).flat_map(|thread| (0..EACH).map(move |number| (thread, number)));
        let good = good.filter(|(thread, number)| ENDS[(thread + number) % ENDS.len()] == End::Well);
        let expected: BTreeSet<String> = good.map(|(thread, number)| format!("{thread}{number:03}")).collect();
        let found: BTreeSet<String> = place.words("SELECT code AS word FROM units").into_iter().collect();
        assert_eq!(found, expected);
        if !place.is_postgres() {
            let (batches, verbs) = tally_reaches(&db, 400);
            assert_eq!(verbs, 400);
            assert!(batches < verbs / 2, "{batches} commits carried {verbs} verbs");
        }
    });
}

#[test]
fn a_batch_whose_transaction_the_database_ended_is_refused_whole() {
    let place = Place::sqlite();
    let db = Db::open(place.url(), Opening::MayCreate).unwrap();
    let ((go_on, held_up), (tell, told)) = (channel::<()>(), channel::<()>());
    let first = db.write(move |_| {
        tell.send(()).unwrap();
        held_up.recv().unwrap();
        Ok::<_, Error>(())
    });
    // While the writer is held up, the others line up for one batch.
    told.recv().unwrap();
    let before = db.write(|conn| put(conn, "1001"));
    // A full disk does this, when it is found full in the middle of a verb.
    let ends = db.write(|conn| {
        put(conn, "1002")?;
        conn.batch_execute("ROLLBACK").unwrap();
        Err::<(), _>(Error::Full("as asked".to_owned()))
    });
    let after = db.write(|conn| put(conn, "1003"));
    go_on.send(()).unwrap();
    first.wait().unwrap();
    assert!(matches!(before.wait(), Err(Error::Unavailable(_))));
    assert!(matches!(ends.wait(), Err(Error::Full(_))));
    assert!(matches!(after.wait(), Err(Error::Unavailable(_))));
    assert_eq!(place.words("SELECT code AS word FROM units"), [""; 0]);
    db.write(|conn| put(conn, "1003")).wait().unwrap();
    assert_eq!(place.words("SELECT code AS word FROM units"), ["1003"]);
}

#[test]
fn what_was_acknowledged_is_in_the_file_whoever_reads_it() {
    let place = Place::sqlite();
    let db = Db::open(place.url(), Opening::MayCreate).unwrap();
    for number in 0..50 {
        let code = format!("1{number:03}");
        let written = code.clone();
        db.write(move |conn| put(conn, &written)).wait().unwrap();
        assert_eq!(place.words(&format!("SELECT code AS word FROM units WHERE code = '{code}'")), [code]);
    }
}

#[test]
fn a_question_cannot_write() {
    Place::each(|place| {
        let db = Db::open(place.url(), Opening::MayCreate).unwrap();
        let tried = db.read(|conn| put(conn, "1001")).wait();
        assert!(tried.is_err());
        assert_eq!(place.words("SELECT code AS word FROM units"), [""; 0]);
        db.write(|conn| put(conn, "1001")).wait().unwrap();
        db.read(units::all).wait().unwrap_or_else(|error: Error| panic!("a reader recovers: {error}"));
    });
}
