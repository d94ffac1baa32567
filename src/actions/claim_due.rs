//! Claims a scheduled run, so that of all who hear the bell one answers, once; and takes up a run that broke off.

use super::Error;
use crate::domain::calendar::FiscalYear;
use crate::storage::{Connection, backend, claims, runs};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// Minutes after which a claimed run that has not ended is taken up by whoever hears the bell.
const TAKE_UP_AFTER_MINUTES: i64 = 15;

/// The name of the job that judges every project.
pub const DAILY_CHECK: &str = "daily_check";
/// The name of the job that gathers what is still untold into letters.
pub const DIGEST: &str = "digest";
/// The name of the job that tells heads and leaders how the month ended.
pub const MONTHLY_DIGEST: &str = "monthly_digest";
/// Every job that the schedule knows.
pub const ALL_JOBS: [&str; 3] = [DAILY_CHECK, DIGEST, MONTHLY_DIGEST];

/// A scheduled run that is due.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// The job's name.
    pub job: &'static str,
    /// When it was due.
    pub due_at: DateTime<Utc>,
}

/// Whose a due run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// The caller's: nobody has made it yet.
    Ours,
    /// The caller's: somebody began it and broke off.
    OursAgain,
    /// Nobody's: it was made, is being made, or was made up for by a later one.
    Settled,
}

/// Whether the run is the caller's to make. The very first due time is only noted: before the service existed it
/// missed nothing.
///
/// The clock is not trusted further than it shows now. A due time later than now was claimed by a clock that was ahead:
/// it holds off nothing before it, and is not run a second time when the day comes.
pub fn claim_due(conn: &mut Connection, due: Due, now: DateTime<Utc>) -> Result<Claimed, Error> {
    backend::lock(conn, due.job)?;
    let first = format!("{}/first", due.job);
    if let Some(claim) = claims::find(conn, due.job, due.due_at)? {
        // Also where it was claimed by a clock that was ahead: the distance counts, not the order.
        let is_stale = (now - claim.claimed_at).abs() >= TimeDelta::minutes(TAKE_UP_AFTER_MINUTES);
        if claim.finished_at.is_some() || !is_stale || claims::find(conn, &first, due.due_at)?.is_some() {
            return Ok(Claimed::Settled);
        }
        // From now on, so that of two services, or of two rings, one tries at a time.
        claims::take_again(conn, due.job, due.due_at, now)?;
        return Ok(Claimed::OursAgain);
    }
    if claims::is_any_between(conn, due.job, due.due_at, now)? {
        return Ok(Claimed::Settled);
    }
    let is_first = !claims::is_any(conn, due.job)?;
    claims::insert(conn, due.job, due.due_at, now)?;
    if is_first {
        claims::insert(conn, &first, due.due_at, now)?;
        return Ok(Claimed::Settled);
    }
    Ok(Claimed::Ours)
}

/// Writes down that a claimed run was done.
pub fn finish_due(conn: &mut Connection, due: Due, at: DateTime<Utc>) -> Result<(), Error> {
    Ok(claims::finish(conn, due.job, due.due_at, at)?)
}

/// Whether a year has been judged to the end for that day, or for a later one.
pub fn is_checked(conn: &mut Connection, year: FiscalYear, as_of: NaiveDate) -> Result<bool, Error> {
    Ok(runs::latest_finished_day(conn, year)?.is_some_and(|day| day >= as_of))
}
