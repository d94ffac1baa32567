//! Doubts about a plan that reads well: nothing here refuses a document, each finding asks a person to look.

use crate::domain::calendar::FiscalYear;
use crate::domain::indicator::{Indicator, Target};
use crate::domain::money::Fen;
use crate::intake::detail::Detail;
use crate::intake::draft::Drafted;
use crate::intake::finding::{Findings, Place};
use crate::intake::indicator_rows::{IndicatorRow, Located};
use crate::intake::layout::Cell;
use crate::intake::table::is_total;
use crate::intake::{indicator_value, notation, promised_twice};
use rust_decimal::Decimal;

/// Raises every warning about these projects.
pub fn check(projects: &[Drafted], year: FiscalYear, findings: &mut Findings) {
    for project in projects {
        check_code(project, year, findings);
        check_budget_and_points(project, findings);
        if !project.draft.indicators.iter().any(Indicator::is_satisfaction) {
            let heading = &project.table.indicators.heading;
            findings.add(Detail::SatisfactionMissing, project.table.place("一级指标", heading));
        }
        for (indicator, row) in project.draft.indicators.iter().zip(&project.table.indicators.rows) {
            check_indicator(project, indicator, row, findings);
        }
    }
    promised_twice::check(projects, findings);
}

fn check_code(project: &Drafted, year: FiscalYear, findings: &mut Findings) {
    let code = &project.draft.code;
    let Some(field) = project.table.identity_field(&["项目编码", "项目代码"]) else { return };
    let place = || project.table.place(&field.label.text, &field.value);
    // A code of full length with a sign outside the alphabet has no check sign to expect, and is as doubtful.
    if code.check_sign_matches() == Some(false) || (code.as_str().len() == 21 && code.expected_check_sign().is_none()) {
        findings.add(Detail::CheckSignMismatch { expected: code.expected_check_sign() }, place());
    }
    if let Some(code_year) = code.year().filter(|code_year| *code_year != year.number()) {
        findings.add(Detail::CodeYearDiffers { code_year, year: year.number() }, place());
    }
}

fn check_budget_and_points(project: &Drafted, findings: &mut Findings) {
    let table = &project.table;
    let budget = project.draft.budget.total;
    if let Some(field) = table.budget.iter().find(|field| is_total(&field.label.label())).filter(|_| budget.is_none()) {
        findings.add(Detail::BudgetMissing, table.place(&field.label.text, &field.value));
    }
    let mut before: Option<&Cell> = None;
    for field in &table.points {
        if !notation::is_blank(&field.value.text) {
            before = Some(&field.label);
        } else if let Some(before) = before {
            let detail = Detail::PointsBlankInside { before_point: before.text.clone() };
            findings.add(detail, table.place(&field.label.text, &field.value));
        }
    }
    let mut figures = project
        .draft
        .points
        .as_slice()
        .iter()
        .zip(&table.points)
        .filter(|(_, field)| !notation::is_blank(&field.value.text));
    let (last, field) = match figures.next_back() {
        Some((point, field)) => (point.planned, Some(field)),
        None => (Some(Fen::ZERO), table.points.last()),
    };
    if let (Some(last), Some(budget), Some(field)) = (last, budget, field)
        && differs(last, budget, project.last_point_step)
    {
        findings.add(Detail::LastPointDiffers { last, budget }, table.place(&field.label.text, &field.value));
    }
}

/// Rounding is no difference: a plan written with fewer decimals than the budget may be half a step away.
fn differs(last: Fen, budget: Fen, step: Decimal) -> bool {
    let gap = last.minus(budget).map_or(Decimal::MAX, |gap| gap.decimal().abs());
    gap.checked_mul(Decimal::TWO).is_none_or(|doubled| doubled > step && gap > Decimal::ZERO)
}

fn check_indicator(project: &Drafted, indicator: &Indicator, row: &IndicatorRow, findings: &mut Findings) {
    let place = |located: &Located| -> Place { project.table.place(&located.column, &located.cell) };
    if let Some(basis) = row.basis.as_ref().filter(|basis| notation::is_blank(&basis.cell.text)) {
        findings.add(Detail::BasisMissing, place(basis));
    }
    if let Target::Stated { suggested, .. } = indicator.target_read {
        findings.add(Detail::ComparatorMissing { suggested }, place(&row.target));
    }
    if let Some(budget) = project.draft.budget.total.filter(|budget| costs(indicator) == Some(*budget)) {
        let text = words(indicator);
        if ["每月", "月均", "每个月"].iter().any(|word| text.contains(word)) {
            findings.add(Detail::MonthlyCostEqualsAnnual { budget }, place(&row.target));
        } else if is_per_piece(&text) && !promises_one_piece(project) {
            findings.add(Detail::UnitCostEqualsBudget { budget }, place(&row.target));
        }
    }
    if is_headcount_cap(indicator) && employs_people(project) {
        findings.add(Detail::HeadcountAsCap, place(&row.target));
    }
}

/// The amount that a cost indicator promises.
fn costs(indicator: &Indicator) -> Option<Fen> {
    let (_, quantity) = indicator.target_read.bound().filter(|_| indicator.is_cost())?;
    indicator_value::money(quantity)
}

/// Name, description and qualifier together: the words that say what a cost is per.
fn words(indicator: &Indicator) -> String {
    let quantity = indicator.target_read.bound().map(|(_, quantity)| quantity);
    let unit = quantity.map_or("", |quantity| quantity.unit.as_str());
    let per = quantity.and_then(|quantity| quantity.per.as_deref()).unwrap_or_default();
    format!("{} {} {unit} {per}", indicator.name, indicator.description)
}

/// 每户, 每座, 户均, 单价, 万元/户: but not each month or year, which are times and no pieces.
fn is_per_piece(text: &str) -> bool {
    let each = text.match_indices('每').any(|(place, each)| {
        let next = text.get(place + each.len()..).and_then(|rest| rest.chars().next());
        next.is_some_and(|next| !matches!(next, '年' | '月' | '季' | '日' | '天' | '周' | ' '))
    });
    let per = text.split_once("元/").is_some_and(|(_, rest)| !rest.starts_with(['年', '月', '季', '日', '天']));
    each || per || ["户均", "人均", "单价", "单位成本"].iter().any(|word| text.contains(word))
}

/// Where only one piece is promised, its cost is rightly the whole budget.
fn promises_one_piece(project: &Drafted) -> bool {
    let counts: Vec<Decimal> =
        project.draft.indicators.iter().filter_map(promised_twice::count).map(|q| q.value).collect();
    !counts.is_empty() && counts.iter().all(|count| *count == Decimal::ONE)
}

fn is_headcount_cap(indicator: &Indicator) -> bool {
    let bound = match &indicator.target_read {
        Target::Bound { comparator, quantity } if comparator.is_cap() => Some(quantity),
        _ => None,
    };
    indicator.level2.contains("数量")
        && bound.is_some_and(|quantity| matches!(quantity.unit.as_str(), "人" | "名" | "位"))
}

/// Whether the money is for people: the wages, insurance or posting of those counted.
fn employs_people(project: &Drafted) -> bool {
    let draft = &project.draft;
    let texts = [&draft.name, &draft.purpose].into_iter().chain(&draft.goals);
    let words = ["工资", "薪", "聘用", "派遣", "安置", "劳务", "临时人员", "公益性岗位", "人员经费", "福利", "社保"];
    texts.into_iter().any(|text| words.iter().any(|word| text.contains(word)))
}
