//! One project table, interpreted: labels and cells become a project's code, budget, plan points and indicators.

use crate::domain::calendar::FiscalYear;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::indicator::{Indicator, Target};
use crate::domain::project::{ProjectDraft, Unit};
use crate::domain::text;
use crate::intake::amounts::{Scale, cell_number, read_budget, read_plan, read_scale};
use crate::intake::detail::Detail;
use crate::intake::finding::Findings;
use crate::intake::indicator_rows::IndicatorRow;
use crate::intake::indicator_value::{self, TargetRead};
use crate::intake::layout::Cell;
use crate::intake::notation;
use crate::intake::table::Table;
use rust_decimal::Decimal;

/// A project with the table it was read from, whose cells give findings their places.
#[derive(Debug)]
pub struct Drafted {
    /// The project.
    pub draft: ProjectDraft,
    /// Its table; the rows of its indicators stand in the order of the draft's.
    pub table: Table,
    /// What one unit of the last decimal of the last plan figure is worth in fen: its rounding.
    pub last_point_step: Decimal,
}

/// What one table may inherit from the one before: the unit's line and 单位：万元 are sometimes printed only once.
#[derive(Debug, Default)]
pub struct Inherited {
    unit: Option<Unit>,
    scale: Option<Scale>,
}

/// Interprets a table; none when it holds an error, which is then among the findings.
pub fn read(table: Table, year: FiscalYear, inherited: &mut Inherited, findings: &mut Findings) -> Option<Drafted> {
    let unit = read_unit(&table).or_else(|| inherited.unit.clone());
    if unit.is_none() {
        let cell = Cell { line: table.line, text: String::new() };
        findings.add(Detail::PartMissing { part: "单位编码和名称" }, table.place("预算单位", &cell));
    }
    let scale = read_scale(&table).or(inherited.scale);
    if scale.is_none() {
        let cell = Cell { line: table.line, text: String::new() };
        findings.add(Detail::MoneyUnitMissing, table.place("单位", &cell));
    }
    inherited.unit.clone_from(&unit);
    inherited.scale = scale;

    let code = read_code(&table, findings);
    let name = read_name(&table, findings);
    let budget = scale.and_then(|scale| read_budget(&table, scale, findings));
    let plan = scale.zip(budget).and_then(|(scale, budget)| read_plan(&table, year, scale, budget, findings));
    let indicators = read_indicators(&table, year, findings);
    let (points, last_point_step) = plan?;
    let draft = ProjectDraft {
        code: code?,
        name: name?,
        unit: unit?,
        purpose: joined(&table.purpose),
        goals: table.goals.iter().flat_map(|cell| split_goals(&cell.text)).collect(),
        budget: budget?,
        points,
        points_written: table.points.iter().map(|field| field.value.text.clone()).collect(),
        indicators: indicators?,
    };
    Some(Drafted { draft, table, last_point_step })
}

fn joined(cells: &[Cell]) -> String {
    cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// `333001保定白沟新城住房和城乡建设局（本级）`, also in brackets or after a label.
fn read_unit(table: &Table) -> Option<Unit> {
    let beside = table.identity.iter().filter(|field| field.label.label().ends_with("单位")).map(|field| &field.value);
    table.head.iter().chain(beside).find_map(|cell| unit_in(&cell.text))
}

fn unit_in(text: &str) -> Option<Unit> {
    let text = text.trim();
    let text = ["预算单位：", "预算单位:", "单位：", "单位:", "部门：", "部门:"]
        .iter()
        .find_map(|label| text.strip_prefix(label))
        .unwrap_or(text)
        .trim()
        .trim_start_matches(['[', '［', '【']);
    let end = text.find(|sign: char| !sign.is_ascii_digit())?;
    let (code, name) = text.split_at_checked(end)?;
    let name = name.trim_start_matches([']', '］', '】', '-', '_', ' ', '\u{3000}']);
    let name = ["单位：", "单位:", "金额单位"]
        .iter()
        .find_map(|label| name.split_once(label))
        .map_or(name, |(name, _)| name)
        .trim();
    let other = name.starts_with(['年', '月', '.', '、', '．', '(', '（']) || name.contains(['。', '，']);
    if !(3..=20).contains(&code.len()) || other {
        return None;
    }
    let name = text::line(name, text::MAX_NAME_CHARS).ok()?;
    Some(Unit { code: UnitCode::parse(code).ok()?, name })
}

fn read_code(table: &Table, findings: &mut Findings) -> Option<ProjectCode> {
    let field = table.identity_field(&["项目编码", "项目代码"])?;
    let code = ProjectCode::parse(&notation::label(&field.value.text));
    if code.is_err() {
        let detail = if field.value.is_empty() { Detail::CellBlank } else { Detail::CodeUnreadable };
        findings.add(detail, table.place(&field.label.text, &field.value));
    }
    code.ok()
}

fn read_name(table: &Table, findings: &mut Findings) -> Option<String> {
    let field = table.identity_field(&["项目名称"])?;
    match text::line(&field.value.text.replace('\n', ""), text::MAX_NAME_CHARS) {
        Ok(name) => Some(name),
        Err(why) => {
            let detail = if field.value.is_empty() { Detail::CellBlank } else { Detail::TextRefused(why) };
            findings.add(detail, table.place(&field.label.text, &field.value));
            None
        }
    }
}

/// The indicators of a table; none where one of them cannot be read, or there are none.
pub fn read_indicators(table: &Table, year: FiscalYear, findings: &mut Findings) -> Option<Vec<Indicator>> {
    let rows = &table.indicators.rows;
    let indicators: Vec<Indicator> = rows.iter().filter_map(|row| read_indicator(table, row, year, findings)).collect();
    (indicators.len() == rows.len() && !rows.is_empty()).then_some(indicators)
}

fn read_indicator(table: &Table, row: &IndicatorRow, year: FiscalYear, findings: &mut Findings) -> Option<Indicator> {
    let one_line = |cell: &Cell| cell.text.replace('\n', "");
    let written = one_line(&row.target.cell);
    let mut indicator = Indicator {
        level1: one_line(&row.level1),
        level2: one_line(&row.level2),
        name: one_line(&row.name),
        description: one_line(&row.description),
        target: written.clone(),
        target_read: Target::Qualitative,
        basis: row.basis.as_ref().map(|basis| one_line(&basis.cell)).unwrap_or_default(),
        weight: None,
    };
    let place = || table.place(&row.target.column, &row.target.cell);
    let blank = notation::is_blank(&written);
    match indicator_value::read(&written, indicator.is_cost(), year) {
        _ if blank => findings.add(Detail::TargetMissing, place()),
        TargetRead::Clear(target) => indicator.target_read = target,
        TargetRead::Doubtful => findings.add(Detail::TargetUnreadable, place()),
        TargetRead::Unreadable => {
            findings.add(Detail::TargetNumber, place());
            return None;
        }
    }
    if let Some(weight) = &row.weight {
        match cell_number(&Cell { line: weight.cell.line, text: weight.cell.text.replace(['%', '％'], "") }) {
            Ok(number) => indicator.weight = number,
            Err(detail) => {
                findings.add(detail, table.place(&weight.column, &weight.cell));
                return None;
            }
        }
    }
    Some(indicator)
}

/// Several goals in one cell: on lines of their own, or numbered one behind the other.
fn split_goals(text: &str) -> Vec<String> {
    text.lines().flat_map(split_numbered).filter(|goal| !goal.is_empty()).collect()
}

fn split_numbered(line: &str) -> Vec<String> {
    let mut goals = vec![String::new()];
    let mut rest = line;
    while let Some(sign) = rest.chars().next() {
        let next = format!("{}", goals.len() + 1);
        let marked = rest.strip_prefix(next.as_str()).is_some_and(begins_with_mark);
        let parted = goals.last().is_some_and(|goal| goal.ends_with(['。', '；', ';', ' ', '\u{3000}']));
        if marked && parted {
            goals.push(String::new());
        }
        if let Some(goal) = goals.last_mut() {
            goal.push(sign);
        }
        rest = rest.get(sign.len_utf8()..).unwrap_or_default();
    }
    goals.into_iter().map(|goal| goal.trim().to_owned()).collect()
}

/// `.`, `．`, `、` or a bracket behind the number of a goal, but no decimal.
fn begins_with_mark(rest: &str) -> bool {
    let after = rest.strip_prefix(['.', '．', '、', ')', '）']);
    after.is_some_and(|after| !after.starts_with(|sign: char| sign.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_is_read_from_its_line_and_from_nothing_else() {
        let shown = |text: &str| unit_in(text).map(|unit| format!("{} {}", unit.code, unit.name));
        for text in [
            "333001某局（本级）",
            "[333001]某局（本级）",
            "单位：333001 某局（本级）",
            "333001-某局（本级）　单位：万元",
        ] {
            assert_eq!(shown(text), Some("333001 某局（本级）".into()), "{text}");
        }
        for text in
            ["单位：万元", "2024年度项目", "1.某项目绩效目标表", "333001", "12某局", "", "100平方米的房屋，共三座"]
        {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn goals_are_parted_by_lines_and_by_their_numbers() {
        assert_eq!(split_goals("1.甲。2.乙；3、丙"), ["1.甲。", "2.乙；", "3、丙"]);
        assert_eq!(split_goals("1.甲\n2.乙\n"), ["1.甲", "2.乙"]);
        assert_eq!(split_goals("1..完成2.5公里。达到2.0标准"), ["1..完成2.5公里。达到2.0标准"]);
    }
}
