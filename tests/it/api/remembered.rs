//! What the service remembers between requests is never served once it does not hold any more, whoever changed it:
//! the command line beside it, another service on the same database, or somebody past the program.

use super::{FIRST, Office, key, ledger, payment, problem};
use crate::support::bureau::changed_plan;
use crate::support::place::Place;
use crate::support::service::{Answer, Service};
use milepost::actions::callers::{Callers, Shown};
use milepost::actions::lookup::Named;
use milepost::domain::calendar::FiscalYear;
use milepost::domain::code::ProjectCode;
use milepost::storage::{Db, Opening};
use std::sync::Arc;

/// The service of the office, and where there can be one, a second service on the same database.
fn everywhere(place: &Place, office: Office, test: impl Fn(&Office, &[&Service])) {
    let second = place.is_postgres().then(|| Service::start(place));
    let services: Vec<&Service> = [&office.service].into_iter().chain(&second).collect();
    test(&office, &services);
}

fn pay(service: &Service, token: &str, voucher: &str) -> Answer {
    service.client.post(token, &ledger(FIRST), &key(), &payment("1.00", voucher))
}

/// Pays twice with each service: the first time it looks, the second time it remembers.
fn pay_twice(services: &[&Service], token: &str) {
    for (place, service) in services.iter().enumerate() {
        pay(service, token, &format!("first-{place}")).expect(201);
        pay(service, token, &format!("second-{place}")).expect(201);
    }
}

#[test]
fn a_token_taken_back_beside_the_service_is_refused_at_once() {
    Place::each(|place| {
        everywhere(place, Office::on(place), |office, services| {
            pay_twice(services, &office.clerk);
            let id = office.clerk.split('_').nth(1).unwrap();
            place.done(&["token", "revoke", id]);
            for service in services {
                problem(&pay(service, &office.clerk, "late"), 401, "unauthenticated");
                problem(&service.client.get(&office.clerk, &ledger(FIRST)), 401, "unauthenticated");
                let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "bad")];
                let unread = service.client.send(&office.clerk, &ledger(FIRST), &headers, b"[").unwrap();
                problem(&unread, 401, "unauthenticated");
                pay(service, &office.reviewer, &key()).expect(201);
            }
        });
    });
}

#[test]
fn a_wrong_secret_is_refused_though_the_token_is_remembered() {
    Place::each(|place| {
        everywhere(place, Office::on(place), |office, services| {
            pay_twice(services, &office.clerk);
            let wrong = format!("{}x", office.clerk);
            for service in services {
                problem(&pay(service, &wrong, "late"), 401, "unauthenticated");
            }
        });
    });
}

#[test]
fn a_unit_moved_takes_its_projects_out_of_sight() {
    Place::each(|place| {
        let office = Office::on(place);
        place
            .sql("INSERT INTO units (code, name, recorded_at) VALUES ('333', '主管部门', '2024-01-01 00:00:00')")
            .unwrap();
        place.sql("UPDATE units SET parent_code = '333' WHERE code = '333001'").unwrap();
        let clerk = place.token("clerk", &["333"]);
        everywhere(place, office, |_, services| {
            pay_twice(services, &clerk);
            let once = key();
            for service in services {
                service.client.post(&clerk, &ledger(FIRST), &once, &payment("1.00", "known")).expect(201);
            }
            place.sql("UPDATE units SET parent_code = NULL WHERE code = '333001'").unwrap();
            for service in services {
                problem(&pay(service, &clerk, "late"), 404, "not-found");
                let again = service.client.post(&clerk, &ledger(FIRST), &once, &payment("1.00", "known"));
                problem(&again, 404, "not-found");
            }
            place.sql("UPDATE units SET parent_code = '333' WHERE code = '333001'").unwrap();
            for service in services {
                pay(service, &clerk, &key()).expect(201);
            }
        });
    });
}

#[test]
fn a_project_given_to_another_unit_is_out_of_sight() {
    Place::each(|place| {
        let office = Office::on(place);
        place
            .sql("INSERT INTO units (code, name, recorded_at) VALUES ('444001', '别处', '2024-01-01 00:00:00')")
            .unwrap();
        everywhere(place, office, |office, services| {
            pay_twice(services, &office.clerk);
            let once = key();
            services[0].client.post(&office.clerk, &ledger(FIRST), &once, &payment("1.00", "known")).expect(201);
            place.sql(&format!("UPDATE projects SET unit_code = '444001' WHERE code = '{FIRST}'")).unwrap();
            for service in services {
                problem(&pay(service, &office.clerk, "late"), 404, "not-found");
                let again = service.client.post(&office.clerk, &ledger(FIRST), &once, &payment("1.00", "known"));
                problem(&again, 404, "not-found");
            }
        });
    });
}

#[test]
fn a_plan_revised_beside_the_service_judges_the_next_post() {
    Place::each(|place| {
        everywhere(place, Office::on(place), |office, services| {
            pay_twice(services, &office.clerk);
            let changed = changed_plan(place, "revised.txt", &[(FIRST, "90.78", "91.78")]);
            let revise =
                ["import", "plan", &changed, "--year", "2024", "--effective-on", "2024-06-01", "--reason", "追加"];
            place.done(&revise);
            for service in services {
                let answer = pay(service, &office.clerk, &key()).expect(201).json();
                assert_eq!(answer["comparison"]["plan"]["version"], 2, "{answer}");
                assert_eq!(answer["comparison"]["adjusted_budget_yuan"], "917800.00", "{answer}");
            }
        });
    });
}

#[test]
fn a_remembered_token_is_good_until_its_last_day_and_only_with_its_secret() {
    Place::each(|place| {
        drop(Office::on(place));
        let made =
            ["token", "create", "--name", "guest", "--role", "clerk", "--unit", "333001", "--expires", "2024-07-01"];
        let token = place.json(&made)["token"].as_str().unwrap().to_owned();
        // A secret may hold the sign that parts it from the id.
        let mut parts = token.splitn(3, '_').skip(1);
        let (id, secret) = (parts.next().unwrap().to_owned(), parts.next().unwrap().to_owned());
        let shown = |today: &str, secret: &str| Shown {
            id: id.clone(),
            secret: secret.to_owned(),
            today: today.parse().unwrap(),
        };
        let project = (FiscalYear::new(2024).unwrap(), ProjectCode::parse(FIRST).unwrap());
        let (callers, good) = (Arc::new(Callers::default()), shown("2024-07-01", &secret));
        assert!(callers.recall(&good, &project).is_none(), "nobody was let in yet");
        let db = Db::open(place.url(), Opening::MustExist).unwrap();
        let (asked, of, who) = (Arc::clone(&callers), Named::Project(project.0, project.1.clone()), good.clone());
        let found = db.read(move |conn| asked.find(conn, &who, Some(&of))).wait().unwrap();
        assert!(found.is_some_and(|(_, outside)| !outside));
        assert!(callers.recall(&good, &project).is_some());
        assert!(callers.recall(&shown("2024-07-02", &secret), &project).is_none(), "its last day is over");
        assert!(callers.recall(&shown("2024-07-01", "guessed"), &project).is_none());
        let other = (project.0, ProjectCode::parse(super::TENTH).unwrap());
        assert!(callers.recall(&good, &other).is_none(), "of another project nothing is remembered");
    });
}
