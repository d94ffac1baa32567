//! The file of working days: TOML into years of holidays and make-up days, validated as a whole, every fault reported
//! together with its key.

use crate::domain::workdays::YearOfDays;
use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The years that come with Milepost.
pub const BUNDLED_WORKDAYS: &str = include_str!("../../config/workdays.toml");

/// Days that one entry `FIRST/LAST` may cover: no holiday of a notice comes near it.
const LONGEST_SPAN_DAYS: i64 = 31;
const DAY_FORM: &str = "write a day as \"2024-02-10\", or first and last as \"2024-02-10/2024-02-17\"";

/// A file of working days that cannot be used, with every fault in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file of working days cannot be used:\n  {}", .0.join("\n  "))]
pub struct WorkdaysFileError(pub Vec<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    #[serde(default)]
    notices: Vec<Notice>,
    holidays: BTreeMap<String, Vec<String>>,
    workdays: Vec<String>,
}

/// Where the year's days stand: for whoever reads the file, checked so that it can be trusted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    number: Option<String>,
    published_on: Option<String>,
}

/// Reads the years of a file, in order.
pub fn read_workdays(text: &str) -> Result<Vec<YearOfDays>, WorkdaysFileError> {
    let file: BTreeMap<String, Year> =
        toml::from_str(text).map_err(|error| WorkdaysFileError(vec![error.to_string()]))?;
    let mut faults = Faults(Vec::new());
    let years: Vec<YearOfDays> = file.iter().filter_map(|(key, year)| faults.year(key, year)).collect();
    if faults.0.is_empty() { Ok(years) } else { Err(WorkdaysFileError(faults.0)) }
}

struct Faults(Vec<String>);

impl Faults {
    fn year(&mut self, key: &str, given: &Year) -> Option<YearOfDays> {
        let number = key.parse().ok().filter(|year| (1949..=9999).contains(year));
        if number.is_none() {
            self.0.push(format!("{key}: name each table by its year, such as [2024]"));
        }
        for notice in &given.notices {
            self.notice(key, notice);
        }
        let number = number?;
        let mut year = YearOfDays { year: number, holidays: BTreeSet::new(), workdays: BTreeSet::new() };
        if given.holidays.is_empty() {
            self.0.push(format!("{key}.holidays: a year has some; leave a year out that has not been arranged yet"));
        }
        for (name, entries) in &given.holidays {
            let key = format!("{key}.holidays.{name}");
            for day in self.days(&key, number, entries) {
                if !year.holidays.insert(day) {
                    self.0.push(format!("{key}: {day} is named twice"));
                }
            }
        }
        let key = format!("{key}.workdays");
        for day in self.days(&key, number, &given.workdays) {
            if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
                self.0.push(format!("{key}: {day} lies between Monday and Friday; only weekend days are made up"));
            }
            if year.holidays.contains(&day) {
                self.0.push(format!("{key}: {day} is a holiday as well"));
            }
            if !year.workdays.insert(day) {
                self.0.push(format!("{key}: {day} is named twice"));
            }
        }
        Some(year)
    }

    fn notice(&mut self, key: &str, notice: &Notice) {
        if notice.number.as_ref().is_some_and(|number| number.trim().is_empty()) {
            self.0.push(format!("{key}.notices: leave number out where it is not known"));
        }
        if let Some(text) = &notice.published_on
            && day(text).is_none()
        {
            self.0.push(format!("{key}.notices: {text:?} is not a day; write it as \"2023-10-25\""));
        }
    }

    /// The days of a list of entries that can be read and lie in the year.
    fn days(&mut self, key: &str, year: i32, entries: &[String]) -> Vec<NaiveDate> {
        let mut days = Vec::new();
        for entry in entries {
            let (first, last) = entry.split_once('/').unwrap_or((entry, entry));
            let (Some(first), Some(last)) = (day(first), day(last)) else {
                self.0.push(format!("{key}: {entry:?} cannot be read; {DAY_FORM}"));
                continue;
            };
            if last < first || (last - first).num_days() >= LONGEST_SPAN_DAYS {
                self.0.push(format!("{key}: {entry:?} must run forward, over at most {LONGEST_SPAN_DAYS} days"));
                continue;
            }
            if first.year() != year || last.year() != year {
                self.0
                    .push(format!("{key}: {entry:?} does not lie in {year}; each day stands in its own year's table"));
                continue;
            }
            days.extend(first.iter_days().take_while(|day| *day <= last));
        }
        days
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::workdays::WorkingDays;

    fn bundled() -> WorkingDays {
        WorkingDays::new(read_workdays(BUNDLED_WORKDAYS).unwrap())
    }

    #[test]
    fn the_bundled_years_are_those_of_the_notices() {
        let days = bundled();
        for year in 2004..=2026 {
            assert!(days.knows(year), "{year}");
        }
        let on = |text: &str| days.is_working(text.parse().unwrap());
        let table = [
            ("2024-02-04", true),  // Sunday, made up for the Spring Festival
            ("2024-02-09", true),  // the eve: encouraged, and not off by the notice
            ("2024-02-12", false), // Monday
            ("2024-02-18", true),  // Sunday
            ("2024-09-29", true),  // Sunday
            ("2024-10-01", false),
            ("2024-10-04", false),
            ("2024-10-07", false), // Monday
            ("2024-10-08", true),
            ("2024-10-12", true),  // Saturday
            ("2023-12-29", true),  // Friday
            ("2023-12-31", false), // Sunday
            ("2024-01-01", false),
            ("2011-12-31", true),  // Saturday, by the notice for 2012
            ("2015-09-03", false), // by the State Council's notice on the seventieth anniversary
            ("2015-09-06", true),  // Sunday
            ("2019-05-02", false), // by the second notice of that year
            ("2020-01-31", false), // by the notice that prolonged the Spring Festival
            ("2020-02-01", false), // Saturday: worked by the first notice, off by the second
            ("2026-01-04", true),  // Sunday
            ("2026-02-23", false),
        ];
        for (day, works) in table {
            assert_eq!(on(day), works, "{day}");
        }
    }

    #[test]
    fn every_fault_is_named_with_its_key() {
        let text = r#"
            [2027]
            workdays = ["2027-02-07", "2027-02-07", "2027-02-08", "2027-10-02"]
            notices = [{ number = " ", published_on = "soon" }]
            [2027.holidays]
            "元旦" = ["2026-12-31", "2027-01-01"]
            "春节" = ["2027-02-30", "2027-02-17/2027-02-11"]
            "国庆节" = ["2027-10-01/2027-10-03", "2027-10-01"]
            [next]
            workdays = []
            [next.holidays]
            [2028]
            workdays = []
            [2028.holidays]
        "#;
        let WorkdaysFileError(faults) = read_workdays(text).unwrap_err();
        insta::assert_snapshot!(faults.join("\n"));
        assert!(read_workdays("[2027]\nworkdays = []\nfeasts = []\n[2027.holidays]\n").is_err());
    }
}
