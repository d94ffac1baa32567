//! Checks and alerts, as JSON.

use super::{
    Acknowledgement, AlertStateWord, ChangeWord, Day, Id, Inputs, Instant, LetterKindWord, ProjectCode, Resolution,
    RuleWord, SeverityWord, UnitCode, acknowledgement, resolution,
};
use crate::actions::check_all_projects;
use crate::actions::watch;
use crate::actions::watch::{Listed, Run};
use crate::domain::access::Scope;
use crate::domain::calendar::FiscalYear;
use serde::Serialize;
use utoipa::ToSchema;

/// A check of a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct Check {
    /// Ours; null for a dry run.
    id: Option<Id>,
    /// The fiscal year.
    #[schema(example = 2024)]
    fiscal_year: i32,
    /// The day judged.
    as_of: Day,
    /// What caused it: `api`, `cli`, `schedule` or `demo`.
    #[schema(example = "api")]
    cause: String,
    /// Who asked.
    #[schema(example = "reviewer-333001")]
    requested_by: String,
    /// The rule set's version.
    #[schema(example = 1)]
    rule_version: i32,
    /// When it began.
    started_at: Instant,
    /// When it ended; null while it is under way, or where it broke off.
    finished_at: Option<Instant>,
    /// Projects of the year.
    #[schema(example = 15)]
    projects: i64,
    /// Of them, those that had to be looked at: the others stand as they were judged last.
    #[schema(example = 15)]
    judged: i64,
    /// What happened to alerts.
    alerts: AlertCounts,
    /// Letters put into the outbox.
    #[schema(example = 3)]
    letters: i64,
    /// Projects that could not be judged.
    #[schema(example = 0)]
    failed: usize,
    /// Which, and why; null for a token that does not see everything.
    #[schema(example = json!([]))]
    failures: Option<Vec<String>>,
}

/// How many alerts a check changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertCounts {
    /// Raised.
    #[schema(example = 2)]
    raised: i64,
    /// Reopened.
    #[schema(example = 0)]
    reopened: i64,
    /// Graver than before.
    #[schema(example = 1)]
    worsened: i64,
    /// Less grave than before.
    #[schema(example = 0)]
    eased: i64,
    /// Over.
    #[schema(example = 1)]
    resolved: i64,
    /// Their place was taken by a later point's.
    #[schema(example = 0)]
    superseded: i64,
}

/// A check just made, or tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    #[serde(flatten)]
    check: Check,
    /// Whether it was only tried.
    #[schema(example = false)]
    dry_run: bool,
    /// Matters that nobody was told, because nobody is recorded.
    #[schema(example = 0)]
    without_recipient: i64,
}

/// An alert as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alert {
    /// Ours.
    id: Id,
    /// The project.
    project: AlertProject,
    /// The rule that spoke.
    rule: RuleWord,
    /// The indicator, for rules about indicators.
    indicator: Option<Id>,
    /// The plan point, for rules about plan points.
    point_on: Option<Day>,
    /// Where it is in its life.
    state: AlertStateWord,
    /// How grave.
    severity: SeverityWord,
    /// When it was raised.
    opened_at: Instant,
    /// When it last changed.
    updated_at: Instant,
    /// The alert whose place it took.
    follows: Option<Id>,
}

/// The project of an alert.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertProject {
    /// Its code.
    #[schema(value_type = ProjectCode)]
    code: String,
    /// Its name.
    #[schema(example = "城区道路养护")]
    name: String,
    /// The unit that answers for it.
    #[schema(value_type = UnitCode)]
    unit: String,
}

/// An alert and its story in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertStory {
    #[serde(flatten)]
    alert: Alert,
    /// The fiscal year.
    #[schema(example = 2024)]
    fiscal_year: i32,
    /// What a person said about it, where that holds: the last since it was opened.
    acknowledgement: Option<Acknowledgement>,
    /// Who closed it by hand, and why, where a person did.
    resolution: Option<Resolution>,
    /// What happened, in order.
    events: Vec<AlertEvent>,
}

/// What happened to an alert.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertEvent {
    /// Its place in the story, from 1.
    #[schema(example = 1)]
    sequence: i32,
    /// What happened.
    change: ChangeWord,
    /// How grave it was then.
    severity: SeverityWord,
    /// The day for which it was judged.
    as_of: Day,
    /// When.
    at: Instant,
    /// Who.
    #[schema(example = "schedule")]
    by: String,
    /// The check that found it; null where a posting did.
    check: Option<Id>,
    /// The rule set's version.
    #[schema(example = 1)]
    rule_version: i32,
    /// The plan version.
    #[schema(example = 1)]
    plan_version: Option<i32>,
    /// Why, in words (Chinese).
    #[schema(example = "截至 2024-06-30 应支出 45.39 万元，实际支出 31.00 万元")]
    explanation: String,
    /// Why, in numbers.
    inputs: Inputs,
}

/// A check. Which projects failed is told to those who see everything; others see how many.
#[must_use]
pub fn run(run: &Run, scope: &Scope) -> Check {
    let counts = run.counts;
    Check {
        id: Some(Id(run.id)),
        fiscal_year: run.year.number(),
        as_of: Day(run.as_of),
        cause: run.cause.clone(),
        requested_by: run.requested_by.clone(),
        rule_version: run.rule_version,
        started_at: Instant(run.started_at),
        finished_at: run.finished_at.map(Instant),
        projects: counts.projects,
        judged: counts.judged,
        alerts: AlertCounts {
            raised: counts.raised,
            reopened: counts.reopened,
            worsened: counts.worsened,
            eased: counts.eased,
            resolved: counts.resolved,
            superseded: counts.superseded,
        },
        letters: counts.letters,
        failed: run.failures.len(),
        failures: (*scope == Scope::Everything).then(|| run.failures.clone()),
    }
}

/// A check just made, or tried.
#[must_use]
pub fn checked(checked: &check_all_projects::Checked, dry_run: bool, scope: &Scope) -> Checked {
    let mut check = run(&checked.run, scope);
    check.id = check.id.filter(|_| !dry_run);
    Checked { check, dry_run, without_recipient: checked.without_recipient }
}

/// An alert of a list.
#[must_use]
pub fn alert((alert, code, name, unit): &Listed) -> Alert {
    Alert {
        id: Id(alert.id),
        project: AlertProject { code: code.clone(), name: name.clone(), unit: unit.clone() },
        rule: RuleWord(alert.subject.rule.name()),
        indicator: alert.subject.indicator.map(Id),
        point_on: alert.subject.point_on.map(Day),
        state: AlertStateWord(alert.state.name()),
        severity: SeverityWord(alert.severity.name()),
        opened_at: Instant(alert.opened_at),
        updated_at: Instant(alert.updated_at),
        follows: alert.follows.map(Id),
    }
}

/// An alert and its story.
#[must_use]
pub fn alert_story(listed: &Listed, year: FiscalYear, events: &[watch::Event]) -> AlertStory {
    AlertStory {
        alert: alert(listed),
        fiscal_year: year.number(),
        acknowledgement: acknowledgement(events),
        resolution: resolution(events),
        events: events.iter().map(event).collect(),
    }
}

fn event(event: &watch::Event) -> AlertEvent {
    AlertEvent {
        sequence: event.sequence,
        change: ChangeWord(event.change.name()),
        severity: SeverityWord(event.severity.name()),
        as_of: Day(event.as_of),
        at: Instant(event.at),
        by: event.actor.clone(),
        check: event.run.map(Id),
        rule_version: event.rule_version,
        plan_version: event.plan_version,
        explanation: event.explanation.clone(),
        inputs: Inputs(serde_json::from_str(&event.inputs).unwrap_or_default()),
    }
}
