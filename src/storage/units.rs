//! Budget units and the tree they form.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::rows::{column, unit_code};
use super::schema::units;
use crate::domain::access::Scope;
use crate::domain::code::UnitCode;
use crate::domain::project::Unit;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use std::collections::BTreeSet;

/// A unit with the unit above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    /// The unit.
    pub unit: Unit,
    /// The unit above it.
    pub parent: Option<UnitCode>,
}

/// Units above each other that are followed; a longer chain is a ring.
const MAX_DEPTH: usize = 32;

/// All units, by code; in the order of its signs whatever language the database sorts by, for pages go by it.
pub fn all(conn: &mut Connection) -> Result<Vec<UnitRow>, Error> {
    let mut rows: Vec<(String, String, Option<String>)> =
        on_either!(conn, |conn| units::table.select((units::code, units::name, units::parent_code)).load(conn))?;
    rows.sort();
    rows.into_iter()
        .map(|(code, name, parent)| {
            let parent = parent.map(|parent| unit_code(&parent)).transpose()?;
            Ok(UnitRow { unit: Unit { code: unit_code(&code)?, name }, parent })
        })
        .collect()
}

/// One unit.
pub fn find(conn: &mut Connection, code: &UnitCode) -> Result<Option<Unit>, Error> {
    let name: Option<String> =
        units::table.filter(units::code.eq(code.as_str())).select(units::name).first(conn).optional()?;
    Ok(name.map(|name| Unit { code: code.clone(), name }))
}

/// Records a unit, or its new name or parent.
pub fn put(conn: &mut Connection, row: &UnitRow, now: DateTime<Utc>) -> Result<(), Error> {
    let parent = row.parent.as_ref().map(UnitCode::as_str);
    let changed = diesel::update(units::table.filter(units::code.eq(row.unit.code.as_str())))
        .set((units::name.eq(&row.unit.name), units::parent_code.eq(parent)))
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(units::table)
            .values((
                units::code.eq(row.unit.code.as_str()),
                units::name.eq(&row.unit.name),
                units::parent_code.eq(parent),
                units::recorded_at.eq(column(now)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// A unit and those above it, nearest first.
#[must_use]
pub fn chain(all: &[UnitRow], unit: &UnitCode) -> Vec<UnitCode> {
    let mut chain = vec![unit.clone()];
    while let Some(parent) = chain
        .last()
        .and_then(|last| all.iter().find(|row| row.unit.code == *last))
        .and_then(|row| row.parent.clone())
        .filter(|parent| !chain.contains(parent) && chain.len() < MAX_DEPTH)
    {
        chain.push(parent);
    }
    chain
}

/// The named units with all those below them; a named unit that is not known yet stays in.
#[must_use]
pub fn with_those_below(all: &[UnitRow], named: &[UnitCode]) -> BTreeSet<UnitCode> {
    let below =
        all.iter().map(|row| &row.unit.code).filter(|code| chain(all, code).iter().any(|up| named.contains(up)));
    below.chain(named).cloned().collect()
}

/// A scope as a list of codes for a query; none where everything may be seen.
#[must_use]
pub fn codes(scope: &Scope) -> Option<Vec<String>> {
    match scope {
        Scope::Everything => None,
        Scope::Units(units) => Some(units.iter().map(|unit| unit.as_str().to_owned()).collect()),
    }
}
