//! What was spent by month and source, kept with the ledger in one transaction: a check's cost follows the
//! projects, not the disbursements.

use super::Connection;
use super::backend::{on_either, sum_fen};
use super::disbursements::{by_project, spent_between};
use super::error::Error;
use super::prepared::statement;
use super::projects::Selection;
use super::schema::{disbursements, projects, spend_month};
use crate::domain::disbursement::Disbursement;
use crate::domain::money::{Fen, MoneyError};
use chrono::{Datelike, Days, Months, NaiveDate};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Adds an entry that counts to its month.
pub fn add(conn: &mut Connection, project: Uuid, entry: &Disbursement) -> Result<(), Error> {
    if !entry.counted {
        return Ok(());
    }
    let (project, month, fen) = (project.to_string(), first_of_month(entry.paid_on), entry.amount.get());
    let added = AddToMonth { project: &project, month: &month, source: entry.source.name(), fen: &fen };
    let changed = on_either!(conn, |conn| added.execute(conn))?;
    if changed == 0 { Err(Error::Money(MoneyError::OutOfRange)) } else { Ok(()) }
}

statement! {
    AddToMonth { project: str, month: NaiveDate, source: str, fen: i64 } -> ();
    "INSERT INTO spend_month (project_id, month, source, amount_fen) VALUES (", project as Text;
    ", ", month as Date;
    ", ", source as Text;
    ", ", fen as BigInt;
    // A sum near the end of 64 bits is not taken: SQLite would go on with a float.
    then ") ON CONFLICT (project_id, month, source) DO UPDATE SET amount_fen = spend_month.amount_fen + excluded.amount_fen \
          WHERE spend_month.amount_fen / 2 + excluded.amount_fen / 2 \
          BETWEEN -4500000000000000000 AND 4500000000000000000"
}

/// What one project has spent by a day. As in [`spent`], but from the other end of the month: what was paid after the
/// day is taken out of the month's sum. Today that is nothing, since nothing is posted ahead of its day, so that the
/// cost does not grow with the month's entries. With it the day of the last entry that counts, by the same day.
pub fn spent_by_one(conn: &mut Connection, project: Uuid, as_of: NaiveDate) -> Result<(Fen, Option<NaiveDate>), Error> {
    let (project, month) = (project.to_string(), first_of_month(as_of));
    let last = last_of_month(as_of);
    let asked = SpentByOne { project: &project, month: &month, after: &as_of, last: &last };
    let found: (i64, i64, Option<NaiveDate>) = on_either!(conn, |conn| asked.get_result(conn))?;
    let (of_months, ahead, last_paid_on) = found;
    Ok((Fen::new(of_months).minus(Fen::new(ahead))?, last_paid_on))
}

statement! {
    SpentByOne { project: str, month: NaiveDate, after: NaiveDate, last: NaiveDate } -> (BigInt, BigInt, Nullable<Date>);
    "SELECT (SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM spend_month WHERE project_id = ",
        project as Text;
    " AND month <= ", month as Date;
    "), (SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM disbursements WHERE project_id = ", project as Text;
    " AND counted AND paid_on > ", after as Date;
    " AND paid_on <= ", last as Date;
    "), (SELECT paid_on FROM disbursements WHERE project_id = ", project as Text;
    " AND counted AND paid_on <= ", after as Date;
    then " ORDER BY paid_on DESC LIMIT 1)"
}

/// What each project selected has spent by a day: whole months from the roll-up, the days of one partial month
/// from the ledger.
pub fn spent(conn: &mut Connection, selection: &Selection, as_of: NaiveDate) -> Result<HashMap<Uuid, Fen>, Error> {
    let month = first_of_month(as_of);
    let month_is_whole = as_of.checked_add_days(Days::new(1)).is_none_or(|next| next.month() != as_of.month());
    let before = if month_is_whole { as_of } else { month.pred_opt().unwrap_or(month) };
    let sums: Vec<(String, i64)> = on_either!(conn, |conn| spend_month::table
        .group_by(spend_month::project_id)
        .select((spend_month::project_id, sum_fen(spend_month::amount_fen)))
        .filter(spend_month::project_id.eq_any(selection.ids()))
        .filter(spend_month::month.le(before))
        .load(conn))?;
    let mut spent = by_project(sums)?;
    if !month_is_whole {
        for (project, of_days) in spent_between(conn, selection, month, as_of)? {
            let sum = spent.entry(project).or_insert(Fen::ZERO);
            *sum = sum.plus(of_days)?;
        }
    }
    Ok(spent)
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    let next = first_of_month(day).checked_add_months(Months::new(1));
    next.and_then(|next| next.pred_opt()).unwrap_or(day)
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// A month's sum that the roll-up and the ledger do not agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The project's own id.
    pub project: String,
    /// The month's first day.
    pub month: NaiveDate,
    /// The funding source.
    pub source: String,
    /// What the ledger adds up to.
    pub ledger: Fen,
    /// What the roll-up says; none where it has no row.
    pub rollup: Option<Fen>,
}

/// Rebuilds every roll-up from the ledger, a project at a time, and says where they differ.
pub fn differences(conn: &mut Connection) -> Result<Vec<Difference>, Error> {
    let ids: Vec<String> = projects::table.select(projects::id).order(projects::id).load(conn)?;
    let mut differences = Vec::new();
    for id in ids {
        differences.extend(differences_of(conn, &id)?);
    }
    Ok(differences)
}

fn differences_of(conn: &mut Connection, project: &str) -> Result<Vec<Difference>, Error> {
    let entries: Vec<(NaiveDate, String, i64)> = disbursements::table
        .filter(disbursements::project_id.eq(project))
        .filter(disbursements::counted.eq(true))
        .select((disbursements::paid_on, disbursements::source, disbursements::amount_fen))
        .load(conn)?;
    let mut ledger: BTreeMap<(NaiveDate, String), Fen> = BTreeMap::new();
    for (paid_on, source, fen) in entries {
        let sum = ledger.entry((first_of_month(paid_on), source)).or_insert(Fen::ZERO);
        *sum = sum.plus(Fen::new(fen))?;
    }
    let rows: Vec<(NaiveDate, String, i64)> = spend_month::table
        .filter(spend_month::project_id.eq(project))
        .select((spend_month::month, spend_month::source, spend_month::amount_fen))
        .load(conn)?;
    let rollup: BTreeMap<(NaiveDate, String), Fen> =
        rows.into_iter().map(|(month, source, fen)| ((month, source), Fen::new(fen))).collect();
    let keys: std::collections::BTreeSet<_> = ledger.keys().chain(rollup.keys()).cloned().collect();
    Ok(keys
        .into_iter()
        .map(|key| (ledger.get(&key).copied().unwrap_or(Fen::ZERO), rollup.get(&key).copied(), key))
        .filter(|(ledger, rollup, _)| *rollup != Some(*ledger))
        .map(|(ledger, rollup, (month, source))| Difference {
            project: project.to_owned(),
            month,
            source,
            ledger,
            rollup,
        })
        .collect())
}
