//! The postman's verbs: take letters that are due under a lease, and settle what became of each.

use super::Error;
pub use crate::storage::letters::{Claimed, Outcome};
use crate::storage::{Connection, letters};
use chrono::{DateTime, Utc};

/// Claims letters that are due, oldest first, until an instant.
pub fn claim(
    conn: &mut Connection,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Claimed>, Error> {
    Ok(letters::claim(conn, now, lease_until, limit)?)
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
