//! Readings of indicators.

use super::{FIRST, NOBODY, Office, TENTH, fields, key, problem, shown};
use crate::support::place::Place;
use serde_json::{Value, json};

/// The path of the readings of a project's first indicator whose target is read as that kind.
fn readings(office: &Office, code: &str, kind: &str) -> String {
    let project = office.get(&format!("/years/2024/projects/{code}")).expect(200).json();
    let indicators = project["indicators"].as_array().unwrap();
    let found = indicators.iter().find(|indicator| indicator["target_read"]["kind"] == kind);
    let id = found.unwrap_or_else(|| panic!("{code} has an indicator of kind {kind}"))["id"].as_str().unwrap();
    format!("/years/2024/projects/{code}/indicators/{id}/readings")
}

#[test]
fn a_reading_is_recorded_and_found_where_its_location_says() {
    Place::each(|place| {
        let office = Office::on(place);
        let path = readings(&office, FIRST, "bound");
        let body = json!({ "observed_on": "2024-06-30", "value": "96.2", "note": "抽查\n两处", "evidence": "台账" });
        let answer = office.post(&path, &body).expect(201);
        insta::allow_duplicates! { insta::assert_snapshot!("reading", shown(&answer.json())) };
        let location = answer.header("location").unwrap().strip_prefix("/api/v1").unwrap();
        assert_eq!(office.get(location).expect(200).json(), answer.json());
        assert_eq!(office.get(&path).expect(200).json()["items"], json!([answer.json()]));
        let found = office.get(&format!("/years/2024/projects/{FIRST}/comparison")).expect(200).json();
        assert!(found["indicators"].as_array().unwrap().iter().any(|indicator| indicator["reading"] == "96.2"));
    });
}

#[test]
fn a_reading_fits_its_target() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let (bound, judged) = (readings(&office, FIRST, "bound"), readings(&office, FIRST, "qualitative"));
    let on = |mut body: Value| {
        body["observed_on"] = json!("2024-06-30");
        body
    };
    office.post(&judged, &on(json!({ "grade": "partly_met" }))).expect(201);
    for (path, body, field) in [
        (&bound, json!({ "grade": "met" }), "value"),
        (&bound, json!({ "done_on": "2024-06-01" }), "value"),
        (&judged, json!({ "value": "1" }), "grade"),
        (&judged, json!({ "grade": "excellent" }), "grade"),
        (&bound, json!({}), "value"),
        (&bound, json!({ "value": "1", "grade": "met" }), "value"),
        (&bound, json!({ "value": 96.2 }), "value"),
        (&bound, json!({ "value": "-1" }), "value"),
        (&bound, json!({ "value": "1e3" }), "value"),
        (&bound, json!({ "value": "." }), "value"),
        (&bound, json!({ "value": "9999999999999" }), "value"),
        (&bound, json!({ "value": "1", "note": "\u{0}" }), "note"),
        (&bound, json!({ "value": "1", "evidence": "\u{1}" }), "evidence"),
        (&bound, json!({ "value": "1", "by": "me" }), "by"),
    ] {
        let refused = problem(&office.post(path, &on(body.clone())), 422, "invalid-value");
        assert_eq!(fields(&refused), [field], "{body}");
    }
    for day in ["2023-12-31", "2024-07-02", "2025-01-01"] {
        let refused = problem(&office.post(&bound, &json!({ "observed_on": day, "value": "1" })), 422, "invalid-value");
        assert_eq!(fields(&refused), ["observed_on"]);
    }
}

#[test]
fn an_indicator_of_another_project_is_not_there() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let path = readings(&office, FIRST, "bound");
    let body = json!({ "observed_on": "2024-06-30", "value": "1" });
    for wrong in [
        path.replace(FIRST, TENTH),
        path.replace(FIRST, NOBODY),
        format!("/years/2024/projects/{FIRST}/indicators/{}/readings", key()),
        format!("/years/2024/projects/{FIRST}/indicators/7/readings"),
    ] {
        problem(&office.post(&wrong, &body), 404, "not-found");
        problem(&office.get(&wrong), 404, "not-found");
        // Who sees everything is told first what is wrong with the body, and a clerk that there is no such project.
        let body = json!({ "observed_on": "2024-07-02", "value": "1" });
        problem(&office.service.client.post(&office.admin, &wrong, &key(), &body), 422, "invalid-value");
    }
    problem(&office.get(&format!("{path}/{}", key())), 404, "not-found");
}
