//! Due times, computed on the wall clock of the zone and only then turned into instants, so that each date of a schedule comes
//! due exactly once: an hour that summer time skips comes due at the end of the gap, one that happens twice the first time.

use crate::clock::local_to_utc;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Offset, SubsecRound, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;

/// Hours that a wall clock can be set back by at most, with room.
const WIDEST_STEP_HOURS: i64 = 26;
/// Due times looked at: a schedule of every minute has so many within the widest step.
const MOST_LOOKS: i64 = WIDEST_STEP_HOURS * 60 + 1;

/// A time at which something was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueTime {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The date that the schedule means.
    pub on: NaiveDate,
}

/// The last time that a schedule was due by an instant.
pub fn last_due(cron: &Cron, zone: Tz, now: DateTime<Utc>) -> Option<DueTime> {
    // To the whole second: croner carries what is below it into the due time, which would be another one at each look.
    let mut from = latest_shown(zone, now).and_utc().trunc_subsecs(0);
    for look in 0..MOST_LOOKS {
        // The wall clock is read as if it were UTC: no hour is missing there and none comes twice.
        let found = cron.find_previous_occurrence(&from, look == 0).ok()?;
        let at = local_to_utc(found.naive_utc(), zone);
        if at <= now {
            return Some(DueTime { at, on: found.date_naive() });
        }
        from = found;
    }
    None
}

/// The next time that a schedule is due after an instant.
pub fn next_due(cron: &Cron, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut from = now.with_timezone(&zone).naive_local().and_utc().trunc_subsecs(0);
    for _ in 0..MOST_LOOKS {
        let found = cron.find_next_occurrence(&from, false).ok()?;
        let at = local_to_utc(found.naive_utc(), zone);
        if at > now {
            return Some(at);
        }
        from = found;
    }
    None
}

/// The latest time that the wall clock has shown by now: ahead of what it shows where it was set back lately.
fn latest_shown(zone: Tz, now: DateTime<Utc>) -> NaiveDateTime {
    let shows = now.with_timezone(&zone).naive_local();
    let Some(before) = now.checked_sub_signed(TimeDelta::hours(WIDEST_STEP_HOURS)) else { return shows };
    let offset = zone.offset_from_utc_datetime(&before.naive_utc()).fix();
    now.naive_utc().checked_add_offset(offset).map_or(shows, |showed| showed.max(shows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America::Santiago, Asia::Shanghai, Europe::Berlin};
    use std::collections::BTreeMap;
    use std::str::FromStr;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn last(cron: &str, zone: Tz, now: &str) -> String {
        let due = last_due(&Cron::from_str(cron).unwrap(), zone, at(now)).unwrap();
        format!("{} for {}", due.at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true), due.on)
    }

    #[test]
    fn a_due_time_is_meant_in_the_zone() {
        assert_eq!(last("30 8 * * *", Shanghai, "2024-07-01T00:29:59.999Z"), "2024-06-30T00:30:00Z for 2024-06-30");
        assert_eq!(last("30 8 * * *", Shanghai, "2024-07-01T00:30:00Z"), "2024-07-01T00:30:00Z for 2024-07-01");
        assert_eq!(last("30 8 * * *", Shanghai, "2024-07-01T00:30:00.001Z"), "2024-07-01T00:30:00Z for 2024-07-01");
        let next = |now: &str| next_due(&Cron::from_str("30 8 * * *").unwrap(), Shanghai, at(now));
        assert_eq!(next("2024-07-01T00:29:59Z"), Some(at("2024-07-01T00:30:00Z")));
        assert_eq!(next("2024-07-01T00:30:00Z"), Some(at("2024-07-02T00:30:00Z")));
    }

    #[test]
    fn a_time_that_summer_time_skips_is_due_at_the_end_of_the_gap() {
        let night = "30 2 * * *";
        assert_eq!(last(night, Berlin, "2024-03-31T00:59:59Z"), "2024-03-30T01:30:00Z for 2024-03-30");
        assert_eq!(last(night, Berlin, "2024-03-31T01:00:00Z"), "2024-03-31T01:00:00Z for 2024-03-31");
        assert_eq!(last(night, Berlin, "2024-03-31T12:00:00Z"), "2024-03-31T01:00:00Z for 2024-03-31");
        // In Chile the gap begins at midnight: the date is still the one that is meant.
        assert_eq!(last("30 0 * * *", Santiago, "2024-09-08T04:00:00Z"), "2024-09-08T04:00:00Z for 2024-09-08");
    }

    #[test]
    fn a_time_that_happens_twice_is_due_the_first_time() {
        let night = "30 2 * * *";
        let first = "2024-10-27T00:30:00Z for 2024-10-27";
        assert_eq!(last(night, Berlin, "2024-10-27T00:29:59Z"), "2024-10-26T00:30:00Z for 2024-10-26");
        for now in ["2024-10-27T00:30:00Z", "2024-10-27T01:00:00Z", "2024-10-27T01:29:59Z", "2024-10-27T01:30:00Z"] {
            assert_eq!(last(night, Berlin, now), first, "{now}");
        }
        let next = next_due(&Cron::from_str(night).unwrap(), Berlin, at("2024-10-27T00:45:00Z"));
        assert_eq!(next, Some(at("2024-10-28T01:30:00Z")));
    }

    #[test]
    fn each_date_of_a_year_comes_due_once_whatever_the_zone_does() {
        for zone in [Berlin, Santiago, Shanghai, chrono_tz::Australia::Lord_Howe] {
            for hour in [0, 1, 2, 3, 23] {
                let cron = Cron::from_str(&format!("30 {hour} * * *")).unwrap();
                let mut dates: BTreeMap<NaiveDate, Vec<DateTime<Utc>>> = BTreeMap::new();
                let mut now = at("2024-01-02T12:00:00Z");
                while now < at("2025-01-02T12:00:00Z") {
                    let due = last_due(&cron, zone, now).unwrap();
                    assert!(due.at <= now, "{zone} {now}");
                    let known = dates.entry(due.on).or_default();
                    if !known.contains(&due.at) {
                        known.push(due.at);
                    }
                    now += TimeDelta::minutes(30);
                }
                assert!(dates.len() >= 366, "{zone} {hour}: {}", dates.len());
                for (date, times) in dates {
                    assert_eq!(times.len(), 1, "{zone} {hour}:30 {date} {times:?}");
                }
            }
        }
    }
}
