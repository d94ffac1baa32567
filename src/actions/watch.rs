//! Questions about checks, alerts, letters, contacts and the audit trail.

use super::{Error, Moment, Thing};
use crate::domain::access::Scope;
use crate::domain::calendar::FiscalYear;
use crate::domain::contact::Contact;
use crate::domain::inhibition::hider;
pub use crate::storage::alert_events::Event;
use crate::storage::alerts;
pub use crate::storage::alerts::{Filter, Listed};
pub use crate::storage::audit::{Filter as AuditFilter, Listed as AuditRow};
pub use crate::storage::contacts::Filter as ContactFilter;
pub use crate::storage::letters::{Filter as LetterFilter, Listed as ListedLetter, Telling};
pub use crate::storage::measures::Recorded as RecordedMeasure;
use crate::storage::projects::Selection;
pub use crate::storage::runs::{Filter as RunFilter, Run};
use crate::storage::{Connection, audit, contacts, letters, measures, plans, runs};
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A page of a year's checks, oldest first, after an id.
pub fn runs(
    conn: &mut Connection,
    year: FiscalYear,
    filter: &RunFilter,
    after: &str,
    limit: i64,
) -> Result<Vec<Run>, Error> {
    Ok(runs::page(conn, year, filter, after, limit)?)
}

/// A page of a year's alerts in a scope, after an id.
pub fn alerts(
    conn: &mut Connection,
    year: FiscalYear,
    scope: &Scope,
    filter: &Filter,
    (after, limit): (&str, i64),
    moment: Moment,
) -> Result<Vec<Listed>, Error> {
    let mut listed = alerts::page(conn, year, scope, filter, after, limit)?;
    head(conn, year, &mut listed, moment)?;
    Ok(listed)
}

/// Names the projects as they are named today, as comparisons and letters do: a revision that is still to come has
/// renamed nothing yet. A project whose plan cannot be read keeps the name on record, and hides nobody else's alerts.
fn head(conn: &mut Connection, year: FiscalYear, listed: &mut [Listed], moment: Moment) -> Result<(), Error> {
    let codes: BTreeSet<&str> = listed.iter().map(|(_, code, ..)| code.as_str()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let mut histories = HashMap::new();
    for selection in Selection::listed(year, &codes) {
        match plans::histories(conn, &selection) {
            Ok(found) => histories.extend(found),
            Err(crate::storage::Error::Corrupt(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    for (alert, _, name, unit) in listed {
        let history = histories.get(&alert.project);
        let plan = history.and_then(|history| history.in_force(year.nearest(moment.today), DateTime::<Utc>::MAX_UTC));
        if let Some(plan) = plan {
            name.clone_from(&plan.heading.name);
            plan.heading.unit.as_str().clone_into(unit);
        }
    }
    Ok(())
}

/// An alert with its story.
#[derive(Clone, Debug)]
pub struct Told {
    /// The alert, and its project's code, name and unit.
    pub listed: Listed,
    /// Its year.
    pub year: FiscalYear,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What is to be done about it, and what was.
    pub measures: Vec<RecordedMeasure>,
    /// The alert that speaks for it, so that no letter does.
    pub hidden_by: Option<Uuid>,
}

/// One alert in a scope, with its story.
pub fn alert(conn: &mut Connection, id: Uuid, scope: &Scope, moment: Moment) -> Result<Told, Error> {
    let (mut listed, year, events) = alerts::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Alert))?;
    head(conn, year, std::slice::from_mut(&mut listed), moment)?;
    let measures = measures::of_alert(conn, id)?;
    let of_project = alerts::of_one(conn, listed.0.project)?;
    let hidden_by = Some(&listed.0).filter(|alert| alert.state.is_active());
    let hidden_by = hidden_by.and_then(|alert| hider(&of_project, alert)).map(|other| other.id);
    Ok(Told { listed, year, events, measures, hidden_by })
}

/// A page of the outbox in a scope, after an id.
pub fn letters(
    conn: &mut Connection,
    scope: &Scope,
    filter: &LetterFilter,
    after: &str,
    limit: i64,
) -> Result<Vec<ListedLetter>, Error> {
    Ok(letters::page(conn, scope, filter, after, limit)?)
}

/// Events of a letter that are told with it at most.
const MAX_TELLINGS: i64 = 500;

/// What a letter tells, with the figures of the moment, and how many events that is in all.
pub fn letter_tells(conn: &mut Connection, id: Uuid) -> Result<(Vec<Telling>, i64), Error> {
    Ok(letters::tells(conn, id, MAX_TELLINGS)?)
}

/// One letter in a scope.
pub fn letter(conn: &mut Connection, scope: &Scope, id: Uuid) -> Result<ListedLetter, Error> {
    letters::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Letter))
}

/// A page of the contacts in a scope, after an id.
pub fn contacts(
    conn: &mut Connection,
    scope: &Scope,
    filter: &ContactFilter,
    after: &str,
    limit: i64,
) -> Result<Vec<Contact>, Error> {
    Ok(contacts::page(conn, scope, filter, after, limit)?)
}

/// A page of the audit trail in a scope, newest last, after an id.
pub fn audit(
    conn: &mut Connection,
    scope: &Scope,
    filter: &AuditFilter,
    after: &str,
    limit: i64,
) -> Result<Vec<AuditRow>, Error> {
    Ok(audit::page(conn, scope, filter, after, limit)?)
}

/// One contact in a scope.
pub fn contact(conn: &mut Connection, scope: &Scope, id: Uuid) -> Result<Contact, Error> {
    contacts::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Contact))
}
