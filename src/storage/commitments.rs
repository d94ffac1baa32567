//! Contracts and applications: rows are added, never changed, never taken away (the database itself refuses it).

use super::Connection;
use super::backend::{on_either, sum_fen};
use super::error::Error;
use super::projects::Selection;
use super::rows::{column, instant, optional_uuid, uuid, word};
use super::schema::commitments;
use crate::domain::commitment::{Commitment, CommitmentKind, Committed};
use crate::domain::money::Fen;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = commitments)]
struct Row {
    id: String,
    project_id: String,
    sequence: i64,
    kind: String,
    amount_fen: i64,
    committed_on: NaiveDate,
    reference_no: String,
    contract_id: Option<String>,
    payee: String,
    memo: String,
    releases: Option<String>,
    recorded_at: NaiveDateTime,
    recorded_by: String,
}

impl Row {
    fn of(project: Uuid, entry: &Commitment) -> Row {
        Row {
            id: entry.id.to_string(),
            project_id: project.to_string(),
            sequence: entry.sequence,
            kind: entry.kind.name().to_owned(),
            amount_fen: entry.amount.get(),
            committed_on: entry.committed_on,
            reference_no: entry.reference_no.clone(),
            contract_id: entry.contract.map(|id| id.to_string()),
            payee: entry.payee.clone(),
            memo: entry.memo.clone(),
            releases: entry.releases.map(|id| id.to_string()),
            recorded_at: column(entry.recorded_at),
            recorded_by: entry.recorded_by.clone(),
        }
    }

    fn into_entry(self) -> Result<Commitment, Error> {
        Ok(Commitment {
            id: uuid(&self.id)?,
            sequence: self.sequence,
            kind: kind(&self.kind)?,
            amount: Fen::new(self.amount_fen),
            committed_on: self.committed_on,
            reference_no: self.reference_no,
            contract: optional_uuid(self.contract_id.as_ref())?,
            payee: self.payee,
            memo: self.memo,
            releases: optional_uuid(self.releases.as_ref())?,
            recorded_at: instant(self.recorded_at),
            recorded_by: self.recorded_by,
        })
    }
}

fn kind(name: &str) -> Result<CommitmentKind, Error> {
    word(CommitmentKind::from_name(name), "kind of commitment", name)
}

/// An entry, and what of it is left; none for a release.
pub type Entry = (Commitment, Option<Fen>);

/// Which entries a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Of that kind.
    pub kind: Option<CommitmentKind>,
    /// Not dated before that day.
    pub from: Option<NaiveDate>,
    /// Not dated after that day.
    pub to: Option<NaiveDate>,
}

/// Adds an entry to a project's commitments.
pub fn insert(conn: &mut Connection, project: Uuid, entry: &Commitment) -> Result<(), Error> {
    diesel::insert_into(commitments::table).values(Row::of(project, entry)).execute(conn)?;
    Ok(())
}

/// The next place among a project's commitments.
pub fn next_sequence(conn: &mut Connection, project: Uuid) -> Result<i64, Error> {
    let last: Option<i64> = commitments::table
        .filter(commitments::project_id.eq(project.to_string()))
        .select(max(commitments::sequence))
        .get_result(conn)?;
    Ok(last.unwrap_or(0) + 1)
}

/// The entry that holds a number among a project's contracts or applications, unless it has been wholly released.
pub fn holder(
    conn: &mut Connection,
    project: Uuid,
    kind: CommitmentKind,
    reference_no: &str,
) -> Result<Option<Commitment>, Error> {
    let rows: Vec<Row> = commitments::table
        .filter(commitments::project_id.eq(project.to_string()))
        .filter(commitments::kind.eq(kind.name()))
        .filter(commitments::reference_no.eq(reference_no))
        .filter(commitments::releases.is_null())
        .order(commitments::sequence)
        .select(Row::as_select())
        .load(conn)?;
    for row in rows {
        let entry = row.into_entry()?;
        if left(conn, &entry)?.is_some_and(|left| left > Fen::ZERO) {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

/// One entry of a project.
pub fn find(conn: &mut Connection, project: Uuid, id: Uuid) -> Result<Option<Entry>, Error> {
    let row: Option<Row> = commitments::table
        .filter(commitments::id.eq(id.to_string()))
        .filter(commitments::project_id.eq(project.to_string()))
        .select(Row::as_select())
        .get_result(conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let entry = row.into_entry()?;
    let left = left(conn, &entry)?;
    Ok(Some((entry, left)))
}

/// What of an entry is left; none for a release.
fn left(conn: &mut Connection, entry: &Commitment) -> Result<Option<Fen>, Error> {
    if entry.releases.is_some() {
        return Ok(None);
    }
    let released: Vec<i64> = commitments::table
        .filter(commitments::releases.eq(entry.id.to_string()))
        .select(commitments::amount_fen)
        .load(conn)?;
    let left = Fen::total(released.into_iter().map(Fen::new).chain([entry.amount]))?;
    Ok(Some(left))
}

/// A page of a project's commitments, by sequence, after a place.
pub fn page(conn: &mut Connection, project: Uuid, filter: Filter, after: i64, limit: i64) -> Result<Vec<Entry>, Error> {
    let mut question = commitments::table
        .filter(commitments::project_id.eq(project.to_string()))
        .filter(commitments::sequence.gt(after))
        .order(commitments::sequence)
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some(kind) = filter.kind {
        question = question.filter(commitments::kind.eq(kind.name()));
    }
    if let Some(from) = filter.from {
        question = question.filter(commitments::committed_on.ge(from));
    }
    if let Some(to) = filter.to {
        question = question.filter(commitments::committed_on.le(to));
    }
    let rows: Vec<Row> = question.load(conn)?;
    let mut released = released(conn, project)?;
    rows.into_iter()
        .map(|row| {
            let released = released.remove(&row.id).unwrap_or(Fen::ZERO);
            let entry = row.into_entry()?;
            let left = if entry.releases.is_some() { None } else { Some(entry.amount.plus(released)?) };
            Ok((entry, left))
        })
        .collect()
}

/// What was released of each of a project's commitments, below zero, by the original's id.
fn released(conn: &mut Connection, project: Uuid) -> Result<HashMap<String, Fen>, Error> {
    let rows: Vec<(Option<String>, i64)> = commitments::table
        .filter(commitments::project_id.eq(project.to_string()))
        .filter(commitments::releases.is_not_null())
        .select((commitments::releases, commitments::amount_fen))
        .load(conn)?;
    let mut released: HashMap<String, Fen> = HashMap::new();
    for (original, fen) in rows {
        let sum = released.entry(original.unwrap_or_default()).or_insert(Fen::ZERO);
        *sum = sum.plus(Fen::new(fen))?;
    }
    Ok(released)
}

/// What each project selected has bound by a day, as far as it was known at an instant. Projects without commitments are
/// not named.
pub fn committed(
    conn: &mut Connection,
    selection: &Selection,
    as_of: NaiveDate,
    known_at: DateTime<Utc>,
) -> Result<HashMap<Uuid, Committed>, Error> {
    // Every entry about a contract, since an application is held against its own; of applications one sum per contract.
    let signed: Vec<(String, String, Option<String>, i64)> = on_either!(conn, |conn| commitments::table
        .select((commitments::project_id, commitments::id, commitments::releases, commitments::amount_fen))
        .filter(commitments::kind.eq(CommitmentKind::Contract.name()))
        .filter(commitments::project_id.eq_any(selection.ids()))
        .filter(commitments::committed_on.le(as_of))
        .filter(commitments::recorded_at.le(column(known_at)))
        .load(conn))?;
    let asked: Vec<(String, Option<String>, i64)> = on_either!(conn, |conn| commitments::table
        .group_by((commitments::project_id, commitments::contract_id))
        .select((commitments::project_id, commitments::contract_id, sum_fen(commitments::amount_fen)))
        .filter(commitments::kind.eq(CommitmentKind::Application.name()))
        .filter(commitments::project_id.eq_any(selection.ids()))
        .filter(commitments::committed_on.le(as_of))
        .filter(commitments::recorded_at.le(column(known_at)))
        .load(conn))?;
    let mut bound: HashMap<Uuid, Entries> = HashMap::new();
    for (project, entry, releases, fen) in signed {
        let contract = uuid(releases.as_ref().unwrap_or(&entry))?;
        bound.entry(uuid(&project)?).or_default().0.push((contract, Fen::new(fen)));
    }
    for (project, contract, fen) in asked {
        let contract = optional_uuid(contract.as_ref())?;
        bound.entry(uuid(&project)?).or_default().1.push((contract, Fen::new(fen)));
    }
    bound
        .into_iter()
        .map(|(project, (contracts, applications))| Ok((project, Committed::of(&contracts, &applications)?)))
        .collect()
}

/// What was signed and released, by contract, and what was applied for, by the contract that it draws on.
type Entries = (Vec<(Uuid, Fen)>, Vec<(Option<Uuid>, Fen)>);

/// What does not fit among the commitments, a sentence each: a release of more than there was, of another project's or of
/// another kind's entry, or an application that draws on what is no contract of its project.
pub fn misfits(conn: &mut Connection) -> Result<Vec<String>, Error> {
    let rows: Vec<Row> = commitments::table
        .order((commitments::project_id, commitments::sequence))
        .select(Row::as_select())
        .load(conn)?;
    let by_id: HashMap<&str, &Row> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
    let mut left: HashMap<&str, Fen> = HashMap::new();
    let mut misfits = Vec::new();
    for row in &rows {
        let Some(released) = row.releases.as_deref() else {
            left.insert(&row.id, Fen::new(row.amount_fen));
            continue;
        };
        let original = by_id.get(released).filter(|one| one.project_id == row.project_id && one.kind == row.kind);
        let fits = original.is_some_and(|one| one.releases.is_none() && one.contract_id == row.contract_id);
        if !fits || row.amount_fen >= 0 {
            misfits.push(format!("release {} does not fit the entry {released}", row.id));
        }
        let sum = left.entry(released).or_insert(Fen::ZERO);
        *sum = sum.plus(Fen::new(row.amount_fen))?;
    }
    misfits.extend(
        left.iter()
            .filter(|(_, left)| **left < Fen::ZERO)
            .map(|(id, _)| format!("more was released of the entry {id} than there was")),
    );
    for row in rows.iter().filter(|row| row.releases.is_none()) {
        let Some(contract) = row.contract_id.as_deref() else { continue };
        let fits = by_id.get(contract).is_some_and(|one| {
            one.project_id == row.project_id && one.kind == CommitmentKind::Contract.name() && one.releases.is_none()
        });
        if !fits || row.kind != CommitmentKind::Application.name() {
            misfits.push(format!("entry {} draws on {contract}, which is no contract of its project", row.id));
        }
    }
    misfits.sort();
    Ok(misfits)
}
