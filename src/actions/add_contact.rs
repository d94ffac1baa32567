//! Records a person who is told.

use super::{Error, Thing};
use crate::domain::access::Actor;
use crate::domain::code::ProjectCode;
use crate::domain::contact::Contact;
use crate::storage::audit::{self, Deed};
use crate::storage::{Connection, backend, contacts, units};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// Records a contact of a known unit; the same person in the same place twice is refused.
pub fn add_contact(conn: &mut Connection, contact: &Contact, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    backend::lock(conn, &format!("contact|{}|{}", contact.unit, contact.email.as_str()))?;
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
    let id = contact.id.to_string();
    let (unit, after) = (Some(&contact.unit), Some(as_json(contact)));
    let deed = Deed { action: "add_contact", entity: "contact", entity_id: &id, unit, before: None, after };
    audit::append(conn, &deed, actor, now)?;
    Ok(())
}

/// A contact as the audit trail keeps it.
#[must_use]
pub fn as_json(contact: &Contact) -> Value {
    json!({
        "unit": contact.unit.as_str(), "project": contact.project.as_ref().map(ProjectCode::as_str),
        "role": contact.role.name(), "email": contact.email.as_str(), "name": contact.name,
        "language": contact.language.name(), "letters": contact.letters.name(),
    })
}
