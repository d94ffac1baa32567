//! SIGTERM while everybody posts: what is in hand is finished, what was acknowledged is kept, and nobody is left with
//! half an answer.

use crate::support::bureau::{DISPATCH, UNIT, open_books, sample_plan};
use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: usize = 32;
/// Answers after which the service is told to stop.
const STOP_AFTER: usize = 300;

/// What became of one request.
#[derive(Debug)]
enum Outcome {
    /// Its status, and the entry's id.
    Whole(u16, Value),
    /// The connection ended before anything was answered.
    Nothing,
    /// The connection ended in the middle of an answer.
    Half(String),
}

/// Sends one request and reads its answer, however the connection ends.
fn exchange(stream: &mut TcpStream, request: &[u8]) -> Outcome {
    if stream.write_all(request).is_err() {
        // Whatever was answered before the connection was closed can still be read.
    }
    let (mut said, mut bytes) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(whole) = whole(&said) {
            return whole;
        }
        match stream.read(&mut bytes) {
            Ok(count @ 1..) => said.extend(&bytes[..count]),
            Ok(0) | Err(_) if said.is_empty() => return Outcome::Nothing,
            Ok(_) | Err(_) => return Outcome::Half(String::from_utf8_lossy(&said).into_owned()),
        }
    }
}

fn whole(said: &[u8]) -> Option<Outcome> {
    let text = std::str::from_utf8(said).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse::<usize>().ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    (body.len() >= length).then(|| Outcome::Whole(status, serde_json::from_str(body).unwrap_or(Value::Null)))
}

fn connect(service: &str) -> Option<TcpStream> {
    let stream = TcpStream::connect(service).ok()?;
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    Some(stream)
}

fn posting(token: &str, voucher: &str) -> Vec<u8> {
    let body = json!({ "amount_yuan": "1.00", "paid_on": "2024-06-28", "voucher_no": voucher }).to_string();
    format!(
        "POST /api/v1/years/2024/projects/{DISPATCH}/disbursements HTTP/1.1\r\nHost: milepost\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\nIdempotency-Key: {voucher}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Posts until the service is gone; gives the ids that were acknowledged.
fn client(address: &str, token: &str, number: usize, counted: &AtomicUsize) -> BTreeMap<String, String> {
    let mut acknowledged = BTreeMap::new();
    let mut stream = connect(address).expect("the service runs");
    for post in 0.. {
        let voucher = format!("c{number}-{post}");
        match exchange(&mut stream, &posting(token, &voucher)) {
            Outcome::Whole(201, answer) => {
                acknowledged.insert(voucher, answer["id"].as_str().unwrap().to_owned());
                counted.fetch_add(1, Ordering::SeqCst);
            }
            Outcome::Whole(status, answer) => panic!("{status} {answer}"),
            // A connection that ends between two requests may be one that was closed in order: a new one tells.
            Outcome::Nothing => match connect(address) {
                Some(anew) => stream = anew,
                None => return acknowledged,
            },
            Outcome::Half(said) => panic!("the service began to answer and broke off: {said}"),
        }
    }
    acknowledged
}

#[test]
fn a_service_told_to_stop_under_load_answers_whom_it_began_to_answer() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        place.at("2024-07-01T09:00:00+08:00").set("http.shutdown_seconds", "5");
        let token = place.token("clerk", &[UNIT]);
        let service = Service::start(place);
        let address = service.address().to_owned();
        // Connections that rest, that have sent half a head, and that have sent half a body.
        let mut idle: Vec<TcpStream> = (0..20).map(|_| connect(&address).unwrap()).collect();
        for stream in idle.iter_mut().take(10) {
            let answer = exchange(stream, b"GET /healthz HTTP/1.1\r\nHost: milepost\r\n\r\n");
            assert!(matches!(answer, Outcome::Whole(200, _)), "{answer:?}");
        }
        idle[18].write_all(b"POST /api/v1/years/2024/checks HTTP/1.1\r\nHost: mile").unwrap();
        let half = posting(&token, "half");
        idle[19].write_all(&half[..half.len() - 10]).unwrap();

        let counted = AtomicUsize::new(0);
        let (acknowledged, asked) = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|number| {
                    let (address, token, counted) = (&address, &token, &counted);
                    scope.spawn(move || client(address, token, number, counted))
                })
                .collect();
            let started = Instant::now();
            while counted.load(Ordering::SeqCst) < STOP_AFTER && started.elapsed() < Duration::from_mins(1) {
                std::thread::sleep(Duration::from_millis(1));
            }
            service.ask_to_stop();
            let asked = Instant::now();
            let all: Vec<BTreeMap<String, String>> = clients.into_iter().map(|client| client.join().unwrap()).collect();
            (all.into_iter().flatten().collect::<BTreeMap<String, String>>(), asked)
        });
        assert_eq!(service.wait(), Some(0));
        assert!(asked.elapsed() < Duration::from_secs(30), "the deadline holds: {:?}", asked.elapsed());
        assert!(acknowledged.len() >= STOP_AFTER);
        drop(idle);

        let query = "SELECT voucher_no || ' ' || id AS word FROM disbursements";
        let found: Vec<String> = place.words(query);
        for (voucher, id) in &acknowledged {
            let times = found.iter().filter(|word| **word == format!("{voucher} {id}")).count();
            assert_eq!(times, 1, "{voucher} is in the ledger once");
        }
        assert_eq!(place.json(&["verify"])["clean"], true);
    });
}
