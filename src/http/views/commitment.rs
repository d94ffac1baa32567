//! Contracts and applications, as JSON.

use super::{CommitmentKindWord, Day, Id, Instant, ProjectCode, Yuan};
use crate::domain::commitment;
use crate::domain::money::Fen;
use crate::domain::project::Project;
use serde::Serialize;
use utoipa::ToSchema;

/// An entry among a project's commitments: money bound and not paid.
#[derive(Debug, Serialize, ToSchema)]
pub struct Commitment {
    /// Ours.
    id: Id,
    /// Its place among the project's commitments, from 1 without gaps.
    #[schema(example = 1)]
    sequence: i64,
    /// The project.
    project: ProjectCode,
    /// The fiscal year.
    #[schema(example = 2024)]
    fiscal_year: i32,
    /// What binds the money; a release has the kind of what it takes back.
    kind: CommitmentKindWord,
    /// A release is negative.
    amount_yuan: Yuan,
    /// What is left after releases; null of a release.
    left_yuan: Option<Yuan>,
    /// The day on which it was signed, applied for or released.
    committed_on: Day,
    /// The contract's or application's number.
    #[schema(example = "HT-2024-017")]
    reference_no: String,
    /// The contract that an application draws on.
    contract: Option<Id>,
    /// Who is to receive it.
    #[schema(example = "某建设工程有限公司")]
    payee: String,
    /// A note; of a release its reason.
    #[schema(example = "道路养护合同")]
    memo: String,
    /// The entry that this one takes back.
    releases: Option<Id>,
    /// When it was recorded.
    recorded_at: Instant,
    /// Who recorded it.
    #[schema(example = "clerk")]
    recorded_by: String,
}

/// A commitment, and what of it is left.
#[must_use]
pub fn commitment(project: &Project, entry: &commitment::Commitment, left: Option<Fen>) -> Commitment {
    Commitment {
        id: Id(entry.id),
        sequence: entry.sequence,
        project: ProjectCode(project.code.clone()),
        fiscal_year: project.year.number(),
        kind: CommitmentKindWord(entry.kind.name()),
        amount_yuan: Yuan(entry.amount),
        left_yuan: left.map(Yuan),
        committed_on: Day(entry.committed_on),
        reference_no: entry.reference_no.clone(),
        contract: entry.contract.map(Id),
        payee: entry.payee.clone(),
        memo: entry.memo.clone(),
        releases: entry.releases.map(Id),
        recorded_at: Instant(entry.recorded_at),
        recorded_by: entry.recorded_by.clone(),
    }
}
