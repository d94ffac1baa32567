//! Clients over keep-alive connections, all on one thread, so that they cost little beside what they measure.

use super::house::House;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio::time::timeout;

/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// What is asked over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A disbursement.
    Post,
    /// `GET /healthz`.
    Health,
}

/// The day of a post, its amount and its voucher's place: the same for every way of posting.
pub fn day_of(number: usize) -> (usize, usize) {
    (number / 15 % 7 + 1, number / 105 % 16 + 1)
}

/// What was measured.
#[derive(Default)]
pub struct Figure {
    latencies: Vec<Duration>,
    spent: Duration,
    processor: Duration,
}

impl Figure {
    /// Asks for some seconds over so many connections.
    pub fn take(&mut self, house: &House, ask: Ask, name: &str, connections: usize, lasting: Duration) {
        let (begun, before) = (Instant::now(), house.processor());
        let mut latencies = ask_all(house, ask, name, connections, lasting);
        self.spent += begun.elapsed();
        self.processor += house.processor().saturating_sub(before);
        self.latencies.append(&mut latencies);
        self.latencies.sort_unstable();
    }

    /// Answers in all.
    pub fn answers(&self) -> usize {
        self.latencies.len()
    }

    /// Answers a second.
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.spent.as_secs_f64()
    }

    /// Processor milliseconds of the service for each answer.
    #[allow(clippy::cast_precision_loss, reason = "a cost for people")]
    pub fn cost(&self) -> f64 {
        self.processor.as_secs_f64() * 1_000.0 / self.latencies.len() as f64
    }

    /// Milliseconds within which so many of a hundred were answered.
    pub fn percentile(&self, percent: usize) -> f64 {
        let place = (self.latencies.len() * percent / 100).min(self.latencies.len() - 1);
        self.latencies[place].as_secs_f64() * 1_000.0
    }
}

fn ask_all(house: &House, ask: Ask, name: &str, connections: usize, lasting: Duration) -> Vec<Duration> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (address, token, codes) = (house.address.clone(), house.token.clone(), house.codes.clone());
    LocalSet::new().block_on(&runtime, async move {
        let end = Instant::now() + lasting;
        let clients: Vec<_> = (0..connections)
            .map(|first| {
                let (address, token, codes) = (address.clone(), token.clone(), codes.clone());
                let name = format!("{name}-{first}");
                tokio::task::spawn_local(async move {
                    let mut client = Client::new(&address).await;
                    let mut latencies = Vec::new();
                    for number in 0.. {
                        let begun = Instant::now();
                        if begun >= end {
                            break;
                        }
                        client.fill(ask, &token, &codes, &format!("{name}-{number}"), first + number);
                        timeout(DEADLINE, client.ask(ask)).await.expect("an answer in time");
                        latencies.push(begun.elapsed());
                    }
                    latencies
                })
            })
            .collect();
        let mut all = Vec::new();
        for client in clients {
            all.append(&mut client.await.expect("a client"));
        }
        all
    })
}

/// One keep-alive connection.
struct Client {
    stream: TcpStream,
    address: String,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Client {
    async fn new(address: &str) -> Client {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("a socket option");
        Client { stream, address: address.to_owned(), request: Vec::new(), answer: Vec::new() }
    }

    /// Posts one yuan on some day of the year so far, to one project after the other.
    fn fill(&mut self, ask: Ask, token: &str, codes: &[String], key: &str, number: usize) {
        use std::io::Write;
        self.request.clear();
        let address = &self.address;
        if ask == Ask::Health {
            write!(self.request, "GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n").expect("memory");
            return;
        }
        let (code, (month, day)) = (&codes[number % codes.len()], day_of(number));
        let body = format!(
            r#"{{"amount_yuan":"1.00","paid_on":"2024-{month:02}-{day:02}","voucher_no":"{key}","payee":"某公司"}}"#
        );
        write!(
            self.request,
            "POST /api/v1/years/2024/projects/{code}/disbursements HTTP/1.1\r\nHost: {address}\r\n\
             Authorization: Bearer {token}\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("memory");
    }

    async fn ask(&mut self, ask: Ask) {
        self.stream.write_all(&self.request).await.expect("a request sent");
        self.answer.clear();
        let mut whole = usize::MAX;
        while self.answer.len() < whole {
            let read = self.stream.read_buf(&mut self.answer).await.expect("an answer");
            assert_ne!(read, 0, "the service hung up");
            if whole == usize::MAX {
                whole = length(&self.answer).unwrap_or(usize::MAX);
            }
        }
        let status: &[u8] = if ask == Ask::Post { b"HTTP/1.1 201" } else { b"HTTP/1.1 200" };
        assert!(self.answer.starts_with(status), "{}", String::from_utf8_lossy(&self.answer));
    }
}

/// The length of an answer with its headers, once these are there.
fn length(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&answer[..head]).expect("headers");
    let body = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().expect("a length"))
    });
    Some(head + 4 + body.unwrap_or(0))
}
