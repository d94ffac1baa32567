//! Keeping house: units, tokens, contacts, rules, and what lists are narrowed by.

use super::{FIRST, Office, all_pages, fields, key, ledger, problem};
use crate::support::place::Place;
use serde_json::{Value, json};

fn as_admin(office: &Office, path: &str, body: &Value) -> crate::support::service::Answer {
    office.service.client.post(&office.admin, path, &key(), body)
}

fn codes(office: &Office, token: &str, path: &str) -> Vec<String> {
    all_pages(office, token, path, 2).iter().map(|unit| unit["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn units_form_a_tree_and_a_move_changes_at_once_who_sees_what() {
    Place::each(|place| {
        let office = Office::on(place);
        let above = place.token("auditor", &["333"]);
        let unit = |code: &str, parent: Value| json!({ "code": code, "name": format!("单位{code}"), "parent": parent });
        let made = as_admin(&office, "/units", &unit("333", Value::Null)).expect(201);
        assert_eq!(made.header("location"), Some("/api/v1/units/333"));
        assert_eq!(office.service.client.get(&above, "/units/333").expect(200).json(), made.json());
        as_admin(&office, "/units", &unit("444", Value::Null)).expect(201);
        as_admin(&office, "/units", &unit("333002", json!("333"))).expect(201);
        problem(&as_admin(&office, "/units", &unit("333", Value::Null)), 409, "unit-already-recorded");
        let refused = problem(&as_admin(&office, "/units", &unit("5", json!("9"))), 422, "invalid-value");
        assert_eq!(fields(&refused), ["parent"]);
        problem(&office.post("/units", &unit("6", Value::Null)), 403, "forbidden");

        let project = format!("/years/2024/projects/{FIRST}");
        problem(&office.service.client.get(&above, &project), 404, "not-found");
        let put = |code: &str, body: &Value| office.service.client.put(&office.admin, &format!("/units/{code}"), body);
        let moved = put("333001", &json!({ "name": "住房和城乡建设局", "parent": "333" })).expect(200).json();
        assert_eq!(moved, json!({ "code": "333001", "name": "住房和城乡建设局", "parent": "333" }));
        office.service.client.get(&above, &project).expect(200);
        assert_eq!(codes(&office, &above, "/units"), ["333", "333001", "333002"]);
        assert_eq!(codes(&office, &office.admin, "/units?parent=333"), ["333001", "333002"]);
        assert_eq!(codes(&office, &office.admin, "/units?q=%E5%9F%8E%E4%B9%A1"), ["333001"]);
        assert_eq!(codes(&office, &office.clerk, "/units"), ["333001"]);
        problem(&office.service.client.get(&office.clerk, "/units/333"), 404, "not-found");

        let ring = problem(&put("333", &json!({ "name": "x", "parent": "333001" })), 422, "invalid-value");
        assert_eq!(fields(&ring), ["parent"]);
        assert!(ring["detail"].as_str().unwrap().contains("333 → 333001 → 333"), "{ring}");
        let itself = problem(&put("444", &json!({ "name": "x", "parent": "444" })), 422, "invalid-value");
        assert!(itself["detail"].as_str().unwrap().contains("444 → 444"), "{itself}");
        assert_eq!(fields(&problem(&put("333", &json!({ "name": "x" })), 422, "invalid-value")), ["parent"]);
        problem(&put("999", &json!({ "name": "x", "parent": null })), 404, "not-found");

        put("333001", &json!({ "name": "住房和城乡建设局", "parent": null })).expect(200);
        problem(&office.service.client.get(&above, &project), 404, "not-found");
        let trail = office.service.client.get(&office.admin, "/audit?action=change_unit").expect(200).json();
        assert_eq!(trail["items"][1]["before"], json!({ "name": "住房和城乡建设局", "parent": "333" }));
        assert_eq!(trail["items"][1]["after"], json!({ "name": "住房和城乡建设局", "parent": null }));
        let ran = place.run(&["unit", "add", "--code", "333", "--name", "x", "--parent", "333002"]);
        assert_eq!(ran.code, 1, "the command line makes no ring either: {}", ran.err);
    });
}

#[test]
fn a_token_is_shown_once_and_kept_nowhere() {
    Place::each(|place| {
        let office = Office::on(place);
        let body =
            json!({ "name": "一体化接口", "role": "clerk", "units": ["333001", "555"], "expires_on": "2024-12-31" });
        let same_key = key();
        let post = || office.service.client.post(&office.admin, "/tokens", &same_key, &body).expect(201);
        let (first, again) = (post(), post());
        let (mut made, mut repeated) = (first.json(), again.json());
        let shown = made["token"].as_str().unwrap().to_owned();
        assert_eq!((again.header("idempotent-replayed"), &repeated["token"]), (Some("true"), &Value::Null));
        assert!(!repeated["hint"].as_str().unwrap().is_empty());
        for body in [&mut made, &mut repeated] {
            body.as_object_mut().unwrap().retain(|member, _| member != "token" && member != "hint");
        }
        assert_eq!(made, repeated, "the same answer but for the secret");
        assert_eq!(made["unknown_units"], json!(["555"]));
        office.service.client.get(&shown, "/years/2024/projects").expect(200);

        let (id, secret) = shown.strip_prefix("mp_").unwrap().split_once('_').unwrap();
        assert_eq!(first.header("location"), Some(format!("/api/v1/tokens/{id}").as_str()));
        for kept in [
            "SELECT body AS word FROM answers",
            "SELECT COALESCE(after_json, '') AS word FROM audit",
            "SELECT secret_sha256 AS word FROM tokens",
        ] {
            assert!(place.words(kept).iter().all(|row| !row.contains(secret)), "{kept}");
        }
        let hash = place.words(&format!("SELECT secret_sha256 AS word FROM tokens WHERE id = '{id}'")).remove(0);
        let listed = office.service.client.get(&office.admin, "/tokens").expect(200);
        assert!(listed.text.contains(id) && !listed.text.contains(&hash), "{}", listed.text);
        let one = || office.service.client.get(&office.admin, &format!("/tokens/{id}")).expect(200);
        assert_eq!((&one().json()["state"], one().text.contains(&hash)), (&json!("good"), false));

        let delete = |id: &str| office.service.client.delete(&office.admin, &format!("/tokens/{id}"));
        assert_eq!(delete(id).expect(204).text, "");
        delete(id).expect(204);
        problem(&office.service.client.get(&shown, "/years/2024/projects"), 401, "unauthenticated");
        assert_eq!(one().json()["state"], "revoked");
        let own = office.admin.strip_prefix("mp_").unwrap().split_once('_').unwrap().0;
        problem(&delete(own), 409, "own-token");
        problem(&delete("nobody"), 404, "not-found");
        office.service.client.get(&office.admin, "/tokens").expect(200);
        let trail =
            office.service.client.get(&office.admin, "/audit?entity=token&action=revoke_token").expect(200).json();
        assert_eq!(trail["items"].as_array().unwrap().len(), 1, "the second time changed nothing");
    });
}

#[test]
fn a_token_that_would_see_nothing_or_never_be_good_is_refused() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let sound = json!({ "name": "n", "role": "reviewer", "units": ["333001"] });
    for (field, value) in [
        ("units", json!([])),
        ("units", Value::Null),
        ("units", json!(["33/3"])),
        ("role", json!("king")),
        ("name", json!("")),
        ("expires_on", json!("2024-06-30")),
        ("expires_on", json!("soon")),
        ("secret", json!("x")),
    ] {
        let mut wrong = sound.clone();
        wrong[field] = value;
        assert_eq!(fields(&problem(&as_admin(&office, "/tokens", &wrong), 422, "invalid-value")), [field], "{wrong}");
    }
    let admin = json!({ "name": "n", "role": "admin", "units": ["333001"] });
    assert_eq!(fields(&problem(&as_admin(&office, "/tokens", &admin), 422, "invalid-value")), ["units"]);
    as_admin(&office, "/tokens", &json!({ "name": "n", "role": "admin" })).expect(201);
    let mut last_day = sound.clone();
    last_day["expires_on"] = json!("2024-07-01");
    as_admin(&office, "/tokens", &last_day).expect(201);
    assert_eq!(all_pages(&office, &office.admin, "/tokens", 2).len(), 6);
}

#[test]
fn a_person_who_left_is_told_no_more() {
    Place::each(|place| {
        place.set("mail.quiet_hours", "00:00-23:59");
        let office = Office::on(place);
        let contact = |role: &str, email: &str, project: Value| {
            let body = json!({ "unit": "333001", "role": role, "email": email, "name": "王", "project": project });
            as_admin(&office, "/contacts", &body).expect(201).json()
        };
        let head = contact("head", "li@example.invalid", Value::Null);
        let officer = contact("officer", "wang@example.invalid", json!(FIRST));
        let of = |filter: &str| office.get(&format!("/contacts?{filter}")).expect(200).json()["items"].clone();
        assert_eq!(of("role=head"), json!([head]));
        assert_eq!(of(&format!("project={FIRST}")), json!([officer]));
        assert_eq!(of("unit=333001"), json!([head, officer]));
        assert_eq!(of("unit=444001"), json!([]));
        for (field, value) in [("role", "chief"), ("project", "-"), ("unit", "-")] {
            let refused = office.get(&format!("/contacts?{field}={value}"));
            assert_eq!(fields(&problem(&refused, 422, "invalid-value")), [field]);
        }
        office.check(&json!({ "as_of": "2024-03-31" })).expect(200);
        let letters = || office.get("/letters").expect(200).json()["items"].as_array().unwrap().len();
        let before = letters();
        assert!(before > 0);
        let path = format!("/contacts/{}", head["id"].as_str().unwrap());
        problem(&office.service.client.delete(&office.reviewer, &path), 403, "forbidden");
        office.service.client.delete(&office.admin, &path).expect(204);
        problem(&office.service.client.delete(&office.admin, &path), 404, "not-found");
        problem(&office.get(&path), 404, "not-found");
        assert_eq!(letters(), before, "what was decided stays");
        office.check(&json!({ "as_of": "2024-06-30" })).expect(200);
        let to_head =
            office.get("/letters?to=li@example.invalid").expect(200).json()["items"].as_array().unwrap().len();
        assert_eq!(to_head, 1, "only the letter of before");
        let trail = office.get("/audit?action=remove_contact").expect(200).json();
        assert_eq!(
            (&trail["items"][0]["before"]["email"], &trail["items"][0]["unit"]),
            (&json!("li@example.invalid"), &json!("333001"))
        );
    });
}

#[test]
fn the_rules_are_read_with_their_values_and_their_source() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let answer = office.service.client.get(&office.clerk, "/rules").expect(200);
    assert_eq!(answer.header("etag"), Some("\"rules-2-2\""));
    let rules = answer.json();
    assert_eq!(
        (&rules["in_force"]["version"], &rules["in_force"]["spending"]["notice_from"]),
        (&json!(2), &json!("0.80"))
    );
    assert_eq!(rules["in_force"]["spending"]["tolerance_yuan"], "100.00");
    assert!(rules["in_force"]["source"].as_str().unwrap().contains("财预"));
    assert_eq!((rules["versions"].as_array().unwrap().len(), &rules["versions"][0]["effective_on"]), (1, &Value::Null));
    assert!(rules["versions"][0]["document"].as_str().unwrap().contains("warning_from"));
}

#[test]
fn every_list_is_narrowed_by_what_it_is_about() {
    Place::each(|place| {
        let office = Office::on(place);
        office.pay(FIRST, "1.00", "v1");
        let early = json!({ "amount_yuan": "2.00", "paid_on": "2024-03-05", "voucher_no": "v2", "source": "other" });
        let entry = office.post(&ledger(FIRST), &early).expect(201).json();
        office.reverse(FIRST, entry["id"].as_str().unwrap(), "2024-06-30").expect(201);
        let count = |path: String| office.get(&path).expect(200).json()["items"].as_array().unwrap().len();
        for (filter, expected) in [
            ("from=2024-06-28", 2),
            ("from=2024-06-29", 1),
            ("to=2024-06-28", 2),
            ("to=2024-03-05", 1),
            ("from=2024-03-05&to=2024-03-05", 1),
            ("kind=payment", 2),
            ("kind=reversal", 1),
            ("source=other", 2),
            ("source=fiscal_own", 1),
            ("voucher_no=v2", 2),
            ("voucher_no=v3", 0),
        ] {
            assert_eq!(count(format!("{}?{filter}", ledger(FIRST))), expected, "{filter}");
        }
        let project = format!("/years/2024/projects/{FIRST}");
        let indicator = office.get(&project).json()["indicators"][0]["id"].as_str().unwrap().to_owned();
        let readings = format!("{project}/indicators/{indicator}/readings");
        for day in ["2024-05-31", "2024-06-30"] {
            office.post(&readings, &json!({ "observed_on": day, "value": "20" })).expect(201);
        }
        assert_eq!(count(format!("{readings}?from=2024-06-01")), 1);
        assert_eq!(count(format!("{readings}?to=2024-06-30")), 2);
        for as_of in ["2024-03-31", "2024-06-30"] {
            office.check(&json!({ "as_of": as_of })).expect(200);
        }
        assert_eq!(count("/years/2024/checks?as_of=2024-03-31".into()), 1);
        assert_eq!(count("/years/2024/checks?cause=api".into()), 2);
        assert_eq!(count("/years/2024/checks?cause=schedule".into()), 0);
        assert_eq!(all_pages(&office, &office.auditor, &format!("{project}/plans"), 1).len(), 1);
        for (path, field, value) in [
            (ledger(FIRST), "from", "June"),
            (ledger(FIRST), "to", "2024-6-30"),
            (ledger(FIRST), "kind", "gift"),
            (ledger(FIRST), "source", "loan"),
            (ledger(FIRST), "voucher_no", "%00"),
            (readings.clone(), "from", "x"),
            (readings.clone(), "to", "x"),
            ("/years/2024/checks".into(), "as_of", "x"),
            ("/years/2024/checks".into(), "cause", "whim"),
            (format!("{project}/plans"), "limit", "0"),
            (format!("{project}/plans"), "cursor", "x"),
            ("/letters".into(), "to", "x"),
            ("/letters".into(), "since", "2024-06-30"),
            ("/audit".into(), "until", "x"),
            ("/audit".into(), "actor", "%00"),
            ("/units".into(), "parent", "-"),
        ] {
            let refused = office.get(&format!("{path}?{field}={value}"));
            assert_eq!(fields(&problem(&refused, 422, "invalid-value")), [field], "{path}");
        }
    });
}

#[test]
fn a_person_posted_many_times_at_once_is_recorded_once() {
    Place::each(|place| {
        let office = Office::on(place);
        for round in 0..5 {
            let email = format!("li{round}@example.invalid");
            let body = json!({ "unit": "333001", "role": "head", "email": email, "name": "李明" });
            let post = || office.service.client.post(&office.admin, "/contacts", &key(), &body).status;
            let mut said = std::thread::scope(|scope| {
                let posts: Vec<_> = (0..8).map(|_| scope.spawn(post)).collect();
                posts.into_iter().map(|post| post.join().unwrap()).collect::<Vec<_>>()
            });
            said.sort_unstable();
            assert_eq!(said, [201, 409, 409, 409, 409, 409, 409, 409]);
        }
    });
}

#[test]
fn units_are_paged_alike_whatever_language_the_database_sorts_by() {
    Place::each(|place| {
        let office = Office::on(place);
        if place.is_postgres() {
            place
                .sql(
                    "DO $$ DECLARE kept RECORD; BEGIN
                    FOR kept IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'units'::regclass AND NOT tgisinternal LOOP
                        EXECUTE format('DROP TRIGGER %I ON units', kept.tgname);
                    END LOOP; END $$",
                )
                .unwrap();
            place.sql("ALTER TABLE units ALTER COLUMN code TYPE TEXT COLLATE \"en-x-icu\"").unwrap();
        }
        for code in ["b1", "B2", "a3", "A4"] {
            office
                .service
                .client
                .post(&office.admin, "/units", &key(), &json!({ "code": code, "name": "局" }))
                .expect(201);
        }
        let codes: Vec<String> = all_pages(&office, &office.admin, "/units", 1)
            .iter()
            .map(|unit| unit["code"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(codes, ["333001", "A4", "B2", "a3", "b1"]);
    });
}
