//! What every answer to an alert has in common: the alert and its project held, the figures of that moment at hand, the
//! answer written into the story and into the audit trail.

use super::check_project::{Occasion, Story, closing_figures};
use super::figures::{Figures, Known, examine_one};
use super::watch::Told;
use super::{Error, Judging, Moment, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::alert::{Alert, Change};
use crate::domain::project::Project;
use crate::storage::audit::{self, Deed};
use crate::storage::{Connection, alert_events, alerts};
use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

/// Which alert is answered, and by whom.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The alert.
    pub alert: Uuid,
    /// What the caller may see.
    pub scope: Scope,
    /// Who speaks.
    pub actor: Actor,
}

/// An alert held for an answer.
pub struct Held {
    /// The alert as it stood.
    pub alert: Alert,
    /// Its project.
    pub project: Project,
    /// The day on which it is answered, within the year.
    pub as_of: NaiveDate,
    rule_version: i32,
    figures: Figures,
}

/// Holds an active alert, and reads the figures of the moment.
pub fn hold(conn: &mut Connection, asked: &Asked, judging: &Judging, moment: Moment) -> Result<Held, Error> {
    let held = hold_any(conn, asked, judging, moment)?;
    if held.alert.state.is_active() { Ok(held) } else { Err(Error::AlertClosed { state: held.alert.state }) }
}

/// The same with an alert that may be over: what was decided about it is carried out all the same.
pub fn hold_any(conn: &mut Connection, asked: &Asked, judging: &Judging, moment: Moment) -> Result<Held, Error> {
    let (alert, project) = lookup::alert_for_writing(conn, asked.alert, &asked.scope)?;
    let as_of = project.year.nearest(moment.today);
    let rules = judging.rules_on(conn, as_of, Known::Now(moment))?;
    let figures = examine_one(conn, &project, as_of, Known::Now(moment), &rules)?;

    Ok(Held { alert, project, as_of, rule_version: rules.version, figures })
}

/// What is said, as the story and the audit trail keep it.
pub struct Saying {
    /// What happened.
    pub change: Change,
    /// The audit trail's name of the deed.
    pub action: &'static str,
    /// In words (Chinese, or a person's own).
    pub words: String,
    /// Under this name …
    pub key: &'static str,
    /// … what was said, as JSON.
    pub said: Value,
}

/// Writes an answer: the alert as it stands now, its story, the audit trail; gives the whole story.
pub fn answer(
    conn: &mut Connection,
    asked: &Asked,
    held: &Held,
    now_stands: Alert,
    saying: Saying,
    moment: Moment,
) -> Result<Told, Error> {
    let mut inputs = closing_figures(&held.figures);
    if let Value::Object(members) = &mut inputs {
        members.insert(saying.key.to_owned(), saying.said.clone());
    }
    let alert = Alert { updated_at: moment.now, ..now_stands };
    alerts::update(conn, &alert)?;
    let story = Story {
        alert: alert.id,
        change: saying.change,
        severity: alert.severity,
        explanation: saying.words,
        inputs: inputs.to_string(),
        rule_version: held.rule_version,
        plan_version: held.figures.comparison.plan.as_ref().map(|plan| plan.version),
    };
    let occasion = Occasion { as_of: held.as_of, run: None, actor: &asked.actor, moment };
    story.tell(conn, held.project.year, &occasion)?;
    if matches!(saying.change, Change::Waived | Change::Resolved) {
        // Set aside or closed by hand: who was still to hear of it no longer needs to. Any other answer leaves untold what
        // time brought, such as that the end of its waiver is near.
        alert_events::mark_all_told(conn, alert.id)?;
    } else {
        // It was answered: that nobody had, or that a measure was overdue, is no news any more.
        alert_events::mark_time_told(conn, alert.id)?;
    }
    let id = alert.id.to_string();
    let mut after = json!({ "state": alert.state.name() });
    if let Value::Object(members) = &mut after {
        members.insert(saying.key.to_owned(), saying.said);
    }
    let deed = Deed {
        action: saying.action,
        entity: "alert",
        entity_id: &id,
        unit: Some(&held.project.unit),
        before: Some(json!({ "state": held.alert.state.name() })),
        after: Some(after),
    };
    audit::append(conn, &deed, &asked.actor, moment.now)?;
    super::watch::alert(conn, alert.id, &asked.scope, moment)
}
