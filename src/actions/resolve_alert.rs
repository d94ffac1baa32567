//! Closes an alert by hand, with a reason. It stays closed while its rule says the same; it opens again when it becomes
//! graver, or when the rule was content in between and speaks once more (see [`crate::domain::decide::decide`]).

use super::answer_alert::{Asked, Saying, answer, hold};
use super::check_project::come_out;
use super::watch::Told;
use super::{Error, Judging, Moment};
use crate::domain::alert::{Alert, Change, State};
use crate::storage::Connection;
use crate::storage::alert_events::Event;
use crate::storage::alerts;
use serde_json::{Value, json};

/// Closes an alert by hand. Nobody is told: nothing was caught up, and who was to hear of it no longer needs to.
pub fn resolve_alert(
    conn: &mut Connection,
    asked: &Asked,
    reason: &str,
    judging: &Judging,
    moment: Moment,
) -> Result<Told, Error> {
    let held = hold(conn, asked, judging, moment)?;

    let before = alerts::of_one(conn, held.project.id)?;
    let settled_by = Some(asked.actor.name.clone());
    let closed = Alert { state: State::Resolved, settled_by, waiver: None, ..held.alert.clone() };
    let saying = Saying {
        change: Change::Resolved,
        action: "resolve_alert",
        words: reason.to_owned(),
        key: "reason",
        said: json!(reason),
    };
    let told = answer(conn, asked, &held, closed, saying, moment)?;
    come_out(conn, &before, held.as_of)?;
    Ok(told)
}

/// Who closed the alert by hand, when and why, if that is how it was closed last: the event and the reason.
#[must_use]
pub fn resolved_by_hand(events: &[Event]) -> Option<(&Event, String)> {
    let event = events.last().filter(|event| event.change == Change::Resolved)?;
    let inputs: Value = serde_json::from_str(&event.inputs).ok()?;
    Some((event, inputs.get("reason")?.as_str()?.to_owned()))
}
