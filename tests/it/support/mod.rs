//! What the tests share.

pub mod matters;
