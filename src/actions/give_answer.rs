//! The one door for what people say about an alert.

use super::acknowledge_alert::acknowledge_alert;
use super::answer_alert::Asked;
use super::resolve_alert::resolve_alert;
use super::set_measure::{Wanted, carry_out, set_measure};
use super::waive_alert::waive_alert;
use super::watch::Told;
use super::{Error, Judging, Moment};
use crate::domain::acknowledgement::Acknowledgement;
use crate::storage::Connection;
use chrono::NaiveDate;
use uuid::Uuid;

/// What is said.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Its causes, an explanation, and how likely the goal still is.
    Acknowledge(Acknowledgement),
    /// What is to be done, by whom and by when.
    SetMeasure(Wanted),
    /// That it was done, and what shows it.
    CarryOut {
        /// The measure or disposition.
        measure: Uuid,
        /// The day on which it was done.
        done_on: NaiveDate,
        /// What shows it.
        evidence: String,
    },
    /// It is set aside.
    Waive {
        /// Why.
        reason: String,
        /// The last day on which it is.
        until: NaiveDate,
    },
    /// It is over.
    Resolve {
        /// Why.
        reason: String,
    },
}

/// Records what is said about an alert, with the figures of the moment; gives the alert's whole story.
pub fn give_answer(
    conn: &mut Connection,
    asked: &Asked,
    said: &Answer,
    judging: &Judging,
    moment: Moment,
) -> Result<Told, Error> {
    match said {
        Answer::Acknowledge(said) => acknowledge_alert(conn, asked, said, judging, moment),
        Answer::SetMeasure(wanted) => set_measure(conn, asked, wanted, judging, moment),
        Answer::CarryOut { measure, done_on, evidence } => {
            carry_out(conn, asked, *measure, (*done_on, evidence), judging, moment)
        }
        Answer::Waive { reason, until } => waive_alert(conn, asked, (reason, *until), judging, moment),
        Answer::Resolve { reason } => resolve_alert(conn, asked, reason, judging, moment),
    }
}
