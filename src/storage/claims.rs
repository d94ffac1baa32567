//! Claims of scheduled runs: a row per job and due time, so that of all who hear the bell one answers.

use super::Connection;
use super::error::Error;
use super::rows::{column, instant};
use super::schema::schedule_claims::dsl;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

/// A due time that somebody took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The job's name.
    pub job: String,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// When it was taken, or taken up again.
    pub claimed_at: DateTime<Utc>,
    /// When it was done; none while it is under way, or where it broke off.
    pub finished_at: Option<DateTime<Utc>>,
}

type Row = (String, NaiveDateTime, NaiveDateTime, Option<NaiveDateTime>);

fn claim((job, due_at, claimed_at, finished_at): Row) -> Claim {
    Claim { job, due_at: instant(due_at), claimed_at: instant(claimed_at), finished_at: finished_at.map(instant) }
}

/// Takes a due time.
pub fn insert(conn: &mut Connection, job: &str, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::insert_into(dsl::schedule_claims)
        .values((dsl::job.eq(job), dsl::due_at.eq(column(due_at)), dsl::claimed_at.eq(column(now))))
        .execute(conn)?;
    Ok(())
}

/// The claim of a due time.
pub fn find(conn: &mut Connection, job: &str, due_at: DateTime<Utc>) -> Result<Option<Claim>, Error> {
    let row: Option<Row> = dsl::schedule_claims
        .filter(dsl::job.eq(job))
        .filter(dsl::due_at.eq(column(due_at)))
        .select((dsl::job, dsl::due_at, dsl::claimed_at, dsl::finished_at))
        .first(conn)
        .optional()?;
    Ok(row.map(claim))
}

/// Whether a due time of the job between two instants, both included, was taken.
pub fn is_any_between(
    conn: &mut Connection,
    job: &str,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool, Error> {
    let taken: i64 = dsl::schedule_claims
        .filter(dsl::job.eq(job))
        .filter(dsl::due_at.between(column(from), column(until)))
        .count()
        .get_result(conn)?;
    Ok(taken > 0)
}

/// Whether any due time of the job was ever taken.
pub fn is_any(conn: &mut Connection, job: &str) -> Result<bool, Error> {
    let taken: i64 = dsl::schedule_claims.filter(dsl::job.eq(job)).count().get_result(conn)?;
    Ok(taken > 0)
}

/// Takes a due time again, from now on.
pub fn take_again(conn: &mut Connection, job: &str, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Error> {
    let taken = dsl::schedule_claims.filter(dsl::job.eq(job)).filter(dsl::due_at.eq(column(due_at)));
    diesel::update(taken).set(dsl::claimed_at.eq(column(now))).execute(conn)?;
    Ok(())
}

/// Writes down that a due time's run was done.
pub fn finish(conn: &mut Connection, job: &str, due_at: DateTime<Utc>, at: DateTime<Utc>) -> Result<(), Error> {
    let taken = dsl::schedule_claims.filter(dsl::job.eq(job)).filter(dsl::due_at.eq(column(due_at)));
    diesel::update(taken).set(dsl::finished_at.eq(column(at))).execute(conn)?;
    Ok(())
}

/// The run of a job that was done last by an instant.
pub fn last_finished(conn: &mut Connection, job: &str, by: DateTime<Utc>) -> Result<Option<Claim>, Error> {
    let row: Option<Row> = dsl::schedule_claims
        .filter(dsl::job.eq(job))
        .filter(dsl::finished_at.le(column(by)))
        .order(dsl::finished_at.desc())
        .select((dsl::job, dsl::due_at, dsl::claimed_at, dsl::finished_at))
        .first(conn)
        .optional()?;
    Ok(row.map(claim))
}
