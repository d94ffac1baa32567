//! What was really achieved, as observed on a day. The latest reading as of a date counts.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A person's judgement of a qualitative target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// 达成.
    Met,
    /// 部分达成.
    PartlyMet,
    /// 未达成.
    NotMet,
}

impl Grade {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Grade::Met => "met",
            Grade::PartlyMet => "partly_met",
            Grade::NotMet => "not_met",
        }
    }

    /// The grade of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Grade> {
        [Grade::Met, Grade::PartlyMet, Grade::NotMet].into_iter().find(|grade| grade.name() == name)
    }
}

/// What was observed: a number, a grade, or the day on which the thing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observed {
    /// For a bound or a stated number, in the target's unit, cumulative since 1 January where it counts something.
    Value(Decimal),
    /// For a qualitative target.
    Grade(Grade),
    /// For a deadline.
    DoneOn(NaiveDate),
}

/// One observation of one indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Ours, growing with time.
    pub id: Uuid,
    /// The indicator observed.
    pub indicator: Uuid,
    /// The day on which it is true. Of a monthly deadline: any day of the month that it is about.
    pub observed_on: NaiveDate,
    /// What was observed.
    pub observed: Observed,
    /// A note; may be empty.
    pub note: String,
    /// Where the proof lies; may be empty.
    pub evidence: String,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who recorded it.
    pub recorded_by: String,
}

/// The latest of the readings of one indicator as of a day: by day observed, then by when it was recorded.
#[must_use]
pub fn latest(readings: &[Reading], as_of: NaiveDate) -> Option<&Reading> {
    readings
        .iter()
        .filter(|reading| reading.observed_on <= as_of)
        .max_by_key(|reading| (reading.observed_on, reading.recorded_at, reading.id))
}
