//! Ledger entries and readings, as JSON.

use super::{Comparison, Day, GradeWord, Id, Instant, KindWord, ProjectCode, SourceWord, Yuan, comparison};
use crate::actions::record_disbursement;
use crate::domain::language::Language;
use crate::domain::project::Project;
use crate::domain::reading::Observed;
use crate::domain::{disbursement, reading};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A ledger entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Disbursement {
    /// Ours.
    id: Id,
    /// Its place in the ledger, growing with time.
    #[schema(example = 17)]
    sequence: i64,
    /// The project.
    project: ProjectCode,
    /// The fiscal year.
    #[schema(example = 2024)]
    fiscal_year: i32,
    /// What kind of entry it is.
    kind: KindWord,
    /// Signed: a refund is negative, a reversal has the opposite sign of what it reverses.
    amount_yuan: Yuan,
    /// Whether it counts as this year's spending.
    #[schema(example = true)]
    counted: bool,
    /// The day of the payment.
    paid_on: Day,
    /// The voucher.
    #[schema(example = "2024-03-0117")]
    voucher_no: String,
    /// The voucher's line.
    #[schema(example = 1)]
    line_no: i32,
    /// Where the money comes from.
    source: SourceWord,
    /// Who was paid; may be empty.
    #[schema(example = "某建设工程有限公司")]
    payee: String,
    /// What it was for; may be empty.
    #[schema(example = "一季度道路养护款")]
    memo: String,
    /// The entry that it reverses.
    reverses: Option<Id>,
    /// The entry that reverses it.
    reversed_by: Option<Id>,
    /// When it was recorded.
    recorded_at: Instant,
    /// Who recorded it.
    #[schema(example = "clerk-333001")]
    recorded_by: String,
}

/// A ledger entry just recorded, with where the project stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recorded {
    #[serde(flatten)]
    entry: Disbursement,
    /// Where the project stands with it.
    comparison: Comparison,
}

/// A reading of an indicator: one of `value`, `grade` and `done_on`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reading {
    /// Ours.
    id: Id,
    /// The indicator.
    indicator: Id,
    /// The day that it speaks of.
    observed_on: Day,
    /// What was measured.
    #[schema(example = "96.2")]
    value: Option<String>,
    /// What was judged.
    grade: Option<GradeWord>,
    /// When it was done.
    done_on: Option<Day>,
    /// A remark; may be empty.
    #[schema(example = "满意度问卷 500 份")]
    note: String,
    /// Where the proof is; may be empty.
    #[schema(example = "档案 2024-17")]
    evidence: String,
    /// When it was recorded.
    recorded_at: Instant,
    /// Who recorded it.
    #[schema(example = "clerk-333001")]
    recorded_by: String,
}

/// A ledger entry.
#[must_use]
pub fn disbursement(project: &Project, entry: &disbursement::Disbursement, reversed_by: Option<Uuid>) -> Disbursement {
    Disbursement {
        id: Id(entry.id),
        sequence: entry.sequence,
        project: ProjectCode(project.code.clone()),
        fiscal_year: project.year.number(),
        kind: KindWord(entry.kind.name()),
        amount_yuan: Yuan(entry.amount),
        counted: entry.counted,
        paid_on: Day(entry.paid_on),
        voucher_no: entry.voucher.number.clone(),
        line_no: entry.voucher.line,
        source: SourceWord(entry.source.name()),
        payee: entry.payee.clone(),
        memo: entry.memo.clone(),
        reverses: entry.reverses.map(Id),
        reversed_by: reversed_by.map(Id),
        recorded_at: Instant(entry.recorded_at),
        recorded_by: entry.recorded_by.clone(),
    }
}

/// A ledger entry just recorded, with where the project stands now.
#[must_use]
pub fn recorded(recorded: &record_disbursement::Recorded, now: DateTime<Utc>, language: Language) -> Recorded {
    Recorded {
        entry: disbursement(&recorded.figures.project, &recorded.entry, None),
        comparison: comparison(&recorded.figures, now, language),
    }
}

/// A reading.
#[must_use]
pub fn reading(reading: &reading::Reading) -> Reading {
    let (mut value, mut grade, mut done_on) = (None, None, None);
    match reading.observed {
        Observed::Value(number) => value = Some(number.to_string()),
        Observed::Grade(judged) => grade = Some(GradeWord(judged.name())),
        Observed::DoneOn(on) => done_on = Some(Day(on)),
    }
    Reading {
        id: Id(reading.id),
        indicator: Id(reading.indicator),
        observed_on: Day(reading.observed_on),
        value,
        grade,
        done_on,
        note: reading.note.clone(),
        evidence: reading.evidence.clone(),
        recorded_at: Instant(reading.recorded_at),
        recorded_by: reading.recorded_by.clone(),
    }
}
