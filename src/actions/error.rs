//! Why a verb was refused, named by what happened. The rim turns each into a problem or an exit code.

use crate::domain::calendar::FiscalYear;
use crate::domain::disbursement::{PostingError, Voucher};
use crate::domain::money::MoneyError;
use crate::storage;
use chrono::NaiveDate;
use uuid::Uuid;

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// There is no such thing, or it lies outside what the caller may see.
    #[error("there is no such {0}")]
    NotFound(Thing),
    /// A ledger entry was refused.
    #[error(transparent)]
    Posting(#[from] PostingError),
    /// The voucher's line stands in the ledger already.
    #[error("voucher {} line {} is recorded already", voucher.number, voucher.line)]
    VoucherTaken {
        /// The voucher.
        voucher: Voucher,
        /// The entry that holds it.
        first: Uuid,
    },
    /// The entry has been reversed.
    #[error("the entry was reversed already, by {by}")]
    AlreadyReversed {
        /// The reversal.
        by: Uuid,
    },
    /// Who may see what has changed since the caller was recalled; the caller is to be looked up anew.
    #[error("who may see what has changed meanwhile; try again")]
    AccessChanged,
    /// The idempotency key was used with another body.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// A reading that does not fit its target.
    #[error("{0}")]
    ReadingMisfit(Misfit),
    /// The day asked for lies outside the year.
    #[error("{day} lies outside the fiscal year {year}")]
    DayOutsideYear {
        /// The field that holds it.
        field: &'static str,
        /// The day.
        day: NaiveDate,
        /// The year.
        year: FiscalYear,
    },
    /// The day has not come.
    #[error("{day} is in the future: today is {today}")]
    DayInFuture {
        /// The field that holds it.
        field: &'static str,
        /// The day.
        day: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// A check of a day before the last one.
    #[error("the year has been judged as of {last} already; an earlier day can only be tried (dry run)")]
    CheckBackwards {
        /// The last day judged.
        last: NaiveDate,
    },
    /// The contact exists.
    #[error("this contact is recorded already")]
    ContactExists,
    /// A plan revision that takes effect before the version before it, or outside the year.
    #[error("a plan version cannot take effect before the one before it ({0}), nor outside the fiscal year")]
    EffectiveTooEarly(NaiveDate),
    /// Another rule set stands on record under this version.
    #[error("rule set {version} is on record with other values: give the changed rules the next version number")]
    RulesChanged {
        /// The version.
        version: i32,
    },
    /// A later rule set stands on record.
    #[error(
        "rule set {version} is older than rule set {latest}, which is on record: to return to it, give it a new version number"
    )]
    RulesOutdated {
        /// The version given.
        version: i32,
        /// The latest on record.
        latest: i32,
    },
    /// The rule set would take effect before the one before it.
    #[error("a rule set cannot take effect before the one before it ({before}): correct `effective_on`")]
    RulesTooEarly {
        /// The first day of the set before.
        before: NaiveDate,
    },
    /// A sum leaves the range of money.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The kinds of things that may not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A project of that year.
    Project,
    /// A ledger entry of that project.
    Disbursement,
    /// An indicator of that project.
    Indicator,
    /// A reading of that indicator.
    Reading,
    /// An alert.
    Alert,
    /// A budget unit.
    Unit,
    /// A contact.
    Contact,
    /// A token.
    Token,
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Thing::Project => "project",
            Thing::Disbursement => "disbursement",
            Thing::Indicator => "indicator",
            Thing::Reading => "reading",
            Thing::Alert => "alert",
            Thing::Unit => "unit",
            Thing::Contact => "contact",
            Thing::Token => "token",
        })
    }
}

/// How a reading does not fit its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The target asks for a number.
    #[error("this indicator is read as a number: give `value`")]
    AsksForValue,
    /// The target asks for a judgement.
    #[error("this indicator is judged by a person: give `grade` (met, partly_met or not_met)")]
    AsksForGrade,
    /// The target asks for a day.
    #[error("this indicator is a deadline: give `done_on`")]
    AsksForDoneOn,
    /// A number below zero, or beyond any measure.
    #[error("the value is out of range")]
    OutOfRange,
    /// Done after the day on which it was observed.
    #[error("`done_on` cannot lie in the future")]
    DoneInFuture,
}
