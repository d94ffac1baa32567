//! Durable posts per second: `cargo bench --bench posts [-- --seconds 3 --rounds 1]`.
//!
//! The real binary serves a SQLite file (`synchronous=FULL`) on the disk under `target/tmp`; clients on this machine
//! post disbursements over 1, 16, 64 and 256 keep-alive connections and wait for each 201. Everything else of a post
//! is there: token, roles and units, idempotency row, ledger, roll-up, audit row, judging, the answer with the
//! comparison. Beside it in the same run: one commit per request; the same verb in a bare loop of this process, without
//! HTTP, 64 to a commit; and `GET /healthz`. The figures are taken in turns, because a shared machine has better and
//! worse minutes; what a post costs the service in processor time says more than the rate there.
//!
//! `-- --bare` runs only the bare loop, for a profiler. `-- --ledger 2000000` measures the service at 64 connections and
//! the bare loop on an empty ledger and on one of so many entries. `-- --postgres URL` measures the service on an empty
//! PostgreSQL database at 16 connections; `posts.pgbench.sql` holds the same statements for pgbench.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(clippy::allow_attributes_without_reason, reason = "a bench says what it expects, as a test does")]

mod support;

/// The same as the service's, so that the bare loop is its equal.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::time::Duration;
use support::bare::Loop;
use support::house::{House, NOW};
use support::load::{Ask, Figure};
use support::{seed, words};

/// Rounds in which every figure is measured once, unless told otherwise.
const USUAL_ROUNDS: usize = 2;
/// Seconds for a figure, unless told otherwise.
const USUAL_SECONDS: u64 = 5;
/// Seconds before measuring, in which pools fill and alerts are raised.
const WARM_UP: Duration = Duration::from_secs(1);
/// Verbs that one commit may carry, as the service is set unless told otherwise.
const GROUPED: usize = 256;
/// Verbs in a commit of the bare loop.
const BARE: u32 = 64;

/// What is measured of the service: name, what is asked, connections, and verbs that one commit may carry.
const FIGURES: [(&str, Ask, usize, usize); 6] = [
    ("group commit", Ask::Post, 64, GROUPED),
    ("one commit per request", Ask::Post, 64, 1),
    ("group commit", Ask::Post, 1, GROUPED),
    ("group commit", Ask::Post, 16, GROUPED),
    ("group commit", Ask::Post, 256, GROUPED),
    ("GET /healthz", Ask::Health, 64, GROUPED),
];

fn main() {
    let lasting = words::lasting(USUAL_SECONDS);
    if words::given("--bare") {
        let bare = bare_loop(lasting);
        return println!("{:.0} a second, cpu {:.3} ms each", bare.rate(), bare.cost());
    }
    if let Some(entries) = words::after("--ledger") {
        return by_ledger(entries, lasting);
    }
    if let Some(url) = words::after::<String>("--postgres") {
        return on_postgres(&url, lasting);
    }
    let rounds = words::after("--rounds").unwrap_or(USUAL_ROUNDS);
    println!("{rounds} rounds of {} s a figure, SQLite, synchronous=FULL, {NOW}", lasting.as_secs());
    let mut taken: Vec<Figure> = FIGURES.iter().map(|_| Figure::default()).collect();
    let mut bare = Loop::default();
    for _ in 0..rounds {
        for ((_, ask, connections, max_batch), figure) in FIGURES.into_iter().zip(&mut taken) {
            let mut house = House::sqlite(max_batch);
            house.serve();
            Figure::default().take(&house, ask, "warm", connections, WARM_UP);
            figure.take(&house, ask, "post", connections, lasting);
        }
        bare.add(bare_loop(lasting));
    }
    report(&taken, bare);
}

fn bare_loop(lasting: Duration) -> Loop {
    let (house, mut bare) = (House::sqlite(GROUPED), Loop::default());
    Loop::default().take(&house, "warm", BARE, WARM_UP);
    bare.take(&house, "post", BARE, lasting);
    bare
}

/// The rates on an empty ledger and on a large one.
fn by_ledger(entries: u32, lasting: Duration) {
    println!("{:<12} {:>18} {:>14} {:>8}", "entries", "64 connections", "bare loop", "ratio");
    for seeded in [0, entries] {
        let mut house = House::sqlite(GROUPED);
        if seeded > 0 {
            seed::entries(&house, seeded);
        }
        let (mut figure, mut bare) = (Figure::default(), Loop::default());
        Loop::default().take(&house, "warm", BARE, WARM_UP);
        bare.take(&house, "bare", BARE, lasting);
        house.serve();
        Figure::default().take(&house, Ask::Post, "warm-up", 64, WARM_UP);
        figure.take(&house, Ask::Post, "post", 64, lasting);
        let (service, bare) = (figure.rate(), bare.rate());
        println!("{seeded:<12} {service:>9.0} a second {bare:>5.0} a second {:>8.2}", service / bare);
    }
}

/// The service on PostgreSQL at 16 connections.
fn on_postgres(url: &str, lasting: Duration) {
    let mut house = House::postgres(url);
    house.serve();
    let mut figure = Figure::default();
    Figure::default().take(&house, Ask::Post, "warm", 16, WARM_UP);
    figure.take(&house, Ask::Post, "post", 16, lasting);
    let (rate, p50, p99) = (figure.rate(), figure.percentile(50), figure.percentile(99));
    println!("PostgreSQL, 16 connections: {rate:.0} posts a second, p50 {p50:.2} ms, p99 {p99:.2} ms");
    println!("beside it: pgbench -n -c 16 -j 2 -T {} -M prepared -f benches/posts.pgbench.sql URL", lasting.as_secs());
}

fn report(taken: &[Figure], bare: Loop) {
    println!("{:<28} {:>11} {:>9} {:>10} {:>10} {:>11}", "", "connections", "a second", "p50", "p99", "cpu each");
    for ((name, _, connections, _), figure) in FIGURES.into_iter().zip(taken) {
        let (p50, p99) = (figure.percentile(50), figure.percentile(99));
        let (rate, cost) = (figure.rate(), figure.cost());
        println!("{name:<28} {connections:>11} {rate:>9.0} {p50:>7.2} ms {p99:>7.2} ms {cost:>8.3} ms");
    }
    let (rate, cost) = (bare.rate(), bare.cost());
    println!("{:<28} {:>11} {rate:>9.0} {:>23} {cost:>9.3} ms", "bare loop, 64 to a commit", "", "");
    let grouped = &taken[0];
    println!("at 64 connections: {:.2} of the bare loop (aim: 0.5)", grouped.rate() / bare.rate());
    println!("at 64 connections: {:.2} of one commit per request (aim: 5)", grouped.rate() / taken[1].rate());
    println!("at 64 connections: p99 is {:.2} of p50 (aim: 3)", grouped.percentile(99) / grouped.percentile(50));
}
