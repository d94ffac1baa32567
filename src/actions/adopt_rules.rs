//! Takes a rule set into the record, once, before anybody judges by it.

use super::{Error, Moment};
use crate::domain::access::Actor;
use crate::domain::rule::Rules;
use crate::intake::rule_file::read_rules;
use crate::intake::rule_presets::is_bundled;
use crate::storage::audit::{self, Deed};
use crate::storage::rule_sets::{self, RuleSet};
use crate::storage::{Connection, backend};
use chrono::NaiveDate;
use serde_json::json;

/// Records the bundled set where it is the first of a database, or follows an earlier bundled one. Where somebody has put
/// a set of their own on record, by hand or by a file, that one stands and a newer Milepost changes no rules. See
/// decision 12.
pub fn adopt_bundled(
    conn: &mut Connection,
    rules: &Rules,
    document: &str,
    actor: &Actor,
    moment: Moment,
) -> Result<(), Error> {
    backend::lock(conn, "rules")?;
    if follows_bundled(conn, rules.version)? { adopt_rules(conn, rules, document, actor, moment) } else { Ok(()) }
}

/// Whether a bundled set of that version would go on record.
pub fn follows_bundled(conn: &mut Connection, version: i32) -> Result<bool, Error> {
    let sets = rule_sets::all(conn)?;
    Ok(sets.last().is_none_or(|latest| latest.version < version && is_bundled(&latest.document)))
}

/// Whether a file's set would go on record: it is newer than all that stand there.
pub fn is_newest(conn: &mut Connection, version: i32) -> Result<bool, Error> {
    Ok(rule_sets::tenures(conn)?.iter().all(|set| set.version < version))
}

/// Records a rule set unless it is on record. The first one judges from the beginning; a later one from the day that it
/// names, or else from the day on which it is recorded.
///
/// Refused: another set under a version that is taken, a set older than the latest, and one that would take effect
/// before the one before it: what was judged stays judged.
pub fn adopt_rules(
    conn: &mut Connection,
    rules: &Rules,
    document: &str,
    actor: &Actor,
    moment: Moment,
) -> Result<(), Error> {
    backend::lock(conn, "rules")?;
    let known = rule_sets::all(conn)?;
    let latest = known.last();
    let same = known.iter().find(|set| set.version == rules.version);
    if same.is_some_and(|same| read_rules(&same.document).as_ref() != Ok(rules)) {
        return Err(Error::RulesChanged { version: rules.version });
    }
    let effective_on = match latest {
        // It went on record before, and another may have been put after it since.
        _ if same.is_some() => return Ok(()),
        Some(latest) if latest.version > rules.version => {
            return Err(Error::RulesOutdated { version: rules.version, latest: latest.version });
        }
        Some(_) => Some(rules.effective_on.unwrap_or(moment.today)),
        None => rules.effective_on,
    };
    if let Some(before) = latest.and_then(|latest| latest.effective_on).filter(|before| effective_on < Some(*before)) {
        return Err(Error::RulesTooEarly { before });
    }

    rule_sets::insert(
        conn,
        &RuleSet {
            version: rules.version,
            name: rules.name.clone(),
            source: rules.source.clone(),
            document: document.to_owned(),
            effective_on,
            recorded_at: moment.now,
            recorded_by: actor.name.clone(),
        },
    )?;
    let told = |version: i32, name: &str, day: Option<NaiveDate>| json!({ "version": version, "name": name, "effective_on": day.map(|day| day.to_string()) });
    let before = latest.map(|latest| told(latest.version, &latest.name, latest.effective_on));
    let after = told(rules.version, &rules.name, effective_on);
    let id = rules.version.to_string();
    let deed =
        Deed { action: "adopt_rules", entity: "rule_set", entity_id: &id, unit: None, before, after: Some(after) };
    audit::append(conn, &deed, actor, moment.now)?;
    Ok(())
}
