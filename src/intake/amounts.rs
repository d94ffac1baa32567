//! Amounts of a project table: in what unit they are, the budget with its parts, and the plan's points.

use crate::domain::calendar::FiscalYear;
use crate::domain::money::Fen;
use crate::domain::plan::{Budget, MAX_POINTS, PlanPoint, PlanPoints};
use crate::intake::deadline;
use crate::intake::detail::Detail;
use crate::intake::finding::Findings;
use crate::intake::layout::Cell;
use crate::intake::notation::{self, NumberFault};
use crate::intake::table::{Field, Table, is_total};
use rust_decimal::Decimal;

/// Yuan in one unit of the amounts: 10,000 for 万元.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale(u32);

/// Amounts above this are slips of the pen: thirteen digits of yuan.
const MAX_YUAN: i64 = 9_999_999_999_999;

/// In what the amounts of a table are: 单位：万元 above it, or a bracket behind a label.
#[must_use]
pub fn read_scale(table: &Table) -> Option<Scale> {
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

/// 预算数 and its parts; none when a cell cannot be read.
pub fn read_budget(table: &Table, scale: Scale, findings: &mut Findings) -> Option<Budget> {
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

/// The number of a cell, none where it is blank.
pub fn cell_number(cell: &Cell) -> Result<Option<Decimal>, Detail> {
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

/// The plan's points and the rounding step of its last figure; none when a heading or a cell cannot be read.
pub fn read_plan(
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
