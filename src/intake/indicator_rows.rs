//! The indicator table: columns by their headings, merged levels carried down, a row of the wrong length refused.

use crate::intake::detail::Detail;
use crate::intake::finding::Findings;
use crate::intake::layout::{Cell, Row};
use crate::intake::table::Table;

/// The indicators of one table, by column.
#[derive(Clone, Debug, Default)]
pub struct IndicatorTable {
    /// The line of the headings.
    pub heading: Cell,
    /// The rows, with merged levels filled in.
    pub rows: Vec<IndicatorRow>,
}

/// One indicator, cell by cell.
#[derive(Clone, Debug, Default)]
pub struct IndicatorRow {
    /// 一级指标.
    pub level1: Cell,
    /// 二级指标.
    pub level2: Cell,
    /// 三级指标.
    pub name: Cell,
    /// 绩效指标描述.
    pub description: Cell,
    /// 指标值; where the document splits it, its parts joined.
    pub target: Located,
    /// 指标值确定依据; none where the document has no such column.
    pub basis: Option<Located>,
    /// 权重.
    pub weight: Option<Located>,
}

/// A cell with the heading of its column.
#[derive(Clone, Debug, Default)]
pub struct Located {
    /// As written in the document.
    pub column: String,
    /// The cell.
    pub cell: Cell,
}

impl IndicatorTable {
    /// Whether anybody is asked whether they are content.
    #[must_use]
    pub fn has_satisfaction(&self) -> bool {
        self.rows.iter().any(|row| row.level1.text.contains("满意度") || row.level2.text.contains("满意度"))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Level1,
    Level2,
    Name,
    Description,
    Target,
    Sign,
    Value,
    Unit,
    Weight,
    Basis,
    Other,
}

impl Column {
    fn of(heading: &Cell) -> Column {
        match heading.label().as_str() {
            "一级指标" => Column::Level1,
            "二级指标" => Column::Level2,
            "三级指标" => Column::Name,
            "绩效指标描述" | "指标描述" | "指标内容" | "指标解释" | "指标说明" => {
                Column::Description
            }
            "指标值" | "年度指标值" | "目标值" | "绩效指标值" => Column::Target,
            "符号" | "比较符号" | "计算符号" | "指标符号" => Column::Sign,
            "值" => Column::Value,
            "单位" | "计量单位" | "度量单位" => Column::Unit,
            "指标值确定依据" | "确定依据" | "指标确定依据" | "依据" => Column::Basis,
            label if label.starts_with("权重") || label.starts_with("分值") => Column::Weight,
            _ => Column::Other,
        }
    }
}

/// Reads the heading row (or two of them, where 指标值 is split below) and the rows of indicators.
pub fn read(table: &Table, rows: &[&Row], findings: &mut Findings) -> IndicatorTable {
    let Some((first, rest)) = rows.split_first() else { return IndicatorTable::default() };
    let (headings, rest) = match rest.split_first() {
        Some((second, below)) if is_second_heading(second) => (merged_headings(first, second), below),
        _ => (first.cells.clone(), rest),
    };
    let columns: Vec<Column> = headings.iter().map(Column::of).collect();
    let mut read = IndicatorTable { heading: Cell { line: first.line, text: String::new() }, rows: Vec::new() };
    let valued = columns.iter().any(|column| matches!(column, Column::Target | Column::Value));
    for (there, part) in [(columns.contains(&Column::Name), "三级指标"), (valued, "指标值")] {
        if !there {
            findings.add(Detail::PartMissing { part }, table.place(part, &read.heading));
            return read;
        }
    }
    for row in rest.iter().filter(|row| !row.cells.iter().all(Cell::is_empty) || row.cells.len() != headings.len()) {
        if row.cells.len() != headings.len() {
            let detail = Detail::CellCount { found: row.cells.len(), expected: headings.len() };
            findings.add(detail, table.place("", &Cell { line: row.line, text: String::new() }));
        } else if row.cells.first().map(Cell::label) != headings.first().map(Cell::label) {
            let row = indicator(row, &headings, &columns);
            take_row(table, row, &mut read.rows, findings);
        }
    }
    if rest.is_empty() {
        findings.add(Detail::PartMissing { part: "绩效指标" }, table.place("一级指标", &read.heading));
    }
    read
}

fn is_second_heading(row: &Row) -> bool {
    let columns: Vec<Column> = row.cells.iter().map(Column::of).collect();
    columns.contains(&Column::Value) && columns.contains(&Column::Sign) && !columns.contains(&Column::Level1)
}

/// `指标值` above `符号 | 值 | 单位`: the lower heading counts where there is one. The upper row may have one wide cell
/// for the three, or three of which two are empty.
fn merged_headings(upper: &Row, lower: &Row) -> Vec<Cell> {
    let written: Vec<&Cell> = lower.cells.iter().filter(|cell| !cell.is_empty()).collect();
    if upper.cells.len() == lower.cells.len() {
        let pairs = upper.cells.iter().zip(&lower.cells);
        return pairs.map(|(upper, lower)| if lower.is_empty() { upper } else { lower }.clone()).collect();
    }
    let split = |cell: &Cell| {
        if Column::of(cell) == Column::Target {
            written.iter().map(|c| (*c).clone()).collect()
        } else {
            vec![cell.clone()]
        }
    };
    upper.cells.iter().flat_map(split).collect()
}

fn indicator(row: &Row, headings: &[Cell], columns: &[Column]) -> IndicatorRow {
    let mut read = IndicatorRow::default();
    let (mut sign, mut unit) = (String::new(), String::new());
    for ((cell, heading), column) in row.cells.iter().zip(headings).zip(columns) {
        let located = || Located { column: heading.text.replace('\n', ""), cell: cell.clone() };
        match column {
            Column::Level1 => read.level1 = cell.clone(),
            Column::Level2 => read.level2 = cell.clone(),
            Column::Name => read.name = cell.clone(),
            Column::Description => read.description = cell.clone(),
            Column::Target | Column::Value => read.target = located(),
            Column::Sign => sign = sign_written(&cell.text),
            Column::Unit => unit.clone_from(&cell.text),
            Column::Weight => read.weight = Some(located()),
            Column::Basis => read.basis = Some(located()),
            Column::Other => {}
        }
    }
    let value = &read.target.cell.text;
    if !crate::intake::notation::is_blank(value) {
        let unit = if crate::intake::notation::is_blank(&unit) || value.ends_with(&unit) { "" } else { &unit };
        read.target.cell.text = format!("{sign}{value}{unit}");
    }
    read
}

/// The national system writes comparators as 1 >, 2 ≥, 3 =, 4 <, 5 ≤; others write 定性 where there is none.
fn sign_written(text: &str) -> String {
    match crate::intake::notation::label(text).as_str() {
        "1" => ">".into(),
        "2" => "≥".into(),
        "3" => "=".into(),
        "4" => "<".into(),
        "5" => "≤".into(),
        "定性" | "文字描述" | "其他" => String::new(),
        text if crate::intake::notation::is_blank(text) => String::new(),
        text => text.to_owned(),
    }
}

/// Fills in what is merged from the row above: the first level, and with it the second.
fn take_row(table: &Table, mut row: IndicatorRow, rows: &mut Vec<IndicatorRow>, findings: &mut Findings) {
    if row.level1.is_empty() {
        match rows.last() {
            Some(above) => {
                row.level1 = above.level1.clone();
                if row.level2.is_empty() {
                    row.level2 = above.level2.clone();
                }
            }
            None => return findings.add(Detail::CellBlank, table.place("一级指标", &row.level1)),
        }
    }
    if row.name.is_empty() {
        return findings.add(Detail::CellBlank, table.place("三级指标", &row.name));
    }
    rows.push(row);
}
