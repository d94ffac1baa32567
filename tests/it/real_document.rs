//! The main job on the real document, with the real binary, on both databases: from the plan to the letter that says
//! it is over.

use crate::support::bureau::{DISPATCH, HANDED_OVER, SEWAGE, VIDEO_LINE, add_people, open_books, pay};
use crate::support::eml::{self, Eml};
use crate::support::place::Place;
use crate::support::service::Service;
use crate::support::shared;
use crate::support::smtp_sink::SmtpSink;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// What the bureau paid by the end of June and hands in as a file: a standing of each kind.
const ACTUALS: &str = "\
项目编码,支付金额（元）,支付日期,凭证号,凭证行号,资金来源,类型,收款人,摘要
13060524P000002100357,226950.00,2024-03-28,2024-03-0117,1,本级安排,支付,劳务公司,一季度
13060524P000002100357,226900.00,2024-06-27,2024-06-0117,1,本级安排,支付,劳务公司,二季度；至此差计划50元
13060524P000003100322,46960.00,2024-06-27,2024-06-0118,1,本级安排,支付,涉军安置人员,正好是计划的80%
13060524P00000310033M,117240.00,2024-06-27,2024-06-0119,1,本级安排,支付,市管会人员,正好是计划的60%
13060524P00000110041Y,650000.00,2024-06-27,2024-06-0120,1,本级安排,支付,临时聘用人员,超出计划的120%
13060524P000002100067,\"175,000.00\",2024-06-20,2024-06-0121,1,本级安排,支付,工作组,正好是计划
13060524P004362100039,1000.00,2024-05-16,2024-05-0012,1,本级安排,支付,通信公司,10月才有计划
13060524P004362100012,3600.00,2024-06-18,2024-06-0023,1,本级安排,支付,通信公司,预算全数
13060524P004362100012,200.00,2024-06-18,2024-06-0023,2,本级安排,支付,通信公司,超出预算
13060524P004362100012,100.00,2024-06-25,2024-06-0024,1,本级安排,退款,通信公司,退回一半
";

const READINGS: &str = "\
项目编码,三级指标,监测日期,监测值,说明,佐证材料
13060524P000002100357,劳务派遣人数,2024-06-30,23人,多用一人,6月花名册
13060524P000002100357,出勤率,2024-06-30,96.5%,上半年平均,考勤汇总表
";

fn imported(place: &Place, plan: &Path) -> Value {
    place.with_rules("plan-points-only");
    let answer = open_books(place, plan);
    add_people(place);
    answer
}

/// Hands in what was paid and achieved: files, and the last two payments by REST.
fn hand_in(place: &Place) {
    std::fs::write(place.file("actuals.csv"), ACTUALS).unwrap();
    std::fs::write(place.file("readings.csv"), READINGS).unwrap();
    place.at("2024-07-01T09:00:00+08:00");
    let taken = place.json(&["import", "actuals", "actuals.csv", "--year", "2024"]);
    assert_eq!(taken, json!({ "new": 10, "unchanged": 0, "reversed": 0, "refused": [], "applied": true }));
    assert_eq!(place.json(&["import", "readings", "readings.csv", "--year", "2024"])["new"], 2);

    let clerk = place.token("clerk", &["333001"]);
    let service = Service::start(place);
    let posted = pay(&service, &clerk, HANDED_OVER, "260000.00", "2024-06-28", "2024-06-0200");
    assert_eq!(
        (&posted["comparison"]["rate_of_plan"], &posted["comparison"]["severity"]),
        (&json!("0.5880"), &json!("critical"))
    );
    let posted = pay(&service, &clerk, SEWAGE, "277000.00", "2024-03-29", "2024-03-0201");
    assert_eq!(
        (&posted["comparison"]["standing"], &posted["comparison"]["rate_of_budget"]),
        (&json!("behind"), &Value::Null)
    );
    assert_eq!(service.terminate(), Some(0));
}

/// Where all projects stand, as a table that can be held against the paper.
fn standings(service: &Service, token: &str, as_of: &str) -> String {
    let answer = service.client.get(token, &format!("/years/2024/comparison?as_of={as_of}")).expect(200).json();
    let said = |value: &Value| value.as_str().unwrap_or("—").to_owned();
    let mut lines = vec![format!(
        "{:<22}{:>12}{:>12}{:>12}{:>9}  {:<9} {}",
        "code", "planned", "spent", "gap", "of plan", "standing", "severity"
    )];
    for item in answer["items"].as_array().unwrap() {
        lines.push(format!(
            "{:<22}{:>12}{:>12}{:>12}{:>9}  {:<9} {}",
            said(&item["project"]["code"]),
            said(&item["plan"]["planned_yuan"]),
            said(&item["spent_yuan"]),
            said(&item["gap_yuan"]),
            said(&item["rate_of_plan"]),
            said(&item["standing"]),
            said(&item["severity"])
        ));
    }
    let totals = &answer["totals"];
    lines.push(format!(
        "totals: {} projects, budget {} without {}; planned {}, spent {}",
        totals["projects"],
        said(&totals["budget_yuan"]),
        said(&totals["excluded"][0]["code"]),
        said(&totals["planned_yuan"]),
        said(&totals["spent_yuan"])
    ));
    lines.join("\n")
}

fn check(place: &Place, as_of: &str) -> Value {
    place.json(&["check", "--year", "2024", "--as-of", as_of])
}

/// The letters that came since there were so many.
fn since(place: &Place, seen: usize) -> Vec<Eml> {
    place.mail().split_off(seen)
}

#[test]
fn the_real_document_is_taken_whole_with_what_is_odd_about_it() {
    let Some(document) = shared("data/baigou-2024.txt") else { return };
    let lines: Vec<String> = std::fs::read_to_string(&document).unwrap().lines().map(str::to_owned).collect();
    Place::each(|place| {
        let answer = open_books(place, &document);
        assert_eq!((&answer["projects"], &answer["indicators"]), (&json!(15), &json!(89)));
        assert_eq!((&answer["budget_yuan"], &answer["applied"]), (&json!("3885400.00"), &json!(true)));
        let findings = answer["findings"].as_array().unwrap();
        assert!(findings.iter().any(|one| one["code"] == "budget_missing" && one["project"] == SEWAGE));
        for finding in findings {
            let row = usize::try_from(finding["row"].as_u64().unwrap()).unwrap();
            let value = finding["value"].as_str().unwrap();
            assert!(lines[row - 1].contains(value), "{finding}: line {row} is {}", lines[row - 1]);
            assert!(!finding["column"].as_str().unwrap().is_empty(), "{finding}");
            assert!(!finding["message"].as_str().unwrap().is_empty(), "{finding}");
            assert_eq!(finding["severity"], "warning", "{finding}");
        }
        let told = place.run(&["import", "plan", document.to_str().unwrap(), "--year", "2024"]);
        assert_eq!(told.code, 0);
        assert!(told.out.contains("与已入库的计划一致，未作改动"), "{}", told.out);
    });
}

#[test]
fn from_the_plan_to_the_letters_and_until_it_is_over() {
    let Some(document) = shared("data/baigou-2024.txt") else { return };
    Place::each(|place| {
        imported(place, &document);
        hand_in(place);
        let reader = place.token("auditor", &["333001"]);

        let at_once = place.json(&["letters", "list"])["items"].as_array().unwrap().clone();
        let said = |value: &Value| value.as_str().unwrap().to_owned();
        let at_once: Vec<String> =
            at_once.iter().map(|one| format!("{} ← {}", said(&one["to"]["name"]), said(&one["subject"]))).collect();
        insta::assert_snapshot!("told_at_once", at_once.join("\n"));
        place.done(&["letters", "send"]);
        let seen = place.mail().len();
        assert_eq!(seen, at_once.len());

        let first = check(place, "2024-06-30");
        assert_eq!((&first["projects"], &first["without_recipient"]), (&json!(15), &json!(0)));
        assert_eq!(first["letters"], 2, "{first}");
        let digest = since(place, seen);
        insta::assert_snapshot!("digest_at_june", eml::shown(&digest));
        for letter in &digest {
            assert!(letter.html.contains("<table") && letter.html.contains("万元"), "{}", letter.html);
        }
        let service = Service::start(place);
        insta::assert_snapshot!("standings_at_june", standings(&service, &reader, "2024-06-30"));

        let again = check(place, "2024-06-30");
        assert_eq!((&again["letters"], &again["alerts"]["raised"]), (&json!(0), &json!(0)), "{again}");
        assert_eq!(since(place, seen), digest, "a second check on the same day is silent");
        drop(service);

        pay_up(place);
        let seen = place.mail().len();
        let over = check(place, "2024-07-05");
        assert_eq!(over["letters"], 3, "{over}");
        insta::assert_snapshot!("letters_when_it_is_over", eml::shown(&since(place, seen)));
        assert_eq!(check(place, "2024-07-05")["letters"], 0, "it is over only once");

        october(place, &reader);
        assert_eq!(place.json(&["verify"])["clean"], true);
    });
}

/// What lagged most is paid up in July.
fn pay_up(place: &Place) {
    place.at("2024-07-05T09:00:00+08:00");
    let clerk = place.token("clerk", &["333001"]);
    let service = Service::start(place);
    pay(&service, &clerk, HANDED_OVER, "182200.00", "2024-07-04", "2024-07-0001");
    pay(&service, &clerk, SEWAGE, "277000.00", "2024-07-04", "2024-07-0002");
    assert_eq!(service.terminate(), Some(0));
}

/// At the next point the alerts of June give way to those of October, which name what they follow.
fn october(place: &Place, reader: &str) {
    place.at("2024-11-01T09:00:00+08:00");
    let checked = check(place, "2024-10-31");
    assert!(checked["alerts"]["superseded"].as_u64().unwrap() >= 2, "{checked}");
    let service = Service::start(place);
    let alerts = service.client.get(reader, "/years/2024/alerts?limit=500").expect(200).json();
    let alerts = alerts["items"].as_array().unwrap();
    let of_id = |id: &Value| alerts.iter().find(|one| one["id"] == *id);
    let mut told: Vec<String> = alerts
        .iter()
        .map(|one| {
            let said = |key: &str| one[key].as_str().unwrap_or("—").to_owned();
            let before = of_id(&one["follows"]).map(|before| before["point_on"].as_str().unwrap());
            let follows = before.map_or_else(String::new, |day| format!(", follows {day}"));
            let code = one["project"]["code"].as_str().unwrap();
            format!("{code} {} {} {} {}{follows}", said("point_on"), said("rule"), said("severity"), said("state"))
        })
        .collect();
    told.sort();
    insta::assert_snapshot!("alerts_after_october", told.join("\n"));
    for one in alerts.iter().filter(|one| one["state"] == "superseded") {
        assert_eq!(one["point_on"], "2024-06-30");
        assert!(alerts.iter().any(|later| later["follows"] == one["id"]), "nothing follows {one}");
    }
}

#[test]
fn every_letter_prints_full_names_and_amounts_with_two_decimals() {
    let Some(document) = shared("data/baigou-2024.txt") else { return };
    let place = Place::sqlite();
    imported(&place, &document);
    hand_in(&place);
    check(&place, "2024-06-30");
    let letters = place.mail();
    let head = letters.iter().rfind(|letter| letter.to.contains("李明")).unwrap();
    for part in [&head.text, &head.html] {
        for words in ["运转保障--涉军安置自收自支经费", "5.87", "4.70", "11.72", "19.54", "万元"] {
            assert!(part.contains(words), "{words} is not in {part}");
        }
    }
    let special = letters.iter().find(|letter| letter.to.contains("王林")).unwrap();
    assert!(special.text.contains("白沟第二污水处理厂配套管网工程（压力出水管道及进水管道工程）质保金"));
    assert!(!special.text.contains(DISPATCH), "who answers for one project hears of that one");
    assert!(!letters.iter().any(|letter| letter.text.contains(VIDEO_LINE)), "nothing is planned there before December");
}

#[test]
fn the_service_sends_its_letters_through_a_mail_server() {
    let Some(document) = shared("data/baigou-2024.txt") else { return };
    Place::each(|place| {
        let sink = SmtpSink::start(&[]);
        let port = sink.port.to_string();
        place.set("mail.transport", "smtp").set("mail.smtp.host", "127.0.0.1").set("mail.smtp.port", &port);
        place.set("mail.smtp.security", "none").set("mail.from", "预算执行监控 <milepost@budget.example>");
        imported(place, &document);
        hand_in(place);
        let reviewer = place.token("reviewer", &["333001"]);
        let service = Service::start(place);
        let checked =
            service.client.post(&reviewer, "/years/2024/checks", "", &json!({ "as_of": "2024-06-30" })).expect(200);
        assert_eq!(checked.json()["letters"], 2, "{}", checked.text);

        let listed = until_all_are_sent(&service, &reviewer);
        let received = sink.received();
        assert_eq!(received.len(), listed.len());
        for mail in &received {
            assert_eq!((mail.mail_from.as_str(), mail.rcpt_to.len()), ("milepost@budget.example", 1));
            let letter = Eml::parse(&mail.message);
            let same = |one: &&Value| one["subject"] == letter.subject && one["to"]["email"] == mail.rcpt_to[0];
            let decided = listed.iter().find(same).expect("what was sent is what was decided");
            assert_eq!(letter.text.trim_end(), decided["text"].as_str().unwrap().trim_end());
            assert!(letter.to.contains(&mail.rcpt_to[0]) && letter.html.contains("<table"));
        }
        assert!(place.mail().is_empty(), "nothing goes to the folder");
    });
}

/// The outbox, once nothing waits there any more.
fn until_all_are_sent(service: &Service, token: &str) -> Vec<Value> {
    let started = Instant::now();
    loop {
        let listed = service.client.get(token, "/letters?limit=500").expect(200).json();
        let items = listed["items"].as_array().unwrap().clone();
        if items.iter().all(|one| one["state"] == "sent") {
            return items;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{listed}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
