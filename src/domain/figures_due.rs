//! Figures that do not come: nothing posted for long though money is due, and readings that were due with a plan point.
//! No data is not red: it is a finding of its own, and says nothing of how things stand.

use crate::domain::achievement::is_running_count;
use crate::domain::comparison::{Comparison, LastPosting};
use crate::domain::indicator::{KeptIndicator, Target};
use crate::domain::judge::{due, lag, verdict};
use crate::domain::reading::{Observed, Reading};
use crate::domain::rule::{Rule, Rules};
use crate::domain::verdict::{Reason, Verdict};
use crate::domain::workdays::WorkingDays;
use chrono::{Datelike, NaiveDate};

/// Nothing posted since so many days (from the year's first day, where nothing was posted in it) though more is due than was
/// spent.
#[must_use]
pub fn stale(on: &Comparison, rules: &Rules) -> Option<Verdict> {
    let (patience, due) = (rules.stale?, due(on)?);
    let last_paid_on = match on.last_posting {
        LastPosting::NotAsked => return None,
        LastPosting::Never => None,
        // What was paid for another year is no figure of this one.
        LastPosting::On(day) => Some(day).filter(|day| on.year.contains(*day)),
    };
    let days = (on.as_of - last_paid_on.unwrap_or(on.year.first_day())).num_days();
    if days < i64::from(patience.days) || lag(on.spent, due) <= rules.tolerance.of(due) {
        return None;
    }
    let reason = Reason::Stale { last_paid_on, days, due, spent: on.spent };
    Some(verdict(Rule::FiguresStale, rules.capped(patience.severity, due), reason, on, rules))
}

/// The indicators whose reading was due and has not come, one verdict each, and one for the whole project where two or
/// more lack theirs at the same point.
///
/// Due with a plan point is a running count (a reading since the point before), with a month's end a monthly deadline.
/// Everything else is due at the year's last day: a rate, a level, a cost and what people say are not asked for earlier. All
/// of them are waited for; what was due at the year's end is missing in January.
/// A deadline that passes in silence is overdue, which is another rule's word.
#[must_use]
pub fn missing(
    on: &Comparison,
    indicators: &[KeptIndicator],
    readings: &[Reading],
    rules: &Rules,
    workdays: &WorkingDays,
) -> Vec<Verdict> {
    let Some(patience) = rules.missing else { return Vec::new() };
    let wait = Wait { on, rules, is_up: |day| workdays.after(day, patience.days) <= on.waited_until };
    let lacking: Vec<(&KeptIndicator, NaiveDate)> =
        indicators.iter().filter_map(|kept| Some((kept, wait.lacks(kept, readings)?))).collect();
    let say = |point_on: NaiveDate, count: u32| {
        let reason = Reason::Missing { on: point_on, indicators: count, after_working_days: patience.days };
        let said = verdict(Rule::FiguresMissing, patience.severity, reason, on, rules);
        Verdict { point_on: Some(point_on), ..said }
    };
    let mut verdicts = Vec::new();
    let at = |day: NaiveDate| lacking.iter().filter(|(_, point_on)| *point_on == day).count();
    if let Some(day) = lacking.iter().map(|(_, day)| *day).filter(|day| at(*day) > 1).max() {
        verdicts.push(say(day, u32::try_from(at(day)).unwrap_or(u32::MAX)));
    }
    verdicts.extend(lacking.iter().map(|(kept, day)| Verdict { indicator: Some(kept.id), ..say(*day, 1) }));
    verdicts
}

struct Wait<'values, IsUp> {
    on: &'values Comparison,
    rules: &'values Rules,
    is_up: IsUp,
}

impl<IsUp: Fn(NaiveDate) -> bool> Wait<'_, IsUp> {
    /// The point with which the indicator's reading was due, where it has not come.
    fn lacks(&self, kept: &KeptIndicator, readings: &[Reading]) -> Option<NaiveDate> {
        let as_of = self.on.as_of;
        let own: Vec<&Reading> =
            readings.iter().filter(|reading| reading.indicator == kept.id && reading.observed_on <= as_of).collect();
        if matches!(kept.promise.target_read, Target::Deadline { .. }) {
            return None;
        }
        let last_day = self.on.year.last_day();
        if self.on.year_is_over && (self.is_up)(last_day) && own.is_empty() {
            return Some(last_day);
        }
        match &kept.promise.target_read {
            Target::MonthlyDeadline => self.month_without(&own),
            target => {
                let (comparator, quantity) = target.bound()?;
                let counts = !comparator.is_cap() && is_running_count(quantity, self.rules);
                if counts && !kept.promise.is_satisfaction() { self.point_without(&own) } else { None }
            }
        }
    }

    /// The last point whose wait is up, where nothing was observed since the one before.
    fn point_without(&self, own: &[&Reading]) -> Option<NaiveDate> {
        let days: Vec<NaiveDate> = self.on.plan.as_ref()?.points.as_slice().iter().map(|point| point.on).collect();
        let point = *days.iter().rfind(|day| **day <= self.on.as_of && (self.is_up)(**day))?;
        let before = days.iter().rfind(|day| **day < point).copied();
        let came = |reading: &&Reading| before.is_none_or(|before| reading.observed_on > before);
        (!own.iter().any(came)).then_some(point)
    }

    /// The end of the last month whose wait is up and of which nothing says when it was done.
    fn month_without(&self, own: &[&Reading]) -> Option<NaiveDate> {
        let year = self.on.year;
        let without = |month: &u32| {
            let of_month = |reading: &&Reading| {
                year.contains(reading.observed_on)
                    && reading.observed_on.month() == *month
                    && matches!(reading.observed, Observed::DoneOn(_))
            };
            !own.iter().any(of_month)
        };
        let months = (1..=12).rev().filter(without).filter_map(|month| year.month_end(month));
        months.into_iter().find(|end| *end <= self.on.as_of && (self.is_up)(*end))
    }
}
