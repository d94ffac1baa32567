//! The grammar of one project table: which rows carry the code, the budget, the plan, the goals and the indicators.

use crate::intake::detail::Detail;
use crate::intake::finding::{Findings, Place};
use crate::intake::indicator_rows::{self, IndicatorTable};
use crate::intake::layout::{Cell, Row, Segment, is_code_label, is_code_row};
use crate::intake::notation;

/// A label and the cell of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The label as written.
    pub label: Cell,
    /// The value.
    pub value: Cell,
}

/// The rows of one project, sorted by what they say; nothing is interpreted yet.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// From 1 in the document.
    pub number: u32,
    /// The line at which it begins.
    pub line: u32,
    /// The line at which it breaks off or ends: that of its last cell.
    pub last_line: u32,
    /// Texts above 项目编码: the unit, and in what amounts are.
    pub head: Vec<Cell>,
    /// 项目编码, 项目名称 and what stands beside them.
    pub identity: Vec<Field>,
    /// 预算数 and its parts.
    pub budget: Vec<Field>,
    /// 资金用途.
    pub purpose: Vec<Cell>,
    /// The label of the plan, such as `资金支出计划（万元）`.
    pub plan_label: Cell,
    /// Plan points: heading and value.
    pub points: Vec<Field>,
    /// 绩效目标.
    pub goals: Vec<Cell>,
    /// 绩效指标.
    pub indicators: IndicatorTable,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    Identity,
    Budget,
    Plan,
    Goals,
    Indicators,
    Other,
}

impl Table {
    /// The place of a cell of this table.
    #[must_use]
    pub fn place(&self, column: &str, cell: &Cell) -> Place {
        Place {
            project: self.code_written(),
            table: Some(self.number),
            row: cell.line,
            column: column.replace('\n', ""),
            value: cell.text.clone(),
        }
    }

    /// 项目编码 as written.
    #[must_use]
    pub fn code_written(&self) -> Option<String> {
        self.identity.iter().find(|field| is_code_label(&field.label.label())).map(|field| field.value.text.clone())
    }

    /// The field of the identity row whose label is one of these.
    #[must_use]
    pub fn identity_field(&self, labels: &[&str]) -> Option<&Field> {
        self.identity.iter().find(|field| labels.contains(&field.label.label().as_str()))
    }
}

/// Sorts the rows of a segment; a missing part, row or cell is an error. `ends_are_marked` says that this document's
/// carrier marks the end of tables, so that a missing mark shows a lost rest.
pub fn read(segment: &Segment, number: u32, ends_are_marked: bool, findings: &mut Findings) -> Table {
    let line = segment.heading.as_ref().map(|(line, _)| *line).or(segment.rows.first().map(|row| row.line));
    let last = segment.rows.last().and_then(|row| row.cells.last());
    let mut table = Table {
        number,
        line: line.unwrap_or(1),
        last_line: last.map_or(1, |cell| cell.line),
        head: segment.paragraphs.clone(),
        ..Table::default()
    };
    let mut part = Part::Head;
    let mut seen = Vec::new();
    let mut indicator_rows = Vec::new();
    let mut plan_rows = Vec::new();
    for row in &segment.rows {
        let begun = part_begun(row, part);
        if let Some(begun) = begun {
            note_repetition(&table, begun, row, &mut seen, findings);
            part = begun;
        }
        match part {
            Part::Head => table.head.extend(row.cells.iter().filter(|cell| !cell.is_empty()).cloned()),
            Part::Identity => take_identity(&mut table, row, findings),
            Part::Budget => take_budget(&mut table, row, findings),
            Part::Plan => plan_rows.push(row),
            Part::Goals => {
                let cells = row.cells.iter().skip(usize::from(begun.is_some()));
                table.goals.extend(cells.filter(|cell| !notation::is_blank(&cell.text)).cloned());
            }
            Part::Indicators => indicator_rows.push(row),
            Part::Other => {}
        }
    }
    take_plan(&mut table, &plan_rows, findings);
    table.indicators = indicator_rows::read(&table, &indicator_rows, findings);
    report_missing_parts(&table, &seen, findings);
    if ends_are_marked && !segment.closed && !table.indicators.rows.is_empty() && !table.indicators.has_satisfaction() {
        findings.add(Detail::EndsInside, table.place("一级指标", &last.cloned().unwrap_or_default()));
    }
    table
}

/// The part that a row begins, by the label in its first written cell.
fn part_begun(row: &Row, part: Part) -> Option<Part> {
    if is_code_row(row) {
        return Some(Part::Identity);
    }
    let label = row.cells.first()?.label();
    let is = |starts: &[&str]| starts.iter().any(|start| label.starts_with(start));
    if is(&["预算规模", "资金用途", "项目资金", "预算数", "预算金额"]) {
        (part != Part::Budget).then_some(Part::Budget)
    } else if is(&["资金支出计划", "支出计划", "用款计划"]) {
        (part != Part::Plan).then_some(Part::Plan)
    } else if is(&["一级指标"]) {
        (part != Part::Indicators).then_some(Part::Indicators)
    } else if is(&["绩效目标", "年度绩效目标", "总体目标", "年度总体目标", "年度目标"]) {
        (part != Part::Goals).then_some(Part::Goals)
    } else {
        let goes_on = label.is_empty()
            || matches!(part, Part::Head | Part::Indicators | Part::Identity)
            || (part == Part::Budget && budget_label(&label));
        (!goes_on).then_some(Part::Other)
    }
}

fn note_repetition(table: &Table, part: Part, row: &Row, seen: &mut Vec<Part>, findings: &mut Findings) {
    if part != Part::Other && seen.contains(&part) {
        let cell = row.cells.first().cloned().unwrap_or_default();
        findings.add(Detail::PartTwice { part: part.label() }, table.place(part.label(), &cell));
    }
    seen.push(part);
}

impl Part {
    const fn label(self) -> &'static str {
        match self {
            Part::Head | Part::Other => "",
            Part::Identity => "项目编码",
            Part::Budget => "预算规模及资金用途",
            Part::Plan => "资金支出计划",
            Part::Goals => "绩效目标",
            Part::Indicators => "绩效指标（一级指标）",
        }
    }
}

/// Label, value, label, value …; further rows of the same kind follow where a form has them.
fn take_identity(table: &mut Table, row: &Row, findings: &mut Findings) {
    let mut cells = row.cells.iter();
    while let Some(label) = cells.next() {
        match cells.next() {
            Some(value) => table.identity.push(Field { label: label.clone(), value: value.clone() }),
            None => findings
                .add(Detail::LabelWithoutValue, table.place(&label.text, &Cell { text: String::new(), ..*label })),
        }
    }
}

/// Whether a label of the budget's rows is followed by an amount.
fn budget_label(label: &str) -> bool {
    let label = label.trim_start_matches("其中:").trim_end_matches(')').replace(['(', ')'], "");
    let label = label.trim_end_matches("万元").trim_end_matches('元');
    matches!(
        label,
        "预算数"
            | "预算金额"
            | "预算总额"
            | "年度资金总额"
            | "资金总额"
            | "财政资金"
            | "财政拨款"
            | "本级安排"
            | "本级安排资金"
            | "上级补助"
            | "上级补助资金"
            | "其他资金"
    )
}

fn take_budget(table: &mut Table, row: &Row, findings: &mut Findings) {
    let mut cells = row.cells.iter().peekable();
    while let Some(cell) = cells.next() {
        let label = cell.label();
        if !budget_label(&label) {
            let is_caption = label.starts_with("预算规模") || label.starts_with("项目资金") || label == "资金用途";
            if !is_caption && !notation::is_blank(&cell.text) {
                table.purpose.push(cell.clone());
            }
            continue;
        }
        match cells.next_if(|value| !budget_label(&value.label())) {
            Some(value) => table.budget.push(Field { label: cell.clone(), value: value.clone() }),
            None => {
                findings
                    .add(Detail::LabelWithoutValue, table.place(&cell.text, &Cell { text: String::new(), ..*cell }));
            }
        }
    }
}

/// Rows of headings, each followed by a row of as many values; twelve months may take several pairs.
fn take_plan(table: &mut Table, rows: &[&Row], findings: &mut Findings) {
    let Some(label) = rows.first().and_then(|row| row.cells.first()) else { return };
    table.plan_label = label.clone();
    let mut rows = rows.iter();
    while let Some(headings) = rows.next() {
        let Some(values) = rows.next() else {
            findings.add(
                Detail::PartMissing { part: "资金支出计划的数" },
                table.place(&label.text, &Cell { line: headings.line, text: String::new() }),
            );
            return;
        };
        if headings.cells.len() != values.cells.len() || headings.cells.len() < 2 {
            let detail = Detail::CellCount { found: values.cells.len(), expected: headings.cells.len() };
            findings.add(detail, table.place(&label.text, &Cell { line: values.line, text: String::new() }));
            continue;
        }
        let pairs = headings.cells.iter().zip(&values.cells).skip(1);
        let pairs = pairs.filter(|(heading, value)| !(heading.is_empty() && value.is_empty()));
        table.points.extend(pairs.map(|(label, value)| Field { label: label.clone(), value: value.clone() }));
    }
}

fn report_missing_parts(table: &Table, seen: &[Part], findings: &mut Findings) {
    let end = Cell { line: table.last_line, text: String::new() };
    for part in [Part::Budget, Part::Plan, Part::Indicators] {
        if !seen.contains(&part) {
            findings.add(Detail::PartMissing { part: part.label() }, table.place(part.label(), &end));
        }
    }
    if seen.contains(&Part::Budget) && !table.budget.iter().any(|field| is_total(&field.label.label())) {
        findings.add(Detail::PartMissing { part: "预算数" }, table.place("预算数", &end));
    }
    if table.identity_field(&["项目名称"]).is_none() {
        findings.add(Detail::PartMissing { part: "项目名称" }, table.place("项目名称", &end));
    }
}

/// Whether a budget label is that of the whole.
#[must_use]
pub fn is_total(label: &str) -> bool {
    label.contains("预算数") || label.contains("预算金额") || label.contains("总额")
}
