//! Rows ↔ values; the only room that knows diesel. `Db` is the handle: `write` runs one verb in one transaction,
//! `read` runs one question on one snapshot.

pub mod access_stamp;
pub mod alert_events;
pub mod alerts;
pub mod answers;
pub mod audit;
pub mod backend;
pub mod claims;
pub mod commitments;
pub mod contacts;
mod db;
pub mod disbursements;
mod error;
pub mod forecasts;
pub mod letters;
pub mod measures;
mod migrate;
pub mod plans;
mod pool;
mod prepared;
pub mod projects;
pub mod promised;
pub mod readings;
mod relations;
pub mod rollups;
mod rows;
pub mod rule_sets;
pub mod runs;
mod savepoint;
#[allow(missing_docs, reason = "the table! macro writes public items without docs; the migrations comment each table")]
pub mod schema;
mod tally;
pub mod tokens;
pub mod units;
pub mod verify;
mod workers;
mod writer;

pub use backend::AnyConnection as Connection;
pub use db::{Db, Pending};
pub use error::{Error, OpenError};
pub use migrate::Opening;
pub use savepoint::in_savepoint;
