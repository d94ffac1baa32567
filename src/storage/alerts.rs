//! Alerts as they stand.

use super::Connection;
use super::alert_events::{self, Event};
use super::backend::on_either;
use super::error::Error;
use super::projects::Selection;
use super::rows::{column, corrupt, instant, optional_uuid, uuid, word};
use super::schema::{alerts, projects};
use super::units;
use crate::domain::access::Scope;
use crate::domain::alert::{Alert, Said, State, Subject, Waiver};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::rule::{Rule, Severity};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = alerts)]
pub(super) struct Row {
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
    opened_on: NaiveDate,
    told_on: NaiveDate,
    reminders: i32,
    escalated: i32,
    waived_until: Option<NaiveDate>,
    waiver_announced: bool,
}

impl Row {
    pub(super) fn into_alert(self) -> Result<Alert, Error> {
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
            said: Said {
                opened_on: self.opened_on,
                told_on: self.told_on,
                reminders: self.reminders.unsigned_abs(),
                escalated: self.escalated.unsigned_abs(),
            },
            waiver: self.waived_until.map(|until| Waiver { until, announced: self.waiver_announced }),
        })
    }
}

/// A subject as one text, so that the database itself can keep it unique.
fn subject_text(subject: Subject) -> String {
    let indicator = subject.indicator.map(|id| id.to_string()).unwrap_or_default();
    let point = subject.point_on.map(|day| day.to_string()).unwrap_or_default();
    format!("{}|{indicator}|{point}", subject.rule.name())
}

impl Row {
    fn of(alert: &Alert) -> Row {
        Row {
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
            opened_on: alert.said.opened_on,
            told_on: alert.said.told_on,
            reminders: alert.said.reminders.cast_signed(),
            escalated: alert.said.escalated.cast_signed(),
            waived_until: alert.waiver.map(|waiver| waiver.until),
            waiver_announced: alert.waiver.is_some_and(|waiver| waiver.announced),
        }
    }
}

/// Records a new alert.
pub fn insert(conn: &mut Connection, alert: &Alert) -> Result<(), Error> {
    diesel::insert_into(alerts::table).values(Row::of(alert)).execute(conn)?;
    Ok(())
}

/// Records how an alert stands now. What it is about, whom it follows and when it was first raised never change.
pub fn update(conn: &mut Connection, alert: &Alert) -> Result<(), Error> {
    let row = Row::of(alert);
    diesel::update(alerts::table.filter(alerts::id.eq(row.id)))
        .set((
            alerts::state.eq(row.state),
            alerts::severity.eq(row.severity),
            alerts::updated_at.eq(row.updated_at),
            alerts::settled_by.eq(row.settled_by),
            alerts::opened_on.eq(row.opened_on),
            alerts::told_on.eq(row.told_on),
            alerts::reminders.eq(row.reminders),
            alerts::escalated.eq(row.escalated),
            alerts::waived_until.eq(row.waived_until),
            alerts::waiver_announced.eq(row.waiver_announced),
        ))
        .execute(conn)?;
    Ok(())
}

/// Records for which day people heard of it first; how it stands is not touched, for a person may be answering.
pub fn heard_first(conn: &mut Connection, id: Uuid, on: NaiveDate) -> Result<(), Error> {
    diesel::update(alerts::table.filter(alerts::id.eq(id.to_string())))
        .set((alerts::opened_on.eq(on), alerts::told_on.eq(on)))
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
    let events = alert_events::of(conn, id)?;
    Ok(Some(((row.into_alert()?, code, name, unit), year, events)))
}
