//! The audit trail: who did what, before and after. Rows are added, never changed.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::prepared::statement;
use super::rows::column;
use crate::domain::access::Actor;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Nullable, Text, Timestamp};
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
    /// As it was; none where it is new.
    pub before: Option<Value>,
    /// As it is now.
    pub after: Option<Value>,
}

/// Adds a row to the trail, in the transaction of the deed itself.
pub fn append(conn: &mut Connection, deed: &Deed<'_>, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    let added = Append {
        id: &Uuid::now_v7().to_string(),
        at: &column(now),
        actor: &actor.name,
        action: deed.action,
        entity: deed.entity,
        entity_id: deed.entity_id,
        before: &deed.before.as_ref().map(Value::to_string),
        after: &deed.after.as_ref().map(Value::to_string),
        request_id: &actor.request_id,
    };
    on_either!(conn, |conn| added.execute(conn))?;
    Ok(())
}

statement! {
    Append {
        id: str, at: NaiveDateTime, actor: str, action: str, entity: str, entity_id: str, before: Option<String>,
        after: Option<String>, request_id: Option<String>,
    } -> ();
    "INSERT INTO audit (id, at, actor, action, entity, entity_id, before_json, after_json, request_id) VALUES (",
        id as Text;
    ", ", at as Timestamp;
    ", ", actor as Text;
    ", ", action as Text;
    ", ", entity as Text;
    ", ", entity_id as Text;
    ", ", before as Nullable<Text>;
    ", ", after as Nullable<Text>;
    ", ", request_id as Nullable<Text>;
    then ")"
}
