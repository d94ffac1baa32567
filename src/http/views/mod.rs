//! Values as JSON: the bodies of answers, the same for the service and the command line's `--json`. Each type writes
//! itself and describes itself; a file a subject.

mod alert;
mod answer;
mod audit;
mod batch;
mod commitment;
mod comparison;
mod contact;
mod finding;
mod forecast;
mod health;
mod ledger;
mod letters;
mod page;
mod project;
mod rehearsal;
mod revision;
mod rules;
mod token;
mod unit;
mod values;
mod watch;
mod words;

pub use alert::*;
pub use answer::*;
pub use audit::*;
pub use batch::*;
pub use commitment::*;
pub use comparison::*;
pub use contact::*;
pub use finding::*;
pub use forecast::*;
pub use health::*;
pub use ledger::*;
pub use letters::*;
pub use page::Page;
pub use project::*;
pub use rehearsal::{Rehearsal, rehearsal};
pub use revision::*;
pub use rules::*;
pub use token::*;
pub use unit::*;
pub use values::*;
pub use watch::*;
pub use words::*;

use chrono::{DateTime, SecondsFormat, Utc};

/// An instant as the API writes it.
#[must_use]
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
