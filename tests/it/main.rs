//! The integration tests: one binary, so that the crate is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::large_types_passed_by_value,
    reason = "a test says what it expects, and one that panics has failed"
)]

mod api;
mod architecture;
mod broken_check;
mod clock;
mod core;
mod demo;
mod faults;
mod guards;
mod import;
mod intake;
mod letters;
mod life;
mod model;
mod monthly;
mod ping;
mod plan_points;
mod post;
mod real_document;
mod schedule;
mod smtp;
mod spine;
mod storage;
mod support;
mod told_once;
mod workdays;
mod year;
