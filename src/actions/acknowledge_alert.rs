//! Records what a person says about an alert: its causes, an explanation, and how likely the goal still is. Again while
//! the alert is active: that corrects what was said before, and both stay in the story.

use super::check_project::{Occasion, Story, closing_figures};
use super::figures::{Known, examine_one};
use super::watch::Told;
use super::{Error, Judging, Moment, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::acknowledgement::{Acknowledgement, Causes, Likelihood};
use crate::domain::alert::{Change, State};
use crate::domain::language::Language;
use crate::render::words;
use crate::storage::Connection;
use crate::storage::alerts::{self, Event};
use crate::storage::audit::{self, Deed};
use serde_json::{Value, json};
use uuid::Uuid;

/// Which alert is acknowledged, how, and by whom.
#[derive(Clone, Debug)]
pub struct AcknowledgeAlert {
    /// The alert.
    pub alert: Uuid,
    /// What the caller may see.
    pub scope: Scope,
    /// What is said about it.
    pub answer: Acknowledgement,
    /// Who says so.
    pub actor: Actor,
}

/// Records an acknowledgement with the figures of the moment; the alert stays active.
pub fn acknowledge_alert(
    conn: &mut Connection,
    command: &AcknowledgeAlert,
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
    let said = as_json(&command.answer);
    if let Value::Object(members) = &mut inputs {
        members.insert("acknowledgement".to_owned(), said.clone());
    }

    alerts::update(conn, alert.id, State::Acknowledged, alert.severity, moment.now)?;
    let story = Story {
        alert: alert.id,
        change: Change::Acknowledged,
        severity: alert.severity,
        explanation: words::acknowledgement(&command.answer, Language::Chinese),
        inputs: inputs.to_string(),
        rule_version: rules.version,
        plan_version: figures.comparison.plan.as_ref().map(|plan| plan.version),
    };
    story.tell(conn, project.year, &Occasion { as_of, run: None, actor: &command.actor, moment })?;
    let id = alert.id.to_string();
    let deed = Deed {
        action: "acknowledge_alert",
        entity: "alert",
        entity_id: &id,
        unit: Some(&project.unit),
        before: Some(json!({ "state": alert.state.name() })),
        after: Some(json!({ "state": State::Acknowledged.name(), "acknowledgement": said })),
    };
    audit::append(conn, &deed, &command.actor, moment.now)?;
    super::watch::alert(conn, alert.id, &command.scope, moment)
}

fn as_json(answer: &Acknowledgement) -> Value {
    let causes: serde_json::Map<String, Value> =
        answer.causes.named().into_iter().map(|(name, text)| (name.to_owned(), json!(text))).collect();
    json!({ "causes": causes, "explanation": answer.explanation, "likelihood": answer.likelihood.name() })
}

/// The acknowledgement that holds, with its event: the last one since the alert was last opened.
#[must_use]
pub fn acknowledged(events: &[Event]) -> Option<(&Event, Acknowledgement)> {
    let since = events.iter().rev().take_while(|event| event.change != Change::Reopened);
    let event = since.into_iter().find(|event| event.change == Change::Acknowledged)?;
    let inputs: Value = serde_json::from_str(&event.inputs).ok()?;
    let said = inputs.get("acknowledgement")?;
    let cause = |name: &str| said.get("causes")?.get(name)?.as_str().map(str::to_owned);
    let causes = Causes {
        funding: cause("funding"),
        institution: cause("institution"),
        personnel: cause("personnel"),
        hardware: cause("hardware"),
        other: cause("other"),
    };
    let likelihood = Likelihood::from_name(said.get("likelihood")?.as_str()?)?;
    Some((event, Acknowledgement { causes, explanation: said.get("explanation")?.as_str()?.to_owned(), likelihood }))
}
