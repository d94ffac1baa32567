//! Milepost watches the execution of public budgets: what was really paid and achieved, held against the
//! plan points each project promised, with a warning while there is still time to act.
//!
//! Three rings, imports point inward. Core (pure): [`domain`], [`intake`], [`render`]. Middle (one transaction
//! per verb): [`actions`] over [`storage`]. Rim (the outside world): [`http`], [`scheduler`], [`delivery`],
//! [`mail`], [`cli`], [`server`]. `tests/it/architecture.rs` holds the table.

pub mod actions;
pub mod cli;
pub mod clock;
pub mod config;
pub mod delivery;
pub mod domain;
pub mod heartbeat;
pub mod http;
pub mod intake;
pub mod mail;
pub mod render;
pub mod scheduler;
pub mod server;
pub mod storage;
pub mod telemetry;
