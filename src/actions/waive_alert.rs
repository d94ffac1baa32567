//! Sets an alert aside, with a reason and an end. Its end is announced; after it the alert is open again if its rule still
//! speaks, and at once where the matter becomes graver than what was set aside. Again while it is set aside: another end.

use super::answer_alert::{Asked, Saying, answer, hold};
use super::watch::Told;
use super::{Error, Judging, Moment};
use crate::domain::alert::{Alert, Change, State, Waiver};
use crate::storage::Connection;
use crate::storage::alert_events::Event;
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

/// Days that an alert may be set aside at most: what stands longer is a decision about the plan.
pub const MOST_WAIVED_DAYS: u64 = 366;

/// Sets an alert aside until the end of a day, which must not have passed.
pub fn waive_alert(
    conn: &mut Connection,
    asked: &Asked,
    (reason, until): (&str, NaiveDate),
    judging: &Judging,
    moment: Moment,
) -> Result<Told, Error> {
    let last = moment.today.checked_add_days(Days::new(MOST_WAIVED_DAYS)).unwrap_or(moment.today);
    if until < moment.today || until > last {
        return Err(Error::DayUnfit { field: "until", day: until, from: moment.today, to: last });
    }
    let held = hold(conn, asked, judging, moment)?;

    let waiver = Some(Waiver { until, announced: false });
    let saying = Saying {
        change: Change::Waived,
        action: "waive_alert",
        words: reason.to_owned(),
        key: "waiver",
        said: json!({ "reason": reason, "until": until.to_string() }),
    };
    answer(conn, asked, &held, Alert { state: State::Waived, waiver, ..held.alert.clone() }, saying, moment)
}

/// Who set the alert aside last, when and why: the event and the reason.
#[must_use]
pub fn waived(events: &[Event]) -> Option<(&Event, String)> {
    let event = events.iter().rev().find(|event| event.change == Change::Waived)?;
    let inputs: Value = serde_json::from_str(&event.inputs).ok()?;
    Some((event, inputs.get("waiver")?.get("reason")?.as_str()?.to_owned()))
}
