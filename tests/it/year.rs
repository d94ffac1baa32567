//! A year of the real document, day by day: every letter that the bureau's people get, as a list that a clerk could
//! check by hand; and at its end everything told once.

use crate::support::bureau::{HANDED_OVER, UNIT, add_people, open_books};
use crate::support::place::Place;
use crate::support::service::Service;
use crate::support::shared;
use crate::support::told::assert_all_told_once;
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use std::fmt::Write;

/// 公租房专线: 1.08, all of it due in June.
const LINE: &str = "13060524P00436210004W";

/// What the bureau pays, by the day on which it hands the file in.
const HANDED_IN: [(&str, &str); 6] = [
    (
        "2024-03-28",
        "\
13060524P000002100357,227000.00,2024-03-27,2024-03-0001,1,本级安排,支付,劳务公司,一季度
13060524P000003100322,29400.00,2024-03-27,2024-03-0002,1,本级安排,支付,安置人员,一季度
13060524P00000310033M,97700.00,2024-03-27,2024-03-0003,1,本级安排,支付,市管会人员,一季度
13060524P00000110041Y,266700.00,2024-03-27,2024-03-0004,1,本级安排,支付,聘用人员,一季度
13060524P000002100067,87500.00,2024-03-27,2024-03-0005,1,本级安排,支付,工作组,一季度
13060524P004364100267,277000.00,2024-03-27,2024-03-0006,1,本级安排,支付,污水处理厂,一季度
",
    ),
    (
        "2024-06-26",
        "\
13060524P000002100357,226900.00,2024-06-25,2024-06-0001,1,本级安排,支付,劳务公司,二季度
13060524P000003100322,29300.00,2024-06-25,2024-06-0002,1,本级安排,支付,安置人员,二季度
13060524P00000310033M,20000.00,2024-06-25,2024-06-0003,1,本级安排,支付,市管会人员,二季度
13060524P00000110041Y,266800.00,2024-06-25,2024-06-0004,1,本级安排,支付,聘用人员,二季度
13060524P000002100067,87500.00,2024-06-25,2024-06-0005,1,本级安排,支付,工作组,二季度
13060524P00000310031E,200000.00,2024-06-25,2024-06-0006,1,本级安排,支付,自收自支人员,上半年
13060524P004364100267,277000.00,2024-06-25,2024-06-0007,1,本级安排,支付,污水处理厂,二季度
13060524P004362100012,3600.00,2024-06-25,2024-06-0008,1,本级安排,支付,通信公司,全年
",
    ),
    ("2024-08-21", "13060524P00000310031E,242200.00,2024-08-20,2024-08-0001,1,本级安排,支付,自收自支人员,补付\n"),
    ("2024-09-10", "13060524P00436210004W,10800.00,2024-09-10,2024-09-0001,1,本级安排,支付,通信公司,全年\n"),
    (
        "2024-10-30",
        "\
13060524P000002100357,227000.00,2024-10-29,2024-10-0001,1,本级安排,支付,劳务公司,三季度
13060524P000003100322,29400.00,2024-10-29,2024-10-0002,1,本级安排,支付,安置人员,三季度
13060524P00000310033M,175400.00,2024-10-29,2024-10-0003,1,本级安排,支付,市管会人员,补付
13060524P00000310031E,221000.00,2024-10-29,2024-10-0004,1,本级安排,支付,自收自支人员,三季度
13060524P00000110041Y,266700.00,2024-10-29,2024-10-0005,1,本级安排,支付,聘用人员,三季度
13060524P000002100067,87500.00,2024-10-29,2024-10-0006,1,本级安排,支付,工作组,三季度
13060524P004364100267,270000.00,2024-10-29,2024-10-0007,1,本级安排,支付,污水处理厂,三季度
13060524P00436310001P,30000.00,2024-10-29,2024-10-0008,1,本级安排,支付,维修公司,一半
13060524P004362100039,3100.00,2024-10-29,2024-10-0009,1,本级安排,支付,通信公司,全年
13060524P00436210002M,4800.00,2024-10-29,2024-10-0010,1,本级安排,支付,通信公司,全年
13060523P004356100013,31000.00,2024-10-29,2024-10-0011,1,本级安排,支付,监理公司,全年
13060523P00435610002N,10100.00,2024-10-29,2024-10-0012,1,本级安排,支付,检测公司,全年
",
    ),
    (
        "2024-12-27",
        "\
13060524P000002100357,226900.00,2024-12-26,2024-12-0001,1,本级安排,支付,劳务公司,四季度
13060524P000003100322,29300.00,2024-12-26,2024-12-0002,1,本级安排,支付,安置人员,四季度
13060524P00000310033M,97700.00,2024-12-26,2024-12-0003,1,本级安排,支付,市管会人员,四季度
13060524P00000310031E,221100.00,2024-12-26,2024-12-0004,1,本级安排,支付,自收自支人员,四季度
13060524P00000110041Y,266700.00,2024-12-26,2024-12-0005,1,本级安排,支付,聘用人员,四季度
13060524P000002100067,87500.00,2024-12-26,2024-12-0006,1,本级安排,支付,工作组,四季度
13060524P00436310001P,31000.00,2024-12-26,2024-12-0007,1,本级安排,支付,维修公司,超出预算
",
    ),
];

const HEAD: &str = "项目编码,支付金额（元）,支付日期,凭证号,凭证行号,资金来源,类型,收款人,摘要\n";

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// What is done by people on a day, at nine in the morning.
fn act(place: &Place, day: NaiveDate, tokens: &(String, String)) {
    if let Some((_, lines)) = HANDED_IN.iter().find(|(on, _)| date(on) == day) {
        std::fs::write(place.file("actuals.csv"), format!("{HEAD}{lines}")).unwrap();
        assert_eq!(place.json(&["import", "actuals", "actuals.csv", "--year", "2024"])["refused"], json!([]));
    }
    let (clerk, reviewer) = tokens;
    match day.to_string().as_str() {
        // The officer answers for what lags most, and takes a measure upon himself that nobody carries out in time.
        "2024-07-03" => {
            let causes = json!({ "funding": "上级资金尚未下达", "institution": null, "personnel": null, "hardware": null, "other": null });
            let said = json!({ "causes": causes, "explanation": "资金八月下达", "likelihood": "possible" });
            answer(place, clerk, HANDED_OVER, "acknowledgement", &said);
            let measure = json!({ "what": "八月上旬集中支付", "owner": "张可", "due_on": "2024-08-09" });
            answer(place, clerk, HANDED_OVER, "measures", &measure);
        }
        // A reviewer sets aside what will be paid in September.
        "2024-07-04" => {
            let waiver = json!({ "reason": "专线合同九月续签后一次支付", "until": "2024-08-30" });
            answer(place, reviewer, LINE, "waiver", &waiver);
        }
        _ => {}
    }
}

/// Answers the project's standing alert about its lag.
fn answer(place: &Place, token: &str, project: &str, what: &str, body: &Value) {
    let service = Service::start(place);
    let path = format!("/years/2024/alerts?project={project}&rule=spending.behind_plan_point");
    let listed = service.client.get(token, &path).expect(200).json();
    let alerts = listed["items"].as_array().unwrap();
    let stands = |alert: &&Value| !matches!(alert["state"].as_str(), Some("resolved" | "superseded"));
    let id = alerts.iter().find(stands).unwrap()["id"].as_str().unwrap().to_owned();
    service.client.post(token, &format!("/alerts/{id}/{what}"), what, body).expect(200);
}

fn live_through(place: &Place) -> Option<String> {
    let plan = shared("data/baigou-2024.txt")?;
    open_books(place, &plan);
    add_people(place);
    let leader = ["--role", "leader", "--email", "zhao.ju@example.invalid", "--name", "赵局"];
    place.done(&[&["contact", "add", "--unit", UNIT][..], &leader[..]].concat());
    let tokens = (place.token("clerk", &[UNIT]), place.token("reviewer", &[UNIT]));
    let (mut list, mut known) = (String::new(), 0);
    let mut day = date("2024-03-11");
    while day <= date("2025-01-10") {
        place.at(&format!("{day}T08:30:00+08:00"));
        let as_of = day.min(date("2024-12-31")).to_string();
        place.json(&["check", "--year", "2024", "--as-of", &as_of]);
        act(place, day, &tokens);
        let mail = place.mail();
        let mut lines: Vec<String> = mail.iter().skip(known).map(|eml| format!("{day} {}", eml.line())).collect();
        lines.sort();
        for line in lines {
            writeln!(list, "{line}").unwrap();
        }
        known = mail.len();
        day = day + Days::new(1);
    }
    place.done(&["letters", "send"]);
    assert_all_told_once(place);
    Some(list)
}

#[test]
fn a_year_of_the_real_document_is_told_day_by_day_on_sqlite() {
    let Some(list) = live_through(&Place::sqlite()) else { return };
    insta::assert_snapshot!("letters_of_a_year", list);
}

#[test]
fn a_year_of_the_real_document_is_told_day_by_day_on_postgres() {
    let Some(place) = Place::postgres() else { return };
    let Some(list) = live_through(&place) else { return };
    insta::assert_snapshot!("letters_of_a_year", list);
}
