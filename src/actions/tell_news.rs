//! Gathers what is still untold of a year into letters, apart from any check: the digest.

use super::tell::{Telling, Told, tell};
use super::{Error, Judging, Moment};
use crate::domain::calendar::FiscalYear;
use crate::storage::{Connection, letters, runs};
use chrono::NaiveDate;

/// Tells the news since somebody was told last, under the last check of the year; before the first one there is no
/// digest yet, and what a posting turned critical was told at once.
pub fn tell_news(
    conn: &mut Connection,
    year: FiscalYear,
    as_of: NaiveDate,
    judging: &Judging,
    moment: Moment,
) -> Result<Told, Error> {
    let Some(mut run) = runs::latest_finished(conn, year)? else { return Ok(Told::default()) };

    let told = tell(conn, year, Telling::Digest { run: run.id }, as_of, judging, moment)?;

    if told.letters > 0 {
        run.counts.letters = letters::of_run(conn, run.id)?;
        runs::update(conn, &run)?;
    }
    Ok(told)
}
