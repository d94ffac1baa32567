//! Records a person who is told, and units that people set up by hand.

use super::{Error, Thing};
use crate::domain::access::Actor;
use crate::domain::contact::Contact;
use crate::storage::audit::{self, Deed};
use crate::storage::units::UnitRow;
use crate::storage::{Connection, contacts, units};
use chrono::{DateTime, Utc};
use serde_json::json;

/// Records a contact of a known unit; the same person in the same place twice is refused.
pub fn add_contact(conn: &mut Connection, contact: &Contact, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    if units::find(conn, &contact.unit)?.is_none() {
        return Err(Error::NotFound(Thing::Unit));
    }
    let same = |known: &Contact| {
        known.unit == contact.unit
            && known.project == contact.project
            && known.role == contact.role
            && known.email == contact.email
    };
    if contacts::all(conn)?.iter().any(same) {
        return Err(Error::ContactExists);
    }

    contacts::insert(conn, contact, now)?;
    let after = json!({ "unit": contact.unit.as_str(), "project": contact.project.as_ref().map(super::super::domain::code::ProjectCode::as_str),
        "role": contact.role.name(), "email": contact.email.as_str(), "name": contact.name });
    let id = contact.id.to_string();
    let (unit, after) = (Some(&contact.unit), Some(after));
    let deed = Deed { action: "add_contact", entity: "contact", entity_id: &id, unit, before: None, after };
    audit::append(conn, &deed, actor, now)?;
    Ok(())
}

/// Records a unit, its new name, or the unit above it.
pub fn put_unit(conn: &mut Connection, row: &UnitRow, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    if let Some(parent) = &row.parent
        && units::find(conn, parent)?.is_none()
    {
        return Err(Error::NotFound(Thing::Unit));
    }
    let before = units::find(conn, &row.unit.code)?.map(|unit| json!({ "name": unit.name }));

    units::put(conn, row, now)?;
    let after = json!({ "name": row.unit.name, "parent": row.parent.as_ref().map(super::super::domain::code::UnitCode::as_str) });
    let unit = &row.unit.code;
    let deed = Deed {
        action: "put_unit",
        entity: "unit",
        entity_id: unit.as_str(),
        unit: Some(unit),
        before,
        after: Some(after),
    };
    audit::append(conn, &deed, actor, now)?;
    Ok(())
}
