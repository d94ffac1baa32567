//! The reasons of a verdict, in words and in numbers as a JSON object: what an alert's event keeps and the API shows.

use crate::domain::money::{Fen, Ratio};
use crate::domain::reading::Observed;
use crate::domain::verdict::{AchievementReason, IndicatorStanding, Reason};
pub use crate::render::explain::{explain, explain_achievement};
use serde_json::{Value, json};

/// The numbers of a reason; money as decimal strings in yuan, ratios as decimal strings.
#[must_use]
pub fn inputs(reason: &Reason) -> Value {
    let yuan = |amount: &Fen| amount.yuan();
    let ratio = |rate: &Option<Ratio>| rate.map(|rate| rate.to_string());
    match reason {
        Reason::Behind { due, spent, rate, threshold } => json!({
            "planned_yuan": yuan(due), "spent_yuan": yuan(spent), "rate_of_plan": ratio(rate),
            "threshold": threshold.map(|share| share.to_string()),
        }),
        Reason::OverBudget { budget, spent } => {
            json!({ "adjusted_budget_yuan": yuan(budget), "spent_yuan": yuan(spent) })
        }
        Reason::FarAhead { due, spent, rate } => {
            json!({ "planned_yuan": yuan(due), "spent_yuan": yuan(spent), "rate_of_plan": ratio(rate) })
        }
        Reason::Indicator(standing) => of_indicator(standing),
        other => of_other_days(other),
    }
}

/// The numbers of the rules that look at the calendar beside the money.
fn of_other_days(reason: &Reason) -> Value {
    match reason {
        Reason::OffTime { budget, spent, of_year, rate, threshold, ahead } => json!({
            "adjusted_budget_yuan": budget.yuan(), "spent_yuan": spent.yuan(), "rate_of_time": of_year.to_string(),
            "rate_over_time": rate.to_string(), "threshold": threshold.to_string(), "ahead": ahead,
        }),
        Reason::BehindCurve { on, least, budget, spent, rate } => json!({
            "curve_on": on.to_string(), "threshold": least.to_string(), "adjusted_budget_yuan": budget.yuan(),
            "spent_yuan": spent.yuan(), "rate_of_budget": rate.to_string(),
        }),
        Reason::WorkGap { work, spending, points, allowed_points, counts } => json!({
            "rate_of_work": work.to_string(), "rate_of_budget": spending.to_string(), "gap_points": points.to_string(),
            "allowed_points": allowed_points.to_string(), "running_counts": counts,
        }),
        Reason::Stale { last_paid_on, days, due, spent } => json!({
            "last_paid_on": last_paid_on.map(|day| day.to_string()), "days": days,
            "planned_yuan": due.yuan(), "spent_yuan": spent.yuan(),
        }),
        Reason::Missing { on, indicators, after_working_days } => json!({
            "due_with": on.to_string(), "indicators_missing": indicators, "after_working_days": after_working_days,
        }),
        Reason::Coming { on, working_days, planned, spent, unpaid, at_pace, short } => json!({
            "next_point_on": on.to_string(), "working_days_left": working_days, "planned_yuan": planned.yuan(),
            "spent_yuan": spent.yuan(), "unpaid_share": unpaid.to_string(),
            "at_present_pace_yuan": at_pace.yuan(), "missing_at_pace_yuan": short.yuan(),
        }),
        Reason::Behind { .. } | Reason::OverBudget { .. } | Reason::FarAhead { .. } | Reason::Indicator(_) => json!({}),
    }
}

fn of_indicator(standing: &IndicatorStanding) -> Value {
    let mut object = json!({
        "indicator": standing.indicator.to_string(),
        "standing": standing.standing.name(),
        "reading": standing.reading.map(observed),
    });
    let more = match &standing.reason {
        AchievementReason::Bound { comparator, bound, stated, .. } => {
            json!({ "comparator": comparator.sign(), "bound": bound.to_string(), "comparator_stated": stated })
        }
        AchievementReason::RunningCount { expected, bound, over_fulfilled, .. } => json!({
            "expected": expected.to_string(), "bound": bound.to_string(), "over_fulfilled": over_fulfilled,
        }),
        AchievementReason::Deadline { due_on, done_on } => {
            json!({ "due_on": due_on.to_string(), "done_on": done_on.map(|day| day.to_string()) })
        }
        AchievementReason::Months { due, kept, late, missing } => {
            json!({ "months_due": due, "months_kept": kept, "months_late": late, "months_missing": missing })
        }
        AchievementReason::NoReading | AchievementReason::ReadingOfOtherKind | AchievementReason::Judged => json!({}),
    };
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

/// An observation as the API writes it.
#[must_use]
pub fn observed(observed: Observed) -> String {
    match observed {
        Observed::Value(value) => value.to_string(),
        Observed::Grade(grade) => grade.name().to_owned(),
        Observed::DoneOn(day) => day.to_string(),
    }
}
