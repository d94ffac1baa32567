//! The verbs: one verb, one file, one transaction — read, think, write. They receive the instant and the day;
//! they never ask for it.

pub mod acknowledge_alert;
pub mod add_contact;
mod addressees;
pub mod adopt_rules;
pub mod answer_alert;
mod attend_alerts;
pub mod authenticate;
pub mod books;
pub mod callers;
pub mod cancel_letter;
pub mod check_all_projects;
pub mod check_project;
pub mod claim_due;
pub mod commit;
pub mod create_project;
pub mod deliver;
mod error;
pub mod figures;
pub mod forget_answers;
pub mod gauges;
pub mod give_answer;
pub mod import_actuals;
pub mod import_file;
pub mod import_plan;
pub mod import_readings;
pub mod inputs;
pub mod issue_token;
pub mod judging;
pub mod ledger;
pub mod lookup;
pub mod monthly_digest;
mod news;
mod noted;
pub mod once;
pub mod portfolio;
pub mod post_state;
pub mod put_rules;
pub mod record_batch;
pub mod record_disbursement;
pub mod record_reading;
pub mod record_unit;
mod rehearsal_copy;
pub mod rehearse;
pub mod remove_contact;
pub mod resolve_alert;
pub mod retry_letter;
pub mod reverse_disbursement;
pub mod revise_plan;
pub mod rule_book;
pub mod set_measure;
pub mod tell;
pub mod tell_news;
pub mod waive_alert;
pub mod watch;

pub use error::{Error, Misfit, Thing, chain_words};
pub use judging::Judging;

use chrono::{DateTime, NaiveDate, Utc};

/// Now, as the rim read it from the one clock: the instant, and the business date in the configured zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant, UTC, whole milliseconds.
    pub now: DateTime<Utc>,
    /// The day in the configured zone.
    pub today: NaiveDate,
}
