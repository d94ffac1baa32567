//! Storage on both databases: one schema, an append-only ledger, one service per file, many verbs per commit, and a
//! past that can be asked for again.

mod batches;
mod forgetting;
mod memory;
mod schema;
mod service;
mod truth;
