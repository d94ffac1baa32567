//! What became of a batch of ledger entries, as JSON.

use super::{BatchModeWord, OutcomeWord};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What became of a batch: each entry with its own result, in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct Batch {
    /// What a refused entry did to the others.
    pub mode: BatchModeWord,
    /// Entries that were recorded.
    #[schema(example = 1)]
    pub recorded: usize,
    /// Entries that were refused.
    #[schema(example = 0)]
    pub refused: usize,
    /// Entry by entry.
    pub results: Vec<BatchResult>,
    /// Where each project that got an entry stands now, once per project, by code.
    #[schema(value_type = Vec<Object>)]
    pub comparisons: Vec<Value>,
}

/// What became of one entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchResult {
    /// Its place in the batch, from 0.
    #[schema(example = 0)]
    pub index: usize,
    /// The status that a single post of it would have got; 424 for one that is fine and was not recorded because of
    /// another.
    #[schema(example = 201)]
    pub status: u16,
    /// In a word.
    pub outcome: OutcomeWord,
    /// The entry as recorded; null where it was not.
    #[schema(value_type = Option<Object>)]
    pub disbursement: Option<Value>,
    /// The problem that a single post of it would have got; null where there is none.
    #[schema(value_type = Option<Object>)]
    pub problem: Option<Value>,
}
