//! The part of a rule file that governs letters: who is told, how often again, and who above them. A file that says
//! nothing of it is one of before there was anything to say: officers and heads are told once.

use crate::domain::contact::ContactRole;
use crate::domain::policy::{EscalationStep, Policy};
use crate::domain::rule::Severity;
use serde::Deserialize;

/// Working days that a cadence or a step may have at most: a year.
const MOST_DAYS: u32 = 250;
/// Steps of escalation at most.
const MOST_STEPS: usize = 9;
/// Reminders of one alert at most.
const MOST_REMINDERS: u32 = 50;

/// `[telling]`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telling {
    notice: Option<Vec<String>>,
    warning: Option<Vec<String>>,
    critical: Option<Vec<String>>,
    waiver_notice_working_days: Option<u32>,
}

/// `[reminders]`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminders {
    notice_every_working_days: Option<u32>,
    warning_every_working_days: Option<u32>,
    critical_every_working_days: Option<u32>,
    at_most: Option<u32>,
}

/// `[[escalation]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    from: String,
    after_working_days: u32,
    to: String,
}

/// Reads the three sections; what is wrong is added to the faults, each with its key.
pub fn read(telling: &Telling, reminders: &Reminders, steps: &[Step], faults: &mut Vec<String>) -> Policy {
    let old = Policy::of_old();
    let [notice, warning, critical] = old.told;
    let told = [
        roles("telling.notice", telling.notice.as_deref(), notice, faults),
        roles("telling.warning", telling.warning.as_deref(), warning, faults),
        roles("telling.critical", telling.critical.as_deref(), critical, faults),
    ];
    let mut every = |key: &str, given: Option<u32>| days(&format!("reminders.{key}_every_working_days"), given, faults);
    let remind_every = [
        every("notice", reminders.notice_every_working_days),
        every("warning", reminders.warning_every_working_days),
        every("critical", reminders.critical_every_working_days),
    ];
    let reminds = remind_every.iter().any(Option::is_some);
    let reminders_at_most = reminders.at_most.unwrap_or(if reminds { 6 } else { 0 });
    if reminders_at_most > MOST_REMINDERS {
        faults.push(format!("reminders.at_most: a number from 0 to {MOST_REMINDERS}"));
    }
    let notice_days = days("telling.waiver_notice_working_days", telling.waiver_notice_working_days, faults);
    let waiver_notice = notice_days.unwrap_or(old.waiver_notice);
    Policy { told, remind_every, reminders_at_most, escalation: escalation(steps, faults), waiver_notice }
}

fn roles(key: &str, given: Option<&[String]>, usual: Vec<ContactRole>, faults: &mut Vec<String>) -> Vec<ContactRole> {
    let Some(given) = given else { return usual };
    let mut roles = Vec::new();
    for name in given {
        match ContactRole::from_name(name) {
            Some(role) if roles.contains(&role) => faults.push(format!("{key}: {name:?} stands there twice")),
            Some(role) => roles.push(role),
            None => faults.push(format!("{key}: {name:?} is not one of officer, head, leader")),
        }
    }
    if given.is_empty() {
        faults.push(format!("{key}: somebody must be told; leave the key out for officer and head"));
    }
    roles
}

fn days(key: &str, given: Option<u32>, faults: &mut Vec<String>) -> Option<u32> {
    let days = given?;
    if !(1..=MOST_DAYS).contains(&days) {
        faults.push(format!("{key}: working days from 1 to {MOST_DAYS}; leave the key out for none"));
    }
    Some(days)
}

fn escalation(steps: &[Step], faults: &mut Vec<String>) -> Vec<EscalationStep> {
    if steps.len() > MOST_STEPS {
        faults.push(format!("escalation: {MOST_STEPS} steps at most"));
    }
    let mut read: Vec<EscalationStep> = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let key = |name: &str| format!("escalation[{}].{name}", number + 1);
        let from = Severity::from_name(&step.from);
        if from.is_none() {
            faults.push(format!("{}: {:?} is not one of notice, warning, critical", key("from"), step.from));
        }
        let to = ContactRole::from_name(&step.to);
        if to.is_none() {
            faults.push(format!("{}: {:?} is not one of officer, head, leader", key("to"), step.to));
        }
        let after_working_days = days(&key("after_working_days"), Some(step.after_working_days), faults).unwrap_or(1);
        if read.last().is_some_and(|before| before.after_working_days > after_working_days) {
            faults.push(format!("{}: steps stand in the order in which they are taken", key("after_working_days")));
        }
        if let (Some(from), Some(to)) = (from, to) {
            read.push(EscalationStep { from, after_working_days, to });
        }
    }
    read
}
