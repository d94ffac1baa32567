//! By which rules is judged today, and which sets were ever on record.

use super::error::Thing;
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
    /// The sets, oldest first, each with its values.
    pub sets: Vec<(RuleSet, Arc<Ruling>)>,
    /// The latest version on record.
    pub latest: i32,
}

/// Reads the sets on record, or only the one of a version.
pub fn rule_book(
    conn: &mut Connection,
    version: Option<i32>,
    judging: &Judging,
    moment: Moment,
) -> Result<RuleBook, Error> {
    let in_force = judging.rules_on(conn, moment.today, Known::Now(moment))?;
    let sets = rule_sets::all(conn)?;
    let latest = sets.last().map_or(0, |set| set.version);
    let asked = sets.into_iter().filter(|set| version.is_none_or(|version| set.version == version));
    let sets: Vec<(RuleSet, Arc<Ruling>)> =
        asked.map(|set| Ok((set.clone(), judging.rules_of(conn, set.version)?))).collect::<Result<_, Error>>()?;
    if version.is_some() && sets.is_empty() {
        return Err(Error::NotFound(Thing::Rules));
    }
    Ok(RuleBook { in_force, sets, latest })
}
