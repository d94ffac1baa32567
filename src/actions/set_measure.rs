//! Records what is to be done about an alert: a measure (整改措施) with owner and deadline, or what follows from a grave
//! deviation (处置意见) with its document; and that one was carried out, with evidence.

use super::answer_alert::{Asked, Held, Saying, answer, hold, hold_any};
use super::watch::Told;
use super::{Error, Judging, Moment, Thing};
use crate::domain::alert::{Alert, Change, State};
use crate::domain::measure::{Disposition, Measure};
use crate::render::attending;
use crate::storage::Connection;
use crate::storage::measures::{self, Recorded};
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use uuid::Uuid;

/// Days that something may be due ahead at most.
const MOST_DAYS_AHEAD: u64 = 732;

/// What is to be done, by whom, by when.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What was decided and by which document; none for a measure.
    pub disposition: Option<(Disposition, String)>,
    /// What is done.
    pub what: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day in time: today or later.
    pub due_on: NaiveDate,
}

/// Records a measure or a disposition: from here on the alert is being handled, and is told of again when the day has
/// passed and nothing says that it was carried out.
pub fn set_measure(
    conn: &mut Connection,
    asked: &Asked,
    wanted: &Wanted,
    judging: &Judging,
    moment: Moment,
) -> Result<Told, Error> {
    let last = moment.today.checked_add_days(Days::new(MOST_DAYS_AHEAD)).unwrap_or(moment.today);
    if wanted.due_on < moment.today || wanted.due_on > last {
        return Err(Error::DayUnfit { field: "due_on", day: wanted.due_on, from: moment.today, to: last });
    }
    let held = hold(conn, asked, judging, moment)?;

    let measure = Measure {
        id: Uuid::now_v7(),
        alert: held.alert.id,
        disposition: wanted.disposition.clone(),
        what: wanted.what.clone(),
        owner: wanted.owner.clone(),
        due_on: wanted.due_on,
        done: None,
        is_told_overdue: false,
    };
    let recorded = Recorded { measure, recorded_at: moment.now, recorded_by: asked.actor.name.clone() };
    measures::insert(conn, &recorded)?;
    let (change, action) = match wanted.disposition {
        None => (Change::MeasureSet, "set_measure"),
        Some(_) => (Change::Disposed, "dispose"),
    };
    let measure = &recorded.measure;
    let saying =
        Saying { change, action, words: attending::measure_set(measure), key: "measure", said: as_json(measure) };
    answer(conn, asked, &held, handled(&held), saying, moment)
}

/// Records that a measure or a disposition was carried out on a day, and what shows it.
pub fn carry_out(
    conn: &mut Connection,
    asked: &Asked,
    measure: Uuid,
    (done_on, evidence): (NaiveDate, &str),
    judging: &Judging,
    moment: Moment,
) -> Result<Told, Error> {
    if done_on > moment.today {
        return Err(Error::DayInFuture { field: "done_on", day: done_on, today: moment.today });
    }
    let held = hold_any(conn, asked, judging, moment)?;
    let known = measures::of_alert(conn, held.alert.id)?;
    let own = known.into_iter().find(|one| one.measure.id == measure).ok_or(Error::NotFound(Thing::Measure))?;
    if own.measure.done.is_some() {
        return Err(Error::MeasureDone);
    }

    measures::carry_out(conn, measure, done_on, evidence)?;
    let done = Measure { done: Some((done_on, evidence.to_owned())), ..own.measure };
    let saying = Saying {
        change: Change::MeasureDone,
        action: "carry_out_measure",
        words: attending::measure_done(&done.what, done_on, evidence),
        key: "measure",
        said: as_json(&done),
    };
    answer(conn, asked, &held, held.alert.clone(), saying, moment)
}

/// What is set aside stays so.
fn handled(held: &Held) -> Alert {
    let state = if held.alert.state == State::Waived { State::Waived } else { State::Handling };
    Alert { state, ..held.alert.clone() }
}

fn as_json(measure: &Measure) -> Value {
    json!({
        "id": measure.id.to_string(),
        "disposition": measure.disposition.as_ref().map(|(disposition, _)| disposition.name()),
        "document_no": measure.disposition.as_ref().map(|(_, document_no)| document_no),
        "what": measure.what, "owner": measure.owner, "due_on": measure.due_on.to_string(),
        "done_on": measure.done.as_ref().map(|(day, _)| day.to_string()),
        "evidence": measure.done.as_ref().map(|(_, evidence)| evidence),
    })
}
