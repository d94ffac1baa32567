//! Puts a rule set on record by hand, after the latest one that whoever does it has seen.

use super::adopt_rules::adopt_rules;
use super::figures::Known;
use super::revise_plan::Seen;
use super::{Error, Judging, Moment};
use crate::domain::access::Actor;
use crate::intake::rule_file::{RuleFileError, read_rules};
use crate::storage::rule_sets::{self, RuleSet};
use crate::storage::{Connection, backend};

/// Records a rule set. Nothing is judged anew: what was said by an earlier set stands, and days before the set's first
/// one go on being judged by the sets before it.
///
/// Refused: a document with faults (all are named), a version that is not above the latest, a first day before the
/// latest set's, and a set that follows one that its author has not seen.
pub fn put_rules(
    conn: &mut Connection,
    document: &str,
    seen: &Seen,
    actor: &Actor,
    judging: &Judging,
    moment: Moment,
) -> Result<RuleSet, Error> {
    let rules = read_rules(document)?;
    for (key, text) in [("name", &rules.name), ("source", &rules.source)] {
        if text.trim().is_empty() {
            return Err(RuleFileError(vec![format!("{key}: must say something")]).into());
        }
    }
    backend::lock(conn, "rules")?;
    let latest = rule_sets::tenures(conn)?.last().map_or(0, |set| set.version);
    let in_force = judging.rules_on(conn, moment.today, Known::Now(moment)).map_or(0, |rules| rules.version);

    match seen {
        Seen::Unsaid => return Err(Error::RulesUnsaid { in_force, latest }),
        Seen::Versions(versions) if !versions.contains(&latest) => return Err(Error::RulesMoved { in_force, latest }),
        Seen::Any | Seen::Versions(_) => {}
    }
    if rules.version <= latest {
        return Err(Error::RulesOutdated { version: rules.version, latest });
    }

    adopt_rules(conn, &rules, document, actor, moment)?;
    let recorded = rule_sets::find(conn, rules.version)?;
    recorded.ok_or_else(|| crate::storage::Error::Corrupt(format!("rule set {}: not on record", rules.version)).into())
}
