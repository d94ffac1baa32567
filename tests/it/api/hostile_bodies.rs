//! Bodies that no client of ours would send, to every operation that takes one: a problem document each, and the
//! connection lives on.

use super::{FIRST, Office, key};
use crate::support::place::Place;
use crate::support::service::Answer;
use crate::support::wire::Wire;
use serde_json::Value;

const JSON: &str = "Content-Type: application/json\r\n";

/// The operations with a JSON body, from the service's own description: method and path with real segments.
fn operations(office: &Office) -> Vec<(String, String)> {
    let document = office.service.client.get("", "//openapi.json").expect(200).json();
    let mut found = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if operation["requestBody"]["content"].get("application/json").is_some() {
                found.push((method.to_uppercase(), with_segments(path)));
            }
        }
    }
    assert!(found.len() >= 5, "{found:?}");
    found
}

fn with_segments(path: &str) -> String {
    let segment = |segment: &str| match segment {
        "{year}" => "2024".to_owned(),
        "{code}" => FIRST.to_owned(),
        other if other.starts_with('{') => uuid::Uuid::now_v7().to_string(),
        other => other.to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// Asserts that an answer is a problem of the client's making, whole in what every problem has.
fn assert_refused(answer: &Answer, what: &str) -> Value {
    assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.text);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
    let document = answer.json();
    assert_eq!(document["status"], answer.status, "{what}: {document}");
    assert_eq!(document["request_id"].as_str(), answer.header("x-request-id"), "{what}: {document}");
    assert!(document["type"].as_str().is_some_and(|kind| kind.starts_with("/problems/")), "{what}: {document}");
    document
}

/// What is no JSON at all.
fn not_json() -> Vec<Vec<u8>> {
    let open = "[".repeat(100_000);
    let mut bodies: Vec<Vec<u8>> =
        [" ", "{", "not json", "{}{}", "{\"a\":NaN}", &open].map(|text| text.as_bytes().to_vec()).into();
    bodies.push(b"\0".to_vec());
    bodies.push(b"{\"memo\":\"\xc3\x28\"}".to_vec());
    bodies.push(b"\xff\xfe{\0}\0".to_vec());
    // The same words in GBK.
    bodies.push(b"{\"memo\":\"\xbb\xe1\xd2\xe9\"}".to_vec());
    bodies
}

/// JSON that says nothing acceptable to anybody.
fn wrong_json() -> Vec<Vec<u8>> {
    let closed = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    [
        "[]",
        "17",
        "\"text\"",
        r#"{"no_such_field":1}"#,
        r#"{"amount_yuan":1.5,"paid_on":"2024-06-28","voucher_no":"v","email":5,"reason":7,"as_of":9,"observed_on":1}"#,
        r#"{"amount_yuan":"\u0000","paid_on":"\u0000","voucher_no":"\u0000","email":"\u0000","as_of":"\u0000"}"#,
        &closed,
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}

#[test]
fn no_operation_is_broken_by_a_body() {
    let place = Place::sqlite();
    place.set("http.body_limit_bytes", "200001").set("http.failed_logins_per_minute", "1000");
    let office = Office::on(&place);
    let tokens = [&office.clerk, &office.reviewer, &office.admin];
    let mut read = 0;
    for (method, path) in operations(&office) {
        let mut wire = Wire::to(&office.service.base);
        let mut ask = |token: &str, headers: &str, body: &[u8]| {
            let all = format!("Authorization: Bearer {token}\r\nIdempotency-Key: {}\r\n{headers}", key());
            wire.ask(&format!("{method} {path}"), &all, body)
        };
        // Whoever may do it is asked what is wrong with the body; the others are refused before.
        let token = tokens.into_iter().find(|token| ask(token.as_str(), JSON, b"{").status != 403);
        let token = token.unwrap_or_else(|| panic!("nobody may {method} {path}"));
        // Where the path names what is not there, that may be said first.
        let is_read = ask(token, JSON, b"{").status == 400;
        read += usize::from(is_read);
        let mut refused = |token: &str, headers: &str, body: &[u8], expected: u16| {
            let what = format!("{method} {path} {headers} {}", String::from_utf8_lossy(&body[..body.len().min(40)]));
            let status = assert_refused(&ask(token, headers, body), &what)["status"].clone();
            assert!(status == expected || !is_read, "{what}: {status}");
        };
        for body in not_json() {
            refused(token, JSON, &body, 400);
        }
        for body in wrong_json() {
            refused(token, JSON, &body, 422);
        }
        for headers in [
            "Content-Type: text/plain\r\n",
            "Content-Type: application/xml\r\n",
            "Content-Type: application/json; charset=gbk\r\n",
            "Content-Type: application/json; charset=\"utf-16\"\r\n",
            "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
            "Content-Type: application/json\r\nContent-Encoding: br\r\n",
        ] {
            refused(token, headers, b"{}", 415);
        }
        let large = vec![b' '; 20_000_000];
        refused(token, JSON, &large, 413);
        refused("mp_a_b", JSON, &large, 401);
        // A number beyond all numbers and half a sign are no JSON where they are read, and an unknown field where not.
        for body in [r#"{"amount_yuan":1e400}"#, r#"{"memo":"\ud800"}"#, r#"{"voucher_no":"\udc00\ud800"}"#] {
            assert_refused(&ask(token, JSON, body.as_bytes()), body);
        }
        wire.ask("GET /healthz", "", b"").expect(200);
    }
    assert!(read >= 5, "only {read} operations read their body first");
}
