//! The rule sets by which was ever judged, as written: append-only, so that the past can be judged again as it was.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::rows::{column, instant};
use super::schema::rule_sets;
use crate::domain::rule::Tenure;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

/// A rule set on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// Its version; a later set has a higher one.
    pub version: i32,
    /// Its name, for people.
    pub name: String,
    /// Where its thresholds come from.
    pub source: String,
    /// The document, TOML, as it was given.
    pub document: String,
    /// The first day that it judges; none for the set that judges from the beginning.
    pub effective_on: Option<NaiveDate>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who recorded it.
    pub recorded_by: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = rule_sets)]
struct Row {
    version: i32,
    name: String,
    source: String,
    document: String,
    effective_on: Option<NaiveDate>,
    recorded_at: NaiveDateTime,
    recorded_by: String,
}

impl Row {
    fn into_set(self) -> RuleSet {
        RuleSet {
            version: self.version,
            name: self.name,
            source: self.source,
            document: self.document,
            effective_on: self.effective_on,
            recorded_at: instant(self.recorded_at),
            recorded_by: self.recorded_by,
        }
    }
}

/// Records a rule set.
pub fn insert(conn: &mut Connection, set: &RuleSet) -> Result<(), Error> {
    let set = set.clone();
    let row = Row {
        version: set.version,
        name: set.name,
        source: set.source,
        document: set.document,
        effective_on: set.effective_on,
        recorded_at: column(set.recorded_at),
        recorded_by: set.recorded_by,
    };
    diesel::insert_into(rule_sets::table).values(row).execute(conn)?;
    Ok(())
}

/// Every rule set, oldest first.
pub fn all(conn: &mut Connection) -> Result<Vec<RuleSet>, Error> {
    let rows: Vec<Row> = rule_sets::table.order(rule_sets::version).select(Row::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Row::into_set).collect())
}

/// When each rule set judges, oldest first.
pub fn tenures(conn: &mut Connection) -> Result<Vec<Tenure>, Error> {
    let rows: Vec<(i32, Option<NaiveDate>, NaiveDateTime)> = on_either!(conn, |conn| rule_sets::table
        .order(rule_sets::version)
        .select((rule_sets::version, rule_sets::effective_on, rule_sets::recorded_at))
        .load(conn))?;
    let tenure = |(version, effective_on, at)| Tenure { version, effective_on, recorded_at: instant(at) };
    Ok(rows.into_iter().map(tenure).collect())
}

/// One rule set.
pub fn find(conn: &mut Connection, version: i32) -> Result<Option<RuleSet>, Error> {
    let row: Option<Row> = rule_sets::table.find(version).select(Row::as_select()).first(conn).optional()?;
    Ok(row.map(Row::into_set))
}
