//! The audit trail: who did what, before and after. Rows are added, never changed.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::rows::column;
use super::schema::audit;
use crate::domain::access::Actor;
use crate::domain::code::UnitCode;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

/// What was done to what.
pub struct Deed<'values> {
    /// The verb, such as `record_disbursement`.
    pub action: &'values str,
    /// The kind of thing, such as `disbursement`.
    pub entity: &'values str,
    /// Which one.
    pub entity_id: &'values str,
    /// The unit that it concerns; none where it concerns all of them: only those who see everything read of it.
    pub unit: Option<&'values UnitCode>,
    /// As it was; none where it is new.
    pub before: Option<Value>,
    /// As it is now.
    pub after: Option<Value>,
}

/// Adds a row to the trail, in the transaction of the deed itself.
pub fn append(conn: &mut Connection, deed: &Deed<'_>, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    on_either!(conn, |conn| diesel::insert_into(audit::table)
        .values((
            audit::id.eq(Uuid::now_v7().to_string()),
            audit::at.eq(column(now)),
            audit::actor.eq(&actor.name),
            audit::action.eq(deed.action),
            audit::entity.eq(deed.entity),
            audit::entity_id.eq(deed.entity_id),
            audit::before_json.eq(deed.before.as_ref().map(Value::to_string)),
            audit::after_json.eq(deed.after.as_ref().map(Value::to_string)),
            audit::request_id.eq(actor.request_id.as_ref()),
            audit::unit_code.eq(deed.unit.map(UnitCode::as_str)),
        ))
        .execute(conn))?;
    Ok(())
}
