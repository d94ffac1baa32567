//! What the integration tests stand on.

pub mod matters;
mod shared;
pub mod smtp_peer;
pub mod smtp_sink;

#[allow(unused_imports, reason = "the tests on PostgreSQL come with storage")]
pub use shared::{postgres_url, shared};
