//! Money really paid: an append-only ledger in which a correction is an entry of its own.

use crate::domain::calendar::FiscalYear;
use crate::domain::money::{Fen, MoneyError};
use crate::domain::text;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Money paid (实际支付).
    Payment,
    /// Money that came back from a payment of this year; lowers this year's spending.
    Refund,
    /// Money that came back from a payment of an earlier year; kept, not counted as this year's spending.
    PriorYearRefund,
    /// Undoes one entry, with the opposite sign.
    Reversal,
}

impl Kind {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Payment => "payment",
            Kind::Refund => "refund",
            Kind::PriorYearRefund => "prior_year_refund",
            Kind::Reversal => "reversal",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Kind> {
        [Kind::Payment, Kind::Refund, Kind::PriorYearRefund, Kind::Reversal]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// Where the money comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// 本级安排: this level's own treasury.
    #[default]
    FiscalOwn,
    /// 上级补助: granted from above.
    FiscalUpper,
    /// 其他资金.
    Other,
}

impl Source {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Source::FiscalOwn => "fiscal_own",
            Source::FiscalUpper => "fiscal_upper",
            Source::Other => "other",
        }
    }

    /// The source of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Source> {
        [Source::FiscalOwn, Source::FiscalUpper, Source::Other].into_iter().find(|source| source.name() == name)
    }
}

/// The voucher that proves an entry: its number, and the line on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Voucher {
    /// 凭证号.
    pub number: String,
    /// The line on the voucher, from 1.
    pub line: i32,
}

/// What a clerk hands in, with the amount above zero and its texts checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Payment, refund or prior-year refund.
    pub kind: Kind,
    /// Above zero.
    pub amount: Fen,
    /// The day on which the money moved.
    pub paid_on: NaiveDate,
    /// What proves it.
    pub voucher: Voucher,
    /// Where the money comes from.
    pub source: Source,
    /// Who received it; may be empty.
    pub payee: String,
    /// A note; may be empty.
    pub memo: String,
}

/// An entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disbursement {
    /// Ours, growing with time.
    pub id: Uuid,
    /// Its place in the project's ledger, from 1 without gaps.
    pub sequence: i64,
    /// What it is.
    pub kind: Kind,
    /// Signed: a refund is negative, a reversal has the opposite sign of what it reverses.
    pub amount: Fen,
    /// Whether it counts as this year's spending.
    pub counted: bool,
    /// The day on which the money moved.
    pub paid_on: NaiveDate,
    /// What proves it.
    pub voucher: Voucher,
    /// Where the money comes from.
    pub source: Source,
    /// Who received it.
    pub payee: String,
    /// A note; of a reversal its reason.
    pub memo: String,
    /// The entry that this one undoes.
    pub reverses: Option<Uuid>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who recorded it.
    pub recorded_by: String,
}

/// Why an entry was refused. Each names the field at fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostingError {
    /// Zero is no payment.
    #[error("the amount must be above zero")]
    AmountNotPositive,
    /// The day is not in the project's fiscal year.
    #[error("{paid_on} lies outside the fiscal year {year}")]
    OutsideYear {
        /// The day given.
        paid_on: NaiveDate,
        /// The project's year.
        year: i32,
    },
    /// The day has not come.
    #[error("{paid_on} is in the future: today is {today}")]
    InFuture {
        /// The day given.
        paid_on: NaiveDate,
        /// Today in the configured zone.
        today: NaiveDate,
    },
    /// A reversal dated before the entry that it undoes.
    #[error("a reversal cannot be dated before the entry that it undoes ({0})")]
    BeforeOriginal(NaiveDate),
    /// A reversal of a reversal.
    #[error("a reversal cannot itself be reversed: record the payment again")]
    ReversalOfReversal,
    /// The amount leaves the range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The greatest line number on a voucher.
pub const MAX_VOUCHER_LINE: i32 = 9_999;

impl Voucher {
    /// A voucher number of 1 to 100 signs and a line from 1 to [`MAX_VOUCHER_LINE`].
    pub fn new(number: &str, line: i32) -> Result<Voucher, VoucherError> {
        let number = text::line(number, MAX_VOUCHER_CHARS).map_err(VoucherError::Number)?;
        if !(1..=MAX_VOUCHER_LINE).contains(&line) {
            return Err(VoucherError::Line);
        }
        Ok(Voucher { number, line })
    }
}

/// Characters a voucher number may have.
pub const MAX_VOUCHER_CHARS: usize = 100;

/// Why a voucher was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoucherError {
    /// The number is empty, too long or holds a control character.
    #[error("the voucher number {0}")]
    Number(text::TextError),
    /// The line is out of range.
    #[error("the voucher's line is a number from 1 to {MAX_VOUCHER_LINE}")]
    Line,
}

impl Posting {
    /// Whether the posting may enter the ledger of a year, as of today: above zero, in the year, not in the future.
    pub fn check(&self, year: FiscalYear, today: NaiveDate) -> Result<(), PostingError> {
        if self.amount <= Fen::ZERO {
            return Err(PostingError::AmountNotPositive);
        }
        check_day(self.paid_on, year, today)
    }

    /// The amount with its sign in the ledger.
    pub fn signed_amount(&self) -> Result<Fen, PostingError> {
        match self.kind {
            Kind::Payment => Ok(self.amount),
            Kind::Refund | Kind::PriorYearRefund | Kind::Reversal => Ok(self.amount.negated()?),
        }
    }

    /// The entry that this posting becomes.
    pub fn into_entry(
        self,
        id: Uuid,
        sequence: i64,
        at: DateTime<Utc>,
        by: &str,
    ) -> Result<Disbursement, PostingError> {
        Ok(Disbursement {
            id,
            sequence,
            amount: self.signed_amount()?,
            counted: self.kind != Kind::PriorYearRefund,
            kind: self.kind,
            paid_on: self.paid_on,
            voucher: self.voucher,
            source: self.source,
            payee: self.payee,
            memo: self.memo,
            reverses: None,
            recorded_at: at,
            recorded_by: by.to_owned(),
        })
    }
}

/// What undoes an entry: why, and on which day it takes effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReversalOrder {
    /// Why.
    pub reason: String,
    /// The day on which the reversal takes effect.
    pub paid_on: NaiveDate,
}

impl ReversalOrder {
    /// Whether the reversal may enter the ledger of a year, as of today: in the year, not in the future.
    pub fn check(&self, year: FiscalYear, today: NaiveDate) -> Result<(), PostingError> {
        check_day(self.paid_on, year, today)
    }
}

impl Disbursement {
    /// The entry that undoes this one: opposite sign, same voucher, source and counting.
    pub fn reversal(
        &self,
        order: &ReversalOrder,
        year: FiscalYear,
        today: NaiveDate,
        entry: (Uuid, i64, DateTime<Utc>, &str),
    ) -> Result<Disbursement, PostingError> {
        if self.kind == Kind::Reversal {
            return Err(PostingError::ReversalOfReversal);
        }
        order.check(year, today)?;
        if order.paid_on < self.paid_on {
            return Err(PostingError::BeforeOriginal(self.paid_on));
        }
        let (id, sequence, at, by) = entry;
        Ok(Disbursement {
            id,
            sequence,
            kind: Kind::Reversal,
            amount: self.amount.negated()?,
            paid_on: order.paid_on,
            memo: order.reason.clone(),
            reverses: Some(self.id),
            recorded_at: at,
            recorded_by: by.to_owned(),
            ..self.clone()
        })
    }
}

fn check_day(paid_on: NaiveDate, year: FiscalYear, today: NaiveDate) -> Result<(), PostingError> {
    if !year.contains(paid_on) {
        return Err(PostingError::OutsideYear { paid_on, year: year.number() });
    }
    if paid_on > today { Err(PostingError::InFuture { paid_on, today }) } else { Ok(()) }
}

/// What counts as this year's spending up to a day, of entries known at an instant.
pub fn spent(entries: &[Disbursement], as_of: NaiveDate, known_at: DateTime<Utc>) -> Result<Fen, MoneyError> {
    Fen::total(
        entries
            .iter()
            .filter(|entry| entry.counted && entry.paid_on <= as_of && entry.recorded_at <= known_at)
            .map(|entry| entry.amount),
    )
}
