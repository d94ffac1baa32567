//! Takes a letter back that waits and has not been sent.

use super::{Error, Thing};
use crate::domain::access::{Actor, Scope};
use crate::domain::letter::LetterState;
use crate::storage::audit::{self, Deed};
use crate::storage::letters::Listed;
use crate::storage::{Connection, letters};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

/// Takes a letter back that is queued or waits for its next attempt, and says why in the audit trail. One that a postman
/// holds may have gone already: it is refused, as is one that waits no more.
pub fn cancel_letter(
    conn: &mut Connection,
    id: Uuid,
    reason: &str,
    scope: &Scope,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Listed, Error> {
    let letter = letters::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Letter))?;
    let units = letters::units_of(conn, id)?;

    let waits = matches!(letter.state, LetterState::Queued | LetterState::Retrying);
    if !waits || !letters::cancel(conn, id, now)? {
        return Err(Error::LetterNotWaiting { state: letter.state, in_hand: waits });
    }

    let entity_id = id.to_string();
    let only_unit = if let [unit] = units.as_slice() { Some(unit) } else { None };
    let deed = Deed {
        action: "cancel_letter",
        entity: "letter",
        entity_id: &entity_id,
        unit: only_unit,
        before: Some(json!({ "state": letter.state.name() })),
        after: Some(json!({ "state": LetterState::Cancelled.name(), "reason": reason })),
    };
    audit::append(conn, &deed, actor, now)?;
    letters::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Letter))
}
