//! The real document's fifteen projects at their four plan points and between them, through the service, on both
//! databases. What is expected is worked out here from the paper's table, in whole fen, without the crate's own judge.

use crate::support::place::Place;
use crate::support::service::{Client, Service};
use crate::support::shared;
use serde_json::{Value, json};
use std::fmt::Write;

/// The document's table in 万元 as printed: code, budget, and the cumulative plan of the four points.
const TABLE: [(&str, &str, [&str; 4]); 15] = [
    ("13060524P000002100357", "90.78", ["22.70", "45.39", "68.09", "90.78"]),
    ("13060524P000003100322", "11.74", ["2.94", "5.87", "8.81", "11.74"]),
    ("13060524P00000310033M", "39.08", ["9.77", "19.54", "29.31", "39.08"]),
    ("13060524P00000310031E", "88.43", ["22.11", "44.22", "66.32", "88.43"]),
    ("13060524P00000110041Y", "106.69", ["26.67", "53.35", "80.02", "106.69"]),
    ("13060524P000002100067", "35.00", ["8.75", "17.50", "26.25", "35.00"]),
    ("13060524P00436310001P", "6.00", ["—", "—", "3.00", "6.00"]),
    ("13060524P004362100039", "0.31", ["—", "—", "0.31", "0.31"]),
    ("13060524P004362100012", "0.36", ["—", "0.36", "0.36", "0.36"]),
    ("13060524P00436210005G", "4.48", ["—", "—", "—", "4.48"]),
    ("13060524P00436210004W", "1.08", ["—", "1.08", "1.08", "1.08"]),
    ("13060524P00436210002M", "0.48", ["—", "—", "0.48", "0.48"]),
    ("13060523P004356100013", "3.10", ["—", "—", "3.10", "3.10"]),
    ("13060523P00435610002N", "1.01", ["—", "—", "1.01", "1.01"]),
    ("13060524P004364100267", "—", ["27.70", "55.40", "82.40", "110.80"]),
];

/// A day on which is asked, and which of the four points is the last one passed by then.
const DAYS: [(&str, usize); 5] =
    [("2024-03-31", 0), ("2024-06-30", 1), ("2024-07-31", 1), ("2024-10-31", 2), ("2024-12-31", 3)];

/// The days of payment, a little before each point.
const PAID_ON: [&str; 4] = ["2024-03-28", "2024-06-28", "2024-10-30", "2024-12-31"];

const FEN_PER_WAN: i64 = 1_000_000;

/// A printed cell in fen; none where it is blank.
fn printed(cell: &str) -> Option<i64> {
    let (whole, hundredths) = cell.split_once('.')?;
    Some(whole.parse::<i64>().unwrap() * FEN_PER_WAN + hundredths.parse::<i64>().unwrap() * FEN_PER_WAN / 100)
}

/// What is due at a point: the last figure up to it, nothing where there is none.
fn due(cells: [&str; 4], point: usize) -> i64 {
    cells[..=point].iter().rev().find_map(|cell| printed(cell)).unwrap_or(0)
}

fn yuan(fen: i64) -> String {
    format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() / 100, fen.abs() % 100)
}

/// Standing and severity by the default rules, from the rules' own words.
fn expected(spent: i64, due: i64, budget: Option<i64>) -> (&'static str, Option<&'static str>) {
    let tolerance = (due / 100).max(10_000);
    if budget.is_some_and(|budget| spent > budget) {
        ("overspent", Some("critical"))
    } else if due == 0 && spent == 0 {
        ("not_due", None)
    } else if due == 0 || spent * 100 > due * 120 {
        ("ahead", Some("notice"))
    } else if spent >= due - tolerance {
        ("on_plan", None)
    } else if spent * 100 >= due * 80 {
        ("behind", Some("notice"))
    } else if spent * 100 >= due * 60 {
        ("behind", Some("warning"))
    } else {
        ("behind", Some("critical"))
    }
}

/// Somebody at a service that knows the document; it is January, and the whole of 2024 can be entered.
struct Desk {
    service: Service,
    clerk: String,
    reviewer: String,
}

impl Desk {
    fn with(place: &Place, document: &str) -> Desk {
        place.at("2025-01-15T09:00:00+08:00");
        let imported = place.json(&["import", "plan", document, "--year", "2024"]);
        assert_eq!((&imported["projects"], &imported["indicators"]), (&json!(15), &json!(89)));
        let (clerk, reviewer) = (place.token("clerk", &["333001"]), place.token("reviewer", &["333001"]));
        Desk { service: Service::start(place), clerk, reviewer }
    }

    fn client(&self) -> &Client {
        &self.service.client
    }

    fn post(&self, code: &str, kind: &str, fen: i64, paid_on: &str, voucher: &str) -> Value {
        let body = json!({ "amount_yuan": yuan(fen), "paid_on": paid_on, "voucher_no": voucher, "kind": kind });
        let path = format!("/years/2024/projects/{code}/disbursements");
        self.client().post(&self.clerk, &path, &format!("{code} {voucher}"), &body).expect(201).json()
    }

    /// Pays until so much has been paid, on a day.
    fn pay_up_to(&self, code: &str, paid: &mut i64, fen: i64, paid_on: &str) {
        if fen > *paid {
            self.post(code, "payment", fen - *paid, paid_on, &format!("{paid_on}-{fen}"));
            *paid = fen;
        }
    }

    fn all(&self, as_of: &str) -> Value {
        self.client().get(&self.clerk, &format!("/years/2024/comparison?as_of={as_of}&limit=500")).expect(200).json()
    }

    fn one(&self, code: &str, as_of: &str) -> Value {
        self.client()
            .get(&self.clerk, &format!("/years/2024/projects/{code}/comparison?as_of={as_of}"))
            .expect(200)
            .json()
    }

    /// Standing and severity: `behind critical`, `on_plan -`.
    fn stands(&self, code: &str, as_of: &str) -> String {
        said(&self.one(code, as_of))
    }
}

fn said(comparison: &Value) -> String {
    format!("{} {}", comparison["standing"].as_str().unwrap(), comparison["severity"].as_str().unwrap_or("-"))
}

/// 万元 with two decimals where that is exact, four where it is not.
fn shown(yuan: &Value) -> String {
    let Some(text) = yuan.as_str() else { return "—".into() };
    let fen: i64 = text.replace('.', "").parse().unwrap();
    let (whole, rest) = (fen / FEN_PER_WAN, fen % FEN_PER_WAN);
    if rest % 10_000 == 0 { format!("{whole}.{:02}", rest / 10_000) } else { format!("{whole}.{:04}", rest / 100) }
}

/// Holds one answer against the paper, to the last field.
fn hold(answer: &Value, row: usize, spent: i64, point: usize) {
    let (code, budget, cells) = TABLE[row];
    let (due, budget) = (due(cells, point), printed(budget));
    let (standing, severity) = expected(spent, due, budget);
    let place = format!("#{} {code} on {}", row + 1, answer["as_of"]);
    assert_eq!(answer["project"]["code"], code, "{place}");
    assert_eq!((&answer["standing"], &answer["severity"]), (&json!(standing), &json!(severity)), "{place}");
    assert_eq!(answer["plan"]["planned_yuan"], json!(printed(cells[point]).map(yuan)), "{place}");
    assert_eq!(
        (&answer["spent_yuan"], &answer["gap_yuan"]),
        (&json!(yuan(spent)), &json!(yuan(spent - due))),
        "{place}"
    );
    assert_eq!(answer["rate_of_plan"].is_null(), due == 0, "{place}");
    assert_eq!(answer["budget_yuan"], json!(budget.map(yuan)), "{place}");
    assert_eq!(answer["rate_of_budget"].is_null(), budget.is_none(), "{place}");
    let of_spending: Vec<&Value> = answer["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|verdict| verdict["rule"].as_str().unwrap().starts_with("spending."))
        .map(|verdict| &verdict["severity"])
        .collect();
    assert_eq!(of_spending, Vec::from_iter(severity), "{place}");
}

/// One scenario: so many hundredths of the plan are paid at every point. Gives a table to lay beside the paper.
fn scenario(place: &Place, document: &str, hundredths: i64) -> String {
    let desk = Desk::with(place, document);
    let share = |fen: i64| fen * hundredths / 100;
    for (code, _, cells) in TABLE {
        let mut paid = 0;
        for (point, paid_on) in PAID_ON.iter().enumerate() {
            desk.pay_up_to(code, &mut paid, share(due(cells, point)), paid_on);
        }
    }
    let mut table = String::from("万元：已付 / 计划 判定\n");
    for (as_of, point) in DAYS {
        let answer = desk.all(as_of);
        let items = answer["items"].as_array().unwrap();
        assert_eq!(items.len(), TABLE.len());
        writeln!(table, "\n{as_of}").unwrap();
        for (row, (code, _, cells)) in TABLE.iter().enumerate() {
            let item = items.iter().find(|item| item["project"]["code"] == *code).expect("the project is there");
            hold(item, row, share(due(*cells, point)), point);
            assert_eq!(&desk.one(code, as_of), item, "one project and the portfolio cannot disagree");
            let (spent, planned) = (shown(&item["spent_yuan"]), shown(&item["plan"]["planned_yuan"]));
            writeln!(table, "{:>2} {code} {spent:>8} / {planned:>6}  {}", row + 1, said(item)).unwrap();
        }
        let totals = &answer["totals"];
        let planned: i64 = TABLE.iter().map(|(_, _, cells)| due(*cells, point)).sum();
        assert_eq!(totals["planned_yuan"], yuan(planned), "{as_of}");
        assert_eq!(totals["spent_yuan"], yuan(share(planned)), "{as_of}");
        assert_eq!(totals["budget_yuan"], "3885400.00");
        assert_eq!(totals["excluded"], json!([{ "code": TABLE[14].0, "reason": "budget_missing" }]));
        let (spent, planned) = (shown(&totals["spent_yuan"]), shown(&totals["planned_yuan"]));
        writeln!(table, "   合计                  {spent:>8} / {planned:>6}").unwrap();
    }
    assert_eq!(desk.service.terminate(), Some(0));
    table
}

fn real_document() -> Option<String> {
    Some(shared("data/baigou-2024.txt")?.to_str().expect("a path in UTF-8").to_owned())
}

#[test]
fn with_nothing_paid_what_is_due_is_critical_and_the_rest_is_not_due() {
    let Some(document) = real_document() else { return };
    Place::each(|place| insta::assert_snapshot!("nothing_paid", scenario(place, &document, 0)));
}

#[test]
fn with_exactly_the_plan_paid_every_project_is_on_plan_or_not_due() {
    let Some(document) = real_document() else { return };
    Place::each(|place| insta::assert_snapshot!("exactly_the_plan_paid", scenario(place, &document, 100)));
}

#[test]
fn with_half_the_plan_paid_what_is_due_is_critical() {
    let Some(document) = real_document() else { return };
    Place::each(|place| insta::assert_snapshot!("half_the_plan_paid", scenario(place, &document, 50)));
}

/// The same facts in our own sentences, so that what follows needs nothing from outside.
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plan-2024.txt");
const FIRST: &str = TABLE[0].0;
const EIGHTH: &str = TABLE[7].0;
const TENTH: &str = TABLE[9].0;
const FIFTEENTH: &str = TABLE[14].0;

/// Pays up to each amount on a day of its own, and asks on that day.
fn walk(desk: &Desk, code: &str, from: &str, steps: &[(i64, &str)]) {
    let mut on: chrono::NaiveDate = from.parse().unwrap();
    let mut paid = 0;
    for (fen, expected) in steps {
        desk.pay_up_to(code, &mut paid, *fen, &on.to_string());
        assert_eq!(desk.stands(code, &on.to_string()), *expected, "{code}: {} yuan on {on}", yuan(*fen));
        on = on.succ_opt().unwrap();
    }
}

#[test]
fn each_threshold_holds_to_the_fen_through_the_service() {
    Place::each(|place| {
        let desk = Desk::with(place, SAMPLE);
        // 453,900.00 are due from 30 June on, of a budget of 907,800.00.
        walk(
            &desk,
            FIRST,
            "2024-06-30",
            &[
                (0, "behind critical"),
                (27_233_999, "behind critical"),
                (27_234_000, "behind warning"),
                (27_234_001, "behind warning"),
                (36_311_999, "behind warning"),
                (36_312_000, "behind notice"),
                (36_312_001, "behind notice"),
                (44_936_099, "behind notice"),
                (44_936_100, "on_plan -"),
                (44_936_101, "on_plan -"),
                (45_390_000, "on_plan -"),
                (54_467_999, "on_plan -"),
                (54_468_000, "on_plan -"),
                (54_468_001, "ahead notice"),
                (90_779_999, "ahead notice"),
                (90_780_000, "ahead notice"),
                (90_780_001, "overspent critical"),
            ],
        );
        // 3,100.00 are due from 31 October on: the tolerance is 100 yuan, for 1 % would be 31.
        walk(
            &desk,
            EIGHTH,
            "2024-10-31",
            &[
                (185_999, "behind critical"),
                (186_000, "behind warning"),
                (247_999, "behind warning"),
                (248_000, "behind notice"),
                (299_999, "behind notice"),
                (300_000, "on_plan -"),
                (300_001, "on_plan -"),
                (310_000, "on_plan -"),
                (310_001, "overspent critical"),
            ],
        );
    });
}

#[test]
fn fifty_yuan_of_rounding_are_no_lag_through_the_service() {
    Place::each(|place| {
        let desk = Desk::with(place, SAMPLE);
        desk.post(FIRST, "payment", 22_695_000, "2024-03-28", "2024-03-0117");
        let answer = desk.one(FIRST, "2024-03-31");
        assert_eq!(said(&answer), "on_plan -");
        assert_eq!((&answer["gap_yuan"], &answer["plan"]["planned_yuan"]), (&json!("-50.00"), &json!("227000.00")));
        assert_eq!(answer["rate_of_plan"], "0.9998");
        assert!(answer["verdicts"].as_array().unwrap().iter().all(|one| one["rule"] != "spending.behind_plan_point"));
    });
}

#[test]
fn what_plans_nothing_before_december_is_not_due_until_then() {
    Place::each(|place| {
        let desk = Desk::with(place, SAMPLE);
        for as_of in ["2024-01-01", "2024-03-31", "2024-06-30", "2024-07-31", "2024-10-31", "2024-12-30"] {
            let answer = desk.one(TENTH, as_of);
            assert_eq!(said(&answer), "not_due -", "{as_of}");
            assert_eq!(answer["rate_of_plan"], Value::Null, "0 of 0 is no rate");
            assert_eq!(answer["rate_of_plan_reason"], "nothing_planned_yet");
        }
        assert_eq!(desk.one(TENTH, "2024-06-30")["plan"]["planned_yuan"], Value::Null);
        assert_eq!(desk.stands(TENTH, "2024-12-31"), "behind critical");
        // A fen paid early is ahead of a plan of nothing; taken back, it is as if nothing had been.
        desk.post(TENTH, "payment", 1, "2024-05-10", "1");
        assert_eq!(desk.stands(TENTH, "2024-05-10"), "ahead notice");
        desk.post(TENTH, "refund", 1, "2024-05-11", "2");
        assert_eq!(desk.stands(TENTH, "2024-05-11"), "not_due -");
        desk.post(TENTH, "payment", 4_480_000, "2024-12-31", "3");
        assert_eq!(desk.stands(TENTH, "2024-12-31"), "on_plan -");
    });
}

#[test]
fn a_blank_budget_has_no_rate_and_its_plan_still_judges() {
    Place::each(|place| {
        let desk = Desk::with(place, SAMPLE);
        // 277,000.00 are due from 31 March on; no budget says what would be too much.
        walk(
            &desk,
            FIFTEENTH,
            "2024-03-31",
            &[
                (16_619_999, "behind critical"),
                (16_620_000, "behind warning"),
                (22_160_000, "behind notice"),
                (27_422_999, "behind notice"),
                (27_423_000, "on_plan -"),
                (33_240_000, "on_plan -"),
                (33_240_001, "ahead notice"),
                (500_000_000, "ahead notice"),
            ],
        );
        let answer = desk.one(FIFTEENTH, "2024-12-31");
        assert_eq!(
            (&answer["budget_yuan"], &answer["adjusted_budget_yuan"], &answer["rate_of_budget"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        assert_eq!(answer["rate_of_budget_reason"], "budget_missing");
        // 82.40 where three quarters would be 83.10: the plan is never recomputed.
        assert_eq!(desk.one(FIFTEENTH, "2024-10-31")["plan"]["planned_yuan"], "824000.00");
    });
}

#[test]
fn refunds_and_reversals_have_their_signs_through_the_service() {
    Place::each(|place| {
        let desk = Desk::with(place, SAMPLE);
        let spent = |as_of: &str| desk.one(FIRST, as_of)["spent_yuan"].clone();
        let paid = desk.post(FIRST, "payment", 100_000, "2024-03-01", "1");
        assert_eq!(desk.post(FIRST, "refund", 30_000, "2024-04-01", "2")["amount_yuan"], "-300.00");
        let of_last_year = desk.post(FIRST, "prior_year_refund", 50_000, "2024-04-02", "3");
        assert_eq!((&of_last_year["amount_yuan"], &of_last_year["counted"]), (&json!("-500.00"), &json!(false)));
        assert_eq!([spent("2024-03-31"), spent("2024-04-01"), spent("2024-04-02")], ["1000.00", "700.00", "700.00"]);
        for (entry, key) in [(&paid, "4"), (&of_last_year, "5")] {
            let path = format!("/years/2024/projects/{FIRST}/disbursements/{}/reversal", entry["id"].as_str().unwrap());
            let body = json!({ "reason": "凭证作废", "paid_on": "2024-05-15" });
            desk.client().post(&desk.reviewer, &path, key, &body).expect(201);
        }
        assert_eq!([spent("2024-05-14"), spent("2024-05-15"), spent("2024-12-31")], ["700.00", "-300.00", "-300.00"]);
    });
}
