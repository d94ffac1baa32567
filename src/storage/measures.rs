//! Measures and dispositions: what is to be done about an alert, by whom and by when.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::projects::Selection;
use super::rows::{column, instant, uuid, word};
use super::schema::{alerts, measures};
use crate::domain::measure::{Disposition, Measure};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = measures)]
struct Row {
    id: String,
    alert_id: String,
    disposition: Option<String>,
    document_no: String,
    what: String,
    owner: String,
    due_on: NaiveDate,
    done_on: Option<NaiveDate>,
    evidence: String,
    is_told_overdue: bool,
    recorded_at: NaiveDateTime,
    recorded_by: String,
}

impl Row {
    fn into_recorded(self) -> Result<Recorded, Error> {
        let (recorded_at, recorded_by) = (instant(self.recorded_at), self.recorded_by);
        let disposition = match self.disposition {
            None => None,
            Some(name) => Some((word(Disposition::from_name(&name), "disposition", &name)?, self.document_no)),
        };
        let measure = Measure {
            id: uuid(&self.id)?,
            alert: uuid(&self.alert_id)?,
            disposition,
            what: self.what,
            owner: self.owner,
            due_on: self.due_on,
            done: self.done_on.map(|day| (day, self.evidence)),
            is_told_overdue: self.is_told_overdue,
        };
        Ok(Recorded { measure, recorded_at, recorded_by })
    }
}

/// A measure with who recorded it, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The measure.
    pub measure: Measure,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who recorded it.
    pub recorded_by: String,
}

/// Records a measure.
pub fn insert(conn: &mut Connection, recorded: &Recorded) -> Result<(), Error> {
    let Recorded { measure, recorded_at, recorded_by } = recorded.clone();
    let (disposition, document_no) = match measure.disposition {
        Some((disposition, document_no)) => (Some(disposition.name().to_owned()), document_no),
        None => (None, String::new()),
    };
    let (done_on, evidence) = match measure.done {
        Some((day, evidence)) => (Some(day), evidence),
        None => (None, String::new()),
    };
    diesel::insert_into(measures::table)
        .values(Row {
            id: measure.id.to_string(),
            alert_id: measure.alert.to_string(),
            disposition,
            document_no,
            what: measure.what,
            owner: measure.owner,
            due_on: measure.due_on,
            done_on,
            evidence,
            is_told_overdue: measure.is_told_overdue,
            recorded_at: column(recorded_at),
            recorded_by,
        })
        .execute(conn)?;
    Ok(())
}

/// The measures of one alert, oldest first.
pub fn of_alert(conn: &mut Connection, alert: Uuid) -> Result<Vec<Recorded>, Error> {
    let rows: Vec<Row> = measures::table
        .filter(measures::alert_id.eq(alert.to_string()))
        .order(measures::id)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::into_recorded).collect()
}

/// The measures still to be carried out in the projects selected, by alert.
pub fn open_of(conn: &mut Connection, selection: &Selection) -> Result<HashMap<Uuid, Vec<Measure>>, Error> {
    // Not as a join: begun from the alerts, it would read all of them for each stretch of a check.
    let of_projects = alerts::table.filter(alerts::project_id.eq_any(selection.ids())).select(alerts::id);
    let rows: Vec<Row> = on_either!(conn, |conn| measures::table
        .filter(measures::done_on.is_null())
        .filter(measures::alert_id.eq_any(of_projects))
        .order(measures::id)
        .select(Row::as_select())
        .load(conn))?;
    let mut of: HashMap<Uuid, Vec<Measure>> = HashMap::new();
    for row in rows {
        let measure = row.into_recorded()?.measure;
        of.entry(measure.alert).or_default().push(measure);
    }
    Ok(of)
}

/// Records when a measure was carried out, and what shows it.
pub fn carry_out(conn: &mut Connection, id: Uuid, done_on: NaiveDate, evidence: &str) -> Result<(), Error> {
    diesel::update(measures::table.find(id.to_string()))
        .set((measures::done_on.eq(done_on), measures::evidence.eq(evidence)))
        .execute(conn)?;
    Ok(())
}

/// Notes that people were told that a measure's day has passed.
pub fn mark_told_overdue(conn: &mut Connection, id: Uuid) -> Result<(), Error> {
    diesel::update(measures::table.find(id.to_string())).set(measures::is_told_overdue.eq(true)).execute(conn)?;
    Ok(())
}

/// Lets the open measures of an alert that is over rest: should it come back, it comes back as a new matter.
pub fn lay_to_rest(conn: &mut Connection, alert: Uuid) -> Result<(), Error> {
    diesel::update(
        measures::table.filter(measures::alert_id.eq(alert.to_string())).filter(measures::done_on.is_null()),
    )
    .set(measures::is_told_overdue.eq(true))
    .execute(conn)?;
    Ok(())
}

/// Passes what is still to be carried out on to the alert that takes another one's place.
pub fn pass_on(conn: &mut Connection, from: Uuid, to: Uuid) -> Result<(), Error> {
    diesel::update(measures::table.filter(measures::alert_id.eq(from.to_string())).filter(measures::done_on.is_null()))
        .set(measures::alert_id.eq(to.to_string()))
        .execute(conn)?;
    Ok(())
}
