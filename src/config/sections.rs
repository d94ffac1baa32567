//! The short sections: what each setting is once it has been read.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use tracing_subscriber::EnvFilter;

use super::ping::PingUrl;
use super::reader::{Read, Reader};
use super::values::{MonthDay, parse_cron, parse_instant};

/// The section `calendar`.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// `calendar.zone`: where dates, due times and quiet hours are meant.
    pub zone: Tz,
    /// `calendar.workdays_file`: years of holidays and make-up days, laid over the bundled ones.
    pub workdays_file: Option<PathBuf>,
    /// `calendar.year_closes_on`: until when scheduled checks judge last year as well.
    pub year_closes_on: MonthDay,
}

/// The section `schedule`; None is off.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// `schedule.daily_check`: when every project is judged.
    pub daily_check: Option<Cron>,
    /// `schedule.digest`: when each recipient's letter is written.
    pub digest: Option<Cron>,
    /// `schedule.monthly_digest`: when heads and leaders are told how the month before ended.
    pub monthly_digest: Option<Cron>,
    /// `schedule.ping_url`: who is called after each scheduled run that was done.
    pub ping_url: Option<PingUrl>,
}

/// The section `rules`.
#[derive(Clone, Debug)]
pub struct Rules {
    /// `rules.file`: in place of the bundled rule set.
    pub file: Option<PathBuf>,
}

/// The section `report`.
#[derive(Clone, Debug)]
pub struct Report {
    /// `report.fonts`: a font file or a folder of them, in place of the system's.
    pub fonts: Option<PathBuf>,
}

/// The section `log`.
#[derive(Clone, Debug)]
pub struct Log {
    /// `log.level`: a level, or a filter of targets and levels.
    pub level: String,
    /// `log.format`: for people or for machines.
    pub format: LogFormat,
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One line for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// The section `clock`.
#[derive(Clone, Debug)]
pub struct FixedClock {
    /// `clock.fixed_at`: the instant at which time stands still. For tests and rehearsals only.
    pub fixed_at: Option<DateTime<Utc>>,
}

impl Calendar {
    pub(super) fn read(reader: &mut Reader) -> Read<Self> {
        let zone = reader.take("calendar.zone", |text| {
            text.parse().map_err(|_| "write a zone of the IANA list, such as Asia/Shanghai".to_owned())
        });
        let workdays_file = reader.take_existing_path("calendar.workdays_file");
        let year_closes_on = reader.take("calendar.year_closes_on", MonthDay::parse);
        Ok(Self { zone: zone?, workdays_file: workdays_file?, year_closes_on: year_closes_on? })
    }
}

impl Schedule {
    pub(super) fn read(reader: &mut Reader) -> Read<Self> {
        let daily_check = reader.take_optional("schedule.daily_check", parse_cron);
        let digest = reader.take_optional("schedule.digest", parse_cron);
        let monthly_digest = reader.take_optional("schedule.monthly_digest", parse_cron);
        let ping_url = reader.take_secret("schedule.ping_url", |text| {
            if text.is_empty() { Ok(None) } else { PingUrl::parse(text).map(Some) }
        });
        Ok(Self { daily_check: daily_check?, digest: digest?, monthly_digest: monthly_digest?, ping_url: ping_url? })
    }
}

impl Rules {
    pub(super) fn read(reader: &mut Reader) -> Read<Self> {
        Ok(Self { file: reader.take_existing_path("rules.file")? })
    }
}

impl Report {
    pub(super) fn read(reader: &mut Reader) -> Read<Self> {
        Ok(Self { fonts: reader.take_existing_path("report.fonts")? })
    }
}

impl Log {
    pub(super) fn read(reader: &mut Reader) -> Read<Self> {
        let level = reader.take("log.level", parse_filter);
        let format = reader.take("log.format", |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("write text or json".to_owned()),
        });
        Ok(Self { level: level?, format: format? })
    }
}

impl FixedClock {
    pub(super) fn read(reader: &mut Reader) -> Read<Self> {
        Ok(Self { fixed_at: reader.take_optional("clock.fixed_at", parse_instant)? })
    }
}

/// Reads a log filter. A bare word must be a level: the filter's own grammar would take a mistyped level for the name
/// of a target and fall silent.
fn parse_filter(text: &str) -> Result<String, String> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let is_known = |part: &str| part.contains(['=', '[']) || LEVELS.contains(&part.trim().to_lowercase().as_str());
    if text.split(',').all(is_known) && EnvFilter::try_new(text).is_ok() {
        Ok(text.to_owned())
    } else {
        Err("write error, warn, info, debug or trace, or a filter such as info,milepost=debug".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_level_is_not_taken_for_a_target() {
        for text in ["info", "WARN", "off", "info,milepost=debug", "milepost::http=trace"] {
            assert_eq!(parse_filter(text), Ok(text.to_owned()));
        }
        for text in ["", "verbose", "info,,debug", "milepost=loud", "inof,milepost=debug"] {
            assert!(parse_filter(text).is_err(), "{text}");
        }
    }
}
