//! Alerts as they stand, the events that tell their story, and the events that people are still to be told of.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::projects::Selection;
use super::rows::{column, corrupt, instant, optional_uuid, uuid, word};
use super::schema::{alert_events, alerts, projects, untold_events};
use super::units;
use crate::domain::access::Scope;
use crate::domain::alert::{Alert, Change, State, Subject};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::rule::{Rule, Severity};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = alerts)]
struct Row {
    id: String,
    project_id: String,
    subject: String,
    rule: String,
    indicator_id: Option<String>,
    point_on: Option<NaiveDate>,
    state: String,
    severity: String,
    opened_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    follows: Option<String>,
    settled_by: Option<String>,
}

impl Row {
    fn into_alert(self) -> Result<Alert, Error> {
        Ok(Alert {
            id: uuid(&self.id)?,
            project: uuid(&self.project_id)?,
            subject: Subject {
                rule: word(Rule::from_name(&self.rule), "rule", &self.rule)?,
                indicator: optional_uuid(self.indicator_id.as_ref())?,
                point_on: self.point_on,
            },
            state: word(State::from_name(&self.state), "alert state", &self.state)?,
            severity: word(Severity::from_name(&self.severity), "severity", &self.severity)?,
            opened_at: instant(self.opened_at),
            updated_at: instant(self.updated_at),
            follows: optional_uuid(self.follows.as_ref())?,
            settled_by: self.settled_by,
        })
    }
}

/// A subject as one text, so that the database itself can keep it unique.
fn subject_text(subject: Subject) -> String {
    let indicator = subject.indicator.map(|id| id.to_string()).unwrap_or_default();
    let point = subject.point_on.map(|day| day.to_string()).unwrap_or_default();
    format!("{}|{indicator}|{point}", subject.rule.name())
}

/// Records a new alert.
pub fn insert(conn: &mut Connection, alert: &Alert) -> Result<(), Error> {
    diesel::insert_into(alerts::table)
        .values(Row {
            id: alert.id.to_string(),
            project_id: alert.project.to_string(),
            subject: subject_text(alert.subject),
            rule: alert.subject.rule.name().to_owned(),
            indicator_id: alert.subject.indicator.map(|id| id.to_string()),
            point_on: alert.subject.point_on,
            state: alert.state.name().to_owned(),
            severity: alert.severity.name().to_owned(),
            opened_at: column(alert.opened_at),
            updated_at: column(alert.updated_at),
            follows: alert.follows.map(|id| id.to_string()),
            settled_by: alert.settled_by.clone(),
        })
        .execute(conn)?;
    Ok(())
}

/// Records how an alert stands now, by what its rule says: no person's mark outlasts that.
pub fn update(
    conn: &mut Connection,
    id: Uuid,
    state: State,
    severity: Severity,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    diesel::update(alerts::table.filter(alerts::id.eq(id.to_string())))
        .set((
            alerts::state.eq(state.name()),
            alerts::severity.eq(severity.name()),
            alerts::updated_at.eq(column(now)),
            alerts::settled_by.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Closes an alert by hand, and notes who did.
pub fn settle(conn: &mut Connection, id: Uuid, by: &str, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::update(alerts::table.filter(alerts::id.eq(id.to_string())))
        .set((alerts::state.eq(State::Resolved.name()), alerts::settled_by.eq(by), alerts::updated_at.eq(column(now))))
        .execute(conn)?;
    Ok(())
}

/// Forgets that a person closed it: its rule is content as well.
pub fn forget_settling(conn: &mut Connection, id: Uuid) -> Result<(), Error> {
    diesel::update(alerts::table.filter(alerts::id.eq(id.to_string())))
        .set(alerts::settled_by.eq(None::<String>))
        .execute(conn)?;
    Ok(())
}

/// The alerts of the projects selected, by project.
pub fn of(conn: &mut Connection, selection: &Selection) -> Result<HashMap<Uuid, Vec<Alert>>, Error> {
    let rows: Vec<Row> = on_either!(conn, |conn| alerts::table
        .filter(alerts::project_id.eq_any(selection.ids()))
        .order(alerts::id)
        .select(Row::as_select())
        .load(conn))?;
    let mut of: HashMap<Uuid, Vec<Alert>> = HashMap::new();
    for row in rows {
        let alert = row.into_alert()?;
        of.entry(alert.project).or_default().push(alert);
    }
    Ok(of)
}

/// The alerts of one project.
pub fn of_one(conn: &mut Connection, project: Uuid) -> Result<Vec<Alert>, Error> {
    let rows: Vec<Row> = on_either!(conn, |conn| alerts::table
        .filter(alerts::project_id.eq(project.to_string()))
        .order(alerts::id)
        .select(Row::as_select())
        .load(conn))?;
    rows.into_iter().map(Row::into_alert).collect()
}

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

/// The events of a year that people are still to be told of, with their alerts, oldest first.
pub fn untold(conn: &mut Connection, year: FiscalYear) -> Result<Vec<(Event, Alert)>, Error> {
    let rows: Vec<(EventRow, Row)> = untold_events::table
        .inner_join(alert_events::table.inner_join(alerts::table))
        .filter(untold_events::fiscal_year.eq(year.number()))
        .order(alert_events::id)
        .select((EventRow::as_select(), Row::as_select()))
        .load(conn)?;
    rows.into_iter().map(|(event, alert)| Ok((event.into_event()?, alert.into_alert()?))).collect()
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

/// Takes an event out of those still to be told.
pub fn mark_told(conn: &mut Connection, event: Uuid) -> Result<(), Error> {
    diesel::delete(untold_events::table.filter(untold_events::event_id.eq(event.to_string()))).execute(conn)?;
    Ok(())
}

/// Takes every event of an alert out of those still to be told.
pub fn mark_all_told(conn: &mut Connection, alert: Uuid) -> Result<(), Error> {
    let events = alert_events::table.filter(alert_events::alert_id.eq(alert.to_string())).select(alert_events::id);
    diesel::delete(untold_events::table.filter(untold_events::event_id.eq_any(events))).execute(conn)?;
    Ok(())
}

/// What a list of alerts is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<State>,
    /// Only this grave.
    pub severity: Option<Severity>,
    /// Only of this rule.
    pub rule: Option<Rule>,
    /// Only of this project.
    pub project: Option<ProjectCode>,
}

/// An alert with the code and name of its project and the unit's code.
pub type Listed = (Alert, String, String, String);

/// A page of a year's alerts in a scope, newest last, after an id.
pub fn page(
    conn: &mut Connection,
    year: FiscalYear,
    scope: &Scope,
    filter: &Filter,
    after: &str,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let mut query = alerts::table
        .inner_join(projects::table)
        .filter(projects::fiscal_year.eq(year.number()))
        .filter(alerts::id.gt(after))
        .into_boxed();
    if let Some(codes) = units::codes(scope) {
        query = query.filter(projects::unit_code.eq_any(codes));
    }
    if let Some(state) = filter.state {
        query = query.filter(alerts::state.eq(state.name()));
    }
    if let Some(severity) = filter.severity {
        query = query.filter(alerts::severity.eq(severity.name()));
    }
    if let Some(rule) = filter.rule {
        query = query.filter(alerts::rule.eq(rule.name()));
    }
    if let Some(code) = &filter.project {
        query = query.filter(projects::code.eq(code.as_str().to_owned()));
    }
    let rows: Vec<(Row, String, String, String)> = query
        .order(alerts::id)
        .limit(limit)
        .select((Row::as_select(), projects::code, projects::name, projects::unit_code))
        .load(conn)?;
    rows.into_iter().map(|(row, code, name, unit)| Ok((row.into_alert()?, code, name, unit))).collect()
}

/// One alert in a scope, with its year and its story.
pub fn find(conn: &mut Connection, id: Uuid, scope: &Scope) -> Result<Option<(Listed, FiscalYear, Vec<Event>)>, Error> {
    let mut query = alerts::table.inner_join(projects::table).filter(alerts::id.eq(id.to_string())).into_boxed();
    if let Some(codes) = units::codes(scope) {
        query = query.filter(projects::unit_code.eq_any(codes));
    }
    let row: Option<(Row, String, String, String, i32)> = query
        .select((Row::as_select(), projects::code, projects::name, projects::unit_code, projects::fiscal_year))
        .first(conn)
        .optional()?;
    let Some((row, code, name, unit, year)) = row else { return Ok(None) };
    let year = FiscalYear::new(year).map_err(|_| corrupt("year", &year.to_string()))?;
    let events: Vec<EventRow> = alert_events::table
        .filter(alert_events::alert_id.eq(id.to_string()))
        .order(alert_events::sequence)
        .select(EventRow::as_select())
        .load(conn)?;
    let events = events.into_iter().map(EventRow::into_event).collect::<Result<_, _>>()?;
    Ok(Some(((row.into_alert()?, code, name, unit), year, events)))
}
