//! What the tests share.

pub mod matters;
pub mod smtp_peer;
pub mod smtp_sink;
