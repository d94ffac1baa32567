//! Work held against money: how much of what is counted was done, beside how much of the budget was spent.

use crate::domain::achievement::is_running_count;
use crate::domain::comparison::Comparison;
use crate::domain::indicator::KeptIndicator;
use crate::domain::judge::verdict;
use crate::domain::money::Ratio;
use crate::domain::pace::spendable;
use crate::domain::reading::{Observed, Reading, latest};
use crate::domain::rule::{Rule, Rules};
use crate::domain::verdict::{Reason, Verdict};
use rust_decimal::Decimal;

/// Work and spending further apart than allowed, in either direction.
///
/// Work is the mean of what the running counts that have a reading achieved of their targets, each the whole at most; only
/// what is counted can be added up so. Without such a reading, or without a budget, nothing is said. Both shares are
/// taken as they are shown, to four decimals, so that the gap that is printed is the gap that judges.
#[must_use]
pub fn work_gap(on: &Comparison, indicators: &[KeptIndicator], readings: &[Reading], rules: &Rules) -> Option<Verdict> {
    let (allowed, budget) = (rules.work_gap?, spendable(on)?);
    let done: Vec<Decimal> = indicators.iter().filter_map(|kept| achieved(kept, readings, on, rules)).collect();
    let counts = u32::try_from(done.len()).ok()?;
    let sum = done.iter().try_fold(Decimal::ZERO, |sum, share| sum.checked_add(*share))?;
    let work = Ratio::of(sum, Decimal::from(counts))?;
    let spending = Ratio::of(on.spent.decimal(), budget.decimal())?;
    let points = work.decimal().checked_sub(spending.decimal())?.checked_mul(Decimal::ONE_HUNDRED)?;
    if points.abs() <= allowed.above_points {
        return None;
    }
    let points = points.round_dp(2);
    let reason = Reason::WorkGap { work, spending, points, allowed_points: allowed.above_points, counts };
    Some(verdict(Rule::WorkGap, rules.capped(allowed.severity, budget), reason, on, rules))
}

/// The share of a running count's target that was achieved by the day; none of another kind of target.
fn achieved(kept: &KeptIndicator, readings: &[Reading], on: &Comparison, rules: &Rules) -> Option<Decimal> {
    let (comparator, quantity) = kept.promise.target_read.bound()?;
    if comparator.is_cap() || !is_running_count(quantity, rules) || quantity.value <= Decimal::ZERO {
        return None;
    }
    let own: Vec<Reading> = readings.iter().filter(|reading| reading.indicator == kept.id).cloned().collect();
    let Observed::Value(value) = latest(&own, on.as_of)?.observed else { return None };
    let share = value.checked_div(quantity.value)?;
    Some(share.clamp(Decimal::ZERO, Decimal::ONE))
}
