//! Claims a scheduled run, so that of all who hear the bell one answers, once; and takes up a run that broke off.

use super::Error;
use crate::domain::calendar::FiscalYear;
use crate::storage::{Connection, runs};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// Minutes after which a claimed run that has not ended is taken up by whoever hears the bell.
const TAKE_UP_AFTER_MINUTES: i64 = 15;

/// A scheduled run that is due.
#[derive(Clone, Debug)]
pub struct Due {
    /// The job's name.
    pub job: &'static str,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// The years that it judges, each with the day for which.
    pub years: Vec<(FiscalYear, NaiveDate)>,
}

/// Whether the run is the caller's to make. The very first due time is only noted: before the service existed it
/// missed nothing.
pub fn claim_due(conn: &mut Connection, due: &Due, now: DateTime<Utc>) -> Result<bool, Error> {
    let first = format!("{}/first", due.job);
    let is_first = runs::last_claim(conn, due.job)?.is_none();
    if runs::claim(conn, due.job, due.due_at, now)? {
        if is_first {
            runs::claim(conn, &first, due.due_at, now)?;
        }
        return Ok(!is_first);
    }
    if runs::last_claim(conn, &first)? == Some(due.due_at) {
        return Ok(false);
    }
    let claimed_at = runs::claimed_at(conn, due.job, due.due_at)?;
    let is_stale = claimed_at.is_some_and(|at| now - at >= TimeDelta::minutes(TAKE_UP_AFTER_MINUTES));
    Ok(is_stale && !are_done(conn, &due.years)?)
}

/// Whether each year has been judged to the end for that day, or for a later one.
fn are_done(conn: &mut Connection, years: &[(FiscalYear, NaiveDate)]) -> Result<bool, Error> {
    for (year, as_of) in years {
        if runs::latest_finished_day(conn, *year)?.is_none_or(|day| day < *as_of) {
            return Ok(false);
        }
    }
    Ok(true)
}
