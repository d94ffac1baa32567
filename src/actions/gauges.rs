//! What the database says of the service's own state: what waits in the outbox, and when something was done last.

use super::Error;
use super::claim_due::ALL_JOBS;
use crate::domain::calendar::FiscalYear;
use crate::domain::letter::{ALL_LETTER_STATES, LetterState};
use crate::storage::{Connection, claims, letters, runs};
use chrono::{DateTime, Utc};

/// The state of the outbox and of the checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauges {
    /// Letters in each state, in the order of [`ALL_LETTER_STATES`].
    pub letters: Vec<(LetterState, i64)>,
    /// When a check of each year ended last.
    pub last_checks: Vec<(FiscalYear, DateTime<Utc>)>,
    /// When a letter was accepted last.
    pub last_delivery: Option<DateTime<Utc>>,
    /// The last good run of each job of the schedule that has one.
    pub last_runs: Vec<LastRun>,
}

/// A scheduled run that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastRun {
    /// The job's name.
    pub job: String,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// When it was done.
    pub finished_at: DateTime<Utc>,
}

/// The last good run of each job of the schedule that has one. What a clock that was ahead made after `now` would hide for
/// long that nothing is done any more.
pub fn last_runs(conn: &mut Connection, now: DateTime<Utc>) -> Result<Vec<LastRun>, Error> {
    let mut last = Vec::new();
    for job in ALL_JOBS {
        if let Some(claim) = claims::last_finished(conn, job, now)?
            && let Some(finished_at) = claim.finished_at
        {
            last.push(LastRun { job: claim.job, due_at: claim.due_at, finished_at });
        }
    }
    Ok(last)
}

/// Reads them all on one snapshot.
pub fn gauges(conn: &mut Connection, now: DateTime<Utc>) -> Result<Gauges, Error> {
    let counted = letters::count_by_state(conn)?;
    let count = |state| counted.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
    Ok(Gauges {
        letters: ALL_LETTER_STATES.into_iter().map(|state| (state, count(state))).collect(),
        last_checks: runs::last_finished(conn)?,
        last_delivery: letters::last_sent_at(conn)?,
        last_runs: last_runs(conn, now)?,
    })
}
