//! What the database says of the service's own state: what waits in the outbox, and when something was done last.

use super::Error;
use crate::domain::calendar::FiscalYear;
use crate::domain::letter::{ALL_LETTER_STATES, LetterState};
use crate::storage::{Connection, letters, runs};
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
}

/// Reads them all on one snapshot.
pub fn gauges(conn: &mut Connection) -> Result<Gauges, Error> {
    let counted = letters::count_by_state(conn)?;
    let count = |state| counted.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
    Ok(Gauges {
        letters: ALL_LETTER_STATES.into_iter().map(|state| (state, count(state))).collect(),
        last_checks: runs::last_finished(conn)?,
        last_delivery: letters::last_sent_at(conn)?,
    })
}
