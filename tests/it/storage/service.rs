//! One service per SQLite file, and the other verbs beside it.

use crate::support::bureau::{DISPATCH, HANDED_OVER, UNIT, open_books, pay, sample_plan};
use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::json;

#[test]
fn a_second_service_on_one_file_is_refused_and_the_first_goes_on() {
    let place = Place::sqlite();
    open_books(&place, &sample_plan());
    let token = place.token("auditor", &[UNIT]);
    let first = Service::start(&place);
    let second = place.run(&["serve"]);
    assert_eq!((second.code, second.out.as_str()), (3, ""), "{}", second.err);
    assert!(second.err.contains("already serves"), "{}", second.err);
    first.client.get(&token, "/years/2024/projects").expect(200);
    first.kill();
    assert_eq!(Service::start(&place).terminate(), Some(0), "a killed service leaves nothing in the way");
}

#[test]
fn two_services_on_one_postgres_database_get_along() {
    let Some(place) = Place::postgres() else { return };
    open_books(&place, &sample_plan());
    place.at("2024-07-01T09:00:00+08:00");
    let token = place.token("clerk", &[UNIT]);
    let (one, other) = (Service::start(&place), Service::start(&place));
    pay(&one, &token, DISPATCH, "100.00", "2024-06-27", "V-1");
    let path = format!("/years/2024/projects/{DISPATCH}/disbursements");
    let body = json!({ "amount_yuan": "100.00", "paid_on": "2024-06-27", "voucher_no": "V-1" });
    let again = other.client.post(&token, &path, "V-1", &body).expect(201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
}

#[test]
fn verbs_beside_a_running_service_are_seen_by_it_at_once() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        place.at("2024-07-01T09:00:00+08:00");
        let service = Service::start(place);

        let token = place.token("clerk", &[UNIT]);
        let spent = |code: &str| {
            let path = format!("/years/2024/projects/{code}/comparison?as_of=2024-06-30");
            service.client.get(&token, &path).expect(200).json()["spent_yuan"].clone()
        };
        assert_eq!(spent(DISPATCH), "0.00");
        let lines = format!("项目编码,支付金额（元）,支付日期,凭证号\n{DISPATCH},226950.00,2024-03-28,V-1\n");
        std::fs::write(place.file("actuals.csv"), lines).unwrap();
        place.done(&["import", "actuals", "actuals.csv", "--year", "2024"]);
        assert_eq!(spent(DISPATCH), "226950.00");
        pay(&service, &token, HANDED_OVER, "1.00", "2024-06-27", "V-2");
        let checked = place.json(&["check", "--year", "2024", "--as-of", "2024-06-30"]);
        assert_eq!(checked["projects"], 15);
        let runs = service.client.get(&token, "/years/2024/checks").expect(200).json();
        assert_eq!(runs["items"][0]["id"], checked["id"]);
        assert_eq!(place.json(&["verify"])["clean"], true);
        assert_eq!(service.terminate(), Some(0));
    });
}
