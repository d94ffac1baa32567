//! Closes an alert by hand, with a reason. It stays closed while its rule says the same; it opens again when it becomes
//! graver, or when the rule was content in between and speaks once more (see [`crate::domain::alert::decide`]).

use super::check_project::{Occasion, Story, closing_figures};
use super::figures::{Known, examine_one};
use super::watch::Told;
use super::{Error, Judging, Moment, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::alert::{Change, State};
use crate::storage::Connection;
use crate::storage::alerts::{self, Event};
use crate::storage::audit::{self, Deed};
use serde_json::{Value, json};
use uuid::Uuid;

/// Which alert is closed, why, and by whom.
#[derive(Clone, Debug)]
pub struct ResolveAlert {
    /// The alert.
    pub alert: Uuid,
    /// What the caller may see.
    pub scope: Scope,
    /// Why it is over.
    pub reason: String,
    /// Who says so.
    pub actor: Actor,
}

/// Closes an alert by hand. Nobody is told: nothing was caught up, and who was to hear of it no longer needs to.
pub fn resolve_alert(
    conn: &mut Connection,
    command: &ResolveAlert,
    judging: &Judging,
    moment: Moment,
) -> Result<Told, Error> {
    let (alert, project) = lookup::alert_for_writing(conn, command.alert, &command.scope)?;
    let as_of = project.year.nearest(moment.today);
    let rules = judging.rules_on(conn, as_of, Known::Now(moment))?;
    let figures = examine_one(conn, &project, as_of, Known::Now(moment), &rules)?;

    if !alert.state.is_active() {
        return Err(Error::AlertClosed { state: alert.state });
    }
    let mut inputs = closing_figures(&figures);
    if let Value::Object(members) = &mut inputs {
        members.insert("reason".to_owned(), json!(command.reason));
    }

    alerts::settle(conn, alert.id, &command.actor.name, moment.now)?;
    let story = Story {
        alert: alert.id,
        change: Change::Resolved,
        severity: alert.severity,
        explanation: command.reason.clone(),
        inputs: inputs.to_string(),
        rule_version: rules.version,
        plan_version: figures.comparison.plan.as_ref().map(|plan| plan.version),
    };
    story.tell(conn, project.year, &Occasion { as_of, run: None, actor: &command.actor, moment })?;
    alerts::mark_all_told(conn, alert.id)?;
    let id = alert.id.to_string();
    let deed = Deed {
        action: "resolve_alert",
        entity: "alert",
        entity_id: &id,
        unit: Some(&project.unit),
        before: Some(json!({ "state": alert.state.name() })),
        after: Some(json!({ "state": State::Resolved.name(), "reason": command.reason })),
    };
    audit::append(conn, &deed, &command.actor, moment.now)?;
    super::watch::alert(conn, alert.id, &command.scope, moment)
}

/// Who closed the alert by hand, when and why, if that is how it was closed last: the event and the reason.
#[must_use]
pub fn resolved_by_hand(events: &[Event]) -> Option<(&Event, String)> {
    let event = events.last().filter(|event| event.change == Change::Resolved)?;
    let inputs: Value = serde_json::from_str(&event.inputs).ok()?;
    Some((event, inputs.get("reason")?.as_str()?.to_owned()))
}
