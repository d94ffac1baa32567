//! The layout, whatever the carrier: paragraphs and rows of cells, gathered into one segment per project table.

use crate::intake::detail::Detail;
use crate::intake::finding::{Findings, Place};
use crate::intake::notation;
use std::collections::HashSet;

/// One cell with its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The line in the file, from 1.
    pub line: u32,
    /// As written, trimmed.
    pub text: String,
}

impl Cell {
    /// The text as a label: plain signs, no spaces.
    #[must_use]
    pub fn label(&self) -> String {
        notation::label(&self.text)
    }

    /// Whether nothing is written in it, not even a dash.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// One row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The line of its first cell.
    pub line: u32,
    /// From left to right; a merged cell is an empty one.
    pub cells: Vec<Cell>,
}

/// What a carrier gives, in the document's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Text outside tables.
    Paragraph {
        /// Its line.
        line: u32,
        /// Trimmed, not empty.
        text: String,
    },
    /// A row of a table.
    Row(Row),
    /// The carrier says that the table has ended here.
    TableEnd,
}

/// What belongs to one project table: its heading, the paragraphs and rows down to the next one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    /// The heading's line and text, such as `7.…绩效目标表`.
    pub heading: Option<(u32, String)>,
    /// Paragraphs, such as the unit or 单位：万元 where they stand outside the table.
    pub paragraphs: Vec<Cell>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Whether a row with 项目编码 is among them.
    pub has_code: bool,
    /// Whether the carrier said that the last table has ended.
    pub closed: bool,
}

/// The project tables of a document, in order. A heading whose table is lost is an error; prose and other tables
/// are passed over.
pub fn segments(blocks: Vec<Block>, findings: &mut Findings) -> Vec<Segment> {
    let mut all = vec![Segment::default()];
    for block in blocks {
        if starts_a_segment(&block, all.last()) {
            all.push(Segment::default());
        }
        if let Some(segment) = all.last_mut() {
            segment.add(block);
        }
    }
    report_lost_tables(&all, findings);
    all.retain(|segment| segment.has_code);
    all
}

fn starts_a_segment(block: &Block, current: Option<&Segment>) -> bool {
    let after_a_code = current.is_some_and(|segment| segment.has_code);
    match block {
        Block::Paragraph { text, .. } => is_title(text) || (after_a_code && head_money_unit(text)),
        Block::Row(row) => {
            lone_text(row).is_some_and(is_title) || (after_a_code && (is_code_row(row) || is_head_row(row)))
        }
        Block::TableEnd => false,
    }
}

impl Segment {
    fn add(&mut self, block: Block) {
        match block {
            Block::Paragraph { line, text } if self.is_untouched() && is_heading(&text) => {
                self.heading = Some((line, without_bookmark(&text)));
            }
            Block::Paragraph { line, text } => self.paragraphs.push(Cell { line, text }),
            Block::Row(row) if self.is_untouched() && lone_text(&row).is_some_and(is_heading) => {
                self.heading = Some((row.line, lone_text(&row).map(without_bookmark).unwrap_or_default()));
            }
            Block::Row(row) => {
                self.has_code |= is_code_row(&row);
                self.closed = false;
                self.rows.push(row);
            }
            Block::TableEnd => self.closed = true,
        }
    }

    fn is_untouched(&self) -> bool {
        self.heading.is_none() && self.rows.is_empty() && self.paragraphs.is_empty()
    }

    /// A heading such as `7.…` names one project; others may head a chapter.
    fn is_numbered(&self) -> bool {
        self.heading.as_ref().is_some_and(|(_, text)| text.starts_with(|sign: char| sign.is_ascii_digit()))
    }
}

/// `[bookmark: …]7.…绩效目标表`: the title of a table of targets.
#[must_use]
pub fn is_title(text: &str) -> bool {
    let text = notation::label(&without_bookmark(text));
    text.ends_with("绩效目标表") || text.ends_with("绩效目标申报表")
}

/// The title of a project's table, and not of the department's own, which has no project code.
fn is_heading(text: &str) -> bool {
    is_title(text) && !["部门整体", "整体支出", "部门职责"].iter().any(|other| text.contains(other))
}

fn without_bookmark(text: &str) -> String {
    match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((mark, rest)) if mark.contains("bookmark") => rest.trim().to_owned(),
        _ => text.trim().to_owned(),
    }
}

fn lone_text(row: &Row) -> Option<&str> {
    let mut written = row.cells.iter().filter(|cell| !cell.is_empty());
    match (written.next(), written.next()) {
        (Some(cell), None) => Some(&cell.text),
        _ => None,
    }
}

/// Whether the row gives a project's code: the label, and after it something that is no label itself.
#[must_use]
pub fn is_code_row(row: &Row) -> bool {
    let after = row.cells.iter().skip_while(|cell| !is_code_label(&cell.label())).nth(1);
    after.is_some_and(|cell| !cell.label().starts_with("项目"))
}

/// Whether a label is that of the project code.
#[must_use]
pub fn is_code_label(label: &str) -> bool {
    matches!(label, "项目编码" | "项目代码")
}

/// The row above a table: the unit and 单位：万元.
fn is_head_row(row: &Row) -> bool {
    row.cells.len() <= 3 && row.cells.iter().any(|cell| head_money_unit(&cell.text))
}

fn head_money_unit(text: &str) -> bool {
    let text = notation::label(text);
    text.chars().count() < 100 && text.trim_end_matches(')').ends_with('元') && text.contains("单位:")
}

/// Headings and table parts whose 项目编码 is lost.
fn report_lost_tables(all: &[Segment], findings: &mut Findings) {
    let with_table: HashSet<&str> =
        all.iter().filter(|segment| segment.has_code).filter_map(|s| Some(s.heading.as_ref()?.1.as_str())).collect();
    for (index, segment) in all.iter().enumerate().filter(|(_, segment)| !segment.has_code) {
        let is_last = index + 1 == all.len();
        match &segment.heading {
            Some((line, text)) if segment.rows.is_empty() => {
                let chapter = !segment.is_numbered() && !is_last;
                if !chapter && !with_table.contains(text.as_str()) {
                    findings.add(Detail::HeadingWithoutTable, place(*line, text));
                }
            }
            Some((line, text)) => findings.add(Detail::PartMissing { part: "项目编码" }, place(*line, text)),
            None => {
                if let Some(row) = segment.rows.iter().find(|row| is_part_of_a_project(row)) {
                    findings.add(Detail::PartMissing { part: "项目编码" }, place(row.line, ""));
                }
            }
        }
    }
}

fn place(line: u32, heading: &str) -> Place {
    Place { row: line, column: heading.to_owned(), ..Place::default() }
}

fn is_part_of_a_project(row: &Row) -> bool {
    row.cells.first().is_some_and(|cell| {
        let label = cell.label();
        label.starts_with("资金支出计划") || label.starts_with("预算规模及资金用途")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::text_carrier;

    fn read(text: &str) -> (Vec<Segment>, usize) {
        let mut findings = Findings::new();
        let segments = segments(text_carrier::blocks(text).unwrap(), &mut findings);
        (segments, findings.settle(()).map_or_else(|refused| refused.findings.len(), |_| 0))
    }

    const TABLE: &str = "\t项目编码\n\tA1\n\t项目名称\n\t甲\n\n\n";

    #[test]
    fn each_table_has_its_heading_and_prose_is_passed_over() {
        let text = format!("前言\n\n[bookmark: _Toc]1.甲绩效目标表\n{TABLE}2.乙绩效目标表\n{TABLE}");
        let (segments, errors) = read(&text);
        let headings: Vec<_> = segments.iter().map(|s| s.heading.clone().unwrap()).collect();
        assert_eq!(headings, [(3, "1.甲绩效目标表".into()), (10, "2.乙绩效目标表".into())]);
        assert_eq!(errors, 0);
    }

    #[test]
    fn a_table_of_contents_and_a_department_table_do_not_disturb() {
        let text = format!(
            "目录\n1.甲绩效目标表\n部门整体绩效目标表\n\t一级指标\n\n预算项目绩效目标表\n1.甲绩效目标表\n{TABLE}"
        );
        assert_eq!((read(&text).0.len(), read(&text).1), (1, 0));
    }

    #[test]
    fn tables_without_headings_are_parted_by_their_head_rows_and_codes() {
        let text = format!("\t333001某局\n\t单位：万元\n\n{TABLE}\t333001某局\n\t单位：万元\n\n{TABLE}{TABLE}");
        let (segments, errors) = read(&text);
        assert_eq!(segments.iter().map(|s| s.rows.len()).collect::<Vec<_>>(), [2, 2, 1]);
        assert_eq!(errors, 0);
    }

    #[test]
    fn a_heading_whose_table_is_lost_is_an_error() {
        assert_eq!(read(&format!("1.甲绩效目标表\n{TABLE}2.乙绩效目标表\n")).1, 1);
        assert_eq!(read(&format!("1.甲绩效目标表\n\t项目名称\n\n2.乙绩效目标表\n{TABLE}")).1, 1);
        assert_eq!(read("\t资金支出计划（万元）\n\t3月底\n").1, 1);
    }
}
