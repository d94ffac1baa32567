//! Why a verb was refused, named by what happened. The rim turns each into a problem or an exit code.

use crate::domain::access::Role;
use crate::domain::alert::State;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::commitment::CommitmentError;
use crate::domain::disbursement::{PostingError, Voucher};
use crate::domain::letter::LetterState;
use crate::domain::money::MoneyError;
use crate::intake::proposal::Doubt;
use crate::intake::rule_file::RuleFileError;
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
    /// A commitment or its release was refused.
    #[error(transparent)]
    Commitment(#[from] CommitmentError),
    /// The number stands among the project's contracts or applications already.
    #[error("{reference_no} is recorded already")]
    ReferenceTaken {
        /// 合同编号 or 申请单号.
        reference_no: String,
        /// The entry that holds it.
        first: Uuid,
    },
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
    /// A day that must lie within others.
    #[error("{day} does not lie between {from} and {to}")]
    DayUnfit {
        /// The field that holds it.
        field: &'static str,
        /// The day.
        day: NaiveDate,
        /// The first day that would do.
        from: NaiveDate,
        /// The last.
        to: NaiveDate,
    },
    /// The measure was carried out already.
    #[error("the measure was carried out already")]
    MeasureDone,
    /// The alert is over: there is nothing left to answer for or to close.
    #[error("the alert is closed already ({})", state.name())]
    AlertClosed {
        /// Its state.
        state: State,
    },
    /// The unit exists.
    #[error("unit {0} is recorded already")]
    UnitExists(UnitCode),
    /// The unit named as the one above is not recorded.
    #[error("there is no unit {0} to stand above it; record that one first")]
    UnknownParent(UnitCode),
    /// A unit would stand above itself.
    #[error("a unit cannot stand above itself: {}", chain_words(.0))]
    UnitRing(Vec<UnitCode>),
    /// A token that would see nothing.
    #[error("a token of the role {} needs at least one unit", .0.name())]
    TokenWithoutUnits(Role),
    /// The token with which the request speaks.
    #[error("this is the token with which you speak; take it back with another one, or on the command line")]
    OwnToken,
    /// A letter that waits already, is in a postman's hand, or has arrived.
    #[error("the letter cannot be tried again: it is {}{}", state.name(), if *in_hand { " and in a postman's hand" } else { "" })]
    LetterNotStuck {
        /// Where it is.
        state: LetterState,
        /// Whether a postman holds it.
        in_hand: bool,
    },
    /// A letter that does not wait any more, or is in a postman's hand.
    #[error("the letter cannot be taken back: it is {}{}", state.name(), if *in_hand { " and in a postman's hand" } else { "" })]
    LetterNotWaiting {
        /// Where it is.
        state: LetterState,
        /// Whether a postman holds it.
        in_hand: bool,
    },
    /// The contact exists.
    #[error("this contact is recorded already")]
    ContactExists,
    /// A plan revision that takes effect before the version before it, or outside the year.
    #[error("a plan version cannot take effect before the one before it ({0}), nor outside the fiscal year")]
    EffectiveTooEarly(NaiveDate),
    /// A project of that code is in the books of the year.
    #[error("the project {0} is recorded already in this year; revise its plan instead")]
    ProjectExists(ProjectCode),
    /// The unit that a new project names is not known.
    #[error("there is no unit {0}; record it first")]
    UnitUnknown(UnitCode),
    /// A proposed plan that cannot be read.
    #[error("the plan holds values that cannot be read")]
    ProposalRefused(Vec<Doubt>),
    /// A revision that does not say which version it revises.
    #[error("send `If-Match` with the ETag of the plan that is to be revised")]
    RevisesUnsaid {
        /// The latest version.
        latest: i32,
    },
    /// A revision of a version that is not the latest any more.
    #[error("the plan has version {latest} by now; read it and revise that one")]
    PlanChanged {
        /// The latest version.
        latest: i32,
    },
    /// Another rehearsal is under way.
    #[error("another rehearsal is under way; try again when it is over")]
    RehearsalBusy,
    /// More project-days than a rehearsal judges.
    #[error("{projects} projects on {days} days are more than the {most} that one rehearsal judges; take fewer days")]
    RehearsalTooLarge {
        /// Projects.
        projects: usize,
        /// Days.
        days: usize,
        /// Projects times days at most.
        most: usize,
    },
    /// More ledger entries than a rehearsal copies.
    #[error("the year has more than the {most} ledger entries that one rehearsal copies")]
    RehearsalTooLong {
        /// Entries at most.
        most: usize,
    },
    /// The document is no rule set; every fault with its key.
    #[error(transparent)]
    RulesUnreadable(#[from] RuleFileError),
    /// A rule set is to follow the latest one, and the client does not say which one it has seen.
    #[error("say in `If-Match` the `ETag` of the rules that you have read")]
    RulesUnsaid {
        /// The version in force.
        in_force: i32,
        /// The latest on record.
        latest: i32,
    },
    /// Another set was put on record meanwhile.
    #[error("rule set {latest} is on record by now; read it first")]
    RulesMoved {
        /// The version in force.
        in_force: i32,
        /// The latest on record.
        latest: i32,
    },
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

/// Units one above the other, from below.
#[must_use]
pub fn chain_words(chain: &[UnitCode]) -> String {
    chain.iter().map(UnitCode::as_str).collect::<Vec<_>>().join(" → ")
}

/// The kinds of things that may not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A project of that year.
    Project,
    /// A ledger entry of that project.
    Disbursement,
    /// A contract or application of that project.
    Commitment,
    /// A figure that a person gave for that project's year's end.
    Forecast,
    /// A version of that project's plan.
    Plan,
    /// An indicator of that project.
    Indicator,
    /// A reading of that indicator.
    Reading,
    /// An alert.
    Alert,
    /// A measure of that alert.
    Measure,
    /// A budget unit.
    Unit,
    /// A contact.
    Contact,
    /// A letter.
    Letter,
    /// A token.
    Token,
    /// A rule set.
    Rules,
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Thing::Project => "project",
            Thing::Disbursement => "disbursement",
            Thing::Commitment => "commitment",
            Thing::Forecast => "forecast",
            Thing::Plan => "plan version",
            Thing::Indicator => "indicator",
            Thing::Reading => "reading",
            Thing::Alert => "alert",
            Thing::Measure => "measure",
            Thing::Unit => "unit",
            Thing::Contact => "contact",
            Thing::Letter => "letter",
            Thing::Token => "token",
            Thing::Rules => "rule set",
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
