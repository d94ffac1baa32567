//! The ledger: rows are added, never changed, never taken away (the database itself refuses it).

use super::Connection;
use super::backend::{on_either, sum_fen};
use super::error::Error;
use super::prepared::statement;
use super::projects::Selection;
use super::rows::{column, instant, optional_uuid, uuid, word};
use super::schema::{disbursements, projects};
use crate::domain::disbursement::{Disbursement, Kind, Source, Voucher};
use crate::domain::money::Fen;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Integer, Nullable, Text, Timestamp};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = disbursements)]
struct Row {
    id: String,
    project_id: String,
    sequence: i64,
    kind: String,
    amount_fen: i64,
    counted: bool,
    paid_on: NaiveDate,
    voucher_no: String,
    voucher_line: i32,
    source: String,
    payee: String,
    memo: String,
    reverses: Option<String>,
    recorded_at: NaiveDateTime,
    recorded_by: String,
}

impl Row {
    fn of(project: Uuid, entry: &Disbursement) -> Row {
        Row {
            id: entry.id.to_string(),
            project_id: project.to_string(),
            sequence: entry.sequence,
            kind: entry.kind.name().to_owned(),
            amount_fen: entry.amount.get(),
            counted: entry.counted,
            paid_on: entry.paid_on,
            voucher_no: entry.voucher.number.clone(),
            voucher_line: entry.voucher.line,
            source: entry.source.name().to_owned(),
            payee: entry.payee.clone(),
            memo: entry.memo.clone(),
            reverses: entry.reverses.map(|id| id.to_string()),
            recorded_at: column(entry.recorded_at),
            recorded_by: entry.recorded_by.clone(),
        }
    }

    fn into_entry(self) -> Result<Disbursement, Error> {
        Ok(Disbursement {
            id: uuid(&self.id)?,
            sequence: self.sequence,
            kind: word(Kind::from_name(&self.kind), "kind", &self.kind)?,
            amount: Fen::new(self.amount_fen),
            counted: self.counted,
            paid_on: self.paid_on,
            voucher: Voucher { number: self.voucher_no, line: self.voucher_line },
            source: word(Source::from_name(&self.source), "source", &self.source)?,
            payee: self.payee,
            memo: self.memo,
            reverses: optional_uuid(self.reverses.as_ref())?,
            recorded_at: instant(self.recorded_at),
            recorded_by: self.recorded_by,
        })
    }
}

/// An entry, and the one that undoes it, if any.
pub type Entry = (Disbursement, Option<Uuid>);

/// Adds an entry to a project's ledger.
pub fn insert(conn: &mut Connection, project: Uuid, entry: &Disbursement) -> Result<(), Error> {
    let row = Row::of(project, entry);
    let added = Add {
        id: &row.id,
        project: &row.project_id,
        sequence: &row.sequence,
        kind: &row.kind,
        amount: &row.amount_fen,
        counted: &row.counted,
        paid_on: &row.paid_on,
        voucher: &row.voucher_no,
        line: &row.voucher_line,
        source: &row.source,
        payee: &row.payee,
        memo: &row.memo,
        reverses: &row.reverses,
        recorded_at: &row.recorded_at,
        recorded_by: &row.recorded_by,
    };
    on_either!(conn, |conn| added.execute(conn))?;
    Ok(())
}

statement! {
    Add {
        id: str, project: str, sequence: i64, kind: str, amount: i64, counted: bool, paid_on: NaiveDate, voucher: str,
        line: i32, source: str, payee: str, memo: str, reverses: Option<String>, recorded_at: NaiveDateTime,
        recorded_by: str,
    } -> ();
    "INSERT INTO disbursements (id, project_id, sequence, kind, amount_fen, counted, paid_on, voucher_no, voucher_line, \
     source, payee, memo, reverses, recorded_at, recorded_by) VALUES (", id as Text;
    ", ", project as Text;
    ", ", sequence as BigInt;
    ", ", kind as Text;
    ", ", amount as BigInt;
    ", ", counted as Bool;
    ", ", paid_on as Date;
    ", ", voucher as Text;
    ", ", line as Integer;
    ", ", source as Text;
    ", ", payee as Text;
    ", ", memo as Text;
    ", ", reverses as Nullable<Text>;
    ", ", recorded_at as Timestamp;
    ", ", recorded_by as Text;
    then ")"
}

/// The next place in a project's ledger, and whether a voucher's line stands in it already, reversed or not.
pub fn place(conn: &mut Connection, project: Uuid, voucher: &Voucher) -> Result<(i64, bool), Error> {
    let project = project.to_string();
    let asked = Place { project: &project, number: &voucher.number, line: &voucher.line };
    let (last, is_known): (i64, bool) = on_either!(conn, |conn| asked.get_result(conn))?;
    Ok((last + 1, is_known))
}

statement! {
    Place { project: str, number: str, line: i32 } -> (BigInt, Bool);
    "SELECT COALESCE((SELECT MAX(sequence) FROM disbursements WHERE project_id = ", project as Text;
    "), 0), EXISTS (SELECT 1 FROM disbursements WHERE project_id = ", project as Text;
    " AND voucher_no = ", number as Text;
    " AND voucher_line = ", line as Integer;
    then " AND reverses IS NULL)"
}

/// The next place in a project's ledger.
pub fn next_sequence(conn: &mut Connection, project: Uuid) -> Result<i64, Error> {
    let last: Option<i64> = on_either!(conn, |conn| disbursements::table
        .filter(disbursements::project_id.eq(project.to_string()))
        .select(max(disbursements::sequence))
        .get_result(conn))?;
    Ok(last.unwrap_or(0) + 1)
}

/// The entry that holds a voucher's line in a project, unless it has been reversed.
pub fn holder(conn: &mut Connection, project: Uuid, voucher: &Voucher) -> Result<Option<Disbursement>, Error> {
    for row in of_voucher(conn, project, voucher)? {
        if undone_by(conn, &row.id)?.is_none() {
            return row.into_entry().map(Some);
        }
    }
    Ok(None)
}

/// The entries that held a voucher's line in a project and were reversed.
pub fn reversed(conn: &mut Connection, project: Uuid, voucher: &Voucher) -> Result<Vec<Disbursement>, Error> {
    let mut reversed = Vec::new();
    for row in of_voucher(conn, project, voucher)? {
        if undone_by(conn, &row.id)?.is_some() {
            reversed.push(row.into_entry()?);
        }
    }
    Ok(reversed)
}

fn of_voucher(conn: &mut Connection, project: Uuid, voucher: &Voucher) -> Result<Vec<Row>, Error> {
    Ok(on_either!(conn, |conn| disbursements::table
        .filter(disbursements::project_id.eq(project.to_string()))
        .filter(disbursements::voucher_no.eq(&voucher.number))
        .filter(disbursements::voucher_line.eq(voucher.line))
        .filter(disbursements::reverses.is_null())
        .select(Row::as_select())
        .load(conn))?)
}

/// One entry of a project.
pub fn find(conn: &mut Connection, project: Uuid, id: Uuid) -> Result<Option<Entry>, Error> {
    let row: Option<Row> = disbursements::table
        .filter(disbursements::id.eq(id.to_string()))
        .filter(disbursements::project_id.eq(project.to_string()))
        .select(Row::as_select())
        .get_result(conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let undone = undone_by(conn, &row.id)?;
    Ok(Some((row.into_entry()?, optional_uuid(undone.as_ref())?)))
}

/// The entry that undoes another.
fn undone_by(conn: &mut Connection, id: &str) -> Result<Option<String>, Error> {
    let undone = disbursements::table.filter(disbursements::reverses.eq(id)).select(disbursements::id);
    Ok(on_either!(conn, |conn| undone.get_result(conn).optional())?)
}

/// What a reading of a ledger is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only what was recorded by this instant, reversals included.
    pub known_at: Option<DateTime<Utc>>,
    /// Only of this day or later.
    pub from: Option<NaiveDate>,
    /// Only up to this day, the day itself included.
    pub to: Option<NaiveDate>,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only from this source.
    pub source: Option<Source>,
    /// Only with this voucher.
    pub voucher_no: Option<String>,
}

/// A page of a project's ledger, by sequence, after a place.
pub fn page(
    conn: &mut Connection,
    project: Uuid,
    filter: &Filter,
    after: i64,
    limit: i64,
) -> Result<Vec<Entry>, Error> {
    let mut query = disbursements::table
        .filter(disbursements::project_id.eq(project.to_string()))
        .filter(disbursements::sequence.gt(after))
        .into_boxed();
    if let Some(from) = filter.from {
        query = query.filter(disbursements::paid_on.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(disbursements::paid_on.le(to));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(disbursements::kind.eq(kind.name()));
    }
    if let Some(source) = filter.source {
        query = query.filter(disbursements::source.eq(source.name()));
    }
    if let Some(voucher_no) = &filter.voucher_no {
        query = query.filter(disbursements::voucher_no.eq(voucher_no));
    }
    let mut reversals = disbursements::table
        .filter(disbursements::project_id.eq(project.to_string()))
        .filter(disbursements::reverses.is_not_null())
        .select((disbursements::reverses, disbursements::id))
        .into_boxed();
    if let Some(known_at) = filter.known_at.map(column) {
        query = query.filter(disbursements::recorded_at.le(known_at));
        reversals = reversals.filter(disbursements::recorded_at.le(known_at));
    }
    let rows: Vec<Row> = query.order(disbursements::sequence).limit(limit).select(Row::as_select()).load(conn)?;
    let undone: Vec<(Option<String>, String)> = reversals.load(conn)?;
    let undone: HashMap<String, String> =
        undone.into_iter().filter_map(|(original, id)| original.map(|original| (original, id))).collect();
    rows.into_iter()
        .map(|row| {
            let reversed_by = optional_uuid(undone.get(&row.id))?;
            Ok((row.into_entry()?, reversed_by))
        })
        .collect()
}

/// Sums what counts as spent, by project, from the ledger itself: of entries known at an instant and true by a day.
pub fn spent_known(
    conn: &mut Connection,
    selection: &Selection,
    as_of: NaiveDate,
    known_at: DateTime<Utc>,
) -> Result<HashMap<Uuid, Fen>, Error> {
    let sums: Vec<(String, i64)> = on_either!(conn, |conn| disbursements::table
        .group_by(disbursements::project_id)
        .select((disbursements::project_id, sum_fen(disbursements::amount_fen)))
        .filter(disbursements::project_id.eq_any(selection.ids()))
        .filter(disbursements::counted.eq(true))
        .filter(disbursements::paid_on.le(as_of))
        .filter(disbursements::recorded_at.le(column(known_at)))
        .load(conn))?;
    by_project(sums)
}

/// Sums what counts as spent between two days, both included, by project.
pub fn spent_between(
    conn: &mut Connection,
    selection: &Selection,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<HashMap<Uuid, Fen>, Error> {
    let sums: Vec<(String, i64)> = on_either!(conn, |conn| disbursements::table
        .group_by(disbursements::project_id)
        .select((disbursements::project_id, sum_fen(disbursements::amount_fen)))
        .filter(disbursements::project_id.eq_any(selection.ids()))
        .filter(disbursements::counted.eq(true))
        .filter(disbursements::paid_on.between(from, to))
        .load(conn))?;
    by_project(sums)
}

/// How many entries the ledgers of the projects selected have.
pub fn count(conn: &mut Connection, selection: &Selection) -> Result<usize, Error> {
    let entries: i64 = on_either!(conn, |conn| disbursements::table
        .filter(disbursements::project_id.eq_any(selection.ids()))
        .count()
        .get_result(conn))?;
    Ok(usize::try_from(entries).unwrap_or(usize::MAX))
}

/// The day of each project's last entry that counts: known at an instant, true by a day. Each is the last place of an
/// index (`disbursements_by_day`), so the cost follows the projects, not the postings.
pub fn last_postings(
    conn: &mut Connection,
    selection: &Selection,
    as_of: NaiveDate,
    known_at: DateTime<Utc>,
) -> Result<HashMap<Uuid, NaiveDate>, Error> {
    let last = disbursements::table
        .filter(disbursements::project_id.eq(projects::id))
        .filter(disbursements::counted.eq(true))
        .filter(disbursements::paid_on.le(as_of))
        .filter(disbursements::recorded_at.le(column(known_at)))
        .order(disbursements::paid_on.desc())
        .select(disbursements::paid_on)
        .limit(1)
        .single_value();
    let asked = selection.query().select((projects::id, last));
    let days: Vec<(String, Option<NaiveDate>)> = on_either!(conn, |conn| asked.load(conn))?;
    days.into_iter().filter_map(|(project, day)| Some((project, day?))).map(|(id, day)| Ok((uuid(&id)?, day))).collect()
}

/// Sums by project text as a map.
pub fn by_project(sums: Vec<(String, i64)>) -> Result<HashMap<Uuid, Fen>, Error> {
    sums.into_iter().map(|(project, fen)| Ok((uuid(&project)?, Fen::new(fen)))).collect()
}
