//! The pure core against every trap that the domain's rules name, and the laws that it keeps.

mod alerts;
mod attending;
mod forecast;
mod history;
mod indicators;
mod kinds;
mod laws;
mod ledger;
mod spending;

use chrono::{DateTime, NaiveDate, Utc};
use milepost::domain::calendar::FiscalYear;
use milepost::domain::code::UnitCode;
use milepost::domain::comparison::{Comparison, compare};
use milepost::domain::judge::judge;
use milepost::domain::money::Fen;
use milepost::domain::plan::{Budget, Plan, PlanPoint, PlanPoints};
use milepost::domain::project::Heading;
use milepost::domain::rule::{Rule, Rules, Severity};
use milepost::domain::verdict::{Judgement, Verdict};
use milepost::domain::workdays::WorkingDays;
use milepost::intake::rule_file::read_rules;
use milepost::intake::rule_presets::PLAN_POINTS_ONLY;

/// The days of the document's four points.
const POINT_DAYS: [&str; 4] = ["2024-03-31", "2024-06-30", "2024-10-31", "2024-12-31"];

fn year() -> FiscalYear {
    FiscalYear::new(2024).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An instant on a day, at nine in the morning in China.
fn at(day: &str) -> DateTime<Utc> {
    format!("{day}T01:00:00Z").parse().unwrap()
}

/// The rule set that looks at the plan's points and the indicators only.
fn rules() -> Rules {
    read_rules(PLAN_POINTS_ONLY).unwrap()
}

/// An amount in yuan, with a minus where it is one.
fn yuan(text: &str) -> Fen {
    Fen::from_yuan(text.parse().unwrap()).unwrap()
}

/// A cell of the document in 万元; `-` where it is blank.
fn wan(cell: &str) -> Option<Fen> {
    (cell != "-").then(|| Fen::from_wan(cell.parse().unwrap()).unwrap())
}

fn heading() -> Heading {
    Heading {
        name: "清扫保洁".into(),
        unit: UnitCode::parse("333001").unwrap(),
        purpose: String::new(),
        goals: Vec::new(),
    }
}

/// A plan as the document writes it: the budget and the four cells.
fn plan(budget: &str, cells: [&str; 4]) -> Plan {
    let points = POINT_DAYS.iter().zip(cells).map(|(on, cell)| PlanPoint { on: day(on), planned: wan(cell) }).collect();
    Plan {
        version: 1,
        effective_on: day("2024-01-01"),
        recorded_at: at("2024-01-05"),
        heading: heading(),
        budget: Budget { total: wan(budget), ..Budget::default() },
        points: PlanPoints::new(year(), points).unwrap(),
        reason: String::new(),
        document_no: None,
    }
}

/// Project 1 of the document.
fn dispatch() -> Plan {
    plan("90.78", ["22.70", "45.39", "68.09", "90.78"])
}

/// A comparison without plan or money: a day on which something is looked at.
fn looked_at(as_of: NaiveDate) -> Comparison {
    compare(year(), None, None, Fen::ZERO, as_of).unwrap()
}

fn held(plan: &Plan, spent: &str, as_of: &str) -> Comparison {
    compare(year(), Some(plan), Some(plan), yuan(spent), day(as_of)).unwrap()
}

fn judged(plan: &Plan, spent: &str, as_of: &str) -> Judgement {
    judge(&held(plan, spent, as_of), &[], &[], &rules(), &WorkingDays::default())
}

/// Standing and severity in two words: `behind critical`, `on_plan -`.
fn said(judgement: &Judgement) -> String {
    format!("{} {}", judgement.standing.name(), judgement.severity.map_or("-", Severity::name))
}

/// What is said of one verdict: rule, severity, point.
fn told(verdict: &Verdict) -> (Rule, Severity, Option<String>) {
    (verdict.rule, verdict.severity, verdict.point_on.map(|day| day.to_string()))
}
