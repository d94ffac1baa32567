//! `milepost serve`: the service itself.

use super::failure::Failure;
use super::out;
use super::setup::Setup;
use crate::server::{ServeError, Service};
use crate::storage::{Db, Opening};
use std::net::{SocketAddr, TcpListener};

/// Serves until SIGTERM or SIGINT.
pub fn run(setup: Setup) -> Result<(), Failure> {
    let db = setup.open(Opening::MayCreate)?;
    let listen = setup.settings.http.listen;
    let listener = TcpListener::bind(listen).map_err(|error| Failure::World(format!("{listen}: {error}")))?;
    serve(setup, db, listener, |address| out::say(&format!("listening on http://{address}")))
}

/// Serves an open database on a listener.
pub fn serve(setup: Setup, db: Db, listener: TcpListener, ready: impl FnOnce(SocketAddr)) -> Result<(), Failure> {
    crate::telemetry::report_panics();
    let mailer = setup.mailer()?;
    tracing::info!(database = db.shown(), mail = mailer.describe(), "serving");
    if setup.settings.clock.fixed_at.is_some() {
        tracing::warn!("the clock stands still (clock.fixed_at): for tests and rehearsals only");
    }
    for year in setup.missing_workdays() {
        tracing::warn!(
            year,
            "the year's working days are not known: Monday to Friday are counted until calendar.workdays_file has it"
        );
    }
    let judging = setup.judging(&db)?;
    let Setup { settings, clock, .. } = setup;
    let service = Service { settings, db, clock, judging, mailer, listener };
    service.run(ready).map_err(|error| match error {
        ServeError::Start(error) => Failure::from(error),
        error => Failure::world(error),
    })
}
