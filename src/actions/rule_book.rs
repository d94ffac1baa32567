//! By which rules is judged today, and which sets were ever on record.

use super::figures::Known;
use super::judging::Ruling;
use super::{Error, Judging, Moment};
pub use crate::storage::rule_sets::RuleSet;
use crate::storage::{Connection, rule_sets};
use std::sync::Arc;

/// The sets on record.
#[derive(Clone, Debug)]
pub struct RuleBook {
    /// The set in force today.
    pub in_force: Arc<Ruling>,
    /// Every set, oldest first.
    pub sets: Vec<RuleSet>,
}

/// Reads the sets on record.
pub fn rule_book(conn: &mut Connection, judging: &Judging, moment: Moment) -> Result<RuleBook, Error> {
    let in_force = judging.rules_on(conn, moment.today, Known::Now(moment))?;
    Ok(RuleBook { in_force, sets: rule_sets::all(conn)? })
}
