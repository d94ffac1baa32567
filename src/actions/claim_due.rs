//! Claims a scheduled run, so that of all who hear the bell one answers, once.

use super::Error;
use crate::storage::{Connection, runs};
use chrono::{DateTime, Utc};

/// Whether the run due at that time is the caller's to make. The very first due time is only noted: before the
/// service existed it missed nothing.
pub fn claim_due(conn: &mut Connection, job: &str, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool, Error> {
    let is_first = runs::last_claim(conn, job)?.is_none();
    let won = runs::claim(conn, job, due_at, now)?;
    Ok(won && !is_first)
}
