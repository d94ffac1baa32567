//! Clients that hold connections without using them: each is closed at its deadline while the others are served.

use crate::support::bureau::{DISPATCH, UNIT, open_books, pay, sample_plan};
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::service::Service;
use crate::support::skip;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Each deadline in the settings of these tests.
const DEADLINE: Duration = Duration::from_secs(2);
/// When a connection must be closed at the latest, on a machine however busy.
const AT_LATEST: Duration = Duration::from_secs(30);

/// A service with short deadlines.
fn impatient(place: &Place) -> Service {
    for key in ["http.headers_seconds", "http.body_seconds", "http.keep_alive_seconds"] {
        place.set(key, &DEADLINE.as_secs().to_string());
    }
    Service::start(place)
}

fn connect(service: &Service) -> TcpStream {
    let stream = TcpStream::connect(service.address()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    stream
}

/// Sends the bytes one by one, ten a second and then again from the beginning, until the service closes the
/// connection; gives what it said.
fn trickle(stream: &mut TcpStream, bytes: &[u8]) -> String {
    let (started, mut said) = (Instant::now(), Vec::new());
    for byte in bytes.iter().chain(std::iter::repeat(&b'x')) {
        assert!(started.elapsed() < AT_LATEST, "still open: {}", String::from_utf8_lossy(&said));
        if stream.write_all(&[*byte]).is_err() || is_closed(stream, &mut said) {
            break;
        }
    }
    String::from_utf8(said).unwrap()
}

/// Whether the other side has closed; waits a tenth of a second at most.
fn is_closed(stream: &mut TcpStream, said: &mut Vec<u8>) -> bool {
    let mut bytes = [0; 1024];
    match stream.read(&mut bytes) {
        Ok(0) => true,
        Ok(count) => {
            said.extend(&bytes[..count]);
            false
        }
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

/// Waits until the other side closes; gives what it said and how long it took.
fn closed(stream: &mut TcpStream) -> (String, Duration) {
    let mut said = Vec::new();
    let ((), took) = until("the end of a connection", AT_LATEST, || is_closed(stream, &mut said).then_some(()));
    (String::from_utf8(said).unwrap(), took)
}

/// Reads one whole answer without a body of interest.
fn answered(stream: &mut TcpStream) {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: milepost\r\n\r\n").unwrap();
    let mut said = Vec::new();
    until("an answer", AT_LATEST, || {
        is_closed(stream, &mut said);
        said.ends_with(b"}").then_some(())
    });
    assert!(said.starts_with(b"HTTP/1.1 200 "));
}

const SLOW_HEAD: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: milepost\r\nX-Slow: ";

#[test]
fn a_head_that_comes_byte_by_byte_is_cut_off_at_the_deadline() {
    let place = Place::sqlite();
    let service = impatient(&place);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| trickle(&mut connect(&service), SLOW_HEAD));
        let second = scope.spawn(|| {
            let mut stream = connect(&service);
            answered(&mut stream);
            trickle(&mut stream, SLOW_HEAD)
        });
        let silent = scope.spawn(|| closed(&mut connect(&service)));
        let half = scope.spawn(|| {
            let mut stream = connect(&service);
            answered(&mut stream);
            stream.write_all(b"GET /heal").unwrap();
            closed(&mut stream)
        });
        let resting = scope.spawn(|| {
            let mut stream = connect(&service);
            answered(&mut stream);
            closed(&mut stream)
        });
        while !resting.is_finished() {
            service.client.get("", "//readyz").expect(200);
        }
        assert!(first.join().unwrap().starts_with("HTTP/1.1 408 "));
        second.join().unwrap();
        silent.join().unwrap();
        half.join().unwrap();
        let (said, took) = resting.join().unwrap();
        assert_eq!(said, "");
        assert!(took + Duration::from_millis(500) > DEADLINE, "a connection may rest for its time: {took:?}");
    });
}

#[test]
fn a_body_that_comes_slowly_or_not_at_all_is_answered_at_the_deadline() {
    let place = Place::sqlite();
    open_books(&place, &sample_plan());
    place.at("2024-07-01T09:00:00+08:00");
    let token = place.token("clerk", &[UNIT]);
    let service = impatient(&place);
    let head = |token: &str| {
        format!(
            "POST /api/v1/years/2024/projects/{DISPATCH}/disbursements HTTP/1.1\r\nHost: milepost\r\n\
             Authorization: Bearer {token}\r\nContent-Type: application/json\r\nIdempotency-Key: slow\r\n\
             Content-Length: 5000\r\n\r\n{{"
        )
    };
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| {
            let mut stream = connect(&service);
            stream.write_all(head(&token).as_bytes()).unwrap();
            trickle(&mut stream, b"")
        });
        let stalled = scope.spawn(|| {
            let mut stream = connect(&service);
            stream.write_all(head(&token).as_bytes()).unwrap();
            closed(&mut stream).0
        });
        // Nobody reads the body of a stranger; it is read away, and that has a deadline too.
        let stranger = scope.spawn(|| {
            let mut stream = connect(&service);
            stream.write_all(head("mp_a_b").as_bytes()).unwrap();
            closed(&mut stream).0
        });
        while !stalled.is_finished() {
            service.client.get("", "//readyz").expect(200);
        }
        let voucher = pay(&service, &token, DISPATCH, "1.00", "2024-06-28", "v1");
        assert_eq!(voucher["voucher_no"], "v1");
        for (said, status, kind) in [
            (slow.join().unwrap(), 408, "request-timeout"),
            (stalled.join().unwrap(), 408, "request-timeout"),
            (stranger.join().unwrap(), 401, "unauthenticated"),
        ] {
            assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{said}");
            assert!(said.contains(&format!("/problems/{kind}")), "{said}");
        }
    });
}

#[test]
fn five_thousand_idle_connections_keep_nobody_out_and_are_closed() {
    const IDLE: usize = 5_000;
    // The test's own half of each connection, and the service's in its process, beside what they hold otherwise.
    if open_files_allowed() < IDLE + 500 {
        return skip("leave to open 5,500 files (ulimit -n)");
    }
    let place = Place::sqlite();
    // Long enough that all of them are open at once.
    place.set("http.headers_seconds", "10");
    let service = Service::start(&place);
    let mut idle: Vec<TcpStream> = (0..IDLE).map(|_| connect(&service)).collect();
    let mut latest = connect(&service);
    answered(&mut latest);
    for _ in 0..20 {
        service.client.get("", "//readyz").expect(200);
    }
    let open = idle.iter_mut().map(is_closed_now).filter(|is_closed| !is_closed).count();
    assert!(open > IDLE * 9 / 10, "only {open} of {IDLE} were open at once");
    until("the end of all connections", AT_LATEST, || {
        idle.retain_mut(|stream| !is_closed_now(stream));
        idle.is_empty().then_some(())
    });
    service.client.get("", "//readyz").expect(200);
}

/// The soft limit of this process, which its children have too.
fn open_files_allowed() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(usize::MAX)
}

fn is_closed_now(stream: &mut TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let closed = is_closed(stream, &mut Vec::new());
    stream.set_nonblocking(false).unwrap();
    closed
}
