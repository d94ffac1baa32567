//! An indicator held against its target. Only a running count is held against elapsed time; a rate, a level, a
//! cost, a date and a satisfaction score are not.

use crate::domain::calendar::FiscalYear;
use crate::domain::comparison::Comparison;
use crate::domain::indicator::{Comparator, KeptIndicator, Quantity, Target};
use crate::domain::reading::{Grade, Observed, Reading, latest};
use crate::domain::rule::Rules;
use crate::domain::verdict::{Achievement, AchievementReason, IndicatorStanding};
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

/// Where one indicator stands on the day of a comparison, by the latest of its readings.
#[must_use]
pub fn assess(kept: &KeptIndicator, readings: &[Reading], on: &Comparison, rules: &Rules) -> IndicatorStanding {
    let own: Vec<Reading> = readings.iter().filter(|reading| reading.indicator == kept.id).cloned().collect();
    let reading = latest(&own, on.as_of).map(|reading| reading.observed);
    let ended = on.as_of >= on.year.last_day();
    let day = Day { year: on.year, as_of: on.as_of, ended, is_over: on.year_is_over };
    let (standing, reason) = match &kept.promise.target_read {
        Target::Deadline { due_on } => deadline(*due_on, reading, &day, rules),
        Target::MonthlyDeadline => months(&own, &day),
        Target::Qualitative => judged(reading, &day),
        Target::Bound { comparator, quantity } => bound(*comparator, quantity, true, reading, &day, rules),
        Target::Stated { suggested, quantity } => bound(*suggested, quantity, false, reading, &day, rules),
    };
    IndicatorStanding { indicator: kept.id, standing, reading, reason }
}

struct Day {
    year: FiscalYear,
    as_of: NaiveDate,
    /// The year's last day has come: what is not reached now is not reached.
    ended: bool,
    /// It has also passed: what was due on it is overdue.
    is_over: bool,
}

type Assessed = (Achievement, AchievementReason);

fn deadline(due_on: NaiveDate, reading: Option<Observed>, day: &Day, rules: &Rules) -> Assessed {
    let last_in_time = if rules.deadline_includes_day { due_on } else { due_on.pred_opt().unwrap_or(due_on) };
    let done_on = match reading {
        Some(Observed::DoneOn(day)) => Some(day),
        Some(_) => return (Achievement::NoData, AchievementReason::ReadingOfOtherKind),
        None => None,
    };
    let standing = match done_on {
        Some(day) if day <= last_in_time => Achievement::Met,
        Some(_) => Achievement::Breached,
        None if day.as_of > last_in_time || day.is_over => Achievement::Overdue,
        None => Achievement::NotDue,
    };
    (standing, AchievementReason::Deadline { due_on: last_in_time, done_on })
}

/// Twelve checks: one late month stays late, a month that is due and has no reading is missing data, not red.
fn months(own: &[Reading], day: &Day) -> Assessed {
    let (mut due, mut kept, mut late, mut missing) = (0, 0, 0, 0);
    for month in 1..=12 {
        let Some(end) = day.year.month_end(month) else { continue };
        let of_month: Vec<Reading> = own
            .iter()
            .filter(|reading| day.year.contains(reading.observed_on) && reading.observed_on.month() == month)
            .cloned()
            .collect();
        due += u32::from(end <= day.as_of);
        match latest(&of_month, day.as_of).map(|reading| reading.observed) {
            Some(Observed::DoneOn(done)) if done <= end => kept += 1,
            Some(Observed::DoneOn(_)) => late += 1,
            _ => missing += u32::from(end <= day.as_of),
        }
    }
    let standing = if late > 0 {
        Achievement::Breached
    } else if missing > 0 {
        Achievement::NoData
    } else if kept == 12 {
        Achievement::Met
    } else if kept > 0 {
        Achievement::OnTrack
    } else {
        Achievement::NotDue
    };
    (standing, AchievementReason::Months { due, kept, late, missing })
}

fn judged(reading: Option<Observed>, day: &Day) -> Assessed {
    match reading {
        None => (Achievement::NoData, AchievementReason::NoReading),
        Some(Observed::Grade(Grade::Met)) => (Achievement::Met, AchievementReason::Judged),
        Some(Observed::Grade(Grade::PartlyMet)) if !day.ended => (Achievement::OnTrack, AchievementReason::Judged),
        Some(Observed::Grade(Grade::NotMet)) if day.ended => (Achievement::Breached, AchievementReason::Judged),
        Some(Observed::Grade(_)) => (Achievement::Behind, AchievementReason::Judged),
        Some(_) => (Achievement::NoData, AchievementReason::ReadingOfOtherKind),
    }
}

fn bound(
    comparator: Comparator,
    quantity: &Quantity,
    stated: bool,
    reading: Option<Observed>,
    day: &Day,
    rules: &Rules,
) -> Assessed {
    let value = match reading {
        Some(Observed::Value(value)) => value,
        Some(_) => return (Achievement::NoData, AchievementReason::ReadingOfOtherKind),
        None if comparator.is_cap() => return (Achievement::NothingYet, AchievementReason::NoReading),
        None => return (Achievement::NoData, AchievementReason::NoReading),
    };
    let reason = AchievementReason::Bound { value, comparator, bound: quantity.value, stated };
    let holds = comparator.holds(value, quantity.value);
    if comparator.is_cap() {
        let standing = match (holds, day.ended) {
            (false, _) => Achievement::Breached,
            (true, _) if value.is_zero() => Achievement::NothingYet,
            (true, true) => Achievement::Met,
            (true, false) => Achievement::OnTrack,
        };
        return (standing, reason);
    }
    if is_running_count(quantity, rules) {
        return running_count(comparator, quantity, value, day, rules);
    }
    let exceeded = comparator == Comparator::Equal && value > quantity.value;
    let standing = match (holds, day.ended) {
        (true, _) => Achievement::Met,
        // More than promised is not lagging. That exactly so much was promised, the document itself must have said.
        (false, _) if exceeded && !stated => Achievement::Met,
        (false, ended) if exceeded || ended => Achievement::Breached,
        (false, _) => Achievement::Behind,
    };
    (standing, reason)
}

/// A count in a unit of the rule set. What is counted per month or per household (每月, 平均每户, 人均) is a rate.
pub(super) fn is_running_count(quantity: &Quantity, rules: &Rules) -> bool {
    let is_rate = quantity.per.as_ref().is_some_and(|per| per.contains(['每', '均']));
    rules.running_count_units.contains(&quantity.unit) && !is_rate
}

fn running_count(comparator: Comparator, quantity: &Quantity, value: Decimal, day: &Day, rules: &Rules) -> Assessed {
    let expected = expected_by(quantity, day.year, day.as_of);
    let mark = quantity.value.checked_mul(rules.over_fulfilled_from).unwrap_or(Decimal::MAX);
    let over_fulfilled = value >= mark && !quantity.value.is_zero();
    let reason = AchievementReason::RunningCount { value, expected, bound: quantity.value, over_fulfilled };
    let reached = comparator.holds(value, quantity.value) || value > quantity.value;
    let standing = if reached {
        Achievement::Met
    } else if day.ended {
        Achievement::Breached
    } else if value >= expected {
        Achievement::OnTrack
    } else {
        Achievement::Behind
    };
    (standing, reason)
}

/// A running count's share of the year passed, in whole things: two thirds of a house is none yet. Divided last, for
/// a third of twelve is four.
fn expected_by(quantity: &Quantity, year: FiscalYear, as_of: NaiveDate) -> Decimal {
    let (passed, length) = year.days(as_of);
    let part = quantity.value.checked_mul(Decimal::from(passed)).and_then(|part| part.checked_div(length.into()));
    part.unwrap_or(quantity.value).floor()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_of_twelve_is_four() {
        let year = FiscalYear::new(2024).unwrap();
        let twelve = Quantity { value: Decimal::from(12), unit: "次".into(), per: None };
        // 1 May 2024 is day 122 of 366.
        let as_of = NaiveDate::from_ymd_opt(2024, 5, 1).unwrap();
        assert_eq!(expected_by(&twelve, year, as_of), Decimal::from(4));
        assert_eq!(expected_by(&twelve, year, as_of.pred_opt().unwrap()), Decimal::from(3));
    }
}
