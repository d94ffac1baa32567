//! Forgets what was answered under idempotency keys once nobody can still be trying again.

use super::Error;
use crate::storage::{Db, answers};
use chrono::{DateTime, TimeDelta, Utc};

/// Days for which answers under an idempotency key are kept.
const ANSWERS_KEPT_DAYS: i64 = 8;
/// Days without a post after which the clock is doubted.
const LONGEST_REST_DAYS: i64 = 90;
/// Answers forgotten in one transaction, so that posts that come meanwhile need not wait.
const AT_ONCE: i64 = 1_000;

/// Forgets the answers that are too old by an instant, a stretch at a time; says how many. An instant that lies absurdly far after
/// the newest answer is more likely a clock that jumped than a service at rest: it forgets nothing, for a client may
/// still repeat what such a clock finds ten years old.
pub fn forget_answers(db: &Db, now: DateTime<Utc>) -> Result<usize, Error> {
    let newest = db.read(answers::newest).wait()?;
    if newest.is_none_or(|newest| now - newest > TimeDelta::days(LONGEST_REST_DAYS)) {
        return Ok(0);
    }
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
