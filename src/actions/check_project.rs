//! Judges one project and writes what changes about its alerts. A disbursement arriving and time passing both end
//! here.

use super::figures::{Figures, Known, examine_one};
use super::inputs::inputs;
use super::{Error, Judging, Moment};
use crate::domain::access::Actor;
use crate::domain::alert::{Alert, Change, Said, State, Subject};
use crate::domain::calendar::FiscalYear;
use crate::domain::decide::{Decision, decide};
use crate::domain::inhibition::hider;
use crate::domain::language::Language;
use crate::domain::project::Project;
use crate::domain::rule::{Rule, Severity};
use crate::domain::verdict::Verdict;
use crate::render::explain::explain;
use crate::storage::alert_events::{self, Event};
use crate::storage::alerts;
use crate::storage::{Connection, measures, runs};
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

    Ok(settle(conn, figures, &known, rule_version, occasion)?.events)
}

/// What settling came to.
#[derive(Debug, Default)]
pub struct Settled {
    /// What changed.
    pub events: Vec<Event>,
    /// The project's alerts as they are now.
    pub alerts: Vec<Alert>,
    /// Alerts that stand as they were told: what time asks of them is still to be seen.
    pub standing: Vec<Uuid>,
}

/// Decides what the verdicts change, and writes it.
pub fn settle(
    conn: &mut Connection,
    figures: &Figures,
    known: &[Alert],
    rule_version: i32,
    occasion: &Occasion<'_>,
) -> Result<Settled, Error> {
    let decisions = decide(known, &figures.judgement.verdicts, occasion.as_of);

    let mut settled = Settled { alerts: known.to_vec(), ..Settled::default() };
    let one_that_hides_is_over = decisions.iter().any(|decision| closes(decision, known, Rule::FiguresMissing));
    for decision in decisions {
        match decision {
            Decision::Nothing { alert, .. } => settled.standing.extend(alert),
            Decision::Forget { alert } => alerts::forget_settling(conn, alert)?,
            decision => {
                if let Some(changed) = changed(figures, known, decision, occasion) {
                    settled.alerts.retain(|alert| alert.id != changed.alert.id);
                    settled.alerts.push(changed.alert.clone());
                    settled.events.push(changed.write(conn, figures, rule_version, occasion)?);
                }
            }
        }
    }
    hand_on(conn, &settled)?;
    if one_that_hides_is_over {
        come_out(conn, known, occasion.as_of)?;
        settled.alerts = alerts::of_one(conn, figures.project.id)?;
    }
    Ok(settled)
}

/// What is still to be done about a matter goes with it to the alert that speaks of it from now on; where the matter is
/// over, it rests.
fn hand_on(conn: &mut Connection, settled: &Settled) -> Result<(), Error> {
    let now_closed = |change: Change| settled.events.iter().filter(move |event| event.change == change);
    for over in now_closed(Change::Resolved) {
        measures::lay_to_rest(conn, over.alert)?;
    }
    for replaced in now_closed(Change::Superseded) {
        let Some(before) = settled.alerts.iter().find(|alert| alert.id == replaced.alert) else { continue };
        let speaks = settled.alerts.iter().filter(|alert| alert.state.is_active());
        let successor = speaks.max_by_key(|alert| (is_about_the_same(alert, before), alert.opened_at));
        if let Some(successor) = successor.filter(|alert| is_about_the_same(alert, before)) {
            measures::pass_on(conn, before.id, successor.id)?;
        }
    }
    Ok(())
}

/// Whether a decision closes an alert of that rule.
fn closes(decision: &Decision, known: &[Alert], rule: Rule) -> bool {
    let (Decision::Resolve { alert } | Decision::Supersede { alert }) = decision else { return false };
    known.iter().any(|one| one.id == *alert && one.subject.rule == rule)
}

/// Lets what another alert spoke for, and no other speaks for now, count anew from this day: nobody was told of it while it
/// was hidden, and so nobody has left it unanswered.
pub fn come_out(conn: &mut Connection, before: &[Alert], as_of: NaiveDate) -> Result<(), Error> {
    let Some(project) = before.first().map(|alert| alert.project) else { return Ok(()) };
    let all = alerts::of_one(conn, project)?;
    for alert in all.iter().filter(|alert| alert.state.is_active()) {
        if hider(before, alert).is_some() && hider(&all, alert).is_none() {
            let said = Said { opened_on: as_of, told_on: as_of, ..alert.said };
            alerts::update(conn, &Alert { said, ..alert.clone() })?;
        }
    }
    Ok(())
}

/// The same rule about the same indicator, or the same project's money.
fn is_about_the_same(one: &Alert, other: &Alert) -> bool {
    let (one, other) = (one.subject, other.subject);
    let of_money = |subject: Subject| {
        matches!(subject.rule, Rule::OverBudget | Rule::BehindPlanPoint | Rule::FarAhead | Rule::PlanPointComing)
    };
    (one.rule == other.rule && one.indicator == other.indicator) || (of_money(one) && of_money(other))
}

/// An alert as it stands after a decision, and what led to it.
struct Changed {
    alert: Alert,
    change: Change,
    verdict: Option<Verdict>,
    /// Whether it was set aside until now.
    was_set_aside: bool,
}

/// What a decision makes of an alert. No person's mark outlasts what its rule says anew; a waiver ends where the matter
/// becomes graver than what was set aside.
fn changed(figures: &Figures, known: &[Alert], decision: Decision, occasion: &Occasion<'_>) -> Option<Changed> {
    let stood = |id: Uuid| known.iter().find(|alert| alert.id == id).cloned();
    let (alert, change, verdict) = match decision {
        Decision::Raise { verdict, follows } => {
            (raised(figures.project.id, &verdict, follows, occasion), Change::Raised, Some(verdict))
        }
        Decision::Reopen { alert, verdict } => {
            let said = Said::opened(occasion.as_of);
            let opened = Alert { state: State::Open, severity: verdict.severity, said, waiver: None, ..stood(alert)? };
            (opened, Change::Reopened, Some(verdict))
        }
        // While it is set aside only what is graver than what was set aside counts.
        Decision::Regrade { alert, change: Change::Eased, .. } if stood(alert)?.waiver.is_some() => return None,
        Decision::Regrade { alert, change, verdict } => {
            let graded = Alert { severity: verdict.severity, ..stood(alert)? };
            (if change == Change::Worsened { worsened(graded, occasion) } else { graded }, change, Some(verdict))
        }
        Decision::Resolve { alert } => {
            (Alert { state: State::Resolved, waiver: None, ..stood(alert)? }, Change::Resolved, None)
        }
        Decision::Supersede { alert } => {
            (Alert { state: State::Superseded, waiver: None, ..stood(alert)? }, Change::Superseded, None)
        }
        Decision::Forget { .. } | Decision::Nothing { .. } => return None,
    };
    let alert = Alert { settled_by: None, updated_at: occasion.moment.now, ..alert };
    let was_set_aside = stood(alert.id).is_some_and(|stood| stood.waiver.is_some());
    Some(Changed { alert, change, verdict, was_set_aside })
}

fn worsened(alert: Alert, occasion: &Occasion<'_>) -> Alert {
    if alert.waiver.is_some() {
        return Alert { state: State::Open, waiver: None, said: Said::opened(occasion.as_of), ..alert };
    }
    Alert { said: Said { told_on: occasion.as_of, reminders: 0, ..alert.said }, ..alert }
}

impl Changed {
    fn write(
        self,
        conn: &mut Connection,
        figures: &Figures,
        rule_version: i32,
        occasion: &Occasion<'_>,
    ) -> Result<Event, Error> {
        let Changed { alert, change, verdict, was_set_aside } = self;
        let is_unheard = was_set_aside && change == Change::Resolved && !alert_events::was_told(conn, alert.id)?;
        if change == Change::Raised {
            alerts::insert(conn, &alert)?;
        } else {
            alerts::update(conn, &alert)?;
        }
        let story = Story {
            alert: alert.id,
            change,
            severity: alert.severity,
            explanation: match &verdict {
                Some(verdict) => explain(verdict, Language::Chinese),
                None => closing_words(change),
            },
            inputs: verdict.map_or_else(|| closing_figures(figures), |verdict| inputs(&verdict.reason)).to_string(),
            rule_version,
            plan_version: figures.comparison.plan.as_ref().map(|plan| plan.version),
        };
        let event = story.tell(conn, figures.project.year, occasion)?;
        if is_unheard {
            // Set aside before anybody heard of it: nor does anybody need to hear that it is over.
            alert_events::mark_all_told(conn, event.alert)?;
        }
        Ok(event)
    }
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
        said: Said::opened(occasion.as_of),
        waiver: None,
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
            sequence: if self.change == Change::Raised { 1 } else { alert_events::next_sequence(conn, self.alert)? },
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
        alert_events::insert_event(conn, year, &event)?;
        Ok(event)
    }
}
