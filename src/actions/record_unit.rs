//! Budget units as people set them up: recorded, renamed, moved under another. What a token of a unit sees changes
//! with the tree, at once.

use super::{Error, Thing};
use crate::domain::access::{Actor, Scope};
use crate::domain::code::UnitCode;
use crate::storage::audit::{self, Deed};
pub use crate::storage::units::UnitRow;
use crate::storage::{Connection, backend, units};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// Holds everybody else who changes the tree off: two moves at once could close a ring.
const LOCK: &str = "units";

/// What a list of units is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct UnitFilter {
    /// Only those right below this one.
    pub parent: Option<UnitCode>,
    /// Only those whose code or name holds this, whatever its case.
    pub words: String,
}

/// A page of the units in a scope, by code, after a code.
pub fn page(
    conn: &mut Connection,
    scope: &Scope,
    filter: &UnitFilter,
    after: &str,
    limit: i64,
) -> Result<Vec<UnitRow>, Error> {
    let words = filter.words.to_lowercase();
    let is_asked = |row: &UnitRow| {
        scope.covers(&row.unit.code)
            && row.unit.code.as_str() > after
            && (filter.parent.is_none() || row.parent == filter.parent)
            && (row.unit.code.as_str().to_lowercase().contains(&words) || row.unit.name.to_lowercase().contains(&words))
    };
    let asked = units::all(conn)?.into_iter().filter(is_asked);
    Ok(asked.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect())
}

/// One unit in a scope.
pub fn unit(conn: &mut Connection, scope: &Scope, code: &UnitCode) -> Result<UnitRow, Error> {
    let found = units::all(conn)?.into_iter().find(|row| row.unit.code == *code);
    found.filter(|_| scope.covers(code)).ok_or(Error::NotFound(Thing::Unit))
}

/// Records a unit that is not known yet.
pub fn record_unit(conn: &mut Connection, row: &UnitRow, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    backend::lock(conn, LOCK)?;
    let all = units::all(conn)?;

    if all.iter().any(|known| known.unit.code == row.unit.code) {
        return Err(Error::UnitExists(row.unit.code.clone()));
    }
    check_place(&all, row)?;

    write(conn, None, row, actor, now)
}

/// Records a unit's new name and the unit above it.
pub fn change_unit(conn: &mut Connection, row: &UnitRow, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    backend::lock(conn, LOCK)?;
    let all = units::all(conn)?;

    let known = all.iter().find(|known| known.unit.code == row.unit.code).ok_or(Error::NotFound(Thing::Unit))?;
    check_place(&all, row)?;

    if known == row { Ok(()) } else { write(conn, Some(known), row, actor, now) }
}

/// Records a unit, or its new name and the unit above it: the command line's one verb for both.
pub fn put_unit(conn: &mut Connection, row: &UnitRow, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    if units::find(conn, &row.unit.code)?.is_none() {
        record_unit(conn, row, actor, now)
    } else {
        change_unit(conn, row, actor, now)
    }
}

/// Whether a unit can stand where it is to stand.
fn check_place(all: &[UnitRow], row: &UnitRow) -> Result<(), Error> {
    let Some(parent) = &row.parent else { return Ok(()) };
    if *parent != row.unit.code && !all.iter().any(|known| known.unit.code == *parent) {
        return Err(Error::UnknownParent(parent.clone()));
    }
    let above = units::chain(all, parent);
    match above.iter().position(|code| *code == row.unit.code) {
        None => Ok(()),
        Some(place) => {
            let ring = [&row.unit.code].into_iter().chain(above.iter().take(place + 1)).cloned();
            Err(Error::UnitRing(ring.collect()))
        }
    }
}

fn write(
    conn: &mut Connection,
    before: Option<&UnitRow>,
    row: &UnitRow,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    units::put(conn, row, now)?;
    let deed = Deed {
        action: if before.is_some() { "change_unit" } else { "record_unit" },
        entity: "unit",
        entity_id: row.unit.code.as_str(),
        unit: Some(&row.unit.code),
        before: before.map(as_json),
        after: Some(as_json(row)),
    };
    Ok(audit::append(conn, &deed, actor, now)?)
}

fn as_json(row: &UnitRow) -> Value {
    json!({ "name": row.unit.name, "parent": row.parent.as_ref().map(UnitCode::as_str) })
}
