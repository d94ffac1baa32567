//! Lists: limits, cursors, filters.

use super::{FIFTEENTH, FIRST, Office, TENTH, all_pages, fields, ledger, problem};
use crate::support::place::Place;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

fn texts(items: &[Value], pointer: &str) -> Vec<String> {
    items.iter().map(|item| item.pointer(pointer).unwrap().as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_list_can_be_read_page_by_page() {
    Place::each(|place| {
        let office = Office::on(place);
        for number in 0..5 {
            office.pay(FIRST, "1.00", &format!("v{number}"));
            let contact = format!("p{number}@example.invalid");
            let words =
                ["contact", "add", "--unit", "333001", "--role", "officer", "--email", &contact, "--name", "王"];
            place.done(&words);
        }
        for as_of in ["2024-03-31", "2024-06-30"] {
            office.check(&serde_json::json!({ "as_of": as_of })).expect(200);
        }
        let of_ledger = ledger(FIRST);
        let project = office.get(&format!("/years/2024/projects/{FIRST}")).expect(200).json();
        let indicator = project["indicators"][0]["id"].as_str().unwrap();
        let readings = format!("/years/2024/projects/{FIRST}/indicators/{indicator}/readings");
        for day in 1..=3 {
            let body = serde_json::json!({ "observed_on": format!("2024-06-0{day}"), "value": "20" });
            office.post(&readings, &body).expect(201);
        }
        for (path, key, least) in [
            ("/years/2024/projects", "/code", 15),
            ("/years/2024/comparison?as_of=2024-06-30", "/project/code", 15),
            (of_ledger.as_str(), "/id", 5),
            (readings.as_str(), "/id", 3),
            ("/years/2024/checks", "/id", 2),
            ("/years/2024/alerts", "/id", 5),
            ("/letters", "/id", 5),
            ("/contacts", "/id", 5),
        ] {
            let whole = all_pages(&office, &office.auditor, path, 500);
            assert!(whole.len() >= least, "{path}: {}", whole.len());
            let keys = texts(&whole, key);
            let mut sorted = keys.clone();
            sorted.sort();
            sorted.dedup();
            assert_eq!(keys, sorted, "{path} is in order and without repetition");
            for limit in [1, 2, 3] {
                let pages = all_pages(&office, &office.auditor, path, limit);
                assert_eq!(texts(&pages, key), keys, "{path} by {limit}");
            }
        }
    });
}

#[test]
fn a_limit_is_a_number_from_1_to_500_and_50_by_itself() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    for number in 0..51 {
        office.pay(FIRST, "1.00", &format!("v{number}"));
    }
    let page = office.get(&ledger(FIRST)).expect(200).json();
    assert_eq!(page["items"].as_array().unwrap().len(), 50);
    assert!(page["next_cursor"].is_string());
    let page = office.get(&format!("{}?limit=500", ledger(FIRST))).expect(200).json();
    assert_eq!((page["items"].as_array().unwrap().len(), &page["next_cursor"]), (51, &Value::Null));
    for path in [ledger(FIRST), "/years/2024/projects".into(), "/letters".into(), "/years/2024/checks".into()] {
        for limit in ["501", "0", "-1", "1.5", "abc", "", "99999999999999999999"] {
            let refused = problem(&office.get(&format!("{path}?limit={limit}")), 422, "invalid-value");
            assert_eq!(fields(&refused), ["limit"], "{path} {limit}");
        }
    }
}

#[test]
fn an_unreadable_cursor_is_refused() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let of_ledger = ledger(FIRST);
    for path in [
        of_ledger.as_str(),
        "/years/2024/projects",
        "/years/2024/comparison",
        "/years/2024/checks",
        "/years/2024/alerts",
        "/letters",
        "/contacts",
    ] {
        let unreadable =
            ["!", "a", "", &encoded("no key of any list"), &encoded("-5"), &encoded("a\u{0}"), &"A".repeat(300)]
                .map(str::to_owned);
        for cursor in unreadable {
            let refused = problem(&office.get(&format!("{path}?cursor={cursor}")), 422, "invalid-value");
            assert_eq!(fields(&refused), ["cursor"], "{path} {cursor}");
        }
    }
    let other_list = format!("{of_ledger}?cursor={}", encoded(FIRST));
    problem(&office.get(&other_list), 422, "invalid-value");
}

#[test]
fn projects_are_found_by_words_unit_and_standing() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    office.pay(TENTH, "1.00", "v1");
    let codes = |query: &str| {
        let found = office.get(&format!("/years/2024/projects?{query}")).expect(200).json();
        texts(found["items"].as_array().unwrap(), "/code")
    };
    assert_eq!(codes("q=00436210005g"), [TENTH]);
    assert_eq!(codes("q=no+such+project"), Vec::<String>::new());
    assert_eq!(codes("unit=333001").len(), 15);
    assert_eq!(codes("unit=444001"), Vec::<String>::new());
    assert_eq!(codes("standing=ahead"), [TENTH]);
    assert!(codes("standing=behind").contains(&FIFTEENTH.to_owned()));
    assert_eq!(codes("standing=behind&limit=1").len(), 1);
    let name = office.get(&format!("/years/2024/projects/{FIRST}")).json()["name"].as_str().unwrap().to_owned();
    let encoded = name.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
    assert!(codes(&format!("q={encoded}")).contains(&FIRST.to_owned()));
}

#[test]
fn a_filter_that_says_nothing_known_is_refused() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    for (path, field) in [
        ("/years/2024/projects?standing=late", "standing"),
        ("/years/2024/projects?unit=%2F", "unit"),
        ("/years/2024/projects?sort=name", "query"),
        ("/years/2024/projects?limit=1&limit=2", "query"),
        ("/years/2024/comparison?standing=", "standing"),
        ("/years/2024/alerts?state=shut", "state"),
        ("/years/2024/alerts?severity=red", "severity"),
        ("/letters?state=lost", "state"),
        ("/contacts?rank=head", "query"),
    ] {
        assert_eq!(fields(&problem(&office.get(path), 422, "invalid-value")), [field], "{path}");
    }
}
