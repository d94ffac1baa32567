//! Takes a person off the list of those who are told: people leave. Letters that were decided on stay as they are.

use super::add_contact::as_json;
use super::{Error, Thing};
use crate::domain::access::{Actor, Scope};
use crate::storage::audit::{self, Deed};
use crate::storage::{Connection, contacts};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Removes a contact of a scope.
pub fn remove_contact(
    conn: &mut Connection,
    id: Uuid,
    scope: &Scope,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let contact = contacts::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Contact))?;

    contacts::delete(conn, id)?;
    let id = id.to_string();
    let deed = Deed {
        action: "remove_contact",
        entity: "contact",
        entity_id: &id,
        unit: Some(&contact.unit),
        before: Some(as_json(&contact)),
        after: None,
    };
    Ok(audit::append(conn, &deed, actor, now)?)
}
