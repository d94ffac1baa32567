//! One project table, interpreted: labels and cells become a project's code, budget, plan points and indicators.

use crate::domain::calendar::FiscalYear;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::indicator::{Indicator, Target};
use crate::domain::money::Fen;
use crate::domain::plan::{Budget, MAX_POINTS, PlanPoint, PlanPoints};
use crate::domain::project::{ProjectDraft, Unit};
use crate::domain::text;
use crate::intake::deadline;
use crate::intake::detail::Detail;
use crate::intake::finding::Findings;
use crate::intake::indicator_rows::IndicatorRow;
use crate::intake::indicator_value::{self, TargetRead};
use crate::intake::layout::Cell;
use crate::intake::notation::{self, NumberFault};
use crate::intake::table::{Field, Table, is_total};
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

/// Yuan in one unit of the amounts: 10,000 for 万元.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale(u32);

/// Amounts above this are slips of the pen: thirteen digits of yuan.
const MAX_YUAN: i64 = 9_999_999_999_999;

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

fn read_scale(table: &Table) -> Option<Scale> {
    let head = table.head.iter().find_map(|cell| {
        let label = cell.label();
        label.rsplit_once("单位:").and_then(|(_, unit)| Scale::of(unit))
    });
    let in_brackets = |label: &str| label.split_once('(').and_then(|(_, unit)| Scale::of(unit));
    let total =
        || table.budget.iter().find(|field| is_total(&field.label.label())).and_then(|f| in_brackets(&f.label.label()));
    head.or_else(total).or_else(|| in_brackets(&table.plan_label.label()))
}

impl Scale {
    fn of(unit: &str) -> Option<Scale> {
        match unit.trim_end_matches(')').trim_start_matches("人民币") {
            "元" => Some(Scale(1)),
            "百元" => Some(Scale(100)),
            "千元" => Some(Scale(1_000)),
            "万元" => Some(Scale(10_000)),
            "亿元" => Some(Scale(100_000_000)),
            _ => None,
        }
    }

    /// Fen in one unit of the last decimal that a number is written with.
    fn step(self, number: Decimal) -> Decimal {
        let fen = Decimal::from(self.0).checked_mul(Decimal::ONE_HUNDRED).unwrap_or(Decimal::ONE);
        fen.checked_mul(Decimal::new(1, number.scale())).unwrap_or(Decimal::ONE)
    }

    fn fen(self, number: Decimal) -> Result<Fen, Detail> {
        let yuan = number.checked_mul(Decimal::from(self.0)).filter(|yuan| *yuan <= Decimal::from(MAX_YUAN));
        yuan.and_then(|yuan| Fen::from_yuan(yuan).ok()).ok_or(Detail::NumberTooLarge)
    }
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

fn read_budget(table: &Table, scale: Scale, findings: &mut Findings) -> Option<Budget> {
    let mut budget = Budget::default();
    let mut whole = true;
    for field in &table.budget {
        let label = field.label.label();
        let part = if is_total(&label) {
            &mut budget.total
        } else if label.contains("本级") {
            &mut budget.fiscal_own
        } else if label.contains("上级") {
            &mut budget.fiscal_upper
        } else if label.contains("财政") {
            &mut budget.fiscal
        } else {
            &mut budget.other
        };
        match cell_number(&field.value).and_then(|number| number.map(|number| scale.fen(number)).transpose()) {
            Ok(amount) => *part = amount,
            Err(detail) => {
                findings.add(detail, table.place(&field.label.text, &field.value));
                whole = false;
            }
        }
    }
    whole.then_some(budget)
}

/// The number of a cell, none where it is blank; a unit of money written behind it is let pass.
fn cell_number(cell: &Cell) -> Result<Option<Decimal>, Detail> {
    if notation::is_blank(&cell.text) {
        return Ok(None);
    }
    notation::number(&notation::plain(&cell.text)).map(Some).map_err(Detail::from)
}

impl From<NumberFault> for Detail {
    fn from(fault: NumberFault) -> Detail {
        match fault {
            NumberFault::Unreadable => Detail::NumberUnreadable,
            NumberFault::Negative => Detail::NumberNegative,
            NumberFault::TooLarge => Detail::NumberTooLarge,
        }
    }
}

/// Whether the plan's cells are shares of the budget, and otherwise in what its amounts are.
enum Measure {
    Percent,
    Money(Scale),
}

impl Measure {
    fn of(table: &Table, scale: Scale) -> Measure {
        let label = table.plan_label.label();
        match label.split_once('(').map(|(_, unit)| unit.trim_end_matches(')')) {
            Some("%" | "百分比") => Measure::Percent,
            Some(unit) => Measure::Money(Scale::of(unit).unwrap_or(scale)),
            None if table.points.iter().any(|field| field.value.label().ends_with('%')) => Measure::Percent,
            None => Measure::Money(scale),
        }
    }
}

/// A plan being read, point by point.
struct PlanReader<'a> {
    measure: Measure,
    budget: Budget,
    year: FiscalYear,
    points: Vec<PlanPoint>,
    highest: Option<(Decimal, &'a Field)>,
    step: Decimal,
}

/// The plan's points and the rounding step of its last figure.
fn read_plan(
    table: &Table,
    year: FiscalYear,
    scale: Scale,
    budget: Budget,
    findings: &mut Findings,
) -> Option<(PlanPoints, Decimal)> {
    let measure = Measure::of(table, scale);
    let mut reader = PlanReader { measure, budget, year, points: Vec::new(), highest: None, step: Decimal::ONE };
    let mut clean = true;
    if table.points.len() > MAX_POINTS {
        findings.add(Detail::TooManyPoints, table.place(&table.plan_label.text, &table.plan_label));
        return None;
    }
    for field in &table.points {
        for (cell, taken) in [(&field.label, reader.take_day(field)), (&field.value, reader.take_figure(field))] {
            if let Err(detail) = taken {
                findings.add(detail, table.place(&field.label.text, cell));
                clean = false;
            }
        }
    }
    if !clean || reader.points.is_empty() {
        return None;
    }
    let points = PlanPoints::new(year, reader.points).map_err(|_| Detail::PointsOutOfOrder);
    let points = points.map_err(|detail| findings.add(detail, table.place(&table.plan_label.text, &table.plan_label)));
    Some((points.ok()?, reader.step))
}

impl<'a> PlanReader<'a> {
    fn take_day(&mut self, field: &Field) -> Result<(), Detail> {
        let on = deadline::plan_point(&field.label.label(), self.year);
        let on = on.ok_or(Detail::PointHeading { year: self.year.number() })?;
        if self.points.last().is_some_and(|last| last.on >= on) {
            return Err(Detail::PointsOutOfOrder);
        }
        self.points.push(PlanPoint { on, planned: None });
        Ok(())
    }

    fn take_figure(&mut self, field: &'a Field) -> Result<(), Detail> {
        let Some(number) = point_number(&field.value, &self.measure)? else { return Ok(()) };
        if let Some((_, before)) = self.highest.filter(|(highest, _)| number < *highest) {
            return Err(Detail::PointsFall {
                before_point: before.label.text.clone(),
                before: before.value.text.clone(),
            });
        }
        self.highest = Some((number, field));
        let (amount, step) = planned(number, &self.measure, self.budget)?;
        self.step = step;
        if let Some(point) = self.points.last_mut() {
            point.planned = amount;
        }
        Ok(())
    }
}

fn point_number(cell: &Cell, measure: &Measure) -> Result<Option<Decimal>, Detail> {
    let text = notation::plain(&cell.text);
    match (measure, text.strip_suffix('%')) {
        (Measure::Percent, Some(number)) => notation::number(number).map(Some).map_err(Detail::from),
        _ => cell_number(cell),
    }
}

/// The amount promised (unknown where a share of a blank budget is), and its rounding step.
fn planned(number: Decimal, measure: &Measure, budget: Budget) -> Result<(Option<Fen>, Decimal), Detail> {
    match measure {
        Measure::Money(scale) => Ok((Some(scale.fen(number)?), scale.step(number))),
        Measure::Percent => {
            let Some(total) = budget.total else { return Ok((None, Decimal::ONE)) };
            let yuan = total.decimal().checked_mul(number).and_then(|part| part.checked_div(Decimal::from(10_000)));
            let amount = yuan.and_then(|yuan| Fen::from_yuan(yuan).ok()).ok_or(Detail::NumberTooLarge)?;
            Ok((Some(amount), Decimal::ONE))
        }
    }
}

fn read_indicators(table: &Table, year: FiscalYear, findings: &mut Findings) -> Option<Vec<Indicator>> {
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
