//! Finding a project within what the caller may see. What lies outside is not there: 404, never 403.

use super::{Error, Thing};
use crate::domain::access::{Role, Scope, Token};
use crate::domain::alert::Alert;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::project::Project;
use crate::storage::{Connection, alerts, backend, contacts, letters, projects, units};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The project of that code in that year, if its unit lies in the scope.
pub fn project(conn: &mut Connection, year: FiscalYear, code: &ProjectCode, scope: &Scope) -> Result<Project, Error> {
    projects::find(conn, year, code)?
        .filter(|project| scope.covers(&project.unit))
        .ok_or(Error::NotFound(Thing::Project))
}

/// The same, if it had been recorded by an instant, where one is named.
pub fn project_known(
    conn: &mut Connection,
    year: FiscalYear,
    code: &ProjectCode,
    scope: &Scope,
    known_at: Option<DateTime<Utc>>,
) -> Result<Project, Error> {
    let project = project(conn, year, code, scope)?;
    let is_known = known_at.is_none_or(|known_at| project.recorded_at <= known_at);
    if is_known { Ok(project) } else { Err(Error::NotFound(Thing::Project)) }
}

/// The same, and nobody else changes the project until this transaction ends.
pub fn project_for_writing(
    conn: &mut Connection,
    year: FiscalYear,
    code: &ProjectCode,
    scope: &Scope,
) -> Result<Project, Error> {
    lock(conn, year, code.as_str())?;
    project(conn, year, code, scope)
}

/// An alert in a scope with its project, and nobody else changes either until this transaction ends.
pub fn alert_for_writing(conn: &mut Connection, id: Uuid, scope: &Scope) -> Result<(Alert, Project), Error> {
    let ((_, code, ..), year, _) = alerts::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Alert))?;
    let code = ProjectCode::parse(&code).map_err(|_| Error::NotFound(Thing::Alert))?;
    let project = project_for_writing(conn, year, &code, scope)?;
    // Read again: a check may have held the project until now.
    let ((alert, ..), ..) = alerts::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Alert))?;
    Ok((alert, project))
}

/// Holds everybody else who would change the project off until this transaction ends.
pub fn lock(conn: &mut Connection, year: FiscalYear, code: &str) -> Result<(), Error> {
    Ok(backend::lock(conn, &format!("project|{year}|{code}"))?)
}

/// What a token may see: its units with all those below them, and an admin's everything. Any other without units sees
/// nothing, however it came to have none.
pub fn scope_of(conn: &mut Connection, token: &Token) -> Result<Scope, Error> {
    if token.units.is_empty() {
        return Ok(if token.role == Role::Admin { Scope::Everything } else { Scope::Units(BTreeSet::new()) });
    }
    Ok(Scope::Units(units::with_those_below(&units::all(conn)?, &token.units)))
}

/// A scope narrowed to one unit and those below it, as a list's `unit=` asks.
pub fn narrowed(conn: &mut Connection, scope: &Scope, unit: Option<&UnitCode>) -> Result<Scope, Error> {
    let Some(unit) = unit else { return Ok(scope.clone()) };
    let below: BTreeSet<UnitCode> = units::with_those_below(&units::all(conn)?, std::slice::from_ref(unit));
    Ok(scope.narrowed_to(&below))
}

/// A thing that a path names and that belongs to units.
#[derive(Clone, Debug)]
pub enum Named {
    /// A project of a year.
    Project(FiscalYear, ProjectCode),
    /// An alert.
    Alert(Uuid),
    /// A letter.
    Letter(Uuid),
    /// A contact.
    Contact(Uuid),
    /// A unit.
    Unit(UnitCode),
}

impl Named {
    /// What kind of thing it is.
    #[must_use]
    pub const fn thing(&self) -> Thing {
        match self {
            Named::Project(..) => Thing::Project,
            Named::Alert(_) => Thing::Alert,
            Named::Letter(_) => Thing::Letter,
            Named::Contact(_) => Thing::Contact,
            Named::Unit(_) => Thing::Unit,
        }
    }
}

/// Whether the thing cannot be seen in a scope. Where not everything may be seen, one that does not exist is outside like
/// all the others: nobody can tell which it was.
pub fn is_outside(conn: &mut Connection, named: &Named, scope: &Scope) -> Result<bool, Error> {
    if *scope == Scope::Everything {
        return Ok(false);
    }
    Ok(match named {
        Named::Project(year, code) => {
            projects::find(conn, *year, code)?.is_none_or(|project| !scope.covers(&project.unit))
        }
        Named::Alert(id) => alerts::find(conn, *id, scope)?.is_none(),
        Named::Letter(id) => letters::find(conn, *id, scope)?.is_none(),
        Named::Contact(id) => contacts::find(conn, *id, scope)?.is_none(),
        Named::Unit(code) => !scope.covers(code),
    })
}

/// Asks the database anything at all: can it serve?
pub fn ping(conn: &mut Connection) -> Result<(), Error> {
    units::all(conn).map(drop).map_err(Error::from)
}
