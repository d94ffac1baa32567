//! What time brought an alert, in the numbers of its event, and read back from them for a letter: the sentence is made
//! in the reader's language, not taken from the story.

use crate::domain::alert::Change;
use crate::domain::contact::ContactRole;
use crate::domain::measure::Disposition;
use crate::domain::note::Note;
use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

/// The member of an event's numbers that says what time brought.
pub const MEMBER: &str = "step";

/// A note as an event keeps it; of a measure's, with the measure's id.
#[must_use]
pub fn as_json(note: &Note, measure: Option<Uuid>) -> Value {
    match note {
        Note::Reminder { number, after_working_days } => {
            json!({ "reminder": number, "working_days": after_working_days })
        }
        Note::Escalation { step, to, after_working_days } => {
            json!({ "escalation": step + 1, "to": to.name(), "working_days": after_working_days })
        }
        Note::WaiverEnding { until } | Note::WaiverEnded { until } => json!({ "until": until.to_string() }),
        Note::MeasureOverdue { what, owner, due_on, disposition } => {
            let (disposition, document_no) = disposition.as_ref().map(|(kind, no)| (kind.name(), no)).unzip();
            json!({
                "measure": measure.map(|id| id.to_string()), "what": what, "owner": owner, "due_on": due_on.to_string(),
                "disposition": disposition, "document_no": document_no,
            })
        }
    }
}

/// Reads the note back from an event's numbers; none where there is none, or one that an older version wrote.
#[must_use]
pub fn read(change: Change, inputs: &str) -> Option<Note> {
    let inputs: Value = serde_json::from_str(inputs).ok()?;
    let step = inputs.get(MEMBER)?;
    let number = |name: &str| u32::try_from(step.get(name)?.as_u64()?).ok();
    let text = |name: &str| step.get(name)?.as_str().map(str::to_owned);
    let day = |name: &str| text(name)?.parse::<NaiveDate>().ok();
    Some(match change {
        Change::Reminded => Note::Reminder { number: number("reminder")?, after_working_days: number("working_days")? },
        Change::Escalated => Note::Escalation {
            step: number("escalation")?.checked_sub(1)?,
            to: ContactRole::from_name(&text("to")?)?,
            after_working_days: number("working_days")?,
        },
        Change::WaiverEnding => Note::WaiverEnding { until: day("until")? },
        Change::WaiverEnded => Note::WaiverEnded { until: day("until")? },
        Change::MeasureOverdue => Note::MeasureOverdue {
            what: text("what")?,
            owner: text("owner")?,
            due_on: day("due_on")?,
            disposition: text("disposition").and_then(|name| Disposition::from_name(&name)).zip(text("document_no")),
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_event_keeps_is_read_back_whole() {
        let day: NaiveDate = "2024-07-31".parse().unwrap();
        let overdue = |disposition| Note::MeasureOverdue {
            what: "补办支付".into(),
            owner: "李四".into(),
            due_on: day,
            disposition,
        };
        let notes = [
            Note::Reminder { number: 2, after_working_days: 10 },
            Note::Escalation { step: 1, to: ContactRole::Leader, after_working_days: 7 },
            Note::WaiverEnding { until: day },
            Note::WaiverEnded { until: day },
            overdue(None),
            overdue(Some((Disposition::Cut, "财预〔2024〕8号".into()))),
        ];
        for note in notes {
            let inputs = json!({ MEMBER: as_json(&note, Some(Uuid::nil())) }).to_string();
            assert_eq!(read(note.change(), &inputs), Some(note));
        }
    }
}
