//! What is doubtful about a plan, as JSON.

use super::FindingSeverityWord;
use crate::actions::create_project::Doubt;
use crate::domain::language::Language;
use serde::Serialize;
use utoipa::ToSchema;

/// Something about a plan at which a person should look.
#[derive(Debug, Serialize, ToSchema)]
pub struct Finding {
    /// How grave it is.
    severity: FindingSeverityWord,
    /// The stable name of what was found, the same as with imports.
    #[schema(example = "budget_missing")]
    code: &'static str,
    /// The field that it is about.
    #[schema(example = "indicators[0].target")]
    field: String,
    /// What a document calls that field.
    #[schema(example = "指标值")]
    column: String,
    /// What was given.
    #[schema(example = "100%")]
    value: String,
    /// What is doubtful and how to mend it, by `Accept-Language`.
    #[schema(example = "state the comparator")]
    message: String,
}

/// Findings, in the order of their fields.
#[must_use]
pub fn findings(doubts: &[Doubt], language: Language) -> Vec<Finding> {
    let finding = |doubt: &Doubt| Finding {
        severity: FindingSeverityWord(doubt.finding.severity.name()),
        code: doubt.finding.code.name(),
        field: doubt.field.clone(),
        column: doubt.finding.column.clone(),
        value: doubt.finding.value.clone(),
        message: doubt.says(language),
    };
    doubts.iter().map(finding).collect()
}
