//! Readings of indicators: append-only, like the ledger.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::projects::Selection;
use super::rows::{column, corrupt, instant, uuid, word};
use super::schema::readings;
use crate::domain::reading::{Grade, Observed, Reading};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::str::FromStr;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = readings)]
struct Row {
    id: String,
    project_id: String,
    indicator_id: String,
    observed_on: NaiveDate,
    value: Option<String>,
    grade: Option<String>,
    done_on: Option<NaiveDate>,
    note: String,
    evidence: String,
    recorded_at: NaiveDateTime,
    recorded_by: String,
}

impl Row {
    fn into_reading(self) -> Result<Reading, Error> {
        let observed = match (self.value, self.grade, self.done_on) {
            (Some(value), None, None) => {
                Observed::Value(Decimal::from_str(&value).map_err(|_| corrupt("reading", &value))?)
            }
            (None, Some(grade), None) => Observed::Grade(word(Grade::from_name(&grade), "grade", &grade)?),
            (None, None, Some(day)) => Observed::DoneOn(day),
            _ => return Err(corrupt("reading", &self.id)),
        };
        Ok(Reading {
            id: uuid(&self.id)?,
            indicator: uuid(&self.indicator_id)?,
            observed_on: self.observed_on,
            observed,
            note: self.note,
            evidence: self.evidence,
            recorded_at: instant(self.recorded_at),
            recorded_by: self.recorded_by,
        })
    }
}

/// Adds a reading of one of a project's indicators.
pub fn insert(conn: &mut Connection, project: Uuid, reading: &Reading) -> Result<(), Error> {
    let (mut value, mut grade, mut done_on) = (None, None, None);
    match reading.observed {
        Observed::Value(number) => value = Some(number.to_string()),
        Observed::Grade(judged) => grade = Some(judged.name().to_owned()),
        Observed::DoneOn(day) => done_on = Some(day),
    }
    diesel::insert_into(readings::table)
        .values(Row {
            id: reading.id.to_string(),
            project_id: project.to_string(),
            indicator_id: reading.indicator.to_string(),
            observed_on: reading.observed_on,
            value,
            grade,
            done_on,
            note: reading.note.clone(),
            evidence: reading.evidence.clone(),
            recorded_at: column(reading.recorded_at),
            recorded_by: reading.recorded_by.clone(),
        })
        .execute(conn)?;
    Ok(())
}

/// A page of one indicator's readings of a span of days, both included, in the order in which they were recorded,
/// after an id.
pub fn page(
    conn: &mut Connection,
    project: Uuid,
    indicator: Uuid,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    after: &str,
    limit: i64,
) -> Result<Vec<Reading>, Error> {
    let mut query = readings::table
        .filter(readings::project_id.eq(project.to_string()))
        .filter(readings::indicator_id.eq(indicator.to_string()))
        .filter(readings::id.gt(after))
        .into_boxed();
    if let Some(from) = from {
        query = query.filter(readings::observed_on.ge(from));
    }
    if let Some(to) = to {
        query = query.filter(readings::observed_on.le(to));
    }
    let rows: Vec<Row> = query.order(readings::id).limit(limit).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_reading).collect()
}

/// One reading of one of a project's indicators.
pub fn find(conn: &mut Connection, project: Uuid, indicator: Uuid, id: Uuid) -> Result<Option<Reading>, Error> {
    let row: Option<Row> = readings::table
        .filter(readings::id.eq(id.to_string()))
        .filter(readings::project_id.eq(project.to_string()))
        .filter(readings::indicator_id.eq(indicator.to_string()))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::into_reading).transpose()
}

/// The readings of one project that were known at an instant.
pub fn known_of_one(conn: &mut Connection, project: Uuid, known_at: DateTime<Utc>) -> Result<Vec<Reading>, Error> {
    let rows: Vec<Row> = on_either!(conn, |conn| readings::table
        .filter(readings::project_id.eq(project.to_string()))
        .filter(readings::recorded_at.le(column(known_at)))
        .select(Row::as_select())
        .load(conn))?;
    rows.into_iter().map(Row::into_reading).collect()
}

/// The readings of the projects selected that were known at an instant, by project.
pub fn known(
    conn: &mut Connection,
    selection: &Selection,
    known_at: DateTime<Utc>,
) -> Result<HashMap<Uuid, Vec<Reading>>, Error> {
    let rows: Vec<Row> = on_either!(conn, |conn| readings::table
        .filter(readings::project_id.eq_any(selection.ids()))
        .filter(readings::recorded_at.le(column(known_at)))
        .select(Row::as_select())
        .load(conn))?;
    let mut known: HashMap<Uuid, Vec<Reading>> = HashMap::new();
    for row in rows {
        known.entry(uuid(&row.project_id)?).or_default().push(row.into_reading()?);
    }
    Ok(known)
}
