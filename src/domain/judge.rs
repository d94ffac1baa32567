//! The rules applied: where a project stands, and one verdict per rule that needs attention.

use crate::domain::achievement::assess;
use crate::domain::balance::work_gap;
use crate::domain::comparison::Comparison;
use crate::domain::figures_due::{missing, stale};
use crate::domain::indicator::KeptIndicator;
use crate::domain::money::Fen;
use crate::domain::pace::{behind_curve, coming, near_figure, off_time};
use crate::domain::reading::Reading;
use crate::domain::rule::{Rule, Rules, Severity};
use crate::domain::verdict::{Achievement, AchievementReason, IndicatorStanding, Judgement, Reason, Standing, Verdict};
use crate::domain::workdays::WorkingDays;
use rust_decimal::Decimal;

/// Judges one project: its spending by the plan, each indicator by its target, and whether figures come.
///
/// `readings` are those known of the project; the latest as of the comparison's day counts.
#[must_use]
pub fn judge(
    comparison: &Comparison,
    indicators: &[KeptIndicator],
    readings: &[Reading],
    rules: &Rules,
    workdays: &WorkingDays,
) -> Judgement {
    let standing = standing(comparison, rules);
    let severity = spending_severity(standing, comparison, rules, workdays);
    let standings: Vec<IndicatorStanding> =
        indicators.iter().map(|indicator| assess(indicator, readings, comparison, rules)).collect();
    let of_money = [
        severity.and_then(|severity| spending_verdict(standing, severity, comparison, rules)),
        off_time(comparison, rules),
        behind_curve(comparison, rules),
        coming(comparison, rules, workdays),
        work_gap(comparison, indicators, readings, rules),
        stale(comparison, rules),
    ];
    let missing = missing(comparison, indicators, readings, rules, workdays);
    let of_indicators = standings.iter().filter_map(|standing| indicator_verdict(standing, comparison, rules));
    let verdicts = of_money.into_iter().flatten().chain(missing).chain(of_indicators).collect();
    Judgement { standing, severity, verdicts, indicators: standings }
}

/// Where spending stands: the first that holds of overspent, not due, ahead, on plan, behind (DOMAIN rules §2.10).
fn standing(comparison: &Comparison, rules: &Rules) -> Standing {
    let spent = comparison.spent;
    if comparison.adjusted_budget.is_some_and(|budget| spent > budget) {
        return Standing::Overspent;
    }
    let Some(due) = due(comparison) else { return Standing::NoPlan };
    if due == Fen::ZERO && spent <= Fen::ZERO {
        return Standing::NotDue;
    }
    if due == Fen::ZERO || reaches(spent, due, rules.ahead_above) == Reach::Above {
        return Standing::Ahead;
    }
    if lag(spent, due) <= rules.tolerance.of(due) { Standing::OnPlan } else { Standing::Behind }
}

/// What is missing to what is due, in fen; below zero where more was spent. Two amounts never leave a decimal's range.
pub(super) fn lag(spent: Fen, due: Fen) -> Decimal {
    due.decimal().checked_sub(spent.decimal()).unwrap_or(Decimal::MAX)
}

/// What is due by the last point passed; none without a plan.
pub(super) fn due(comparison: &Comparison) -> Option<Fen> {
    comparison.plan.as_ref().filter(|plan| plan.has_points).map(|plan| plan.due)
}

#[derive(PartialEq, Eq)]
enum Reach {
    Below,
    At,
    Above,
}

/// How `part` stands to `share` of `whole`, exactly: no rounded ratio decides an edge.
fn reaches(part: Fen, whole: Fen, share: Decimal) -> Reach {
    let mark = whole.decimal().checked_mul(share).unwrap_or(Decimal::MAX);
    match part.decimal().cmp(&mark) {
        std::cmp::Ordering::Less => Reach::Below,
        std::cmp::Ordering::Equal => Reach::At,
        std::cmp::Ordering::Greater => Reach::Above,
    }
}

/// How grave that is; none where it is fine, or where the set does not judge by plan points.
fn spending_severity(
    standing: Standing,
    comparison: &Comparison,
    rules: &Rules,
    workdays: &WorkingDays,
) -> Option<Severity> {
    let (severity, figure) = match standing {
        Standing::Overspent => (rules.over_budget, comparison.adjusted_budget?),
        // What is spent far ahead is as much as what was spent, however little was due.
        Standing::Ahead if rules.by_plan_point && !is_early(comparison, rules, workdays) => {
            (rules.far_ahead, due(comparison)?.max(comparison.spent))
        }
        Standing::Behind if rules.by_plan_point => {
            let due = due(comparison)?;
            (lag_severity(comparison.spent, due, rules), due)
        }
        _ => return None,
    };
    Some(rules.capped(severity, figure))
}

/// Whether what is ahead is what the next figure asks, and that one is near: who pays June's money on 25 June is early,
/// not far ahead of plan.
fn is_early(comparison: &Comparison, rules: &Rules, workdays: &WorkingDays) -> bool {
    near_figure(comparison, rules, workdays)
        .is_some_and(|(_, next, _)| reaches(comparison.spent, next, rules.ahead_above) != Reach::Above)
}

/// Half-open steps: at a threshold the milder severity holds.
fn lag_severity(spent: Fen, due: Fen, rules: &Rules) -> Severity {
    if reaches(spent, due, rules.notice_from) != Reach::Below {
        Severity::Notice
    } else if reaches(spent, due, rules.warning_from) != Reach::Below {
        Severity::Warning
    } else {
        Severity::Critical
    }
}

fn spending_verdict(standing: Standing, severity: Severity, comparison: &Comparison, rules: &Rules) -> Option<Verdict> {
    let spent = comparison.spent;
    let (rule, reason, about_point) = match standing {
        Standing::Overspent => {
            (Rule::OverBudget, Reason::OverBudget { budget: comparison.adjusted_budget?, spent }, false)
        }
        Standing::Ahead => {
            (Rule::FarAhead, Reason::FarAhead { due: due(comparison)?, spent, rate: comparison.rate_of_plan }, true)
        }
        Standing::Behind => {
            // The line that was missed, also where the matter is too small to be so grave.
            let threshold = match lag_severity(spent, due(comparison)?, rules) {
                Severity::Notice => None,
                Severity::Warning => Some(rules.notice_from),
                Severity::Critical => Some(rules.warning_from),
            };
            let reason = Reason::Behind { due: due(comparison)?, spent, rate: comparison.rate_of_plan, threshold };
            (Rule::BehindPlanPoint, reason, true)
        }
        Standing::NotDue | Standing::OnPlan | Standing::NoPlan => return None,
    };
    let point_on = comparison.plan.as_ref().and_then(|plan| plan.point_on).filter(|_| about_point);
    Some(Verdict { point_on, indicator: None, ..verdict(rule, severity, reason, comparison, rules) })
}

fn indicator_verdict(standing: &IndicatorStanding, comparison: &Comparison, rules: &Rules) -> Option<Verdict> {
    let rule = match standing.standing {
        Achievement::Behind => Rule::IndicatorBehind,
        Achievement::Breached if is_recurring(standing, rules) => Rule::RecurringMissed,
        Achievement::Breached => Rule::IndicatorBreached,
        Achievement::Overdue => Rule::IndicatorOverdue,
        Achievement::Met
        | Achievement::OnTrack
        | Achievement::NotDue
        | Achievement::NothingYet
        | Achievement::NoData => return None,
    };
    let reason = Reason::Indicator(Box::new(standing.clone()));
    let severity = rules.severity_of(rule)?;
    Some(Verdict { indicator: Some(standing.indicator), ..verdict(rule, severity, reason, comparison, rules) })
}

/// A late month speaks under a name of its own where the set has one for it.
fn is_recurring(standing: &IndicatorStanding, rules: &Rules) -> bool {
    matches!(standing.reason, AchievementReason::Months { .. }) && rules.severity_of(Rule::RecurringMissed).is_some()
}

/// A verdict about neither point nor indicator.
pub(super) fn verdict(
    rule: Rule,
    severity: Severity,
    reason: Reason,
    comparison: &Comparison,
    rules: &Rules,
) -> Verdict {
    Verdict {
        rule,
        rule_version: rules.version,
        plan_version: comparison.plan.as_ref().map(|plan| plan.version),
        point_on: None,
        indicator: None,
        severity,
        reason,
    }
}
