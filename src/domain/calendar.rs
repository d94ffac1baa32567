//! The fiscal year (the calendar year in China) and the share of it that has passed.

use crate::domain::money::Ratio;
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use std::fmt;

/// A fiscal year: 1 January to 31 December (Budget Law of the PRC, article 18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FiscalYear(i32);

/// The year is outside what Milepost keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fiscal year lies between {FIRST_YEAR} and {LAST_YEAR}")]
pub struct YearError;

const FIRST_YEAR: i32 = 2000;
const LAST_YEAR: i32 = 2999;

impl FiscalYear {
    /// The fiscal year of that number, from 2000 to 2999.
    pub fn new(year: i32) -> Result<FiscalYear, YearError> {
        if (FIRST_YEAR..=LAST_YEAR).contains(&year) { Ok(FiscalYear(year)) } else { Err(YearError) }
    }

    /// The year's number.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// 1 January.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 1, 1).unwrap_or(NaiveDate::MIN)
    }

    /// 31 December.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 12, 31).unwrap_or(NaiveDate::MAX)
    }

    /// The last day of a month of this year; none when the month is not 1 to 12.
    #[must_use]
    pub fn month_end(self, month: u32) -> Option<NaiveDate> {
        if month == 12 {
            return Some(self.last_day());
        }
        NaiveDate::from_ymd_opt(self.0, month.checked_add(1)?, 1).and_then(|next| next.pred_opt())
    }

    /// Whether the day lies in the year.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        day.year() == self.0
    }

    /// The day itself, or the nearest day of the year: what "today" means for a year that is over or to come.
    #[must_use]
    pub fn nearest(self, day: NaiveDate) -> NaiveDate {
        day.clamp(self.first_day(), self.last_day())
    }

    /// Days of the year passed by the end of that day, and days of the whole year.
    #[must_use]
    pub fn days(self, on: NaiveDate) -> (i64, i64) {
        let before_first = self.first_day().pred_opt().unwrap_or(NaiveDate::MIN);
        let length = (self.last_day() - before_first).num_days();
        ((on - before_first).num_days().clamp(0, length), length)
    }

    /// 序时进度: the share of the year passed by the end of that day.
    #[must_use]
    pub fn time_progress(self, on: NaiveDate) -> Ratio {
        let (passed, length) = self.days(on);
        Ratio::of(Decimal::from(passed), Decimal::from(length)).unwrap_or(Ratio::ZERO)
    }

    /// Whether figures of this year are still being judged on `today`: the running year, and the last one
    /// until `closes_on` (month, day) of the next.
    #[must_use]
    pub fn is_open(self, today: NaiveDate, closes_on: (u32, u32)) -> bool {
        let closing = NaiveDate::from_ymd_opt(self.0 + 1, closes_on.0, closes_on.1);
        self.contains(today) || (today.year() == self.0 + 1 && closing.is_some_and(|day| today <= day))
    }
}

impl fmt::Display for FiscalYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn time_progress_counts_the_day_itself() {
        let year = FiscalYear::new(2024).unwrap();
        assert_eq!(year.time_progress(day("2024-06-30")).to_string(), "0.4973");
        assert_eq!(year.time_progress(day("2024-12-31")).to_string(), "1.0000");
        assert_eq!(FiscalYear::new(2023).unwrap().time_progress(day("2023-10-31")).to_string(), "0.8329");
    }

    #[test]
    fn a_year_stays_open_until_its_closing_day() {
        let year = FiscalYear::new(2024).unwrap();
        for (today, open) in [("2023-12-31", false), ("2024-01-01", true), ("2025-01-31", true), ("2025-02-01", false)]
        {
            assert_eq!(year.is_open(day(today), (1, 31)), open, "{today}");
        }
    }

    #[test]
    fn month_ends_know_leap_years() {
        assert_eq!(FiscalYear::new(2024).unwrap().month_end(2), Some(day("2024-02-29")));
        assert_eq!(FiscalYear::new(2023).unwrap().month_end(2), Some(day("2023-02-28")));
        assert_eq!(FiscalYear::new(2023).unwrap().month_end(13), None);
    }
}
