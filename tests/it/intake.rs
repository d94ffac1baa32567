//! The reader on real paper: every figure of the document in a snapshot that a clerk could check, and damage refused.

use crate::support::shared;
use milepost::domain::calendar::FiscalYear;
use milepost::domain::indicator::{Quantity, Target};
use milepost::domain::language::Language;
use milepost::domain::money::Fen;
use milepost::domain::project::ProjectDraft;
use milepost::intake::finding::Finding;
use milepost::intake::plan::{PlanDocument, read_plan};
use std::fmt::Write;

mod damage;
mod postings;
mod variants;

fn year() -> FiscalYear {
    FiscalYear::new(2024).unwrap()
}

fn real() -> Option<String> {
    shared("data/baigou-2024.txt").map(|path| std::fs::read_to_string(path).unwrap())
}

fn example(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)).unwrap()
}

fn read(text: &str) -> PlanDocument {
    read_plan(text.as_bytes(), year()).unwrap_or_else(|refused| panic!("{refused}"))
}

#[test]
fn the_real_document_is_read_as_the_paper_says() {
    let Some(text) = real() else { return };
    insta::assert_snapshot!("real_document", shown(&read(&text)));
}

#[test]
fn the_real_document_raises_every_warning_with_its_place() {
    let Some(text) = real() else { return };
    insta::assert_snapshot!("real_document_findings", findings_shown(&read(&text).findings));
}

#[test]
fn the_sample_plan_has_the_figures_of_the_real_one() {
    let sample = read_plan(&example("plan-2024.txt"), year()).unwrap_or_else(|refused| panic!("{refused}"));
    assert_figures(&sample);
    insta::assert_snapshot!("sample_plan_findings", findings_shown(&sample.findings));
    if let Some(text) = real() {
        let real = read(&text);
        let figures = |document: &PlanDocument| -> Vec<_> {
            let one = |p: &ProjectDraft| (p.code.clone(), p.budget, p.points.clone(), p.points_written.clone());
            document.projects.iter().map(one).collect()
        };
        assert_eq!(figures(&sample), figures(&real));
        assert_eq!(counts(&sample.findings), counts(&real.findings));
    }
}

#[test]
fn the_real_document_has_the_figures_of_the_table() {
    let Some(text) = real() else { return };
    assert_figures(&read(&text));
}

/// 15 projects, 89 indicators, 388.54 万元 in 14 budgets, and the totals of each plan point.
fn assert_figures(document: &PlanDocument) {
    assert_eq!((document.projects.len(), document.indicator_count()), (15, 89));
    let (total, blank) = document.budget_total().unwrap();
    assert_eq!((total.yuan(), blank), ("3885400.00".into(), 1));
    let point = |place: usize| {
        Fen::total(document.projects.iter().filter_map(|p| p.points.as_slice()[place].planned)).unwrap().wan()
    };
    assert_eq!([point(0), point(1), point(2), point(3)], ["120.64", "242.71", "370.54", "499.34"]);
    assert_eq!(document.units.len(), 1);
}

fn counts(findings: &[Finding]) -> std::collections::BTreeMap<&'static str, usize> {
    findings.iter().fold(std::collections::BTreeMap::new(), |mut counts, finding| {
        *counts.entry(finding.code.name()).or_default() += 1;
        counts
    })
}

fn shown(document: &PlanDocument) -> String {
    let mut text = String::new();
    for unit in &document.units {
        writeln!(text, "{} {}", unit.code, unit.name).unwrap();
    }
    let (total, blank) = document.budget_total().unwrap();
    let (projects, indicators) = (document.projects.len(), document.indicator_count());
    writeln!(text, "{projects} projects, {indicators} indicators, budgets {} 万元, {blank} blank", total.wan())
        .unwrap();
    for (number, project) in (1..).zip(&document.projects) {
        show_project(&mut text, number, project);
    }
    text
}

fn show_project(text: &mut String, number: u32, project: &ProjectDraft) {
    let wan = |amount: Option<Fen>| amount.map_or("—".into(), Fen::wan);
    writeln!(text, "\n#{number} {} {}", project.code, project.name).unwrap();
    let budget = project.budget;
    writeln!(text, "  预算 {} 财政 {} 其他 {}", wan(budget.total), wan(budget.fiscal), wan(budget.other)).unwrap();
    for (point, written) in project.points.as_slice().iter().zip(&project.points_written) {
        writeln!(text, "  {} {written:>6} = {}", point.on, point.planned.map_or("—".into(), Fen::yuan)).unwrap();
    }
    writeln!(text, "  用途 {}", project.purpose).unwrap();
    for goal in &project.goals {
        writeln!(text, "  目标 {goal}").unwrap();
    }
    for one in &project.indicators {
        let levels = format!("{}/{}/{}", one.level1, one.level2, one.name);
        writeln!(text, "  - {levels}：{}", one.description).unwrap();
        writeln!(text, "    {} => {}  [{}]", one.target, target_shown(&one.target_read), one.basis).unwrap();
    }
}

fn target_shown(target: &Target) -> String {
    let quantity = |q: &Quantity| {
        let per = q.per.as_ref().map(|per| format!(" ({per})")).unwrap_or_default();
        format!("{} {}{per}", q.value, q.unit)
    };
    match target {
        Target::Bound { comparator, quantity: q } => format!("bound {} {}", comparator.sign(), quantity(q)),
        Target::Stated { suggested, quantity: q } => format!("stated {} (suggested {})", quantity(q), suggested.sign()),
        Target::Deadline { due_on } => format!("deadline {due_on}"),
        Target::MonthlyDeadline => "monthly deadline".into(),
        Target::Qualitative => "qualitative".into(),
    }
}

fn findings_shown(findings: &[Finding]) -> String {
    let mut text = String::new();
    for (name, count) in counts(findings) {
        writeln!(text, "{count:>3} {name}").unwrap();
    }
    for finding in findings {
        let (severity, code) = (finding.severity.name(), finding.code.name());
        let project = finding.project.as_deref().unwrap_or("-");
        writeln!(text, "\n{severity} {code} {project}\n  {}", finding.message(Language::Chinese)).unwrap();
        writeln!(text, "  {}", finding.message(Language::English)).unwrap();
    }
    text
}
