//! Alerts and their stories, as JSON.

use super::{
    Acknowledgement, AlertStateWord, ChangeWord, Day, DispositionWord, Id, Inputs, Instant, ProjectCode, Resolution,
    RuleWord, SeverityWord, UnitCode, Waiver, acknowledgement, resolution, waiver,
};
use crate::actions::watch::{self, Listed, RecordedMeasure, Told};
use serde::Serialize;
use utoipa::ToSchema;

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
    /// The day for which it was last opened, or came out from behind another alert; escalation counts working days from it.
    opened_on: Day,
    /// The day for which people were last given word of it; reminders count working days from it.
    told_on: Day,
    /// Reminders since it was opened, or became graver.
    #[schema(example = 0)]
    reminders: u32,
    /// The last day on which it is set aside; null where it is not.
    waived_until: Option<Day>,
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
    /// Who set it aside, until when and why, where that holds.
    waiver: Option<Waiver>,
    /// What is to be done about it and what was: measures and dispositions, oldest first.
    measures: Vec<Measure>,
    /// The alert that speaks for it, so that no letter tells of this one; null where none does.
    hidden_by: Option<Id>,
    /// What happened, in order.
    events: Vec<AlertEvent>,
}

/// What is to be done about an alert: a measure (整改措施), or what follows from a grave deviation (处置意见).
#[derive(Debug, Serialize, ToSchema)]
pub struct Measure {
    /// Ours.
    id: Id,
    /// What was decided; null for a measure.
    disposition: Option<DispositionWord>,
    /// The document that decided it; null for a measure.
    #[schema(example = "财预〔2024〕31号")]
    document_no: Option<String>,
    /// What is done.
    #[schema(example = "倒排工期，8月底前完成验收并支付进度款")]
    what: String,
    /// Who answers for it.
    #[schema(example = "李四")]
    owner: String,
    /// The last day in time.
    due_on: Day,
    /// When it was carried out; null while it is not.
    done_on: Option<Day>,
    /// What shows that it was.
    #[schema(example = "验收单 2024-08-027")]
    evidence: Option<String>,
    /// When it was recorded.
    recorded_at: Instant,
    /// By whom.
    #[schema(example = "clerk-333001")]
    recorded_by: String,
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
        opened_on: Day(alert.said.opened_on),
        told_on: Day(alert.said.told_on),
        reminders: alert.said.reminders,
        waived_until: alert.waiver.map(|waiver| Day(waiver.until)),
    }
}

/// An alert and its story.
#[must_use]
pub fn alert_story(told: &Told) -> AlertStory {
    AlertStory {
        alert: alert(&told.listed),
        fiscal_year: told.year.number(),
        acknowledgement: acknowledgement(&told.events),
        resolution: resolution(&told.events),
        waiver: waiver(&told.listed.0, &told.events),
        measures: told.measures.iter().map(measure).collect(),
        hidden_by: told.hidden_by.map(Id),
        events: told.events.iter().map(event).collect(),
    }
}

fn measure(recorded: &RecordedMeasure) -> Measure {
    let measure = &recorded.measure;
    let disposed = measure.disposition.as_ref();
    let done = measure.done.as_ref();
    Measure {
        id: Id(measure.id),
        disposition: disposed.map(|(disposition, _)| DispositionWord(disposition.name())),
        document_no: disposed.map(|(_, document_no)| document_no.clone()),
        what: measure.what.clone(),
        owner: measure.owner.clone(),
        due_on: Day(measure.due_on),
        done_on: done.map(|(day, _)| Day(*day)),
        evidence: done.map(|(_, evidence)| evidence.clone()),
        recorded_at: Instant(recorded.recorded_at),
        recorded_by: recorded.recorded_by.clone(),
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
