//! The audit trail, as JSON.

use super::{Id, Instant, UnitCode};
use crate::actions::watch::AuditRow;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A deed: who did what to what, before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deed {
    /// Ours, growing with time.
    id: Id,
    /// When.
    at: Instant,
    /// Who: a token's name, `cli`, `schedule` or `demo`.
    #[schema(example = "clerk")]
    actor: String,
    /// The verb.
    #[schema(example = "record_disbursement")]
    action: String,
    /// The kind of thing.
    #[schema(example = "disbursement")]
    entity: String,
    /// Which one: an id or a code.
    #[schema(example = "01905f6e-2c3b-7d4a-9b1e-0f6a5c7d8e9f")]
    entity_id: String,
    /// The unit that it concerns; null where it concerns all of them, or several.
    unit: Option<UnitCode>,
    /// As it was; null where it was new.
    #[schema(value_type = Option<Object>, example = json!({ "state": "open" }))]
    before: Option<Value>,
    /// As it was then; null where it was taken away.
    #[schema(value_type = Option<Object>, example = json!({ "state": "acknowledged" }))]
    after: Option<Value>,
    /// The request that it came with, as in `X-Request-Id`; null where no request did.
    #[schema(example = "01905f6e-2c3b-7d4a-9b1e-0f6a5c7d8e9f")]
    request_id: Option<String>,
}

/// A row of the trail.
#[must_use]
pub fn deed(row: &AuditRow) -> Deed {
    Deed {
        id: Id(row.id),
        at: Instant(row.at),
        actor: row.actor.clone(),
        action: row.action.clone(),
        entity: row.entity.clone(),
        entity_id: row.entity_id.clone(),
        unit: row.unit.clone().map(UnitCode),
        before: row.before.clone(),
        after: row.after.clone(),
        request_id: row.request_id.clone(),
    }
}
