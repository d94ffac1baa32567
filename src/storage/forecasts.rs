//! What people said of the year's end: rows are added, never changed, never taken away (the database itself refuses it).

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::projects::Selection;
use super::rows::{column, instant, uuid};
use super::schema::forecasts;
use crate::domain::forecast::GivenForecast;
use crate::domain::money::Fen;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = forecasts)]
struct Row {
    id: String,
    project_id: String,
    year_end_fen: i64,
    as_of: NaiveDate,
    reason: String,
    recorded_at: NaiveDateTime,
    recorded_by: String,
}

impl Row {
    fn into_forecast(self) -> Result<GivenForecast, Error> {
        Ok(GivenForecast {
            id: uuid(&self.id)?,
            year_end: Fen::new(self.year_end_fen),
            as_of: self.as_of,
            reason: self.reason,
            recorded_at: instant(self.recorded_at),
            recorded_by: self.recorded_by,
        })
    }
}

/// Adds a figure to what was said of a project.
pub fn insert(conn: &mut Connection, project: Uuid, given: &GivenForecast) -> Result<(), Error> {
    let row = Row {
        id: given.id.to_string(),
        project_id: project.to_string(),
        year_end_fen: given.year_end.get(),
        as_of: given.as_of,
        reason: given.reason.clone(),
        recorded_at: column(given.recorded_at),
        recorded_by: given.recorded_by.clone(),
    };
    diesel::insert_into(forecasts::table).values(row).execute(conn)?;
    Ok(())
}

/// One figure of a project.
pub fn find(conn: &mut Connection, project: Uuid, id: Uuid) -> Result<Option<GivenForecast>, Error> {
    let row: Option<Row> = forecasts::table
        .filter(forecasts::id.eq(id.to_string()))
        .filter(forecasts::project_id.eq(project.to_string()))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::into_forecast).transpose()
}

/// A page of what was said of a project, in the order in which it was recorded, after an id.
pub fn page(conn: &mut Connection, project: Uuid, after: &str, limit: i64) -> Result<Vec<GivenForecast>, Error> {
    let rows: Vec<Row> = forecasts::table
        .filter(forecasts::project_id.eq(project.to_string()))
        .filter(forecasts::id.gt(after))
        .order(forecasts::id)
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::into_forecast).collect()
}

/// What counts of each project selected on a day, as far as it was known at an instant: the figure of the latest day, of
/// two of one day the one recorded last. Projects of which nobody said anything are not named.
pub fn latest(
    conn: &mut Connection,
    selection: &Selection,
    as_of: NaiveDate,
    known_at: DateTime<Utc>,
) -> Result<HashMap<Uuid, GivenForecast>, Error> {
    let rows: Vec<Row> = on_either!(conn, |conn| forecasts::table
        .filter(forecasts::project_id.eq_any(selection.ids()))
        .filter(forecasts::as_of.le(as_of))
        .filter(forecasts::recorded_at.le(column(known_at)))
        .order((forecasts::as_of, forecasts::recorded_at, forecasts::id))
        .select(Row::as_select())
        .load(conn))?;
    let mut latest = HashMap::new();
    for row in rows {
        latest.insert(uuid(&row.project_id)?, row.into_forecast()?);
    }
    Ok(latest)
}
