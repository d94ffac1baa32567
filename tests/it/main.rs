//! One integration binary: it links once and shares its support.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "support code of the tests fails like the tests do"
)]

mod letters;
mod smtp;
mod support;
