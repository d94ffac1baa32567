//! Requests that no client of ours would send: each is answered by a problem, on a connection that lives on.

use super::{FIRST, Office, key, ledger, problem};
use crate::support::place::Place;
use crate::support::service::Answer;
use crate::support::wire::Wire;

fn post(wire: &mut Wire, office: &Office, headers: &str, body: &[u8]) -> Answer {
    let line = format!("POST /api/v1{}", ledger(FIRST));
    let all = format!("Authorization: Bearer {}\r\nIdempotency-Key: {}\r\n{headers}", office.clerk, key());
    wire.ask(&line, &all, body)
}

const JSON: &str = "Content-Type: application/json\r\n";

#[test]
fn a_body_that_is_not_json_is_400() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let mut wire = Wire::to(&office.service.base);
    let posting = |amount: &str| format!(r#"{{"amount_yuan":{amount},"paid_on":"2024-06-28","voucher_no":"v"}}"#);
    let (open, nested) = ("[".repeat(100_000), format!("{{\"amount_yuan\":{}", "[".repeat(100_000)));
    for body in [
        "",
        " ",
        "{",
        "not json",
        "{}{}",
        "{\"amount_yuan\"}",
        "{'amount_yuan':'1.00'}",
        "// no\n{}",
        "\u{feff}{}",
        &open,
        &nested,
        &posting("1e400"),
        &posting("NaN"),
        &posting("-Infinity"),
        &posting("01"),
        &posting("\"\\ud800\""),
        &posting("\"\\udc00\\ud800\""),
        &posting("\"\\x\""),
        &posting("\"a\u{1}b\""),
        &format!("{} x", posting("\"1.00\"")),
    ] {
        problem(&post(&mut wire, &office, JSON, body.as_bytes()), 400, "not-json");
    }
    for bytes in [b"\xff\xfe{\0}\0".as_slice(), b"{\"memo\":\"\xc3\x28\"}", b"\0", b"\x1f\x8b\x08\0\0"] {
        problem(&post(&mut wire, &office, JSON, bytes), 400, "not-json");
    }
    wire.ask("GET /healthz", "", b"").expect(200);
}

#[test]
fn json_of_another_shape_is_422() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let mut wire = Wire::to(&office.service.base);
    let closed = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for body in [
        "[]",
        "null",
        "17",
        "1e300",
        "\"text\"",
        "true",
        &closed,
        r#"["1.00","2024-06-28","v1",null,null,null,null,null]"#,
        r#"{"amount_yuan":"1.00","amount_yuan":"2.00","paid_on":"2024-06-28","voucher_no":"v1"}"#,
        r#"{"amount_yuan":{"deep":[1]},"paid_on":"2024-06-28","voucher_no":"v1"}"#,
        r#"{"amount_yuan":"1.00","paid_on":"2024-06-28","voucher_no":"v1","__proto__":{}}"#,
        r#"{"amount_yuan":"1.00","paid_on":"2024-06-28","voucher_no":"\u0000"}"#,
    ] {
        problem(&post(&mut wire, &office, JSON, body.as_bytes()), 422, "invalid-value");
    }
    assert_eq!(office.get(&ledger(FIRST)).json()["items"].as_array().unwrap().len(), 0);
}

#[test]
fn a_body_of_another_type_or_encoding_is_415() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let mut wire = Wire::to(&office.service.base);
    for headers in [
        "",
        "Content-Type: text/plain\r\n",
        "Content-Type: application/jsonx\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: multipart/form-data; boundary=x\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
        "Content-Type: application/json\r\nContent-Encoding: br, identity\r\n",
    ] {
        problem(&post(&mut wire, &office, headers, b"{}"), 415, "unsupported-media-type");
    }
    for headers in ["Content-Type: application/json; charset=utf-8\r\n", "Content-Type: APPLICATION/JSON\r\n"] {
        problem(&post(&mut wire, &office, headers, b"{}"), 422, "invalid-value");
    }
}

#[test]
fn a_body_over_the_limit_is_413_and_its_connection_lives_on() {
    let place = Place::sqlite();
    place.set("http.body_limit_bytes", "4096");
    let office = Office::on(&place);
    let mut wire = Wire::to(&office.service.base);
    problem(&post(&mut wire, &office, JSON, &[b' '; 4_096]), 400, "not-json");
    for length in [4_097, 2_000_000, 20_000_000] {
        problem(&post(&mut wire, &office, JSON, &vec![b' '; length]), 413, "body-too-large");
    }
    // Whoever refuses before the body is read leaves as much unread.
    let large = vec![b'{'; 20_000_000];
    let line = format!("POST /api/v1{}", ledger(FIRST));
    problem(&wire.ask(&line, JSON, &large), 401, "unauthenticated");
    problem(&wire.ask("POST /nowhere", JSON, &large), 404, "not-found");
    problem(&wire.ask("PUT /healthz", JSON, &large), 405, "method-not-allowed");
    problem(&wire.ask(&format!("POST /{}", "a".repeat(5_000)), JSON, &large), 414, "path-too-long");
    problem(&post(&mut wire, &office, "", &large), 415, "unsupported-media-type");
    wire.ask("GET /healthz", "", &large).expect(200);

    let head = format!(
        "{line} HTTP/1.1\r\nHost: milepost\r\nTransfer-Encoding: chunked\r\nAuthorization: Bearer {}\r\n\
         Idempotency-Key: k\r\n{JSON}\r\n",
        office.clerk
    );
    wire.send(head.as_bytes());
    for _ in 0..100 {
        wire.send(format!("4000\r\n{}\r\n", " ".repeat(0x4000)).as_bytes());
    }
    wire.send(b"0\r\n\r\n");
    problem(&wire.answer(false), 413, "body-too-large");
    wire.ask("GET /healthz", "", b"").expect(200);
}

#[test]
fn an_unknown_path_is_404_and_a_wrong_method_405_with_what_is_allowed() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let mut wire = Wire::to(&office.service.base);
    for path in
        ["/", "/api", "/api/v1", "/api/v1/years/2024", "/api/v1/projects", "/api/v2/letters", "/healthz/", "/%00"]
    {
        problem(&wire.ask(&format!("GET {path}"), "", b""), 404, "not-found");
    }
    for (line, allowed) in [
        ("POST /healthz", vec!["GET", "HEAD"]),
        ("DELETE /api/v1/letters", vec!["GET", "HEAD"]),
        ("PATCH /api/v1/contacts", vec!["GET", "HEAD", "POST"]),
        ("PUT /api/v1/years/2024/checks", vec!["GET", "HEAD", "POST"]),
        ("GET /api/v1/years/2024/projects/x/disbursements/y/reversal", vec!["POST"]),
        ("BREW /readyz", vec!["GET", "HEAD"]),
    ] {
        let answer = wire.ask(line, "", b"");
        problem(&answer, 405, "method-not-allowed");
        let mut allow: Vec<&str> = answer.header("allow").unwrap().split(',').map(str::trim).collect();
        allow.sort_unstable();
        assert_eq!(allow, allowed, "{line}");
    }
    let head = wire.ask("HEAD /healthz", "", b"").expect(200);
    assert_eq!((head.text.as_str(), head.header("content-length")), ("", Some("15")));
}

#[test]
fn a_path_or_query_that_is_too_long_is_414() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let mut wire = Wire::to(&office.service.base);
    let token = format!("Authorization: Bearer {}\r\n", office.clerk);
    let of_length = |length: usize| format!("GET /api/v1/years/2024/projects?q={}", "a".repeat(length));
    wire.ask(&of_length(4_000), &token, b"").expect(200);
    problem(&wire.ask(&of_length(4_096), &token, b""), 414, "path-too-long");
    problem(&wire.ask(&format!("GET /{}", "a".repeat(60_000)), "", b""), 414, "path-too-long");
    wire.ask("GET /healthz", "", b"").expect(200);
}

#[test]
fn what_is_no_http_at_all_is_answered_with_a_status() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    for (bytes, status) in [
        (b"nonsense\r\n\r\n".to_vec(), 400),
        (b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n".to_vec(), 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(), 400),
        (format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(70_000)).into_bytes(), 400),
        (format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(140_000)).into_bytes(), 431),
    ] {
        let mut wire = Wire::to(&office.service.base);
        wire.send(&bytes);
        let answer = wire.answer(false);
        assert_eq!((answer.status, answer.text.as_str()), (status, ""));
    }
    Wire::to(&office.service.base).ask("GET /healthz", "", b"").expect(200);
}
