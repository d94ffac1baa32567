//! Forgets what was answered under idempotency keys once nobody can still be trying again.

use super::Error;
use crate::storage::{Db, answers};
use chrono::{DateTime, TimeDelta, Utc};

/// Days for which answers under an idempotency key are kept.
const ANSWERS_KEPT_DAYS: i64 = 8;
/// Answers forgotten in one transaction, so that posts that come meanwhile need not wait.
const AT_ONCE: i64 = 1_000;

/// Forgets the answers that are too old by an instant, a stretch at a time; says how many.
pub fn forget_answers(db: &Db, now: DateTime<Utc>) -> Result<usize, Error> {
    let before = now - TimeDelta::days(ANSWERS_KEPT_DAYS);
    let mut forgotten = 0;
    loop {
        let (count, is_all) = db.write(move |conn| answers::forget_before(conn, before, AT_ONCE)).wait()?;
        forgotten += count;
        if is_all {
            return Ok(forgotten);
        }
    }
}
