//! Money bound and not yet paid: contracts signed and amounts applied for. Shown beside what was spent, and never part
//! of it: an application (支付申请) is no payment (实际支付), and no rule looks at either.

use crate::domain::calendar::FiscalYear;
use crate::domain::money::{Fen, MoneyError};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What binds the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitmentKind {
    /// 合同: a contract signed.
    Contract,
    /// 支付申请: an amount applied for.
    Application,
}

impl CommitmentKind {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            CommitmentKind::Contract => "contract",
            CommitmentKind::Application => "application",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<CommitmentKind> {
        [CommitmentKind::Contract, CommitmentKind::Application].into_iter().find(|kind| kind.name() == name)
    }
}

/// Characters a contract's or application's number may have.
pub const MAX_REFERENCE_CHARS: usize = 100;

/// What a clerk hands in, its texts checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undertaking {
    /// Contract or application.
    pub kind: CommitmentKind,
    /// Above zero.
    pub amount: Fen,
    /// The day on which it was signed or applied for.
    pub committed_on: NaiveDate,
    /// 合同编号 or 申请单号.
    pub reference_no: String,
    /// Of an application: the contract that it draws on, whose amount it is not added to a second time.
    pub contract: Option<Uuid>,
    /// Who is to receive it; may be empty.
    pub payee: String,
    /// A note; may be empty.
    pub memo: String,
}

/// What takes a commitment back, whole or in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseOrder {
    /// How much; none for what is left.
    pub amount: Option<Fen>,
    /// The day on which it is taken back.
    pub released_on: NaiveDate,
    /// Why.
    pub reason: String,
}

/// An entry among a project's commitments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// Ours, growing with time.
    pub id: Uuid,
    /// Its place among the project's commitments, from 1 without gaps.
    pub sequence: i64,
    /// Contract or application; a release has the kind of its original.
    pub kind: CommitmentKind,
    /// Signed: a release is below zero.
    pub amount: Fen,
    /// The day on which it was signed, applied for or released.
    pub committed_on: NaiveDate,
    /// 合同编号 or 申请单号.
    pub reference_no: String,
    /// The contract that an application draws on.
    pub contract: Option<Uuid>,
    /// Who is to receive it.
    pub payee: String,
    /// A note; of a release its reason.
    pub memo: String,
    /// The entry that this one takes back.
    pub releases: Option<Uuid>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who recorded it.
    pub recorded_by: String,
}

/// Why a commitment or a release was refused. Each names the field at fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitmentError {
    /// Zero binds nothing.
    #[error("the amount must be above zero")]
    AmountNotPositive,
    /// The day is not in the project's fiscal year.
    #[error("{day} lies outside the fiscal year {year}")]
    OutsideYear {
        /// The field that holds it.
        field: &'static str,
        /// The day given.
        day: NaiveDate,
        /// The project's year.
        year: i32,
    },
    /// The day has not come.
    #[error("{day} is in the future: today is {today}")]
    InFuture {
        /// The field that holds it.
        field: &'static str,
        /// The day given.
        day: NaiveDate,
        /// Today in the configured zone.
        today: NaiveDate,
    },
    /// A contract that names a contract.
    #[error("only an application names the contract that it draws on")]
    ContractOfContract,
    /// The contract named is none of this project's, or is wholly released.
    #[error("there is no such contract in this project, or it is released")]
    NoSuchContract,
    /// Released before it was bound.
    #[error("a release cannot be dated before the entry that it takes back ({0})")]
    BeforeOriginal(NaiveDate),
    /// A release of a release.
    #[error("a release cannot itself be released: record the commitment again")]
    ReleaseOfRelease,
    /// Nothing is left to release.
    #[error("the commitment is wholly released already")]
    NothingLeft,
    /// More than is left.
    #[error("only {left} yuan of the commitment is left", left = left.yuan())]
    MoreThanLeft {
        /// What is left.
        left: Fen,
    },
    /// The amount leaves the range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Undertaking {
    /// Whether it may be recorded in a year, as of today: above zero, in the year, not in the future.
    pub fn check(&self, year: FiscalYear, today: NaiveDate) -> Result<(), CommitmentError> {
        if self.amount <= Fen::ZERO {
            return Err(CommitmentError::AmountNotPositive);
        }
        if self.kind == CommitmentKind::Contract && self.contract.is_some() {
            return Err(CommitmentError::ContractOfContract);
        }
        check_day("committed_on", self.committed_on, year, today)
    }

    /// The entry that it becomes.
    #[must_use]
    pub fn into_entry(self, id: Uuid, sequence: i64, at: DateTime<Utc>, by: &str) -> Commitment {
        Commitment {
            id,
            sequence,
            kind: self.kind,
            amount: self.amount,
            committed_on: self.committed_on,
            reference_no: self.reference_no,
            contract: self.contract,
            payee: self.payee,
            memo: self.memo,
            releases: None,
            recorded_at: at,
            recorded_by: by.to_owned(),
        }
    }
}

impl ReleaseOrder {
    /// Whether it may be recorded in a year, as of today: above zero, in the year, not in the future.
    pub fn check(&self, year: FiscalYear, today: NaiveDate) -> Result<(), CommitmentError> {
        if self.amount.is_some_and(|amount| amount <= Fen::ZERO) {
            return Err(CommitmentError::AmountNotPositive);
        }
        check_day("released_on", self.released_on, year, today)
    }
}

impl Commitment {
    /// The entry that takes this one back, of which so much is left.
    pub fn release(
        &self,
        order: &ReleaseOrder,
        left: Fen,
        entry: (Uuid, i64, DateTime<Utc>, &str),
    ) -> Result<Commitment, CommitmentError> {
        if self.releases.is_some() {
            return Err(CommitmentError::ReleaseOfRelease);
        }
        if order.released_on < self.committed_on {
            return Err(CommitmentError::BeforeOriginal(self.committed_on));
        }
        if left <= Fen::ZERO {
            return Err(CommitmentError::NothingLeft);
        }
        let amount = order.amount.unwrap_or(left);
        if amount > left {
            return Err(CommitmentError::MoreThanLeft { left });
        }
        let (id, sequence, recorded_at, by) = entry;
        Ok(Commitment {
            id,
            sequence,
            amount: amount.negated()?,
            committed_on: order.released_on,
            memo: order.reason.clone(),
            releases: Some(self.id),
            recorded_at,
            recorded_by: by.to_owned(),
            ..self.clone()
        })
    }
}

fn check_day(field: &'static str, day: NaiveDate, year: FiscalYear, today: NaiveDate) -> Result<(), CommitmentError> {
    if !year.contains(day) {
        return Err(CommitmentError::OutsideYear { field, day, year: year.number() });
    }
    if day > today {
        return Err(CommitmentError::InFuture { field, day, today });
    }
    Ok(())
}

/// What a project has bound by a day, releases taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// By contracts.
    pub contracted: Fen,
    /// By applications, those that draw on a contract included.
    pub applied: Fen,
    /// Without counting anything twice: of each contract what is left of it or what is applied for on it, whichever is
    /// more, and applications that draw on none.
    pub committed: Fen,
}

/// What is left of one contract, and what is applied for on it.
type OnContract = (Fen, Fen);

impl Committed {
    /// Nothing bound.
    pub const NOTHING: Committed = Committed { contracted: Fen::ZERO, applied: Fen::ZERO, committed: Fen::ZERO };

    /// From what was signed and released, each by its contract, and from what was applied for and withdrawn, by the
    /// contract that it draws on. A contract that was released, or is smaller than what is applied for on it, does not
    /// hide the application.
    pub fn of(contracts: &[(Uuid, Fen)], applications: &[(Option<Uuid>, Fen)]) -> Result<Committed, MoneyError> {
        let mut sum = Committed::NOTHING;
        let mut by_contract: BTreeMap<Uuid, OnContract> = BTreeMap::new();
        for (contract, amount) in contracts {
            let on = by_contract.entry(*contract).or_default();
            on.0 = on.0.plus(*amount)?;
            sum.contracted = sum.contracted.plus(*amount)?;
        }
        for (contract, amount) in applications {
            sum.applied = sum.applied.plus(*amount)?;
            if let Some(contract) = contract {
                let on = by_contract.entry(*contract).or_default();
                on.1 = on.1.plus(*amount)?;
            } else {
                sum.committed = sum.committed.plus(*amount)?;
            }
        }
        for (left, applied) in by_contract.into_values() {
            sum.committed = sum.committed.plus(left.max(applied))?;
        }
        Ok(sum)
    }

    /// Both together.
    pub fn plus(self, other: Committed) -> Result<Committed, MoneyError> {
        Ok(Committed {
            contracted: self.contracted.plus(other.contracted)?,
            applied: self.applied.plus(other.applied)?,
            committed: self.committed.plus(other.committed)?,
        })
    }
}
