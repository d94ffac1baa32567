//! The one clock. It is read at the rim and passed inward as a value, so that every decision can be repeated.

use chrono::{DateTime, Datelike, Duration, LocalResult, NaiveDate, NaiveDateTime, SubsecRound, TimeZone, Utc};
use chrono_tz::Tz;

/// How far a zone's wall clock can lie from UTC, with room: a skipped day (Samoa, 2011) is 24 hours.
const WIDEST_GAP_HOURS: i64 = 26;

/// Where "now" comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still: for tests, the demo and rehearsals.
    Fixed(DateTime<Utc>),
}

impl Clock {
    /// The clock that the setting `clock.fixed_at` asks for.
    #[must_use]
    pub fn from_setting(fixed_at: Option<DateTime<Utc>>) -> Self {
        fixed_at.map_or(Self::System, Self::Fixed)
    }

    /// The instant, in UTC and cut to whole milliseconds: what both databases can keep.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => system_now(),
            Self::Fixed(instant) => *instant,
        }
        .trunc_subsecs(3)
    }

    /// The business date that the wall calendar of `zone` shows now.
    #[must_use]
    pub fn today(&self, zone: Tz) -> NaiveDate {
        self.now().with_timezone(&zone).date_naive()
    }
}

/// The instant at which a wall clock of `zone` shows `local`. It has an answer for every input: where the hour
/// happens twice (summer time ends) it is the earlier one, where it never happens (summer time begins) it is the
/// first instant after the gap. Outside the years 1 to 9999 the zone is taken as UTC.
#[must_use]
pub fn local_to_utc(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    if !(1..=9999).contains(&local.year()) {
        return local.and_utc();
    }
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) => instant.to_utc(),
        LocalResult::Ambiguous(one, other) => one.min(other).to_utc(),
        LocalResult::None => first_instant_not_before(local, zone),
    }
}

/// Searches by halves for the end of the gap in which `local` lies.
fn first_instant_not_before(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let reaches = |instant: DateTime<Utc>| instant.with_timezone(&zone).naive_local() >= local;
    let mut before = local.and_utc() - Duration::hours(WIDEST_GAP_HOURS);
    let mut after = local.and_utc() + Duration::hours(WIDEST_GAP_HOURS);
    while after - before > Duration::milliseconds(1) {
        let middle = (before + (after - before) / 2).trunc_subsecs(3);
        if reaches(middle) {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}

#[allow(clippy::disallowed_methods, reason = "this is the one clock that everything else is sent to")]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn utc(local_text: &str, zone: Tz) -> String {
        local_to_utc(local(local_text), zone).to_rfc3339()
    }

    #[test]
    fn a_fixed_clock_stands_still_on_whole_milliseconds() {
        let clock = Clock::Fixed("2024-06-30T16:30:00.123987Z".parse().unwrap());
        assert_eq!(clock.now().to_rfc3339(), "2024-06-30T16:30:00.123+00:00");
        assert_eq!(clock.now(), clock.now());
    }

    #[test]
    fn the_systems_clock_has_no_crumbs_below_a_millisecond() {
        assert_eq!(Clock::System.now().timestamp_subsec_nanos() % 1_000_000, 0);
    }

    #[test]
    fn today_is_the_date_on_the_wall_of_the_zone() {
        let clock = Clock::from_setting(Some("2024-06-30T16:30:00Z".parse().unwrap()));
        assert_eq!(clock.today(Tz::Asia__Shanghai).to_string(), "2024-07-01");
        assert_eq!(clock.today(Tz::UTC).to_string(), "2024-06-30");
    }

    #[test]
    fn an_ordinary_hour_is_eight_hours_earlier_in_utc() {
        assert_eq!(utc("2024-06-30T08:30:00", Tz::Asia__Shanghai), "2024-06-30T00:30:00+00:00");
    }

    #[test]
    fn an_hour_that_happens_twice_is_the_earlier_one() {
        // China ended summer time on 15 September 1991: one hour happened at +09:00 and again at +08:00.
        assert_eq!(utc("1991-09-15T01:30:00", Tz::Asia__Shanghai), "1991-09-14T16:30:00+00:00");
    }

    #[test]
    fn an_hour_that_never_happens_is_the_first_instant_after_the_gap() {
        let ends = utc("2024-03-31T02:30:00", Tz::Europe__Berlin);
        assert_eq!(ends, "2024-03-31T01:00:00+00:00");
        assert_eq!(ends, utc("2024-03-31T03:00:00", Tz::Europe__Berlin));
    }

    #[test]
    fn a_day_that_never_happened_ends_at_its_midnight() {
        assert_eq!(utc("2011-12-30T12:00:00", Tz::Pacific__Apia), "2011-12-30T10:00:00+00:00");
    }

    #[test]
    fn the_ends_of_the_calendar_have_an_answer_too() {
        for end in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
            assert_eq!(local_to_utc(end, Tz::Asia__Shanghai), end.and_utc());
        }
    }
}
