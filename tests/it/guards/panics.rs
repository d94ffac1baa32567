//! A panic in a verb: its caller is told, the next one is served, and it is counted.

use crate::support::place::Place;
use metrics_exporter_prometheus::PrometheusBuilder;
use milepost::storage::{Connection, Db, Error, Opening, units};
use milepost::telemetry::report_panics;

fn panics(_: &mut Connection) -> Result<(), Error> {
    panic!("as asked")
}

/// Says to the test that it runs in a process of its own.
const ALONE: &str = "MILEPOST_TEST_ALONE";

#[allow(clippy::disallowed_methods, reason = "no setting of the service: a test speaks to itself")]
fn is_alone() -> bool {
    std::env::var_os(ALONE).is_some()
}

#[test]
fn a_panic_in_a_verb_is_counted_and_the_next_verb_is_served() {
    if is_alone() {
        return panic_and_count();
    }
    // A recorder and a panic hook belong to a whole process, and others may panic in this one.
    let this = std::thread::current().name().expect("a test's thread has its name").to_owned();
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    let ran = command.args([&this, "--exact", "--nocapture", "--test-threads=1"]).env(ALONE, "1").output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

fn panic_and_count() {
    let recorder = PrometheusBuilder::new().install_recorder().expect("no other recorder");
    let usual = std::panic::take_hook();
    report_panics();
    let count = std::cell::Cell::new(0);
    Place::each(|place| {
        let db = Db::open(place.url(), Opening::MayCreate).unwrap();
        for _ in 0..2 {
            count.set(count.get() + 2);
            assert!(matches!(db.write(panics).wait(), Err(Error::Panicked)));
            assert!(matches!(db.read(panics).wait(), Err(Error::Panicked)));
        }
        let all: Result<Vec<_>, Error> = db.read(units::all).wait();
        assert!(all.is_ok_and(|all| all.is_empty()));
        db.write(|_| Ok::<_, Error>(())).wait().unwrap();
    });
    std::panic::set_hook(usual);
    let text = recorder.render();
    assert!(text.lines().any(|line| line == format!("milepost_panics_total {}", count.get())), "{text}");
}
