//! Records what a person says about an alert: its causes, an explanation, and how likely the goal still is. Again while
//! the alert is active: that corrects what was said before, and both stay in the story.

use super::answer_alert::{Asked, Saying, answer, hold};
use super::watch::Told;
use super::{Error, Judging, Moment};
use crate::domain::acknowledgement::{Acknowledgement, Causes, Likelihood};
use crate::domain::alert::{Alert, Change, State};
use crate::domain::language::Language;
use crate::render::words;
use crate::storage::Connection;
use crate::storage::alert_events::Event;
use serde_json::{Value, json};

/// Records an acknowledgement with the figures of the moment; the alert stays active, and is escalated no further.
pub fn acknowledge_alert(
    conn: &mut Connection,
    asked: &Asked,
    said: &Acknowledgement,
    judging: &Judging,
    moment: Moment,
) -> Result<Told, Error> {
    let held = hold(conn, asked, judging, moment)?;

    // What is handled or set aside stays so: the answer is added to its story.
    let state = if held.alert.state == State::Open { State::Acknowledged } else { held.alert.state };
    let saying = Saying {
        change: Change::Acknowledged,
        action: "acknowledge_alert",
        words: words::acknowledgement(said, Language::Chinese),
        key: "acknowledgement",
        said: as_json(said),
    };
    answer(conn, asked, &held, Alert { state, ..held.alert.clone() }, saying, moment)
}

fn as_json(said: &Acknowledgement) -> Value {
    let causes: serde_json::Map<String, Value> =
        said.causes.named().into_iter().map(|(name, text)| (name.to_owned(), json!(text))).collect();
    json!({ "causes": causes, "explanation": said.explanation, "likelihood": said.likelihood.name() })
}

/// The acknowledgement that holds, with its event: the last one since the alert was last opened.
#[must_use]
pub fn acknowledged(events: &[Event]) -> Option<(&Event, Acknowledgement)> {
    let since = events.iter().rev().take_while(|event| event.change != Change::Reopened);
    let event = since.into_iter().find(|event| event.change == Change::Acknowledged)?;
    let inputs: Value = serde_json::from_str(&event.inputs).ok()?;
    let said = inputs.get("acknowledgement")?;
    let cause = |name: &str| said.get("causes")?.get(name)?.as_str().map(str::to_owned);
    let causes = Causes {
        funding: cause("funding"),
        institution: cause("institution"),
        personnel: cause("personnel"),
        hardware: cause("hardware"),
        other: cause("other"),
    };
    let likelihood = Likelihood::from_name(said.get("likelihood")?.as_str()?)?;
    Some((event, Acknowledgement { causes, explanation: said.get("explanation")?.as_str()?.to_owned(), likelihood }))
}
