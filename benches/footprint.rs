//! What the service takes: `cargo bench --bench footprint`. The size of the binary, the time from its start to its first
//! answer, its resident memory idle and after posts over 64 connections; SQLite with the sample plan.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(clippy::cast_precision_loss, reason = "sizes for people")]
#![allow(clippy::allow_attributes_without_reason, reason = "a bench says what it expects, as a test does")]

mod support;

use std::time::{Duration, Instant};
use support::house::{House, binary_bytes};
use support::load::{Ask, Figure};
use support::words;

/// Starts whose middle one is reported.
const STARTS: usize = 5;
/// Seconds of load, unless told otherwise.
const USUAL_SECONDS: u64 = 10;

fn main() {
    println!("binary: {:.1} MB", binary_bytes() as f64 / 1e6);
    let mut starts: Vec<Duration> = (0..STARTS).map(|_| start()).collect();
    starts.sort_unstable();
    println!("start to first answer: {:.0} ms", starts[STARTS / 2].as_secs_f64() * 1_000.0);
    let mut house = House::sqlite(256);
    house.serve();
    Figure::default().take(&house, Ask::Health, "idle", 1, Duration::from_secs(1));
    println!("idle: {:.1} MB", mb(&house));
    let mut load = Figure::default();
    load.take(&house, Ask::Post, "load", 64, words::lasting(USUAL_SECONDS));
    println!("after {} posts over 64 connections: {:.1} MB", load.answers(), mb(&house));
}

fn start() -> Duration {
    let mut house = House::sqlite(256);
    let begun = Instant::now();
    house.serve();
    Figure::default().take(&house, Ask::Health, "first", 1, Duration::from_millis(1));
    begun.elapsed()
}

fn mb(house: &House) -> f64 {
    house.memory_kib() as f64 / 1024.0
}
