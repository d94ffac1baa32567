//! Durable posts per second over HTTP, beside one commit per request: `cargo bench --bench posts`.
//!
//! The real binary serves a SQLite file (`synchronous=FULL`) on the disk under `target/tmp`; clients on this machine
//! post disbursements over keep-alive connections and wait for each 201. Everything else of a post is there: token,
//! roles and units, idempotency row, ledger, roll-up, audit row, judging, the answer with the comparison. One run
//! measures both, in turns, because a shared machine has better and worse minutes; what a post costs the service in
//! processor time says more than the rate there. `-- --seconds 3` shortens it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(clippy::allow_attributes_without_reason, reason = "a bench says what it expects, as a test does")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MILEPOST: &str = env!("CARGO_BIN_EXE_milepost");
const PLAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plan-2024.txt");
/// In the middle of a month, so that part of what is spent is summed from the ledger and not from a roll-up.
const NOW: &str = "2024-07-16T09:00:00+08:00";
/// Rounds in which every figure is measured once.
const ROUNDS: usize = 2;
/// Seconds for a figure, unless told otherwise.
const USUAL_SECONDS: u64 = 5;
/// Posts that a connection sends at most for a figure.
const MAX_POSTS: usize = 100_000;
/// Seconds before measuring, in which pools fill and alerts are raised.
const WARM_UP: Duration = Duration::from_secs(1);
/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// What is measured: connections, and verbs that one commit may carry.
const FIGURES: [(usize, usize); 4] = [(64, 256), (64, 1), (1, 256), (1, 1)];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let seconds = arguments.iter().position(|word| word == "--seconds").map(|place| arguments[place + 1].parse());
    let lasting = Duration::from_secs(seconds.transpose().expect("--seconds NUMBER").unwrap_or(USUAL_SECONDS));
    println!("{ROUNDS} rounds of {} s a figure, SQLite, synchronous=FULL, {NOW}", lasting.as_secs());
    let mut taken: Vec<Figure> = FIGURES.iter().map(|_| Figure::default()).collect();
    for _ in 0..ROUNDS {
        for ((connections, max_batch), figure) in FIGURES.into_iter().zip(&mut taken) {
            figure.take(&House::open(max_batch), connections, lasting);
        }
    }
    println!("{:<28} {:>11} {:>8} {:>10} {:>10} {:>11}", "", "connections", "posts/s", "p50", "p99", "cpu a post");
    for ((connections, max_batch), figure) in FIGURES.into_iter().zip(&mut taken) {
        let name = if max_batch == 1 { "one commit per request" } else { "group commit" };
        let (p50, p99) = (figure.percentile(50), figure.percentile(99));
        let (rate, cost) = (figure.rate(), figure.cost());
        println!("{name:<28} {connections:>11} {rate:>8.0} {p50:>7.2} ms {p99:>7.2} ms {cost:>8.3} ms");
    }
    println!("64 connections, group commit : one commit per request = {:.2} : 1", taken[0].rate() / taken[1].rate());
}

/// Posts acknowledged, and how long each took.
#[derive(Default)]
struct Figure {
    latencies: Vec<Duration>,
    spent: Duration,
    processor: Duration,
}

impl Figure {
    /// Posts for some seconds over so many connections, then kills the service and checks its books.
    fn take(&mut self, house: &House, connections: usize, lasting: Duration) {
        drop(post_all(house, "warm", connections, WARM_UP));
        let (begun, before) = (Instant::now(), house.processor());
        let latencies = post_all(house, "post", connections, lasting);
        self.spent += begun.elapsed();
        self.processor += house.processor().saturating_sub(before);
        self.latencies.extend(latencies);
        self.latencies.sort_unstable();
    }

    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.spent.as_secs_f64()
    }

    /// Processor milliseconds of the service per post.
    #[allow(clippy::cast_precision_loss, reason = "a cost for people")]
    fn cost(&self) -> f64 {
        self.processor.as_secs_f64() * 1_000.0 / self.latencies.len() as f64
    }

    fn percentile(&self, percent: usize) -> f64 {
        let place = (self.latencies.len() * percent / 100).min(self.latencies.len() - 1);
        self.latencies[place].as_secs_f64() * 1_000.0
    }
}

fn post_all(house: &House, name: &str, connections: usize, lasting: Duration) -> Vec<Duration> {
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..connections)
            .map(|number| {
                scope.spawn(move || Client::new(house).post_for(&format!("{name}-{number}"), number, lasting))
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().expect("a client")).collect()
    })
}

/// One keep-alive connection.
struct Client<'house> {
    house: &'house House,
    out: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Client<'_> {
    fn new(house: &House) -> Client<'_> {
        let out = TcpStream::connect(&house.address).expect("a connection");
        out.set_nodelay(true).unwrap();
        out.set_read_timeout(Some(DEADLINE)).unwrap();
        let answers = BufReader::new(out.try_clone().unwrap());
        Client { house, out, answers }
    }

    fn post_for(mut self, name: &str, first: usize, lasting: Duration) -> Vec<Duration> {
        let (end, mut latencies) = (Instant::now() + lasting, Vec::new());
        for number in 0..MAX_POSTS {
            let begun = Instant::now();
            if begun >= end {
                break;
            }
            self.post(&format!("{name}-{number}"), first + number);
            latencies.push(begun.elapsed());
        }
        latencies
    }

    /// Posts one yuan on some day of the year so far, to one project after the other.
    fn post(&mut self, key: &str, number: usize) {
        let House { token, codes, address, .. } = self.house;
        let (code, month, day) = (&codes[number % codes.len()], number / 15 % 7 + 1, number / 105 % 16 + 1);
        let body = format!(
            r#"{{"amount_yuan":"1.00","paid_on":"2024-{month:02}-{day:02}","voucher_no":"{key}","payee":"某公司"}}"#
        );
        let request = format!(
            "POST /api/v1/years/2024/projects/{code}/disbursements HTTP/1.1\r\nHost: {address}\r\n\
             Authorization: Bearer {token}\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.out.write_all(request.as_bytes()).expect("a request sent");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("an answer");
        let status = line.clone();
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            assert_ne!(self.answers.read_line(&mut line).expect("a header"), 0, "the service hung up");
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut answer = vec![0; length];
        self.answers.read_exact(&mut answer).expect("a body");
        assert!(status.starts_with("HTTP/1.1 201"), "{status}{}", String::from_utf8_lossy(&answer));
    }
}

/// A fresh database with the sample plan, and the service on it. At the end it is killed by its id, and its books
/// must be whole.
struct House {
    folder: PathBuf,
    address: String,
    token: String,
    codes: Vec<String>,
    service: Child,
}

impl House {
    fn open(max_batch: usize) -> House {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("posts-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).expect("a folder");
        let json = |arguments: &[&str]| -> serde_json::Value {
            let output = milepost(&folder, max_batch, arguments).output().expect("the binary runs");
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
            serde_json::from_slice(&output.stdout).expect("JSON")
        };
        json(&["import", "plan", PLAN, "--year", "2024", "--json"]);
        let made = json(&["token", "create", "--name", "bench", "--role", "clerk", "--unit", "333001", "--json"]);
        let token = made["token"].as_str().expect("a token").to_owned();
        let mut service = milepost(&folder, max_batch, &["serve"]).spawn().expect("the service starts");
        let mut said = String::new();
        BufReader::new(service.stdout.as_mut().expect("its output")).read_line(&mut said).expect("a line");
        let address = said.trim().strip_prefix("listening on http://").expect("an address").to_owned();
        let codes = codes();
        House { folder, address, token, codes, service }
    }
}

impl House {
    /// Processor time that the service has used; nothing where the system has no `/proc`.
    fn processor(&self) -> Duration {
        const TICKS_A_SECOND: u64 = 100;
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.service.id())).unwrap_or_default();
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let ticks: u64 =
            after_name.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 1_000 / TICKS_A_SECOND)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.service.kill().expect("the service can be killed");
        self.service.wait().expect("the service ends");
        let verified = milepost(&self.folder, 1, &["verify"]).output().expect("verify runs");
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn milepost(folder: &Path, max_batch: usize, arguments: &[&str]) -> Command {
    let mut command = Command::new(MILEPOST);
    command.args(arguments).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::null());
    command.env("MILEPOST__DATABASE__URL", "sqlite://posts.db").env("MILEPOST__HTTP__LISTEN", "127.0.0.1:0");
    command.env("MILEPOST__DATABASE__MAX_BATCH", max_batch.to_string()).env("MILEPOST__CLOCK__FIXED_AT", NOW);
    command
}

/// The codes of the sample plan's projects.
fn codes() -> Vec<String> {
    let plan = std::fs::read_to_string(PLAN).expect("the sample plan");
    let is_code = |word: &&str| word.len() == 21 && word.starts_with("130605");
    let mut codes: Vec<String> = plan.split_whitespace().filter(is_code).map(str::to_owned).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 15, "the sample plan has fifteen projects");
    codes
}
