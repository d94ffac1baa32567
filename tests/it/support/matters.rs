//! The projects of the real document as matters of a letter, through the same `compare` and `judge` as the service.

use chrono::NaiveDate;
use milepost::domain::alert::Change;
use milepost::domain::calendar::FiscalYear;
use milepost::domain::code::{ProjectCode, UnitCode};
use milepost::domain::comparison::compare;
use milepost::domain::contact::{ContactRole, EmailAddress, LetterStyle};
use milepost::domain::judge::judge;
use milepost::domain::language::Language;
use milepost::domain::letter::{Matter, Recipient, WarningFacts};
use milepost::domain::money::Fen;
use milepost::domain::plan::{Budget, Plan, PlanPoint, PlanPoints};
use milepost::domain::project::Heading;
use milepost::domain::rule::{Rule, Rules, Severity};
use milepost::domain::verdict::Standing;
use milepost::domain::workdays::WorkingDays;
use milepost::intake::rule_file::read_rules;
use milepost::intake::rule_presets::PLAN_POINTS_ONLY;

/// A row of the document's table: code, name, budget, four points; 万元 as written, `-` where blank.
pub struct Row(pub &'static str, pub &'static str, pub &'static str, pub [&'static str; 4]);

pub const DISPATCH: Row =
    Row("13060524P000002100357", "运转保障--劳务派遣经费", "90.78", ["22.70", "45.39", "68.09", "90.78"]);
pub const RESETTLED: Row =
    Row("13060524P000003100322", "运转保障--涉军安置自收自支经费", "11.74", ["2.94", "5.87", "8.81", "11.74"]);
pub const MARKETS: Row =
    Row("13060524P00000310033M", "运转保障--市管会自收自支经费", "39.08", ["9.77", "19.54", "29.31", "39.08"]);
pub const HANDED_OVER: Row =
    Row("13060524P00000310031E", "运转保障--移交在册自收自支经费", "88.43", ["22.11", "44.22", "66.32", "88.43"]);
pub const STABILITY: Row =
    Row("13060524P000002100067", "住建局2024年维稳经费", "35.00", ["8.75", "17.50", "26.25", "35.00"]);
pub const REGISTRY_LINE: Row =
    Row("13060524P004362100012", "住建局综合业务资金--房屋网签备案系统联网专线", "0.36", ["-", "0.36", "0.36", "0.36"]);
pub const VIDEO_LINE: Row = Row(
    "13060524P00436210005G",
    "住建局综合业务资金--建筑工地视频监控系统平台电信专线费",
    "4.48",
    ["-", "-", "-", "4.48"],
);
pub const SEWAGE: Row = Row(
    "13060524P004364100267",
    "白沟第二污水处理厂配套管网工程（压力出水管道及进水管道工程）质保金",
    "-",
    ["27.70", "55.40", "82.40", "110.80"],
);

fn wan(text: &str) -> Option<Fen> {
    (text != "-").then(|| Fen::from_wan(text.parse().unwrap()).unwrap())
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn heading() -> Heading {
    Heading { name: String::new(), unit: UnitCode::parse("333001").unwrap(), purpose: String::new(), goals: Vec::new() }
}

fn plan(row: &Row, version: i32) -> Plan {
    let days = ["2024-03-31", "2024-06-30", "2024-10-31", "2024-12-31"];
    let points = days.iter().zip(row.3).map(|(on, cell)| PlanPoint { on: day(on), planned: wan(cell) }).collect();
    Plan {
        version,
        effective_on: day("2024-01-01"),
        recorded_at: "2024-01-05T02:00:00Z".parse().unwrap(),
        heading: heading(),
        budget: Budget { total: wan(row.2), ..Budget::default() },
        points: PlanPoints::new(year(), points).unwrap(),
        reason: String::new(),
        document_no: None,
    }
}

pub fn year() -> FiscalYear {
    FiscalYear::new(2024).unwrap()
}

pub fn rules() -> Rules {
    Rules { name: "默认规则".into(), ..read_rules(PLAN_POINTS_ONLY).unwrap() }
}

/// What a letter tells of a project that spent so much by a day; resolved where the rules are content.
pub fn matter_on(row: &Row, spent: &str, change: Change, as_of: &str) -> Matter {
    let plan = plan(row, 1);
    let comparison = compare(year(), Some(&plan), Some(&plan), wan(spent).unwrap(), day(as_of)).unwrap();
    let judgement = judge(&comparison, &[], &[], &rules(), &WorkingDays::default());
    let verdict = judgement.verdicts.into_iter().next();
    Matter {
        code: ProjectCode::parse(row.0).unwrap(),
        name: row.1.into(),
        unit: UnitCode::parse("333001").unwrap(),
        unit_name: "白沟新城住房和城乡建设局本级".into(),
        change,
        notes: Vec::new(),
        opened_on: day("2024-06-18"),
        told_before: Vec::new(),
        rule: verdict.as_ref().map_or(Rule::BehindPlanPoint, |verdict| verdict.rule),
        severity: verdict.as_ref().map_or(Severity::Warning, |verdict| verdict.severity),
        reason: verdict.map(|verdict| verdict.reason),
        indicator: None,
        standing: judgement.standing,
        comparison,
    }
}

/// The same at the June point.
pub fn matter(row: &Row, spent: &str, change: Change) -> Matter {
    let matter = matter_on(row, spent, change, "2024-06-30");
    let quiet = matches!(matter.standing, Standing::OnPlan | Standing::NotDue);
    assert_eq!(quiet, change == Change::Resolved, "{} is {:?}", row.1, matter.standing);
    matter
}

/// A letter's facts at the June point.
pub fn facts(role: ContactRole, matters: Vec<Matter>) -> WarningFacts {
    WarningFacts {
        recipient: Recipient {
            email: EmailAddress::parse("wang@example.cn").unwrap(),
            name: if role == ContactRole::Officer { "李四".into() } else { "王五".into() },
            role,
            language: Language::Chinese,
            style: LetterStyle::Digest,
        },
        year: year(),
        as_of: day("2024-06-30"),
        known_at: "2024-07-01T00:30:05Z".parse().unwrap(),
        rules: ("默认规则".into(), 1),
        matters,
    }
}
