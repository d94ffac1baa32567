//! What people say of the year's end: kept, shown beside what is reckoned, judged by nothing.

use super::{FIFTEENTH, FIRST, NOBODY, Office, TENTH, all_pages, fields, key, problem};
use crate::support::place::Place;
use serde_json::{Value, json};

fn desk(code: &str) -> String {
    format!("/years/2024/projects/{code}/forecasts")
}

fn says(amount: &str, as_of: &str) -> Value {
    json!({ "year_end_yuan": amount, "as_of": as_of, "reason": "尾款待验收" })
}

fn compared(office: &Office, query: &str) -> Value {
    office.get(&format!("/years/2024/projects/{FIRST}/comparison{query}")).expect(200).json()
}

/// The forecast that counts, as method and figure.
fn counts(comparison: &Value) -> (String, String) {
    let of = |name: &str| comparison["forecast"][name].as_str().unwrap_or_default().to_owned();
    (of("method"), of("year_end_yuan"))
}

fn manual(amount: &str) -> (String, String) {
    ("manual".to_owned(), amount.to_owned())
}

#[test]
fn a_person_s_forecast_counts_from_its_day_on_as_far_as_it_was_known() {
    Place::each(|place| {
        let office = Office::on(place);
        office.pay(FIRST, "310000.00", "v1");
        let before = compared(&office, "?as_of=2024-06-30");
        assert_eq!(
            before["forecasts"],
            json!([
                { "name": "manual", "year_end_yuan": null, "arithmetic": null, "reason": "not_given", "given": null },
                { "name": "run_rate", "year_end_yuan": "623406.59", "reason": null, "given": null,
                  "arithmetic": "310000.00 ÷ 182 × 366 = 623406.59" },
                { "name": "remaining_plan", "year_end_yuan": "763900.00", "reason": null, "given": null,
                  "arithmetic": "310000.00 + (907800.00 − 453900.00) = 763900.00" },
            ])
        );
        assert_eq!(counts(&before), ("run_rate".to_owned(), "623406.59".to_owned()));

        let first = office.post(&desk(FIRST), &says("700000.00", "2024-06-10")).expect(201);
        let place_of_first = first.header("location").unwrap().strip_prefix("/api/v1").unwrap().to_owned();
        assert_eq!(office.get(&place_of_first).expect(200).json(), first.json());
        drop(office.service);
        place.at("2024-07-02T09:00:00+08:00");
        let office = Office { service: crate::support::service::Service::start(place), ..office };
        office.post(&desk(FIRST), &says("650000.00", "2024-06-20")).expect(201);
        // Of an earlier day, though said later: it does not take the place of the one of the 20th.
        office.post(&desk(FIRST), &says("1.00", "2024-06-15")).expect(201);
        // Of the same day the later one counts.
        let last = office.post(&desk(FIRST), &says("640000.00", "2024-06-20")).expect(201).json();

        assert_eq!(counts(&compared(&office, "?as_of=2024-06-09")).0, "run_rate");
        assert_eq!(counts(&compared(&office, "?as_of=2024-06-10")), manual("700000.00"));
        assert_eq!(counts(&compared(&office, "?as_of=2024-06-19")), manual("1.00"));
        let now = compared(&office, "?as_of=2024-06-30");
        assert_eq!(counts(&now), manual("640000.00"));
        assert_eq!(now["forecasts"][0]["given"], last["id"]);
        assert_eq!(now["forecasts"][1], before["forecasts"][1], "the others are reckoned as before");
        let known = compared(&office, "?as_of=2024-06-30&known_at=2024-07-01T12:00:00Z");
        assert_eq!(counts(&known), manual("700000.00"));

        // The portfolio asks for all at once, and says the same.
        let all = office.get("/years/2024/comparison?as_of=2024-06-30").expect(200).json();
        let with_manual: Vec<(String, String)> =
            all["items"].as_array().unwrap().iter().map(counts).filter(|(method, _)| method == "manual").collect();
        assert_eq!(with_manual, [manual("640000.00")], "of one project of fifteen");
        // Judged by nothing, told to nobody, and in the audit trail.
        assert_eq!((&now["standing"], &now["verdicts"]), (&before["standing"], &before["verdicts"]));
        assert_eq!(place.words("SELECT action AS word FROM audit WHERE entity = 'forecast'"), ["give_forecast"; 4]);
        let listed = all_pages(&office, &office.auditor, &desk(FIRST), 3);
        let figures: Vec<&str> = listed.iter().map(|one| one["year_end_yuan"].as_str().unwrap()).collect();
        assert_eq!(figures, ["700000.00", "650000.00", "1.00", "640000.00"]);
        assert_eq!(listed[0], first.json());
    });
}

#[test]
fn a_forecast_names_what_is_wrong_with_it_and_counts_once_under_its_key() {
    Place::each(|place| {
        let office = Office::on(place);
        for (body, field) in [
            (says("1.00", "2024-07-02"), "as_of"),
            (says("1.00", "2023-12-31"), "as_of"),
            (says("-1.00", "2024-06-30"), "year_end_yuan"),
            (json!({ "year_end_yuan": "1.00", "as_of": "2024-06-30", "reason": "" }), "reason"),
            (json!({ "year_end_yuan": "1.00", "as_of": "2024-06-30" }), "reason"),
        ] {
            let refused = office.post(&desk(FIRST), &body);
            assert_eq!(fields(&problem(&refused, 422, "invalid-value")), [field], "{body}");
        }
        problem(&office.post(&desk(NOBODY), &says("1.00", "2024-06-30")), 404, "not-found");
        let once = key();
        let post = || office.service.client.post(&office.clerk, &desk(TENTH), &once, &says("5.00", "2024-06-30"));
        let (first, again) = (post().expect(201), post().expect(201));
        assert_eq!(first.json(), again.json());
        assert_eq!(all_pages(&office, &office.auditor, &desk(TENTH), 50).len(), 1);
        // Under another project's path it is not there.
        let id = first.json()["id"].as_str().unwrap().to_owned();
        problem(&office.get(&format!("{}/{id}", desk(FIFTEENTH))), 404, "not-found");
    });
}
