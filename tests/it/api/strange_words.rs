//! Words that no database takes, and sums that none can hold: refused, never a failure of the service.

use super::description::operations;
use super::{FIRST, Office, fields, payment, problem};
use crate::support::place::Place;

/// The path with that parameter given as `%00`, and the others as something that may be there.
fn with_nul(path: &str, parameter: &str) -> String {
    let segment = |segment: &str| match segment {
        "{year}" if parameter != "{year}" => "2024".to_owned(),
        "{code}" if parameter != "{code}" => FIRST.to_owned(),
        other if other == parameter => "%00".to_owned(),
        other if other.starts_with('{') => "333001".to_owned(),
        other => other.to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[test]
fn a_nul_in_a_query_or_a_path_is_refused() {
    Place::each(|place| {
        let office = Office::on(place);
        let description = office.service.client.get("", "//openapi.json").expect(200).json();
        let mut asked = (0, 0);
        for operation in operations(&description) {
            let ask = |path: &str| {
                let path = format!("/{path}");
                office.service.client.ask(&operation.method, &office.admin, &path, &[], b"")
            };
            for segment in operation.path.split('/').filter(|segment| segment.starts_with('{')) {
                let answer = ask(&with_nul(operation.path, segment));
                assert!([400, 404, 415, 422].contains(&answer.status), "{} {segment}: {}", operation.path, answer.text);
                asked.0 += 1;
            }
            let parameters = operation.said["parameters"].as_array().cloned().unwrap_or_default();
            for name in parameters.iter().filter(|one| one["in"] == "query").map(|one| one["name"].as_str().unwrap()) {
                for value in ["%00", "a%00b", "%1B"] {
                    let answer = ask(&format!("{}?{name}={value}", with_nul(operation.path, "none")));
                    // What the path names may be missing, and that is said first.
                    if answer.status != 404 {
                        assert_eq!(fields(&problem(&answer, 422, "invalid-value")), [name], "{}", operation.path);
                        asked.1 += 1;
                    }
                }
            }
        }
        assert!(asked.0 > 30 && asked.1 > 60, "{asked:?}");
    });
}

#[test]
fn a_sum_beyond_what_can_be_kept_is_refused_as_a_wrong_amount() {
    Place::each(|place| {
        let office = Office::on(place);
        office.pay(FIRST, "1.00", "v1");
        place.sql("UPDATE spend_month SET amount_fen = 9000000000000000000").unwrap();
        let path = super::ledger(FIRST);
        let huge = office.post(&path, &payment("9999999999999.00", "v2"));
        assert_eq!(fields(&problem(&huge, 422, "invalid-value")), ["amount_yuan"]);
        assert_eq!(place.words("SELECT voucher_no AS word FROM disbursements"), ["v1"]);
        let kept = "SELECT CAST(amount_fen AS TEXT) AS word FROM spend_month";
        assert_eq!(place.words(kept), ["9000000000000000000"]);

        // Two months that only together are too much.
        place
            .sql("INSERT INTO spend_month SELECT project_id, '2024-01-01', source, amount_fen FROM spend_month")
            .unwrap();
        let comparison = office.get(&format!("/years/2024/projects/{FIRST}/comparison"));
        problem(&comparison, 422, "invalid-value");
    });
}
