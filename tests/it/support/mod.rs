//! What several tests need.

mod shared;

pub use shared::shared;
