//! What time alone asks for: a reminder, a step upwards, the end of a waiver, a measure whose day has passed. Decided
//! from what the alert's own row says was done, so that a restart neither repeats nor loses a step.

use crate::domain::alert::{Alert, Said, State, Waiver};
use crate::domain::contact::{ALL_CONTACT_ROLES, ContactRole};
use crate::domain::measure::Measure;
use crate::domain::policy::Policy;
use crate::domain::workdays::WorkingDays;
use chrono::NaiveDate;
use uuid::Uuid;

/// What is due for an alert that stands as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is told again.
    Remind {
        /// Which reminder it is, from 1.
        number: u32,
        /// Working days since people were last given word of it.
        after_working_days: u32,
    },
    /// It is told to one more above: nobody has answered.
    Escalate {
        /// The step of the rule set, from 0.
        step: u32,
        /// Who is told.
        to: ContactRole,
        /// Working days since it was opened.
        after_working_days: u32,
    },
    /// A waiver's end is announced.
    AnnounceEnd {
        /// Its last day.
        until: NaiveDate,
    },
    /// A waiver is over: the alert is open again.
    EndWaiver {
        /// Its last day.
        until: NaiveDate,
    },
    /// A measure's day has passed.
    Overdue {
        /// The measure.
        measure: Uuid,
    },
}

/// Decides what is due, on a day, for an active alert that its rule still speaks of and that stands as it was told.
///
/// A hidden alert (another one speaks for it) is neither reminded of nor escalated; nor is one that is set aside. An
/// answered alert is not escalated, and one whose measures are under way in time is not reminded of. Days are working
/// days later than the day counted from. Applied again to its own outcome, on the same day, it says nothing.
#[must_use]
pub fn attend(
    alert: &Alert,
    measures: &[Measure],
    is_hidden: bool,
    policy: &Policy,
    workdays: &WorkingDays,
    as_of: NaiveDate,
) -> Vec<Step> {
    if !alert.state.is_active() {
        return Vec::new();
    }
    let own = || measures.iter().filter(|measure| measure.alert == alert.id);
    let overdue = own().filter(|measure| measure.is_overdue(as_of) && !measure.is_told_overdue);
    let mut steps: Vec<Step> = overdue.map(|measure| Step::Overdue { measure: measure.id }).collect();
    if let Some(waiver) = alert.waiver.filter(|_| alert.state == State::Waived) {
        if waiver.until < as_of {
            steps.push(Step::EndWaiver { until: waiver.until });
        } else if !waiver.announced && workdays.between(as_of, waiver.until) <= policy.waiver_notice {
            steps.push(Step::AnnounceEnd { until: waiver.until });
        }
        return steps;
    }
    if is_hidden {
        return steps;
    }
    let is_in_hand = own().any(|measure| measure.is_under_way(as_of));
    let upwards = if is_in_hand { Vec::new() } else { escalations(alert, policy, workdays, as_of) };
    if upwards.is_empty() && steps.is_empty() && !is_in_hand {
        steps.extend(reminder(alert, policy, workdays, as_of));
    }
    steps.extend(upwards);
    steps
}

/// Every step whose time has come and whose role was not told before: after some weeks of downtime several at once. One
/// to whom it was told from the first is not told that it was escalated to him.
fn escalations(alert: &Alert, policy: &Policy, workdays: &WorkingDays, as_of: NaiveDate) -> Vec<Step> {
    if alert.state != State::Open || policy.escalation.is_empty() {
        return Vec::new();
    }
    let after_working_days = workdays.between(alert.said.opened_on, as_of);
    let mut told = audience(alert, policy);
    let mut steps = Vec::new();
    for (step, number) in policy.escalation.iter().zip(0..) {
        let is_due = alert.severity >= step.from && after_working_days >= step.after_working_days;
        if is_due && !told.contains(&step.to) {
            told.push(step.to);
            steps.push(Step::Escalate { step: number, to: step.to, after_working_days });
        }
    }
    steps
}

fn reminder(alert: &Alert, policy: &Policy, workdays: &WorkingDays, as_of: NaiveDate) -> Option<Step> {
    let every = policy.remind_every(alert.severity)?;
    if alert.said.reminders >= policy.reminders_at_most {
        return None;
    }
    let after_working_days = workdays.between(alert.said.told_on, as_of);
    (after_working_days >= every).then_some(Step::Remind { number: alert.said.reminders + 1, after_working_days })
}

/// The alert after a step taken on a day: what was done stands in its own row.
#[must_use]
pub fn taken(alert: Alert, step: &Step, on: NaiveDate) -> Alert {
    let said = Said { told_on: on, ..alert.said };
    match step {
        Step::Remind { number, .. } => Alert { said: Said { reminders: *number, ..said }, ..alert },
        Step::Escalate { to, .. } => Alert { said: said.escalated_to(*to), ..alert },
        Step::AnnounceEnd { until } => Alert { waiver: Some(Waiver { until: *until, announced: true }), ..alert },
        Step::EndWaiver { .. } => Alert { state: State::Open, waiver: None, said: Said::opened(on), ..alert },
        Step::Overdue { .. } => Alert { said, ..alert },
    }
}

/// Whom an alert concerns by now: those told from the first, and those to whom it was escalated.
#[must_use]
pub fn audience(alert: &Alert, policy: &Policy) -> Vec<ContactRole> {
    let mut roles = policy.told(alert.severity).to_vec();
    roles.extend(ALL_CONTACT_ROLES.into_iter().filter(|role| alert.said.has_escalated_to(*role)));
    roles.sort_unstable();
    roles.dedup();
    roles
}
