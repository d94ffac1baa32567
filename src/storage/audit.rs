//! The audit trail: who did what, before and after. Rows are added, never changed.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::prepared::statement;
use super::rows::{column, corrupt, instant, unit_code, uuid};
use super::schema::audit;
use super::units;
use crate::domain::access::{Actor, Scope};
use crate::domain::code::UnitCode;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
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
    /// The unit that it concerns; none where it concerns all of them: only those who see everything read of it.
    pub unit: Option<&'values UnitCode>,
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
        unit: &deed.unit.map(|unit| unit.as_str().to_owned()),
    };
    on_either!(conn, |conn| added.execute(conn))?;
    Ok(())
}

statement! {
    Append {
        id: str, at: NaiveDateTime, actor: str, action: str, entity: str, entity_id: str, before: Option<String>,
        after: Option<String>, request_id: Option<String>, unit: Option<String>,
    } -> ();
    "INSERT INTO audit (id, at, actor, action, entity, entity_id, before_json, after_json, request_id, unit_code) VALUES (",
        id as Text;
    ", ", at as Timestamp;
    ", ", actor as Text;
    ", ", action as Text;
    ", ", entity as Text;
    ", ", entity_id as Text;
    ", ", before as Nullable<Text>;
    ", ", after as Nullable<Text>;
    ", ", request_id as Nullable<Text>;
    ", ", unit as Nullable<Text>;
    then ")"
}

/// A row of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Ours, growing with time.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// The verb.
    pub action: String,
    /// The kind of thing.
    pub entity: String,
    /// Which one.
    pub entity_id: String,
    /// The unit that it concerns.
    pub unit: Option<UnitCode>,
    /// As it was.
    pub before: Option<Value>,
    /// As it was then.
    pub after: Option<Value>,
    /// The request that it came with.
    pub request_id: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit)]
struct Row {
    id: String,
    at: NaiveDateTime,
    actor: String,
    action: String,
    entity: String,
    entity_id: String,
    before_json: Option<String>,
    after_json: Option<String>,
    request_id: Option<String>,
    unit_code: Option<String>,
}

impl Row {
    fn into_listed(self) -> Result<Listed, Error> {
        let json = |text: Option<String>| {
            text.map(|text| serde_json::from_str(&text).map_err(|_| corrupt("audit row", &self.id))).transpose()
        };
        Ok(Listed {
            id: uuid(&self.id)?,
            at: instant(self.at),
            actor: self.actor,
            action: self.action,
            entity: self.entity,
            entity_id: self.entity_id,
            unit: self.unit_code.as_deref().map(unit_code).transpose()?,
            before: json(self.before_json)?,
            after: json(self.after_json)?,
            request_id: self.request_id,
        })
    }
}

/// What a reading of the trail is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this kind of thing.
    pub entity: Option<String>,
    /// Only this one.
    pub entity_id: Option<String>,
    /// Only this verb.
    pub action: Option<String>,
    /// Only this person's, or service's.
    pub actor: Option<String>,
    /// Only at this instant or later.
    pub since: Option<DateTime<Utc>>,
    /// Only before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// A page of the trail, newest last, after an id: rows of the units in the scope; rows of no unit only where
/// everything may be seen.
pub fn page(
    conn: &mut Connection,
    scope: &Scope,
    filter: &Filter,
    after: &str,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let mut query = audit::table.filter(audit::id.gt(after)).into_boxed();
    if let Some(codes) = units::codes(scope) {
        query = query.filter(audit::unit_code.eq_any(codes));
    }
    if let Some(entity) = &filter.entity {
        query = query.filter(audit::entity.eq(entity));
    }
    if let Some(id) = &filter.entity_id {
        query = query.filter(audit::entity_id.eq(id));
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit::action.eq(action));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(audit::actor.eq(actor));
    }
    if let Some(since) = filter.since {
        query = query.filter(audit::at.ge(column(since)));
    }
    if let Some(until) = filter.until {
        query = query.filter(audit::at.lt(column(until)));
    }
    let rows: Vec<Row> = query.order(audit::id).limit(limit).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_listed).collect()
}
