//! The parts of a rule file that came after the first sets on record: the year's pace, a curve, materiality, the
//! balance of work and spending, figures that do not come, and a coming plan point. Each is off where a set leaves it out,
//! so that a set on record judges as it always did.

use crate::domain::rule::{self, Patience, Severity, TimeSteps, WorkGap};
use crate::intake::rule_file::Faults;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

/// Days that may be waited at most: a year.
const MOST_DAYS: u32 = 366;
/// Working days that may be waited at most: those of a year.
const MOST_WORKING_DAYS: u32 = 250;
/// Steps of a curve at most.
const MOST_STEPS: usize = 24;

/// `[materiality]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Materiality {
    below_yuan: String,
    at_most: Option<String>,
}

/// `[spending.time]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Time {
    critical_below: String,
    warning_below: String,
    ahead_from: Option<String>,
}

/// `[[spending.curve]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CurveStep {
    on: String,
    least: String,
    severity: Option<String>,
}

/// `[balance]`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Balance {
    work_gap_points: Option<String>,
    work_gap: Option<String>,
}

/// `[figures]`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figures {
    stale_after_days: Option<u32>,
    stale: Option<String>,
    missing_after_working_days: Option<u32>,
    missing: Option<String>,
}

/// `[plan_point]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PointComing {
    coming_working_days: u32,
    coming: Option<String>,
}

pub(super) fn materiality(given: Option<&Materiality>, faults: &mut Faults) -> Option<rule::Materiality> {
    let given = given?;
    let below = faults.yuan("materiality.below_yuan", &given.below_yuan);
    let at_most = faults.severity("materiality.at_most", given.at_most.as_deref(), Severity::Notice);
    Some(rule::Materiality { below, at_most })
}

pub(super) fn time(given: Option<&Time>, faults: &mut Faults) -> Option<TimeSteps> {
    let given = given?;
    let critical_below = faults.share("spending.time.critical_below", &given.critical_below, "1");
    let warning_below = faults.share("spending.time.warning_below", &given.warning_below, "1");
    let ahead_from = given.ahead_from.as_deref().map(|text| faults.share("spending.time.ahead_from", text, "100"));
    if critical_below > warning_below {
        faults.add("spending.time.critical_below", "must not lie above spending.time.warning_below");
    }
    if ahead_from.is_some_and(|ahead| ahead < Decimal::ONE) {
        faults.add("spending.time.ahead_from", "must not lie below 1");
    }
    Some(TimeSteps { critical_below, warning_below, ahead_from })
}

pub(super) fn curve(given: &[CurveStep], faults: &mut Faults) -> Vec<rule::CurveStep> {
    if given.len() > MOST_STEPS {
        faults.add("spending.curve", &format!("{MOST_STEPS} steps at most"));
    }
    let mut steps: Vec<rule::CurveStep> = Vec::new();
    for (number, step) in given.iter().enumerate() {
        let key = |name: &str| format!("spending.curve[{}].{name}", number + 1);
        let least = faults.share(&key("least"), &step.least, "1");
        let severity = faults.severity(&key("severity"), step.severity.as_deref(), Severity::Warning);
        // A year without 29 February, so that every step has its day in each year.
        let day = NaiveDate::parse_from_str(&format!("2023-{}", step.on), "%Y-%m-%d").ok();
        let Some(on) = day.map(|day| (chrono::Datelike::month(&day), chrono::Datelike::day(&day))) else {
            faults.add(&key("on"), "write month and day as \"04-30\"; 29 February is no step");
            continue;
        };
        if steps.last().is_some_and(|before| before.on >= on || before.least > least) {
            faults.add(&key("on"), "steps stand in order of day, and never ask for less");
        }
        steps.push(rule::CurveStep { on, least, severity });
    }
    steps
}

pub(super) fn work_gap(given: &Balance, faults: &mut Faults) -> Option<WorkGap> {
    let Some(points) = &given.work_gap_points else {
        if given.work_gap.is_some() {
            faults.add("balance.work_gap", "needs balance.work_gap_points beside it");
        }
        return None;
    };
    let above_points = points.parse::<Decimal>().ok();
    let above_points = above_points.filter(|points| *points >= Decimal::ZERO && *points <= Decimal::ONE_HUNDRED);
    if above_points.is_none() {
        faults.add("balance.work_gap_points", "percentage points from 0 to 100, such as \"10\"");
    }
    let severity = faults.severity("balance.work_gap", given.work_gap.as_deref(), Severity::Warning);
    Some(WorkGap { above_points: above_points?, severity })
}

pub(super) fn stale(given: &Figures, faults: &mut Faults) -> Option<Patience> {
    let (days, severity) = (given.stale_after_days, given.stale.as_deref());
    patience(("figures.stale_after_days", days), ("figures.stale", severity), (1, MOST_DAYS), faults)
}

pub(super) fn missing(given: &Figures, faults: &mut Faults) -> Option<Patience> {
    let (days, severity) = (given.missing_after_working_days, given.missing.as_deref());
    let limits = (0, MOST_WORKING_DAYS);
    patience(("figures.missing_after_working_days", days), ("figures.missing", severity), limits, faults)
}

pub(super) fn coming(given: Option<&PointComing>, faults: &mut Faults) -> Option<Patience> {
    let given = given?;
    let days = Some(given.coming_working_days);
    let severity = ("plan_point.coming", given.coming.as_deref());
    patience(("plan_point.coming_working_days", days), severity, (1, MOST_WORKING_DAYS), faults)
}

fn patience(
    (days_key, days): (&str, Option<u32>),
    (key, severity): (&str, Option<&str>),
    (fewest, most): (u32, u32),
    faults: &mut Faults,
) -> Option<Patience> {
    let Some(days) = days else {
        if severity.is_some() {
            faults.add(key, &format!("needs {days_key} beside it"));
        }
        return None;
    };
    if !(fewest..=most).contains(&days) {
        faults.add(days_key, &format!("a number of days from {fewest} to {most}; leave the key out for never"));
    }
    Some(Patience { days, severity: faults.severity(key, severity, Severity::Notice) })
}
