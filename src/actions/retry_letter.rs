//! Sends a letter on its way again that was given up, was taken back, or waits for its next attempt.

use super::{Error, Thing};
use crate::domain::access::{Actor, Scope};
use crate::domain::letter::LetterState;
use crate::storage::audit::{self, Deed};
use crate::storage::letters::Listed;
use crate::storage::{Connection, letters};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

/// Puts a stuck letter back into the queue, due now; its attempts are kept, and it may fail as often again as a new one. One that is queued, sent or in a postman's
/// hand is left alone.
pub fn retry_letter(
    conn: &mut Connection,
    id: Uuid,
    scope: &Scope,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Listed, Error> {
    let letter = letters::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Letter))?;
    let units = letters::units_of(conn, id)?;

    let is_stuck = matches!(letter.state, LetterState::Dead | LetterState::Cancelled | LetterState::Retrying);
    if !is_stuck || !letters::requeue(conn, id, now)? {
        return Err(Error::LetterNotStuck { state: letter.state, in_hand: is_stuck });
    }

    let entity_id = id.to_string();
    let only_unit = if let [unit] = units.as_slice() { Some(unit) } else { None };
    let deed = Deed {
        action: "retry_letter",
        entity: "letter",
        entity_id: &entity_id,
        unit: only_unit,
        before: Some(json!({ "state": letter.state.name(), "attempts": letter.attempts })),
        after: Some(json!({ "state": LetterState::Queued.name(), "attempts": letter.attempts })),
    };
    audit::append(conn, &deed, actor, now)?;
    letters::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Letter))
}
