//! The outbox as people look at it: lists, one letter, and what the metrics count.

use super::{Row, threads};
use crate::domain::access::Scope;
use crate::domain::alert::Change;
use crate::domain::code::UnitCode;
use crate::domain::contact::EmailAddress;
use crate::domain::letter::{LetterKind, LetterState};
use crate::domain::rule::Severity;
use crate::storage::Connection;
use crate::storage::error::Error;
use crate::storage::rows::{column, instant, optional_uuid, unit_code, uuid, word};
use crate::storage::schema::{alert_events, alerts, letter_events, letter_units, letters, projects};
use crate::storage::units;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{count_star, exists, max, not};
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use uuid::Uuid;

/// How many letters there are in each state; states without a letter are left out.
pub fn count_by_state(conn: &mut Connection) -> Result<Vec<(LetterState, i64)>, Error> {
    let rows: Vec<(String, i64)> =
        letters::table.group_by(letters::state).select((letters::state, count_star())).load(conn)?;
    // One in a state that is none hides nobody else's: the postman sets it aside.
    Ok(rows.into_iter().filter_map(|(name, count)| Some((LetterState::from_name(&name)?, count))).collect())
}

/// When a letter was accepted last.
pub fn last_sent_at(conn: &mut Connection) -> Result<Option<DateTime<Utc>>, Error> {
    let at: Option<NaiveDateTime> = letters::table.select(max(letters::sent_at)).get_result(conn)?;
    Ok(at.map(instant))
}

/// A letter as the outbox lists it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Ours.
    pub id: Uuid,
    /// What it is.
    pub kind: LetterKind,
    /// The check that caused it.
    pub run: Option<Uuid>,
    /// Where it goes.
    pub to_email: String,
    /// The person's name.
    pub to_name: String,
    /// As what the person was told.
    pub role: String,
    /// The gravest matter in it.
    pub severity: Severity,
    /// Its subject.
    pub subject: String,
    /// The plain-text part.
    pub text: String,
    /// Where it is.
    pub state: LetterState,
    /// Attempts so far.
    pub attempts: i32,
    /// When it will be tried next.
    pub next_attempt_at: DateTime<Utc>,
    /// The server's last words.
    pub last_words: Option<String>,
    /// When it was decided.
    pub created_at: DateTime<Utc>,
    /// When it was accepted.
    pub sent_at: Option<DateTime<Utc>>,
    /// Earlier letters of the same cases to the same address, oldest first.
    pub references: Vec<Uuid>,
}

impl Row {
    fn into_listed(self) -> Result<Listed, Error> {
        Ok(Listed {
            id: uuid(&self.id)?,
            kind: word(LetterKind::from_name(&self.kind), "letter kind", &self.kind)?,
            run: optional_uuid(self.run_id.as_ref())?,
            to_email: self.to_email,
            to_name: self.to_name,
            role: self.role,
            severity: word(Severity::from_name(&self.severity), "severity", &self.severity)?,
            subject: self.subject,
            text: self.text_body,
            state: word(LetterState::from_name(&self.state), "letter state", &self.state)?,
            attempts: self.attempts,
            next_attempt_at: instant(self.next_attempt_at),
            last_words: self.last_words,
            created_at: instant(self.created_at),
            sent_at: self.sent_at.map(instant),
            references: threads::read(&self.references_ids)?,
        })
    }
}

/// What a list of letters is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<LetterState>,
    /// Only to this address.
    pub to: Option<EmailAddress>,
    /// Only decided at this instant or later.
    pub since: Option<DateTime<Utc>>,
    /// Only decided before this instant.
    pub until: Option<DateTime<Utc>>,
    /// Only of this kind.
    pub kind: Option<LetterKind>,
    /// Only those that tell something of this alert.
    pub alert: Option<Uuid>,
    /// Only this one.
    pub id: Option<Uuid>,
}

/// A page of the outbox, oldest first, after an id: letters all of whose units lie in the scope. One that cannot be
/// read is left out and hides nobody else's: the page is filled up from those behind it.
pub fn page(
    conn: &mut Connection,
    scope: &Scope,
    filter: &Filter,
    after: &str,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let rows = narrowed(scope, filter, after).order(letters::id).limit(limit).select(Row::as_select()).load(conn);
    let whole: Result<Vec<Listed>, Error> =
        rows.map_err(Error::from).and_then(|rows: Vec<Row>| rows.into_iter().map(Row::into_listed).collect());
    if let Ok(page) = whole {
        return Ok(page);
    }
    let (mut page, mut after) = (Vec::new(), after.to_owned());
    while i64::try_from(page.len()).unwrap_or(limit) < limit {
        let next = narrowed(scope, filter, &after).order(letters::id).select(letters::id).first(conn).optional()?;
        let Some(id): Option<String> = next else { break };
        match letters::table.filter(letters::id.eq(&id)).select(Row::as_select()).first(conn) {
            Ok(row) => page.extend(Row::into_listed(row).ok()),
            Err(DieselError::DeserializationError(_)) => {}
            Err(error) => return Err(error.into()),
        }
        after = id;
    }
    Ok(page)
}

/// The letters of a scope that a list is narrowed to.
fn narrowed<'query>(
    scope: &Scope,
    filter: &Filter,
    after: &str,
) -> letters::BoxedQuery<'query, <Connection as diesel::Connection>::Backend> {
    let mut query = letters::table.filter(letters::id.gt(after.to_owned())).into_boxed();
    if let Some(codes) = units::codes(scope) {
        let foreign = letter_units::table
            .filter(letter_units::letter_id.eq(letters::id))
            .filter(letter_units::unit_code.ne_all(codes));
        query = query.filter(not(exists(foreign)));
    }
    if let Some(state) = filter.state {
        query = query.filter(letters::state.eq(state.name()));
    }
    if let Some(to) = &filter.to {
        query = query.filter(letters::to_email.eq(to.as_str().to_owned()));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(letters::kind.eq(kind.name()));
    }
    if let Some(alert) = filter.alert {
        let telling = letter_events::table
            .inner_join(alert_events::table.on(alert_events::id.eq(letter_events::event_id)))
            .filter(alert_events::alert_id.eq(alert.to_string()))
            .select(letter_events::letter_id);
        query = query.filter(letters::id.eq_any(telling));
    }
    if let Some(since) = filter.since {
        query = query.filter(letters::created_at.ge(column(since)));
    }
    if let Some(until) = filter.until {
        query = query.filter(letters::created_at.lt(column(until)));
    }
    if let Some(id) = filter.id {
        query = query.filter(letters::id.eq(id.to_string()));
    }
    query
}

/// One letter, if all of its units lie in the scope.
pub fn find(conn: &mut Connection, id: Uuid, scope: &Scope) -> Result<Option<Listed>, Error> {
    let this = Filter { id: Some(id), ..Filter::default() };
    Ok(page(conn, scope, &this, "", 1)?.pop())
}

/// The units whose figures a letter shows.
pub fn units_of(conn: &mut Connection, id: Uuid) -> Result<Vec<UnitCode>, Error> {
    let codes: Vec<String> = letter_units::table
        .filter(letter_units::letter_id.eq(id.to_string()))
        .order(letter_units::unit_code)
        .select(letter_units::unit_code)
        .load(conn)?;
    codes.iter().map(|code| unit_code(code)).collect()
}

/// What a letter tells of one alert: an event of its story, with the figures of that moment.
#[derive(Clone, Debug)]
pub struct Telling {
    /// The alert.
    pub alert: Uuid,
    /// The project's code.
    pub project_code: String,
    /// The project's name on record.
    pub project_name: String,
    /// What happened.
    pub change: Change,
    /// How grave it was then.
    pub severity: Severity,
    /// The numbers of that moment: a JSON object.
    pub inputs: String,
}

/// What a letter tells, in the order in which it happened, up to a limit; and how much that is without one.
pub fn tells(conn: &mut Connection, id: Uuid, limit: i64) -> Result<(Vec<Telling>, i64), Error> {
    let total: i64 =
        letter_events::table.filter(letter_events::letter_id.eq(id.to_string())).count().get_result(conn)?;
    let rows: Vec<(String, String, String, String, String, String)> = letter_events::table
        .inner_join(alert_events::table.on(alert_events::id.eq(letter_events::event_id)))
        .inner_join(alerts::table.on(alerts::id.eq(alert_events::alert_id)))
        .inner_join(projects::table.on(projects::id.eq(alerts::project_id)))
        .filter(letter_events::letter_id.eq(id.to_string()))
        .order(letter_events::event_id)
        .limit(limit)
        .select((
            alerts::id,
            projects::code,
            projects::name,
            alert_events::change,
            alert_events::severity,
            alert_events::inputs,
        ))
        .load(conn)?;
    let telling = |(alert, project_code, project_name, change, severity, inputs): (String, _, _, String, String, _)| {
        Ok(Telling {
            alert: uuid(&alert)?,
            project_code,
            project_name,
            change: word(Change::from_name(&change), "change", &change)?,
            severity: word(Severity::from_name(&severity), "severity", &severity)?,
            inputs,
        })
    };
    Ok((rows.into_iter().map(telling).collect::<Result<_, Error>>()?, total))
}
