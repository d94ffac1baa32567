//! A panic in a verb: its caller is told, the next one is served, and it is counted.

use crate::support::place::Place;
use metrics_exporter_prometheus::PrometheusBuilder;
use milepost::storage::{Connection, Db, Error, Opening, units};
use milepost::telemetry::report_panics;

fn panics(_: &mut Connection) -> Result<(), Error> {
    panic!("as asked")
}

#[test]
fn a_panic_in_a_verb_is_counted_and_the_next_verb_is_served() {
    // The recorder belongs to the process; where all tests share one, another test has none of its own.
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
