//! Finding a project within what the caller may see. What lies outside is not there: 404, never 403.

use super::{Error, Thing};
use crate::domain::access::{Scope, Token};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::project::Project;
use crate::storage::{Connection, backend, projects, units};
use std::collections::BTreeSet;

/// The project of that code in that year, if its unit lies in the scope.
pub fn project(conn: &mut Connection, year: FiscalYear, code: &ProjectCode, scope: &Scope) -> Result<Project, Error> {
    projects::find(conn, year, code)?
        .filter(|project| scope.covers(&project.unit))
        .ok_or(Error::NotFound(Thing::Project))
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

/// Holds everybody else who would change the project off until this transaction ends.
pub fn lock(conn: &mut Connection, year: FiscalYear, code: &str) -> Result<(), Error> {
    Ok(backend::lock(conn, &format!("project|{year}|{code}"))?)
}

/// What a token may see: its units with all those below them.
pub fn scope_of(conn: &mut Connection, token: &Token) -> Result<Scope, Error> {
    if token.units.is_empty() {
        return Ok(Scope::Everything);
    }
    Ok(Scope::Units(units::with_those_below(&units::all(conn)?, &token.units)))
}

/// A scope narrowed to one unit and those below it, as a list's `unit=` asks.
pub fn narrowed(conn: &mut Connection, scope: &Scope, unit: Option<&UnitCode>) -> Result<Scope, Error> {
    let Some(unit) = unit else { return Ok(scope.clone()) };
    let below: BTreeSet<UnitCode> = units::with_those_below(&units::all(conn)?, std::slice::from_ref(unit));
    Ok(scope.narrowed_to(&below))
}

/// Asks the database anything at all: can it serve?
pub fn ping(conn: &mut Connection) -> Result<(), Error> {
    units::all(conn).map(drop).map_err(Error::from)
}
