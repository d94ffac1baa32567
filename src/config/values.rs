//! The small types of the settings: what a string must be before anything inside may rely on it.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

/// A value that no log, message or `Debug` shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The value itself, for the one place that hands it over.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A day of every year, such as 31 January. Never 29 February.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    month: u32,
    day: u32,
}

impl MonthDay {
    /// Reads `MM-DD`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        // 2023 has no 29 February: a day that only some years have would be a setting that only some years obey.
        let date = NaiveDate::parse_from_str(&format!("2023-{text}"), "%Y-%m-%d").ok().filter(|_| text.len() == 5);
        let date = date.ok_or("write month and day of every year as MM-DD, such as 01-31")?;
        Ok(Self { month: chrono::Datelike::month(&date), day: chrono::Datelike::day(&date) })
    }

    /// This day in a year; None only beyond the years that the calendar can name.
    #[must_use]
    pub fn in_year(self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, self.month, self.day)
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// Hours of the day in which nothing is sent; they may pass midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// The first quiet moment.
    pub begin_at: NaiveTime,
    /// The first moment that is no longer quiet.
    pub end_at: NaiveTime,
}

impl QuietHours {
    /// Reads `HH:MM-HH:MM`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mend = || "write begin and end, which differ, as HH:MM-HH:MM, such as 22:00-07:00".to_owned();
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| text.len() == 5);
        let (begin, end) = text.split_once('-').ok_or_else(mend)?;
        match (time(begin), time(end)) {
            (Some(begin_at), Some(end_at)) if begin_at != end_at => Ok(Self { begin_at, end_at }),
            _ => Err(mend()),
        }
    }

    /// Whether a wall clock's time lies in the quiet hours.
    #[must_use]
    pub fn contains(&self, time: NaiveTime) -> bool {
        if self.begin_at < self.end_at {
            self.begin_at <= time && time < self.end_at
        } else {
            self.begin_at <= time || time < self.end_at
        }
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.begin_at.format("%H:%M"), self.end_at.format("%H:%M"))
    }
}

/// Reads a schedule of five fields that comes due at least once.
pub(super) fn parse_cron(text: &str) -> Result<Cron, String> {
    const MEND: &str = "write five fields (minute hour day month weekday) such as 30 8 * * *, or nothing for off";
    if text.split_whitespace().count() != 5 {
        return Err(MEND.to_owned());
    }
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    let cron = parser.parse(text).map_err(|error| format!("{error}; {MEND}"))?;
    match cron.find_next_occurrence(&DateTime::<Utc>::UNIX_EPOCH, true) {
        Ok(_) => Ok(cron),
        Err(_) => Err(format!("it never comes due; {MEND}")),
    }
}

/// Reads an instant in RFC 3339 of the years 1970 to 9998.
pub(super) fn parse_instant(text: &str) -> Result<DateTime<Utc>, String> {
    let instant = DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.to_utc());
    let in_range = |instant: &DateTime<Utc>| (1970..9999).contains(&chrono::Datelike::year(instant));
    instant.filter(in_range).ok_or_else(|| "write an instant such as 2024-07-01T00:30:00Z, or nothing".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret::new("hush")), "***");
        assert_eq!(Secret::new("hush").reveal(), "hush");
    }

    #[test]
    fn a_day_of_every_year_is_two_digits_each_and_in_every_year() {
        let day = MonthDay::parse("01-31").unwrap();
        assert_eq!(day.in_year(2025), NaiveDate::from_ymd_opt(2025, 1, 31));
        assert_eq!(day.to_string(), "01-31");
        for text in ["", "1-31", "01-32", "02-29", "13-01", "2024-01-31", "01/31", "0131 "] {
            assert!(MonthDay::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn quiet_hours_may_pass_midnight() {
        let time = |text: &str| text.parse::<NaiveTime>().unwrap();
        let night = QuietHours::parse("22:00-07:00").unwrap();
        assert_eq!(night.to_string(), "22:00-07:00");
        for (at, quiet) in
            [("21:59:59", false), ("22:00:00", true), ("00:00:00", true), ("06:59:59", true), ("07:00:00", false)]
        {
            assert_eq!(night.contains(time(at)), quiet, "{at}");
        }
        let noon = QuietHours::parse("12:00-13:30").unwrap();
        for (at, quiet) in [("11:59:00", false), ("12:00:00", true), ("13:29:59", true), ("13:30:00", false)] {
            assert_eq!(noon.contains(time(at)), quiet, "{at}");
        }
        for text in ["", "22:00", "22:00-22:00", "22-7", "24:00-07:00", "22:00-07:00-08:00", "22:00–07:00"] {
            assert!(QuietHours::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_schedule_has_five_fields_and_comes_due() {
        assert_eq!(parse_cron("30 8 * * *").unwrap().as_str(), "30 8 * * *");
        assert!(parse_cron("0 9 * * MON-FRI").is_ok());
        for text in ["30 8 * *", "0 30 8 * * *", "@daily", "61 8 * * *", "30 8 31 2 *", "a b c d e"] {
            assert!(parse_cron(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_instant_names_its_zone_and_a_likely_year() {
        assert_eq!(parse_instant("2024-07-01T08:30:00+08:00").unwrap().to_rfc3339(), "2024-07-01T00:30:00+00:00");
        for text in ["2024-07-01", "2024-07-01T08:30:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "now"] {
            assert!(parse_instant(text).is_err(), "{text}");
        }
    }
}
