//! What the integration tests stand on.

pub mod bureau;
pub mod cluster;
pub mod eml;
pub mod matters;
pub mod patience;
pub mod place;
pub mod proxy;
pub mod service;
mod shared;
pub mod smtp_counter;
pub mod smtp_peer;
pub mod smtp_sink;
pub mod told;
pub mod wire;

pub use shared::{only_seed, shared, skip};
