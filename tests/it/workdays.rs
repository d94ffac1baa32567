//! The calendar of working days as whoever runs the service meets it: a file of one's own, and a warning where a year is missing.

use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::json;

const YEAR_2027: &str = "[2027]\nworkdays = [\"2027-02-14\"]\n[2027.holidays]\n\"元旦\" = [\"2027-01-01\"]\n";

#[test]
fn a_missing_year_is_said_by_the_service_and_the_check_until_a_file_has_it() {
    let place = Place::sqlite();
    place.at("2026-11-30T09:00:00+08:00");
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plan-2024.txt");
    place.done(&["import", "plan", plan, "--year", "2024"]);
    let warnings = |service: &Service| service.client.get("", "//readyz").expect(200).json()["warnings"].clone();
    assert_eq!(warnings(&Service::start(&place)), json!([]));
    assert!(!place.log().contains("working days"), "{}", place.log());

    place.at("2026-12-01T09:00:00+08:00");
    let said = warnings(&Service::start(&place));
    assert_eq!(said.as_array().map(Vec::len), Some(1), "{said}");
    assert!(said[0].as_str().is_some_and(|text| text.contains("2027")), "{said}");
    assert!(place.log().contains("working days are not known"), "{}", place.log());
    let ran = place.run(&["check", "--year", "2024", "--no-send"]);
    assert!(ran.err.contains("缺少 2027 年的放假调休安排"), "{}", ran.err);

    std::fs::write(place.file("days.toml"), YEAR_2027).unwrap();
    place.set("calendar.workdays_file", "days.toml");
    assert_eq!(warnings(&Service::start(&place)), json!([]));
    let ran = place.run(&["check", "--year", "2024", "--no-send"]);
    assert!(!ran.err.contains("缺少"), "{}", ran.err);
}

#[test]
fn a_file_of_working_days_that_cannot_be_used_is_refused_with_every_fault() {
    let place = Place::sqlite();
    std::fs::write(place.file("days.toml"), YEAR_2027.replace("02-14", "02-15").replace("01-01", "13-01")).unwrap();
    place.set("calendar.workdays_file", "days.toml");
    for command in ["config check", "serve"] {
        let ran = place.run(&command.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, 1, "{command}: {}", ran.err);
        assert!(ran.err.contains("2027.workdays: 2027-02-15"), "{command}: {}", ran.err);
        assert!(ran.err.contains("2027.holidays.元旦: \"2027-13-01\""), "{command}: {}", ran.err);
    }
}
