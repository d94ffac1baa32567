//! Contracts and applications: shown, never spent.

use super::{FIRST, NOBODY, Office, TENTH, all_pages, fields, key, problem};
use crate::support::place::Place;
use serde_json::{Value, json};

fn desk(code: &str) -> String {
    format!("/years/2024/projects/{code}/commitments")
}

fn contract(amount: &str, number: &str) -> Value {
    json!({ "kind": "contract", "amount_yuan": amount, "committed_on": "2024-06-01", "reference_no": number })
}

fn application(amount: &str, number: &str, contract: Option<&Value>) -> Value {
    json!({ "kind": "application", "amount_yuan": amount, "committed_on": "2024-06-20", "reference_no": number, "contract": contract })
}

fn release(office: &Office, id: &Value, amount: Option<&str>) -> crate::support::service::Answer {
    let body = json!({ "amount_yuan": amount, "released_on": "2024-06-30", "reason": "已付清" });
    office.post(&format!("{}/{}/release", desk(FIRST), id.as_str().unwrap()), &body)
}

fn shown(office: &Office, query: &str) -> [String; 3] {
    let comparison = office.get(&format!("/years/2024/projects/{FIRST}/comparison{query}")).expect(200).json();
    ["committed_yuan", "contracted_yuan", "applied_yuan"].map(|name| comparison[name].as_str().unwrap().to_owned())
}

#[test]
fn commitments_are_shown_and_spend_nothing() {
    Place::each(|place| {
        let office = Office::on(place);
        let comparison = || office.get(&format!("/years/2024/projects/{FIRST}/comparison")).expect(200).json();
        let before = comparison();
        let first = office.post(&desk(FIRST), &contract("100000.00", "HT-1")).expect(201);
        let id = first.json()["id"].clone();
        assert_eq!(first.header("location"), Some(&*format!("/api/v1{}/{}", desk(FIRST), id.as_str().unwrap())));
        office.post(&desk(FIRST), &application("30000.00", "SQ-1", Some(&id))).expect(201);
        office.post(&desk(FIRST), &application("500.00", "SQ-2", None)).expect(201);
        assert_eq!(shown(&office, ""), ["100500.00", "100000.00", "30500.00"]);
        assert_eq!(shown(&office, "?as_of=2024-06-10"), ["100000.00", "100000.00", "0.00"]);

        let mut after = comparison();
        assert_eq!((&after["spent_yuan"], &after["standing"]), (&json!("0.00"), &before["standing"]));
        for name in ["committed_yuan", "contracted_yuan", "applied_yuan"] {
            assert_eq!(before[name], "0.00");
            after[name] = json!("0.00");
        }
        assert_eq!(after, before);
        let totals = office.get("/years/2024/comparison").expect(200).json()["totals"].clone();
        assert_eq!((&totals["committed_yuan"], &totals["applied_yuan"]), (&json!("100500.00"), &json!("30500.00")));
        assert!(office.get("/years/2024/alerts").expect(200).json()["items"].as_array().unwrap().is_empty());
        assert_eq!(place.words("SELECT action AS word FROM audit WHERE entity = 'commitment'").len(), 3);
        assert_eq!(place.json(&["verify"])["clean"], true);
    });
}

#[test]
fn a_release_takes_back_what_is_left_and_no_more() {
    Place::each(|place| {
        let office = Office::on(place);
        let id = office.post(&desk(FIRST), &contract("1000.00", "HT-1")).expect(201).json()["id"].clone();
        let part = release(&office, &id, Some("400.00")).expect(201);
        assert_eq!((&part.json()["amount_yuan"], &part.json()["releases"]), (&json!("-400.00"), &id));
        let location = part.header("location").unwrap().strip_prefix("/api/v1").unwrap();
        assert_eq!(office.get(location).expect(200).json(), part.json());
        let one = office.get(&format!("{}/{}", desk(FIRST), id.as_str().unwrap())).expect(200).json();
        assert_eq!((&one["amount_yuan"], &one["left_yuan"]), (&json!("1000.00"), &json!("600.00")));
        assert_eq!(fields(&problem(&release(&office, &id, Some("600.01")), 422, "invalid-value")), ["amount_yuan"]);
        problem(&office.post(&desk(FIRST), &contract("5.00", "HT-1")), 409, "reference-already-recorded");

        assert_eq!(release(&office, &id, None).expect(201).json()["amount_yuan"], "-600.00");
        assert_eq!(shown(&office, ""), ["0.00", "0.00", "0.00"]);
        assert_eq!(shown(&office, "?as_of=2024-06-29"), ["1000.00", "1000.00", "0.00"]);
        problem(&release(&office, &id, None), 409, "already-released");
        problem(&release(&office, &part.json()["id"], None), 409, "conflict");
        // Its number is free again, and nothing draws on it any more.
        let refused = office.post(&desk(FIRST), &application("1.00", "SQ-1", Some(&id)));
        assert_eq!(fields(&problem(&refused, 422, "invalid-value")), ["contract"]);
        office.post(&desk(FIRST), &contract("5.00", "HT-1")).expect(201);
        assert_eq!(place.json(&["verify"])["clean"], true);
    });
}

#[test]
fn a_comparison_of_the_past_knows_the_commitments_of_then() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let id = office.post(&desk(FIRST), &contract("1000.00", "HT-1")).expect(201).json()["id"].clone();
    let Office { service, .. } = &office;
    let known_at =
        service.client.get(&office.auditor, &format!("/years/2024/projects/{FIRST}/comparison")).json()["known_at"]
            .clone();
    let (clerk, reviewer, auditor, admin) =
        (office.clerk.clone(), office.reviewer.clone(), office.auditor.clone(), office.admin.clone());
    drop(office);
    place.at("2024-07-20T09:00:00+08:00");
    let service = crate::support::service::Service::start(&place);
    let office = Office { service, clerk, reviewer, auditor, admin };
    release(&office, &id, None).expect(201);
    assert_eq!(shown(&office, ""), ["0.00", "0.00", "0.00"]);
    assert_eq!(shown(&office, &format!("?known_at={}", known_at.as_str().unwrap())), ["1000.00", "1000.00", "0.00"]);
}

#[test]
fn a_number_is_recorded_once_per_kind_and_a_post_once_per_key() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let key = key();
    let post = || office.service.client.post(&office.clerk, &desk(FIRST), &key, &contract("1.00", "N-1"));
    let first = post().expect(201);
    assert_eq!(post().expect(201).text, first.text);
    let taken = office.post(&desk(FIRST), &contract("2.00", "N-1"));
    assert_eq!(problem(&taken, 409, "reference-already-recorded")["first"], first.json()["id"]);
    office.post(&desk(FIRST), &application("1.00", "N-1", None)).expect(201);
    office.post(&desk(TENTH), &contract("1.00", "N-1")).expect(201);
    let of_another = office.post(&desk(TENTH), &application("1.00", "N-2", Some(&first.json()["id"])));
    assert_eq!(fields(&problem(&of_another, 422, "invalid-value")), ["contract"]);
    problem(&office.get(&format!("{}/{}", desk(TENTH), first.json()["id"].as_str().unwrap())), 404, "not-found");
}

#[test]
fn commitments_are_listed_by_page_kind_and_day() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    for number in 0..3 {
        office.post(&desk(FIRST), &contract("1.00", &format!("HT-{number}"))).expect(201);
        office.post(&desk(FIRST), &application("1.00", &format!("SQ-{number}"), None)).expect(201);
    }
    let count = |query: &str| all_pages(&office, &office.auditor, &format!("{}{query}", desk(FIRST)), 2).len();
    assert_eq!((count(""), count("?kind=contract"), count("?from=2024-06-02"), count("?to=2024-06-01")), (6, 3, 3, 3));
    for (query, named) in [("?kind=gift", "kind"), ("?from=x", "from"), ("?limit=0", "limit"), ("?cursor=x", "cursor")]
    {
        let refused = office.get(&format!("{}{query}", desk(FIRST)));
        assert_eq!(fields(&problem(&refused, 422, "invalid-value")), [named]);
    }
}

#[test]
fn each_wrong_value_of_a_commitment_is_refused_by_the_name_of_its_field() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    for (name, value) in [
        ("kind", json!("payment")),
        ("amount_yuan", json!(1)),
        ("amount_yuan", json!("0.00")),
        ("amount_yuan", json!("-1.00")),
        ("committed_on", json!("2024-07-02")),
        ("committed_on", json!("2023-12-31")),
        ("committed_on", json!("1.6.2024")),
        ("reference_no", json!("")),
        ("reference_no", json!("号".repeat(101))),
        ("reference_no", json!("a\u{0}")),
        ("contract", json!(key())),
        ("contract", json!("17")),
        ("payee", json!("a\nb")),
        ("memo", json!("a\u{1b}")),
        ("voucher_no", json!("v")),
    ] {
        let mut body = contract("1.00", "HT-1");
        body[name] = value.clone();
        let refused = problem(&office.post(&desk(FIRST), &body), 422, "invalid-value");
        assert_eq!(fields(&refused), [name], "{name} = {value}");
    }
    let id = office.post(&desk(FIRST), &contract("1.00", "HT-1")).expect(201).json()["id"].clone();
    let path = format!("{}/{}/release", desk(FIRST), id.as_str().unwrap());
    for (body, named) in [
        (json!({ "released_on": "2024-06-30" }), "reason"),
        (json!({ "reason": "错" }), "released_on"),
        (json!({ "reason": "错", "released_on": "2024-05-31" }), "released_on"),
        (json!({ "reason": "错", "released_on": "2024-07-02" }), "released_on"),
        (json!({ "reason": "错", "released_on": "2024-06-30", "amount_yuan": "0" }), "amount_yuan"),
        (json!({ "reason": "错", "released_on": "2024-06-30", "amount_yuan": 1 }), "amount_yuan"),
        (json!({ "reason": "错", "released_on": "2024-06-30", "to": 1 }), "to"),
    ] {
        assert_eq!(fields(&problem(&office.post(&path, &body), 422, "invalid-value")), [named]);
    }
    problem(&office.post(&desk(NOBODY), &contract("1.00", "HT-1")), 404, "not-found");
    problem(&release(&office, &json!(key()), None), 404, "not-found");
    problem(
        &office.service.client.post(&office.auditor, &desk(FIRST), &key(), &contract("1.00", "x")),
        403,
        "forbidden",
    );
}

#[test]
fn verify_finds_a_release_of_more_than_there_was() {
    Place::each(|place| {
        let office = Office::on(place);
        let id =
            office.post(&desk(FIRST), &contract("1.00", "HT-1")).expect(201).json()["id"].as_str().unwrap().to_owned();
        let columns =
            "project_id, kind, committed_on, reference_no, contract_id, payee, memo, recorded_at, recorded_by";
        place
            .sql(&format!(
                "INSERT INTO commitments (id, sequence, amount_fen, releases, {columns})
                 SELECT 'x', 2, -101, id, {columns} FROM commitments WHERE id = '{id}'"
            ))
            .unwrap();
        let ran = place.run(&["verify", "--json"]);
        assert_eq!(ran.code, 1);
        let found: Value = serde_json::from_str(&ran.out).unwrap();
        assert!(found["commitments"][0].as_str().unwrap().contains(&id), "{found}");
    });
}

#[test]
fn an_application_binds_money_whatever_is_left_of_its_contract() {
    Place::each(|place| {
        let office = Office::on(place);
        let large = office.post(&desk(FIRST), &contract("100.00", "HT-1")).expect(201).json()["id"].clone();
        office.post(&desk(FIRST), &application("40.00", "SQ-1", Some(&large))).expect(201);
        assert_eq!(shown(&office, ""), ["100.00", "100.00", "40.00"]);
        release(&office, &large, Some("70.00")).expect(201);
        assert_eq!(shown(&office, ""), ["40.00", "30.00", "40.00"], "30 are left, and 40 are applied for");
        release(&office, &large, None).expect(201);
        assert_eq!(shown(&office, ""), ["40.00", "0.00", "40.00"]);

        let small = office.post(&desk(FIRST), &contract("100.00", "HT-2")).expect(201).json()["id"].clone();
        office.post(&desk(FIRST), &application("90.00", "SQ-2", Some(&small))).expect(201);
        let more = office.post(&desk(FIRST), &application("60.00", "SQ-3", Some(&small))).expect(201).json();
        assert_eq!(shown(&office, ""), ["190.00", "100.00", "190.00"], "150 are applied for on 100");
        release(&office, &more["id"], None).expect(201);
        assert_eq!(shown(&office, ""), ["140.00", "100.00", "130.00"]);
        assert_eq!(shown(&office, "?as_of=2024-06-10"), ["200.00", "200.00", "0.00"]);
        let all = office.get("/years/2024/comparison").expect(200).json()["totals"].clone();
        assert_eq!(all["committed_yuan"], "140.00");
    });
}
