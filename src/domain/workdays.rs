//! Working days by the State Council's calendar: weekdays, less the holidays, with the make-up days (调休) at weekends.
//! Deadlines and escalations count in them, so that a week-long holiday overtakes nobody.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// How far ahead a working day is looked for: a hundred years. What lies beyond is not counted.
const FARTHEST_DAYS: u64 = 36_525;
/// The month from which the next year's notice is expected to have been read.
const NEXT_YEAR_FROM_MONTH: u32 = 12;

/// What one year's notice arranges, by calendar year: each day lies in `year`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearOfDays {
    /// The calendar year.
    pub year: i32,
    /// Days off by the notice, weekends within a holiday included.
    pub holidays: BTreeSet<NaiveDate>,
    /// Saturdays and Sundays that are worked (调休).
    pub workdays: BTreeSet<NaiveDate>,
}

/// The calendar of working days, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingDays {
    years: BTreeSet<i32>,
    /// Weekdays that are off.
    off: BTreeSet<NaiveDate>,
    /// Weekend days that are worked.
    made_up: BTreeSet<NaiveDate>,
}

impl WorkingDays {
    /// The calendar of these years; of two that are the same year, the later one given holds.
    pub fn new(years: impl IntoIterator<Item = YearOfDays>) -> WorkingDays {
        let by_year: BTreeMap<i32, YearOfDays> = years.into_iter().map(|year| (year.year, year)).collect();
        let mut days = WorkingDays::default();
        for (number, year) in by_year {
            days.years.insert(number);
            days.off.extend(year.holidays.into_iter().filter(|day| is_weekday(*day)));
            days.made_up.extend(year.workdays.into_iter().filter(|day| !is_weekday(*day)));
        }
        days
    }

    /// Whether a day is worked; of a year that is not known, Monday to Friday are.
    #[must_use]
    pub fn is_working(&self, day: NaiveDate) -> bool {
        if is_weekday(day) { !self.off.contains(&day) } else { self.made_up.contains(&day) }
    }

    /// Whether the year's notice is known.
    #[must_use]
    pub fn knows(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// The `count`-th working day after a day; none after it is the day itself. Looks a hundred years ahead at most,
    /// and gives the last day looked at where the count is not reached by then.
    #[must_use]
    pub fn after(&self, day: NaiveDate, count: u32) -> NaiveDate {
        let (mut reached, mut left) = (day, count);
        for ahead in 1..=FARTHEST_DAYS {
            if left == 0 {
                break;
            }
            let Some(next) = day.checked_add_days(Days::new(ahead)) else { break };
            reached = next;
            left -= u32::from(self.is_working(next));
        }
        reached
    }

    /// Working days later than `after` and not later than `until`; none where `until` is not later.
    #[must_use]
    pub fn between(&self, after: NaiveDate, until: NaiveDate) -> u32 {
        let Some(first) = after.succ_opt().filter(|first| *first <= until) else { return 0 };
        let off = self.off.range(first..=until).count();
        let made_up = self.made_up.range(first..=until).count();
        let weekdays = weekdays_until(until) - weekdays_until(after);
        let special = i64::try_from(made_up).unwrap_or(0) - i64::try_from(off).unwrap_or(0);
        u32::try_from(weekdays + special).unwrap_or(0)
    }

    /// The years from one day to another whose notice is not known.
    #[must_use]
    pub fn unknown_years(&self, from: NaiveDate, to: NaiveDate) -> Vec<i32> {
        (from.year()..=to.year()).filter(|year| !self.knows(*year)).collect()
    }

    /// The years that whoever runs the service has to see to: the running one, and in December the next one as well.
    #[must_use]
    pub fn missing_on(&self, today: NaiveDate) -> Vec<i32> {
        let last = if today.month() >= NEXT_YEAR_FROM_MONTH { today.year() + 1 } else { today.year() };
        (today.year()..=last).filter(|year| !self.knows(*year)).collect()
    }
}

fn is_weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Mondays to Fridays from a Monday before all time to a day, that day included: only differences mean anything.
fn weekdays_until(day: NaiveDate) -> i64 {
    // Day 1 of the common era is a Monday.
    let days = i64::from(day.num_days_from_ce());
    let (weeks, rest) = (days.div_euclid(7), days.rem_euclid(7));
    weeks * 5 + rest.min(5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn calendar() -> WorkingDays {
        let days = |texts: &[&str]| texts.iter().map(|text| day(text)).collect();
        WorkingDays::new([YearOfDays {
            year: 2024,
            holidays: days(&[
                "2024-02-10",
                "2024-02-11",
                "2024-02-12",
                "2024-02-13",
                "2024-02-14",
                "2024-02-15",
                "2024-02-16",
                "2024-02-17",
            ]),
            workdays: days(&["2024-02-04", "2024-02-18"]),
        }])
    }

    #[test]
    fn a_holiday_is_passed_over_and_a_make_up_day_counts() {
        let days = calendar();
        assert_eq!(days.after(day("2024-02-09"), 0), day("2024-02-09"));
        assert_eq!(days.after(day("2024-02-09"), 1), day("2024-02-18"), "a Sunday that makes up");
        assert_eq!(days.after(day("2024-02-10"), 2), day("2024-02-19"));
        assert_eq!(days.between(day("2024-02-09"), day("2024-02-18")), 1);
        assert_eq!(days.between(day("2024-02-02"), day("2024-02-09")), 6);
        assert_eq!(days.between(day("2024-02-18"), day("2024-02-18")), 0);
        assert_eq!(days.between(day("2024-02-19"), day("2024-02-18")), 0);
    }

    #[test]
    fn a_year_that_is_not_known_has_five_days_a_week_and_says_so() {
        let days = calendar();
        assert!(days.is_working(day("2025-10-01")) && !days.is_working(day("2025-10-04")));
        assert_eq!(days.unknown_years(day("2023-12-31"), day("2026-01-01")), [2023, 2025, 2026]);
        assert_eq!(days.missing_on(day("2024-11-30")), Vec::<i32>::new());
        assert_eq!(days.missing_on(day("2024-12-01")), [2025]);
        assert_eq!(days.missing_on(day("2025-12-01")), [2025, 2026]);
    }

    #[test]
    fn the_year_given_last_holds_whole() {
        let none = YearOfDays { year: 2024, holidays: [day("2024-05-01")].into(), workdays: BTreeSet::new() };
        let mut years = vec![YearOfDays { holidays: [day("2024-02-12")].into(), ..none.clone() }];
        years.push(none);
        let days = WorkingDays::new(years);
        assert!(days.is_working(day("2024-02-12")) && !days.is_working(day("2024-05-01")));
    }

    #[test]
    fn counting_ends_at_the_end_of_the_calendar_and_after_a_hundred_years() {
        let days = calendar();
        assert_eq!(days.after(NaiveDate::MAX, 3), NaiveDate::MAX);
        assert_eq!(days.after(day("2024-01-01"), u32::MAX), day("2024-01-01") + Days::new(FARTHEST_DAYS));
        assert!(days.between(NaiveDate::MIN, NaiveDate::MAX) > 100_000_000);
    }

    proptest! {
        #[test]
        fn counting_agrees_with_looking_at_each_day(from in -200i64..800, length in -5i64..400, count in 0u32..300) {
            let days = calendar();
            let from = day("2023-12-01") + chrono::TimeDelta::days(from);
            let until = from + chrono::TimeDelta::days(length);
            let naive = from.iter_days().skip(1).take_while(|day| *day <= until).filter(|day| days.is_working(*day)).count();
            prop_assert_eq!(days.between(from, until) as usize, naive);
            let reached = days.after(from, count);
            prop_assert_eq!(days.between(from, reached), count);
            prop_assert!(count == 0 || days.is_working(reached));
        }
    }
}
