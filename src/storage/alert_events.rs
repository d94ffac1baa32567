//! The events that tell the alerts' stories, and those of them that people are still to be told of.

use super::Connection;
use super::alerts::Row;
use super::error::Error;
use super::rows::{column, instant, optional_uuid, uuid, word};
use super::schema::{alert_events, alerts, letter_events, projects, untold_events};
use crate::domain::alert::{Alert, Change};
use crate::domain::calendar::FiscalYear;
use crate::domain::rule::Severity;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::dsl::case_when;
use diesel::prelude::*;
use uuid::Uuid;

/// What time brings, and what a letter tells with its numbers.
const OF_TIME: [&str; 5] = [
    Change::MeasureOverdue.name(),
    Change::WaiverEnding.name(),
    Change::WaiverEnded.name(),
    Change::Reminded.name(),
    Change::Escalated.name(),
];

/// One event of an alert's story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Ours, growing with time.
    pub id: Uuid,
    /// The alert.
    pub alert: Uuid,
    /// Its place in the story, from 1.
    pub sequence: i32,
    /// What happened.
    pub change: Change,
    /// How grave it was then.
    pub severity: Severity,
    /// The day for which it was judged.
    pub as_of: NaiveDate,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// The check that found it; none where a posting did.
    pub run: Option<Uuid>,
    /// The rule set's version.
    pub rule_version: i32,
    /// The plan version.
    pub plan_version: Option<i32>,
    /// Why, in words (Chinese).
    pub explanation: String,
    /// Why, in numbers: a JSON object.
    pub inputs: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = alert_events)]
struct EventRow {
    id: String,
    alert_id: String,
    sequence: i32,
    change: String,
    severity: String,
    as_of: NaiveDate,
    at: NaiveDateTime,
    actor: String,
    run_id: Option<String>,
    rule_version: i32,
    plan_version: Option<i32>,
    explanation: String,
    inputs: String,
}

impl EventRow {
    fn into_event(self) -> Result<Event, Error> {
        Ok(Event {
            id: uuid(&self.id)?,
            alert: uuid(&self.alert_id)?,
            sequence: self.sequence,
            change: word(Change::from_name(&self.change), "change", &self.change)?,
            severity: word(Severity::from_name(&self.severity), "severity", &self.severity)?,
            as_of: self.as_of,
            at: instant(self.at),
            actor: self.actor,
            run: optional_uuid(self.run_id.as_ref())?,
            rule_version: self.rule_version,
            plan_version: self.plan_version,
            explanation: self.explanation,
            inputs: self.inputs,
        })
    }
}

/// The next place in an alert's story.
pub fn next_sequence(conn: &mut Connection, alert: Uuid) -> Result<i32, Error> {
    let last: Option<i32> = alert_events::table
        .filter(alert_events::alert_id.eq(alert.to_string()))
        .order(alert_events::sequence.desc())
        .select(alert_events::sequence)
        .first(conn)
        .optional()?;
    Ok(last.unwrap_or(0) + 1)
}

/// Adds an event; one that people are told of waits for the next letter.
pub fn insert_event(conn: &mut Connection, year: FiscalYear, event: &Event) -> Result<(), Error> {
    diesel::insert_into(alert_events::table)
        .values(EventRow {
            id: event.id.to_string(),
            alert_id: event.alert.to_string(),
            sequence: event.sequence,
            change: event.change.name().to_owned(),
            severity: event.severity.name().to_owned(),
            as_of: event.as_of,
            at: column(event.at),
            actor: event.actor.clone(),
            run_id: event.run.map(|id| id.to_string()),
            rule_version: event.rule_version,
            plan_version: event.plan_version,
            explanation: event.explanation.clone(),
            inputs: event.inputs.clone(),
        })
        .execute(conn)?;
    if event.change.is_told() {
        diesel::insert_into(untold_events::table)
            .values((untold_events::event_id.eq(event.id.to_string()), untold_events::fiscal_year.eq(year.number())))
            .execute(conn)?;
    }
    Ok(())
}

/// An event that people are still to be told of: what is needed to say so, and no figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// The event.
    pub id: Uuid,
    /// What happened.
    pub change: Change,
    /// How grave it was then.
    pub severity: Severity,
    /// Of what time brought, the numbers; empty for what a letter explains by the figures of its own day.
    pub inputs: String,
}

/// The events of a year that people are still to be told of, with their alerts, oldest first; of some projects only, where
/// they are named. One that cannot be read is reported and keeps the others from nobody.
pub fn untold(
    conn: &mut Connection,
    year: FiscalYear,
    projects: Option<&[Uuid]>,
) -> Result<Vec<(Untold, Alert)>, Error> {
    let inputs = case_when(alert_events::change.eq_any(OF_TIME), alert_events::inputs).otherwise("");
    let mut query = untold_events::table
        .inner_join(alert_events::table.inner_join(alerts::table))
        .filter(untold_events::fiscal_year.eq(year.number()))
        .into_boxed();
    if let Some(projects) = projects {
        query = query.filter(alerts::project_id.eq_any(projects.iter().map(Uuid::to_string).collect::<Vec<_>>()));
    }
    let rows: Vec<(String, String, String, String, Row)> = query
        .order(alert_events::id)
        .select((alert_events::id, alert_events::change, alert_events::severity, inputs, Row::as_select()))
        .load(conn)?;
    let read = |(id, change, severity, inputs, alert): (String, String, String, String, Row)| {
        let change = word(Change::from_name(&change), "change", &change)?;
        let severity = word(Severity::from_name(&severity), "severity", &severity)?;
        Ok((Untold { id: uuid(&id)?, change, severity, inputs }, alert.into_alert()?))
    };
    let read =
        |row| read(row).map_err(|error: Error| tracing::error!(%error, "an event cannot be told: it cannot be read"));
    Ok(rows.into_iter().filter_map(|row| read(row).ok()).collect())
}

/// How often a check changed alerts, by what happened.
pub fn changes_of_run(conn: &mut Connection, run: Uuid) -> Result<Vec<(Change, i64)>, Error> {
    let rows: Vec<(String, i64)> = alert_events::table
        .filter(alert_events::run_id.eq(run.to_string()))
        .group_by(alert_events::change)
        .select((alert_events::change, diesel::dsl::count_star()))
        .load(conn)?;
    rows.into_iter().map(|(name, count)| Ok((word(Change::from_name(&name), "change", &name)?, count))).collect()
}

/// What happened to a year's alerts for the days from one to another, both included: each alert and change once, by project.
pub fn changes_between(
    conn: &mut Connection,
    year: FiscalYear,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<(Uuid, Change)>, Error> {
    let rows: Vec<(String, String, String)> = alert_events::table
        .inner_join(alerts::table.inner_join(projects::table))
        .filter(projects::fiscal_year.eq(year.number()))
        .filter(alert_events::as_of.between(from, until))
        .select((projects::id, alert_events::alert_id, alert_events::change))
        .distinct()
        .load(conn)?;
    let read = |(project, _, name): (String, String, String)| {
        Ok((uuid(&project)?, word(Change::from_name(&name), "change", &name)?))
    };
    rows.into_iter().map(read).collect()
}

/// Events named in one statement.
const AT_ONCE: usize = 500;

/// Takes events out of those still to be told.
pub fn mark_told(conn: &mut Connection, events: &[Uuid]) -> Result<(), Error> {
    for some in events.chunks(AT_ONCE) {
        let ids = some.iter().map(Uuid::to_string);
        diesel::delete(untold_events::table.filter(untold_events::event_id.eq_any(ids))).execute(conn)?;
    }
    Ok(())
}

/// Takes what time brought of an alert out of what is still to be told.
pub fn mark_time_told(conn: &mut Connection, alert: Uuid) -> Result<(), Error> {
    let events = alert_events::table
        .filter(alert_events::alert_id.eq(alert.to_string()))
        .filter(alert_events::change.eq_any([
            Change::Reminded.name(),
            Change::Escalated.name(),
            Change::MeasureOverdue.name(),
        ]))
        .select(alert_events::id);
    diesel::delete(untold_events::table.filter(untold_events::event_id.eq_any(events))).execute(conn)?;
    Ok(())
}

/// Takes every event of an alert out of those still to be told.
pub fn mark_all_told(conn: &mut Connection, alert: Uuid) -> Result<(), Error> {
    let events = alert_events::table.filter(alert_events::alert_id.eq(alert.to_string())).select(alert_events::id);
    diesel::delete(untold_events::table.filter(untold_events::event_id.eq_any(events))).execute(conn)?;
    Ok(())
}

/// Whether any letter tells of the alert.
pub fn was_told(conn: &mut Connection, alert: Uuid) -> Result<bool, Error> {
    let events = alert_events::table.filter(alert_events::alert_id.eq(alert.to_string())).select(alert_events::id);
    let told = letter_events::table.filter(letter_events::event_id.eq_any(events));
    Ok(diesel::select(diesel::dsl::exists(told)).get_result(conn)?)
}

/// An alert's story in order.
pub fn of(conn: &mut Connection, alert: Uuid) -> Result<Vec<Event>, Error> {
    let events: Vec<EventRow> = alert_events::table
        .filter(alert_events::alert_id.eq(alert.to_string()))
        .order(alert_events::sequence)
        .select(EventRow::as_select())
        .load(conn)?;
    events.into_iter().map(EventRow::into_event).collect()
}
