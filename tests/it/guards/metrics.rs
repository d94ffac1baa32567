//! What `/metrics` and the log say about requests that were made before.

use crate::support::bureau::{DISPATCH, UNIT, add_people, open_books, pay, sample_plan};
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Reads Prometheus text as a scraper does: every line is a comment that says something, or a sample of a family that
/// was described before. Gives each series with its value.
fn exposition(text: &str) -> BTreeMap<String, f64> {
    let (mut helped, mut typed, mut series) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, words) = rest.split_once(' ').unwrap_or_else(|| panic!("help without words: {line}"));
            assert!(!words.is_empty() && helped.insert(name.to_owned()), "{line}");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap_or_else(|| panic!("no type: {line}"));
            assert!(["counter", "gauge", "histogram", "summary"].contains(&kind), "{line}");
            assert!(typed.insert(name.to_owned(), kind.to_owned()).is_none(), "twice: {line}");
        } else {
            let (key, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no sample: {line}"));
            let name = key.split('{').next().unwrap();
            let of_family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            let family = of_family.filter(|family| typed.contains_key(*family)).unwrap_or(name);
            assert!(typed.contains_key(family) && helped.contains(family), "not described: {line}");
            assert!(name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_'), "{line}");
            assert_labels(key.strip_prefix(name).unwrap(), line);
            let value: f64 = value.parse().unwrap_or_else(|_| panic!("no number: {line}"));
            assert!(series.insert(key.to_owned(), value).is_none(), "twice: {line}");
        }
    }
    series
}

fn assert_labels(labels: &str, line: &str) {
    if labels.is_empty() {
        return;
    }
    let inner = labels.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or_else(|| panic!("{line}"));
    for label in inner.split("\",") {
        let (name, value) = label.split_once("=\"").unwrap_or_else(|| panic!("{line}"));
        assert!(name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_'), "{line}");
        assert!(!value.trim_end_matches('"').contains('"'), "{line}");
    }
}

fn scraped(service: &Service) -> BTreeMap<String, f64> {
    let answer = service.client.get("", "//metrics").expect(200);
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    exposition(&answer.text)
}

fn requests(method: &str, route: &str, status: u16) -> String {
    format!("milepost_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}")
}

#[test]
fn metrics_tell_what_was_asked_written_checked_and_sent() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        add_people(place);
        place.at("2024-07-01T09:00:00+08:00");
        let token = place.token("reviewer", &[UNIT]);
        let service = Service::start(place);
        for _ in 0..3 {
            service.client.get("", "//healthz").expect(200);
        }
        service.client.get("", "//nowhere/at/all").expect(404);
        service.client.get("", "//nowhere/else").expect(404);
        service.client.get("mp_wrong_token", "/alerts/x").expect(401);
        service.client.get("", "/alerts/x").expect(401);
        pay(&service, &token, DISPATCH, "1.00", "2024-06-28", "v1");
        pay(&service, &token, DISPATCH, "2.00", "2024-06-28", "v2");
        service.client.post(&token, "/years/2024/checks", "", &json!({ "as_of": "2024-06-30" })).expect(200);

        let (sent, queued) = ("milepost_letters{state=\"sent\"}", "milepost_letters{state=\"queued\"}");
        let (series, _) = until("letters that are counted as sent", Duration::from_secs(30), || {
            Some(scraped(&service)).filter(|series| series[sent] > 0.0 && series[queued] == 0.0)
        });
        let posting = "/api/v1/years/{year}/projects/{code}/disbursements";
        for (key, value) in [
            (requests("GET", "/healthz", 200), 3.0),
            (requests("GET", "unmatched", 404), 2.0),
            (requests("GET", "/api/v1/alerts/{id}", 401), 2.0),
            (requests("POST", posting, 201), 2.0),
            (format!("milepost_http_request_duration_seconds_count{{route=\"{posting}\"}}"), 2.0),
            (format!("milepost_http_request_duration_seconds_bucket{{route=\"{posting}\",le=\"+Inf\"}}"), 2.0),
            ("milepost_failed_logins_total".to_owned(), 1.0),
            ("milepost_panics_total".to_owned(), 0.0),
            ("milepost_database_up".to_owned(), 1.0),
            ("milepost_letters{state=\"queued\"}".to_owned(), 0.0),
            ("milepost_letters{state=\"dead\"}".to_owned(), 0.0),
            ("milepost_last_check_timestamp_seconds{year=\"2024\"}".to_owned(), 1_719_795_600.0),
            ("milepost_last_delivery_timestamp_seconds".to_owned(), 1_719_795_600.0),
            (format!("milepost_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")), 1.0),
        ] {
            assert_eq!(series.get(&key), Some(&value), "{key} of {series:#?}");
        }
        let (batches, verbs) = (series["milepost_write_batches_total"], series["milepost_write_batch_verbs_sum"]);
        assert!(batches >= 3.0 && verbs >= batches, "{batches} {verbs}");
        assert!(series["process_resident_memory_bytes"] > 1e6 && series["milepost_uptime_seconds"] > 0.0);
        assert!(series.keys().all(|key| !key.contains("nowhere") && !key.contains(DISPATCH)), "{series:#?}");
    });
}

#[test]
fn metrics_ask_for_their_token_where_one_is_set() {
    let place = Place::sqlite();
    place.set("http.metrics_token", "only-the-scraper");
    let service = Service::start(&place);
    for wrong in ["", "only-the-scrape", "only-the-scraper1"] {
        let refused = service.client.get(wrong, "//metrics").expect(401).json();
        assert_eq!(refused["type"], "/problems/unauthenticated");
    }
    assert!(service.client.get("only-the-scraper", "//metrics").expect(200).text.contains("milepost_build_info"));
    // Whoever guesses it is told to wait like others who guess.
    for _ in 0..18 {
        service.client.get("a-guess", "//metrics").expect(401);
    }
    let refused = service.client.get("a-guess", "//metrics").expect(429).json();
    assert_eq!(refused["type"], "/problems/too-many-requests");
    service.client.get("", "//metrics").expect(401);
    assert!(!place.done(&["config", "show"]).contains("only-the-scraper"));
}

#[test]
fn a_problems_request_id_is_found_in_the_log() {
    let place = Place::sqlite();
    open_books(&place, &sample_plan());
    place.at("2024-07-01T09:00:00+08:00").set("log.format", "json").set("log.level", "info,milepost=debug");
    let token = place.token("clerk", &[UNIT]);
    let service = Service::start(&place);
    let body =
        json!({ "amount_yuan": "1.00", "paid_on": "2024-06-28", "voucher_no": "not-for-the-log", "memo": "nor this" });
    let path = "/years/2024/projects/13060524P000000000000/disbursements";
    let refused = service.client.post(&token, path, "k1", &body).expect(404).json();
    let path = format!("/years/2024/projects/{DISPATCH}/disbursements");
    let recorded = service.client.post(&token, &path, "k2", &body).expect(201);
    let asked = [("User-Agent", "agent-not-for-the-log"), ("X-Forwarded-For", "203.0.113.77")];
    service.client.get_with(&token, "/years/2024/projects?limit=0&q=query-not-for-the-log", &asked).expect(422);
    assert_eq!(service.terminate(), Some(0));

    let log = place.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    for (id, status, level) in [
        (refused["request_id"].as_str().unwrap(), 404, "INFO"),
        (recorded.header("x-request-id").unwrap(), 201, "DEBUG"),
    ] {
        let about = lines.iter().find(|line| line["request_id"] == id && line["message"] == "answered");
        let about = about.unwrap_or_else(|| panic!("{id} in {log}"));
        assert_eq!((&about["status"], &about["level"]), (&json!(status), &json!(level)));
        assert_eq!((&about["method"], &about["token"]), (&json!("POST"), &json!("clerk")));
        assert_eq!(about["route"], "/api/v1/years/{year}/projects/{code}/disbursements");
        assert!(about["duration_ms"].as_f64().is_some_and(|ms| ms > 0.0), "{about}");
    }
    let secret = token.rsplit('_').next().unwrap();
    let of_query = lines.iter().find(|line| line["status"] == 422).unwrap_or_else(|| panic!("{log}"));
    assert_eq!(of_query["span"]["route"], "/api/v1/years/{year}/projects");
    assert_eq!(of_query["span"]["request_id"], of_query["request_id"]);
    for hidden in [secret, "not-for-the-log", "nor this", "203.0.113.77"] {
        assert!(!log.contains(hidden), "{hidden} in {log}");
    }
}
