//! Judges one project and writes what changes about its alerts. A disbursement arriving and time passing both end
//! here.

use super::figures::{Figures, Known, examine_one};
use super::inputs::inputs;
use super::{Error, Judging, Moment};
use crate::domain::access::Actor;
use crate::domain::alert::{Alert, Change, Decision, State, decide};
use crate::domain::calendar::FiscalYear;
use crate::domain::language::Language;
use crate::domain::project::Project;
use crate::domain::rule::Severity;
use crate::domain::verdict::Verdict;
use crate::render::explain::explain;
use crate::storage::alerts::{self, Event};
use crate::storage::{Connection, runs};
use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

/// On whose behalf a project is checked, and for which day.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'values> {
    /// The day for which it is judged.
    pub as_of: NaiveDate,
    /// The check that it is part of; none where a posting caused it.
    pub run: Option<Uuid>,
    /// Who caused it.
    pub actor: &'values Actor,
    /// Now.
    pub moment: Moment,
}

/// The day for which a posting re-examines a project: today while the year is still judged; later, the day for
/// which it was last checked; none where it never was, so that entering an old year's books warns nobody.
pub fn day_of_posting(
    conn: &mut Connection,
    year: FiscalYear,
    judging: &Judging,
    moment: Moment,
) -> Result<Option<NaiveDate>, Error> {
    if year.is_open(moment.today, judging.year_closes_on) {
        return Ok(Some(year.nearest(moment.today)));
    }
    Ok(runs::latest_day(conn, year)?)
}

/// Judges one project and writes the events of its alerts.
pub fn check_project(
    conn: &mut Connection,
    project: &Project,
    judging: &Judging,
    occasion: &Occasion<'_>,
) -> Result<Vec<Event>, Error> {
    let known = Known::Now(occasion.moment);
    let rules = judging.rules_on(conn, occasion.as_of, known)?;
    let figures = examine_one(conn, project, occasion.as_of, known, &rules)?;
    check_figures(conn, &figures, rules.version, occasion)
}

/// The same with the figures of that day at hand.
pub fn check_figures(
    conn: &mut Connection,
    figures: &Figures,
    rule_version: i32,
    occasion: &Occasion<'_>,
) -> Result<Vec<Event>, Error> {
    let known = alerts::of_one(conn, figures.project.id)?;

    settle(conn, figures, &known, rule_version, occasion)
}

/// Decides what the verdicts change, and writes it.
pub fn settle(
    conn: &mut Connection,
    figures: &Figures,
    known: &[Alert],
    rule_version: i32,
    occasion: &Occasion<'_>,
) -> Result<Vec<Event>, Error> {
    let decisions = decide(known, &figures.judgement.verdicts, occasion.as_of);

    let mut events = Vec::new();
    for decision in decisions {
        if let Some(event) = apply(conn, figures, known, &decision, rule_version, occasion)? {
            events.push(event);
        }
    }
    Ok(events)
}

fn apply(
    conn: &mut Connection,
    figures: &Figures,
    known: &[Alert],
    decision: &Decision,
    rule_version: i32,
    occasion: &Occasion<'_>,
) -> Result<Option<Event>, Error> {
    let now = occasion.moment.now;
    let story = |alert: Uuid, change: Change, severity: Severity, verdict: Option<&Verdict>| Story {
        alert,
        change,
        severity,
        explanation: verdict.map_or_else(|| closing_words(change), |verdict| explain(verdict, Language::Chinese)),
        inputs: verdict.map_or_else(|| closing_figures(figures), |verdict| inputs(&verdict.reason)).to_string(),
        rule_version,
        plan_version: figures.comparison.plan.as_ref().map(|plan| plan.version),
    };
    let severity_of =
        |id: Uuid| known.iter().find(|alert| alert.id == id).map_or(Severity::Notice, |alert| alert.severity);
    let state_of = |id: Uuid| known.iter().find(|alert| alert.id == id).map_or(State::Open, |alert| alert.state);
    let story = match decision {
        Decision::Nothing { .. } => return Ok(None),
        Decision::Forget { alert } => {
            alerts::forget_settling(conn, *alert)?;
            return Ok(None);
        }
        Decision::Raise { verdict, follows } => {
            let alert = raised(figures.project.id, verdict, *follows, occasion);
            alerts::insert(conn, &alert)?;
            story(alert.id, Change::Raised, verdict.severity, Some(verdict))
        }
        Decision::Reopen { alert, verdict } => {
            alerts::update(conn, *alert, State::Open, verdict.severity, now)?;
            story(*alert, Change::Reopened, verdict.severity, Some(verdict))
        }
        Decision::Regrade { alert, change, verdict } => {
            alerts::update(conn, *alert, state_of(*alert), verdict.severity, now)?;
            story(*alert, *change, verdict.severity, Some(verdict))
        }
        Decision::Resolve { alert } => {
            alerts::update(conn, *alert, State::Resolved, severity_of(*alert), now)?;
            story(*alert, Change::Resolved, severity_of(*alert), None)
        }
        Decision::Supersede { alert } => {
            alerts::update(conn, *alert, State::Superseded, severity_of(*alert), now)?;
            story(*alert, Change::Superseded, severity_of(*alert), None)
        }
    };
    story.tell(conn, figures.project.year, occasion).map(Some)
}

fn raised(project: Uuid, verdict: &Verdict, follows: Option<Uuid>, occasion: &Occasion<'_>) -> Alert {
    Alert {
        id: Uuid::now_v7(),
        project,
        subject: verdict.subject(),
        state: State::Open,
        severity: verdict.severity,
        opened_at: occasion.moment.now,
        updated_at: occasion.moment.now,
        follows,
        settled_by: None,
    }
}

fn closing_words(change: Change) -> String {
    match change {
        Change::Superseded => "由新的预警接替（下一个支出计划节点已到，或情况更严重）。",
        _ => "已恢复正常，预警解除。",
    }
    .to_owned()
}

/// The figures of an event that no verdict explains.
#[must_use]
pub fn closing_figures(figures: &Figures) -> serde_json::Value {
    let comparison = &figures.comparison;
    json!({
        "planned_yuan": comparison.plan.as_ref().map(|plan| plan.due.yuan()),
        "spent_yuan": comparison.spent.yuan(),
        "rate_of_plan": comparison.rate_of_plan.map(|rate| rate.to_string()),
        "standing": figures.judgement.standing.name(),
    })
}

/// An event before it has its place in the story.
pub struct Story {
    /// The alert.
    pub alert: Uuid,
    /// What happened.
    pub change: Change,
    /// How grave it is now.
    pub severity: Severity,
    /// Why, in words (Chinese, or a person's own).
    pub explanation: String,
    /// Why, in numbers: a JSON object.
    pub inputs: String,
    /// The rule set's version.
    pub rule_version: i32,
    /// The plan version.
    pub plan_version: Option<i32>,
}

impl Story {
    /// Writes the event; one that people are told of waits for the next letter.
    pub fn tell(self, conn: &mut Connection, year: FiscalYear, occasion: &Occasion<'_>) -> Result<Event, Error> {
        let event = Event {
            id: Uuid::now_v7(),
            alert: self.alert,
            sequence: alerts::next_sequence(conn, self.alert)?,
            change: self.change,
            severity: self.severity,
            as_of: occasion.as_of,
            at: occasion.moment.now,
            actor: occasion.actor.name.clone(),
            run: occasion.run,
            rule_version: self.rule_version,
            plan_version: self.plan_version,
            explanation: self.explanation,
            inputs: self.inputs,
        };
        alerts::insert_event(conn, year, &event)?;
        Ok(event)
    }
}
