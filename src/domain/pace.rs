//! Spending held against the calendar: the year's pace, an absolute curve, and the plan point that is near.

use crate::domain::comparison::Comparison;
use crate::domain::judge::{lag, verdict};
use crate::domain::money::{Fen, Ratio};
use crate::domain::rule::{Rule, Rules, Severity};
use crate::domain::verdict::{Reason, Verdict};
use crate::domain::workdays::WorkingDays;
use chrono::{Datelike, NaiveDate};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// 序时进度: the execution rate over the part of the year that has passed. Says nothing without a budget.
///
/// Steps are half-open: at a step the milder word holds. Compared as products, so that no rounded ratio decides.
#[must_use]
pub fn off_time(on: &Comparison, rules: &Rules) -> Option<Verdict> {
    let (steps, budget) = (rules.time?, spendable(on)?);
    let (passed, length) = on.year.days(on.as_of);
    let part = on.spent.decimal().checked_mul(length.into())?;
    let whole = budget.decimal().checked_mul(passed.into())?;
    let reaches = |share: Decimal| part >= whole.checked_mul(share).unwrap_or(Decimal::MAX);
    let (severity, threshold, ahead) = if !reaches(steps.critical_below) {
        (Severity::Critical, steps.critical_below, false)
    } else if !reaches(steps.warning_below) {
        (Severity::Warning, steps.warning_below, false)
    } else {
        (Severity::Notice, steps.ahead_from.filter(|share| reaches(*share))?, true)
    };
    let rate = Ratio::of(part, whole)?;
    let reason = Reason::OffTime { budget, spent: on.spent, of_year: on.rate_of_time, rate, threshold, ahead };
    Some(verdict(Rule::BehindTime, rules.capped(severity, budget), reason, on, rules))
}

/// An absolute curve: the last step whose day has come asks for a share of the budget.
#[must_use]
pub fn behind_curve(on: &Comparison, rules: &Rules) -> Option<Verdict> {
    let budget = spendable(on)?;
    let day_of = |(month, day): (u32, u32)| NaiveDate::from_ymd_opt(on.year.number(), month, day);
    let passed = rules.curve.iter().filter(|step| (on.as_of.month(), on.as_of.day()) >= step.on);
    let step = passed.max_by_key(|step| step.on)?;
    let asked = budget.decimal().checked_mul(step.least).unwrap_or(Decimal::MAX);
    if on.spent.decimal() >= asked {
        return None;
    }
    let step_on = day_of(step.on)?;
    let rate = Ratio::of(on.spent.decimal(), budget.decimal())?;
    let reason = Reason::BehindCurve { on: step_on, least: step.least, budget, spent: on.spent, rate };
    let said = verdict(Rule::BehindCurve, rules.capped(step.severity, budget), reason, on, rules);
    Some(Verdict { point_on: Some(step_on), ..said })
}

/// A budget that a share can be taken of; none where it is blank or nothing.
pub(super) fn spendable(on: &Comparison) -> Option<Fen> {
    on.adjusted_budget.filter(|budget| *budget > Fen::ZERO)
}

/// The next point that has a figure is near, and that figure is not reached. On the point's own day it has passed, and
/// its lag speaks instead.
#[must_use]
pub fn coming(on: &Comparison, rules: &Rules, workdays: &WorkingDays) -> Option<Verdict> {
    let patience = rules.coming?;
    let (point_on, planned, working_days) = near_figure(on, rules, workdays)?;
    if lag(on.spent, planned) <= rules.tolerance.of(planned) {
        return None;
    }
    let at_pace = at_pace(on, point_on)?;
    let short = planned.minus(at_pace).ok()?.max(Fen::ZERO);
    let unpaid = Ratio::of(lag(on.spent, planned), planned.decimal())?;
    let reason = Reason::Coming { on: point_on, working_days, planned, spent: on.spent, unpaid, at_pace, short };
    let said = verdict(Rule::PlanPointComing, rules.capped(patience.severity, planned), reason, on, rules);
    Some(Verdict { point_on: Some(point_on), ..said })
}

/// The next point that has a figure, that figure, and the working days left, where they are no more than the set's
/// `[plan_point]` asks. None in a set without that section.
pub(super) fn near_figure(on: &Comparison, rules: &Rules, workdays: &WorkingDays) -> Option<(NaiveDate, Fen, u32)> {
    let patience = rules.coming?;
    let (point_on, planned) = on.plan.as_ref()?.points.next_figure(on.as_of)?;
    let working_days = workdays.between(on.as_of, point_on);
    (working_days <= patience.days).then_some((point_on, planned, working_days))
}

/// What will have been spent by a day at the present pace: spent ÷ days of the year passed × days at that day, rounded
/// once to fen. None before the year has begun.
fn at_pace(on: &Comparison, day: NaiveDate) -> Option<Fen> {
    let (passed, _) = on.year.days(on.as_of);
    let (then, _) = on.year.days(day);
    let whole = on.spent.decimal().checked_mul(then.into())?.checked_div(passed.into())?;
    whole.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_i64().map(Fen::new)
}
