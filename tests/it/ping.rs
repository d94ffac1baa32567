//! The outside watcher is called once after each scheduled run that was done; whatever it does, nobody here waits for it, and its
//! address stays out of the log.

use crate::support::bureau::sample_plan;
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Part of the address that nobody may read.
const SECRET: &str = "3f9c-only-ours";
/// Longer than any run here, shorter than the deadline of a call.
const WHILE_IT_HANGS: Duration = Duration::from_secs(8);

/// A watcher that answers each call so, or never where that is empty; gives its port and the calls as they come.
fn watcher(answer: &'static str) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (heard, calls) = channel();
    std::thread::spawn(move || {
        let mut kept: Vec<TcpStream> = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            BufReader::new(stream.try_clone().unwrap()).read_line(&mut line).unwrap();
            drop(stream.write_all(answer.as_bytes()));
            if answer.is_empty() {
                kept.push(stream);
            }
            if heard.send(line).is_err() {
                return;
            }
        }
    });
    (port, calls)
}

/// A place that has seen its first due time, and calls a watcher from now on.
fn office(port: u16) -> Place {
    let place = Place::sqlite();
    place.at("2024-07-01T09:00:00+08:00");
    place.done(&["import", "plan", sample_plan().to_str().unwrap(), "--year", "2024"]);
    assert_eq!(served(&place, "2024-07-01T09:00:00+08:00").terminate(), Some(0));
    place.set("schedule.ping_url", &format!("http://127.0.0.1:{port}/ping/{SECRET}"));
    place
}

fn last_run(service: &Service) -> Value {
    service.client.get("", "//readyz").expect(200).json()["scheduler"]["last_run"].clone()
}

/// A service at an instant, after it has done what was due.
fn served(place: &Place, at: &str) -> Service {
    place.at(at);
    let service = Service::start(place);
    until("the first look at the schedule", Duration::from_mins(1), || {
        let ready = service.client.get("", "//readyz").expect(200).json();
        (!ready["scheduler"]["last_ring_at"].is_null()).then_some(())
    });
    service
}

#[test]
fn the_watcher_is_called_once_after_each_scheduled_run() {
    let (port, calls) = watcher("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK");
    let place = office(port);
    place.set("log.level", "debug");
    let service = served(&place, "2024-07-02T08:31:00+08:00");
    let call = calls.recv_timeout(Duration::from_mins(1)).expect("a call");
    assert_eq!(call, format!("GET /ping/{SECRET} HTTP/1.1\r\n"));
    assert_eq!(last_run(&service)["job"], "daily_check");
    until("the call's end", Duration::from_mins(1), || place.log().contains("pinged").then_some(()));
    assert_eq!(service.terminate(), Some(0));
    // The same due time after a restart, and a check by hand: no run of the schedule.
    let service = served(&place, "2024-07-02T08:40:00+08:00");
    place.json(&["check", "--year", "2024"]);
    assert_eq!(service.terminate(), Some(0));
    assert_eq!(calls.recv_timeout(Duration::from_millis(200)), Err(RecvTimeoutError::Timeout), "once");
    let service = served(&place, "2024-07-03T08:31:00+08:00");
    calls.recv_timeout(Duration::from_mins(1)).expect("the next day's call");
    assert_eq!(service.terminate(), Some(0));
    assert!(!place.log().contains(SECRET), "{}", place.log());
    let shown = place.done(&["config", "show"]);
    assert!(shown.contains(&format!("http://127.0.0.1:{port}/***")) && !shown.contains(SECRET), "{shown}");
}

#[test]
fn a_watcher_that_hangs_holds_up_neither_the_run_nor_the_service_s_end() {
    let (port, calls) = watcher("");
    let place = office(port);
    let service = served(&place, "2024-07-02T08:31:00+08:00");
    let called_at = Instant::now();
    calls.recv_timeout(Duration::from_mins(1)).expect("a call");
    assert_eq!(last_run(&service)["job"], "daily_check", "written down while the call hangs");
    assert_eq!(service.terminate(), Some(0));
    assert!(called_at.elapsed() < WHILE_IT_HANGS, "ended before the call's deadline");
    assert!(!place.log().contains("ping failed"), "{}", place.log());
}

#[test]
fn a_watcher_that_fails_is_logged_by_its_host_and_harms_nothing() {
    let (port, calls) = watcher("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let place = office(port);
    let service = served(&place, "2024-07-02T08:31:00+08:00");
    calls.recv_timeout(Duration::from_mins(1)).expect("a call");
    until("the log's line", Duration::from_mins(1), || place.log().contains("answered with an error").then_some(()));
    assert_eq!(last_run(&service)["job"], "daily_check");
    assert_eq!(service.terminate(), Some(0));

    // Nobody there; and one that speaks no TLS.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let in_the_clear = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            drop(stream.unwrap().write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
        }
    });
    for (url, day) in [
        (format!("http://127.0.0.1:{free}/{SECRET}"), "03"),
        (format!("https://127.0.0.1:{in_the_clear}/{SECRET}"), "04"),
    ] {
        place.set("schedule.ping_url", &url);
        let before = place.log().matches("the ping failed").count();
        let service = served(&place, &format!("2024-07-{day}T08:31:00+08:00"));
        until("the log's line", Duration::from_mins(1), || {
            (place.log().matches("the ping failed").count() > before).then_some(())
        });
        assert_eq!(last_run(&service)["due_at"], format!("2024-07-{day}T00:30:00.000Z"));
        assert_eq!(service.terminate(), Some(0));
    }
    let log = place.log();
    assert!(log.contains(&format!("127.0.0.1:{port}")) && !log.contains(SECRET), "{log}");
}

#[test]
fn an_address_that_is_none_is_refused_without_being_repeated() {
    let place = Place::sqlite();
    place.set("schedule.ping_url", &format!("ftp://hc.example.invalid/{SECRET}"));
    let ran = place.run(&["config", "check"]);
    assert_ne!(ran.code, 0);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(
        said.contains("schedule.ping_url") && said.contains("write http://HOST/PATH") && !said.contains(SECRET),
        "{said}"
    );
}
