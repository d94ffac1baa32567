//! What must hold when everybody posts at once, and when the service dies or is stopped in the middle of it.

use crate::support::bureau::{DISPATCH, UNIT, open_books, pay, sample_plan};
use crate::support::place::Place;
use crate::support::service::{Answer, Service};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};

/// Books on a day in July, with a reviewer's token.
fn books(place: &Place) -> String {
    open_books(place, &sample_plan());
    place.at("2024-07-01T09:00:00+08:00");
    place.token("reviewer", &[UNIT])
}

/// Runs as many acts at once, and gives what came of each.
fn at_once<T: Send>(count: usize, act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let gate = Barrier::new(count);
    std::thread::scope(|scope| {
        let started: Vec<_> = (0..count)
            .map(|number| {
                let (gate, act) = (&gate, &act);
                scope.spawn(move || {
                    gate.wait();
                    act(number)
                })
            })
            .collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn a_hundred_equal_posts_under_one_key_are_one_entry() {
    Place::each(|place| {
        let token = books(place);
        let service = Service::start(place);
        let path = format!("/years/2024/projects/{DISPATCH}/disbursements");
        let body = json!({ "amount_yuan": "226950.00", "paid_on": "2024-03-28", "voucher_no": "2024-03-0117" });
        let answers = at_once(100, |_| service.client.post(&token, &path, "one-key", &body));

        assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
        let ids: BTreeSet<String> = answers.iter().map(|answer| answer.json()["id"].to_string()).collect();
        assert_eq!(ids.len(), 1);
        let replayed = answers.iter().filter(|answer| answer.header("idempotent-replayed") == Some("true")).count();
        assert_eq!(replayed, 99);
        let ledger = service.client.get(&token, &path).expect(200).json();
        assert_eq!(ledger["items"].as_array().unwrap().len(), 1);
        assert_eq!(place.json(&["verify"])["clean"], true);
    });
}

#[test]
fn of_fifty_reversals_at_once_one_takes_place() {
    Place::each(|place| {
        let token = books(place);
        let service = Service::start(place);
        let first = pay(&service, &token, DISPATCH, "226950.00", "2024-03-28", "2024-03-0117");
        let path = format!("/years/2024/projects/{DISPATCH}/disbursements");
        let reversal = format!("{path}/{}/reversal", first["id"].as_str().unwrap());
        let order = json!({ "reason": "重复录入", "paid_on": "2024-06-28" });
        let answers = at_once(50, |number| service.client.post(&token, &reversal, &format!("k{number}"), &order));

        let (won, lost): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(|answer| answer.status == 201);
        assert_eq!((won.len(), lost.len()), (1, 49));
        assert!(lost.iter().all(|answer| answer.status == 409), "{lost:?}");
        let ledger = service.client.get(&token, &path).expect(200).json();
        let items = ledger["items"].as_array().unwrap();
        assert_eq!(items.len(), 2);
        assert_eq!((&items[1]["reverses"], &items[0]["reversed_by"]), (&first["id"], &won[0].json()["id"]));
        assert_eq!(place.json(&["verify"])["clean"], true);
    });
}

/// Posts in a storm, and the threads that make them.
const POSTS: usize = 2_000;
const CLIENTS: usize = 16;

/// The projects' codes.
fn codes(place: &Place) -> Vec<String> {
    place.words("SELECT code AS word FROM projects ORDER BY code")
}

/// One post of the storm; an error where the service went away.
fn post(service: &Service, token: &str, codes: &[String], number: usize) -> Result<Answer, ureq::Error> {
    let path = format!("/years/2024/projects/{}/disbursements", codes[number % codes.len()]);
    let fen = number * 37 % 10_000 + 1;
    let amount = format!("{}.{:02}", fen / 100, fen % 100);
    let day = format!("2024-{:02}-{:02}", number % 6 + 1, number % 28 + 1);
    let body = json!({ "amount_yuan": amount, "paid_on": day, "voucher_no": format!("V-{number:05}") });
    let key = format!("key-{number:05}");
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key.as_str())];
    service.client.send(token, &path, &headers, body.to_string().as_bytes())
}

/// Posts all these numbers from many threads, each until the service goes away; gives the ids that were answered.
fn storm(
    service: &Service,
    token: &str,
    codes: &[String],
    numbers: &[usize],
    counted: &AtomicUsize,
) -> BTreeMap<usize, String> {
    let (next, answered) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    at_once(CLIENTS, |_| {
        while let Some(number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Ok(answer) = post(service, token, codes, *number) else { return };
            let id = answer.expect(201).json()["id"].as_str().unwrap().to_owned();
            answered.lock().unwrap().insert(*number, id);
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    answered.into_inner().unwrap()
}

/// Every entry of every ledger: the voucher and the ids under it.
fn entries(service: &Service, token: &str, codes: &[String]) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for code in codes {
        let path = format!("/years/2024/projects/{code}/disbursements?limit=500");
        let page = service.client.get(token, &path).expect(200).json();
        assert_eq!(page["next_cursor"], Value::Null, "a page holds a project's ledger");
        for item in page["items"].as_array().unwrap() {
            let said = |key: &str| item[key].as_str().unwrap().to_owned();
            found.entry(said("voucher_no")).or_default().push(said("id"));
        }
    }
    found
}

/// Each number stands in the ledgers once, under the id that was answered.
fn assert_each_once(service: &Service, token: &str, codes: &[String], answered: &BTreeMap<usize, String>) {
    let found = entries(service, token, codes);
    for (number, id) in answered {
        assert_eq!(found.get(&format!("V-{number:05}")), Some(&vec![id.clone()]), "post {number}");
    }
    assert!(found.values().all(|ids| ids.len() == 1), "none stands twice");
}

/// `kill -9` at a random point of the storm, a restart, and every client tries again with its keys.
fn killed_in_the_middle(place: &Place) {
    let kill_after = rand::random_range(POSTS / 10..POSTS * 8 / 10);
    println!("killed after {kill_after} answers");
    let token = books(place);
    let codes = codes(place);
    let numbers: Vec<usize> = (0..POSTS).collect();
    let service = Service::start(place);
    let counted = AtomicUsize::new(0);
    let acknowledged = std::thread::scope(|scope| {
        scope.spawn(|| {
            let started = Instant::now();
            while counted.load(Ordering::Relaxed) < kill_after && started.elapsed() < Duration::from_mins(1) {
                std::thread::sleep(Duration::from_millis(1));
            }
            service.kill_now();
        });
        storm(&service, &token, &codes, &numbers, &counted)
    });
    assert!((kill_after..POSTS).contains(&acknowledged.len()), "{} of {kill_after}", acknowledged.len());
    drop(service);

    let service = Service::start(place);
    assert_each_once(&service, &token, &codes, &acknowledged);
    let answered = storm(&service, &token, &codes, &numbers, &counted);
    assert_eq!(answered.len(), POSTS);
    for (number, id) in &acknowledged {
        assert_eq!(answered.get(number), Some(id), "post {number} has the id that was answered first");
    }
    assert_each_once(&service, &token, &codes, &answered);
    assert_eq!(entries(&service, &token, &codes).len(), POSTS);
    let verified = place.json(&["verify"]);
    assert_eq!((&verified["clean"], &verified["entries"]), (&json!(true), &json!(POSTS)));
    assert_eq!(service.terminate(), Some(0));
}

// One test for each database, so that both storms rage at the same time: it is the longest test there is.

#[test]
fn a_service_killed_in_the_middle_of_two_thousand_posts_loses_none_and_doubles_none_on_sqlite() {
    killed_in_the_middle(&Place::sqlite());
}

#[test]
fn a_service_killed_in_the_middle_of_two_thousand_posts_loses_none_and_doubles_none_on_postgres() {
    if let Some(place) = Place::postgres() {
        killed_in_the_middle(&place);
    }
}

/// A post of which the service has read the head and half of the body.
fn half_a_post(service: &Service, token: &str) -> (TcpStream, Vec<u8>) {
    let body = json!({ "amount_yuan": "1.00", "paid_on": "2024-06-28", "voucher_no": "in hand" }).to_string();
    let head = format!(
        "POST /api/v1/years/2024/projects/{DISPATCH}/disbursements HTTP/1.1\r\nHost: milepost\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\nIdempotency-Key: in-hand\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(service.base.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let (now, later) = body.as_bytes().split_at(body.len() / 2);
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(now).unwrap();
    // Nothing tells that the service has taken it up; on a machine this busy it does so well within this.
    std::thread::sleep(Duration::from_millis(500));
    (stream, later.to_vec())
}

#[test]
fn a_service_told_to_stop_finishes_what_it_has_in_hand() {
    Place::each(|place| {
        let token = books(place);
        let codes = codes(place);
        let service = Service::start(place);
        let (mut stream, rest) = half_a_post(&service, &token);
        let (counted, stopping) = (AtomicUsize::new(0), AtomicBool::new(false));
        let numbers: Vec<usize> = (0..POSTS).collect();
        let (acknowledged, answer) = std::thread::scope(|scope| {
            let in_hand = scope.spawn(|| {
                while counted.load(Ordering::Relaxed) < 100 {
                    std::thread::sleep(Duration::from_millis(1));
                }
                service.ask_to_stop();
                stopping.store(true, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(300));
                stream.write_all(&rest).unwrap();
                let mut answer = String::new();
                drop(stream.read_to_string(&mut answer));
                answer
            });
            (storm(&service, &token, &codes, &numbers, &counted), in_hand.join().unwrap())
        });
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer:?}");
        assert!(stopping.load(Ordering::Relaxed) && acknowledged.len() < POSTS, "{}", acknowledged.len());
        let asked = Instant::now();
        assert_eq!(service.wait(), Some(0));
        assert!(asked.elapsed() < Duration::from_secs(10), "it ends when nothing is in hand: {:?}", asked.elapsed());

        let service = Service::start(place);
        assert_each_once(&service, &token, &codes, &acknowledged);
        assert!(entries(&service, &token, &codes).contains_key("in hand"));
        assert_eq!(place.json(&["verify"])["clean"], true);
    });
}
