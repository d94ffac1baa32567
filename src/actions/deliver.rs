//! The postman's verbs: take letters that are due under a lease, look at the lease before each, and settle what became
//! of each.

use super::Error;
pub use crate::storage::letters::{Claimed, Outcome, Taken, UnreadableLetter};
use crate::storage::{Connection, letters};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Claims letters that are due until an instant: of each state that waits so many at most, those due longest first.
pub fn claim(
    conn: &mut Connection,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: i64,
) -> Result<Taken, Error> {
    Ok(letters::claim(conn, now, lease_until, limit)?)
}

/// Sets letters aside whose state is none that we know.
pub fn set_aside_strange(conn: &mut Connection) -> Result<Vec<UnreadableLetter>, Error> {
    Ok(letters::set_aside_strange(conn)?)
}

/// Lengthens the lease of the letter that is sent next. False where another postman has taken it over.
pub fn renew(conn: &mut Connection, claimed: &Claimed, lease_until: DateTime<Utc>) -> Result<bool, Error> {
    Ok(letters::renew(conn, claimed, lease_until)?)
}

/// Puts letters back that were claimed and not tried.
pub fn release(conn: &mut Connection, held: &[(Uuid, i64)]) -> Result<(), Error> {
    Ok(letters::release(conn, held)?)
}

/// Settles an attempt. False where a later claim has taken the letter over: then this word does not count.
pub fn settle(
    conn: &mut Connection,
    claimed: &Claimed,
    outcome: &Outcome,
    words: &str,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    Ok(letters::settle(conn, claimed, outcome, words, now)?)
}
