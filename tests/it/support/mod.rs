//! What the integration tests stand on.

pub mod bureau;
pub mod eml;
pub mod matters;
pub mod place;
pub mod service;
mod shared;
pub mod smtp_peer;
pub mod smtp_sink;
pub mod wire;

pub use shared::shared;
