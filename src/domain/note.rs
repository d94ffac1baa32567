//! What time brought an alert, as its story and its letters tell it: a step of [`crate::domain::attend`] with all that a
//! sentence about it needs, in any language.

use crate::domain::alert::Change;
use crate::domain::attend::Step;
use crate::domain::contact::ContactRole;
use crate::domain::measure::{Disposition, Measure};
use chrono::NaiveDate;

/// What time brought an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// It was told again.
    Reminder {
        /// Which reminder it is, from 1.
        number: u32,
        /// Working days since people were last given word of it.
        after_working_days: u32,
    },
    /// It was told to one more above.
    Escalation {
        /// Which step of the rule set, from 0.
        step: u32,
        /// To whom.
        to: ContactRole,
        /// Working days since it was opened.
        after_working_days: u32,
    },
    /// A waiver's end is near.
    WaiverEnding {
        /// Its last day.
        until: NaiveDate,
    },
    /// A waiver is over, and the matter is not.
    WaiverEnded {
        /// Its last day.
        until: NaiveDate,
    },
    /// A measure's day has passed, and nothing says that it was carried out.
    MeasureOverdue {
        /// What was to be done.
        what: String,
        /// By whom.
        owner: String,
        /// The last day in time.
        due_on: NaiveDate,
        /// What was decided, and by which document; none for a measure.
        disposition: Option<(Disposition, String)>,
    },
}

impl Note {
    /// A step that was taken; `measure` is the one that the step is about. None where it is about one that is not there.
    #[must_use]
    pub fn of(step: &Step, measure: Option<&Measure>) -> Option<Note> {
        Some(match step {
            Step::Remind { number, after_working_days } => {
                Note::Reminder { number: *number, after_working_days: *after_working_days }
            }
            Step::Escalate { step, to, after_working_days } => {
                Note::Escalation { step: *step, to: *to, after_working_days: *after_working_days }
            }
            Step::AnnounceEnd { until } => Note::WaiverEnding { until: *until },
            Step::EndWaiver { until } => Note::WaiverEnded { until: *until },
            Step::Overdue { .. } => {
                let measure = measure?;
                Note::MeasureOverdue {
                    what: measure.what.clone(),
                    owner: measure.owner.clone(),
                    due_on: measure.due_on,
                    disposition: measure.disposition.clone(),
                }
            }
        })
    }

    /// What it is in the alert's story.
    #[must_use]
    pub const fn change(&self) -> Change {
        match self {
            Note::Reminder { .. } => Change::Reminded,
            Note::Escalation { .. } => Change::Escalated,
            Note::WaiverEnding { .. } => Change::WaiverEnding,
            Note::WaiverEnded { .. } => Change::WaiverEnded,
            Note::MeasureOverdue { .. } => Change::MeasureOverdue,
        }
    }
}
