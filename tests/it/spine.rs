//! The thinnest path through everything, on both databases: import, post, ask, check, read the letter.

use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::json;

const PLAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plan-2024.txt");
const FIRST: &str = "13060524P000002100357";

#[test]
fn a_clerk_goes_the_whole_way() {
    Place::each(|place| {
        place.at("2024-07-01T09:00:00+08:00");
        let imported = place.json(&["import", "plan", PLAN, "--year", "2024"]);
        assert_eq!((&imported["projects"], &imported["indicators"]), (&json!(15), &json!(89)));
        let (clerk, reviewer) = (place.token("clerk", &["333001"]), place.token("reviewer", &["333001"]));
        place.done(&[
            "contact",
            "add",
            "--unit",
            "333001",
            "--role",
            "head",
            "--email",
            "li@example.invalid",
            "--name",
            "李明",
        ]);
        let service = Service::start(place);

        let posted = service.client.post(
            &clerk,
            &format!("/years/2024/projects/{FIRST}/disbursements"),
            "k1",
            &json!({ "amount_yuan": "310000.00", "paid_on": "2024-06-28", "voucher_no": "2024-06-0001" }),
        );
        let posted = posted.expect(201).json();
        assert_eq!(posted["comparison"]["standing"], "behind");
        assert_eq!(posted["comparison"]["severity"], "warning");
        assert_eq!(posted["comparison"]["rate_of_plan"], "0.6830");
        let checked =
            service.client.post(&reviewer, "/years/2024/checks", "", &json!({ "as_of": "2024-06-30" })).expect(200);
        assert_eq!(checked.json()["letters"], 1, "{}", checked.text);

        assert_eq!(service.terminate(), Some(0));
        place.done(&["letters", "send"]);
        assert_eq!(place.letters().len(), 1);
        assert_eq!(place.json(&["verify"])["clean"], true);
    });
}
