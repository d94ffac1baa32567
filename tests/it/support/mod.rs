//! What the integration tests stand on.

mod shared;

#[allow(unused_imports, reason = "the tests on the real document and on PostgreSQL come with their rooms")]
pub use shared::{postgres_url, shared};
