//! What the integration tests stand on.

pub mod matters;
mod shared;

#[allow(unused_imports, reason = "the tests on PostgreSQL come with storage")]
pub use shared::{postgres_url, shared};
