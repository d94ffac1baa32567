//! The way in for a budget document: bytes to projects, or to a refusal that names every place at fault.

use crate::domain::calendar::FiscalYear;
use crate::domain::money::{Fen, MoneyError};
use crate::domain::project::{ProjectDraft, Unit};
use crate::intake::decode::{self, Decoded, NotText};
use crate::intake::detail::{Detail, Limit, Unsuitable};
use crate::intake::draft::{self, Drafted, Inherited};
use crate::intake::finding::{Finding, Findings, Place, Refused};
use crate::intake::layout::{self, Block, Cell, Segment};
use crate::intake::table::{self, Table};
use crate::intake::{plan_checks, text_carrier};
use std::collections::HashMap;

/// Projects that a document may have.
pub const MAX_PROJECTS: usize = 10_000;

/// A budget document, read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanDocument {
    /// The year it was read for.
    pub year: FiscalYear,
    /// The units that answer for the projects, each once, in the document's order.
    pub units: Vec<Unit>,
    /// The projects, in the document's order.
    pub projects: Vec<ProjectDraft>,
    /// The warnings, in the document's order.
    pub findings: Vec<Finding>,
    /// Warnings beyond the limit, counted only.
    pub findings_left_out: usize,
}

impl PlanDocument {
    /// Indicators of all projects.
    #[must_use]
    pub fn indicator_count(&self) -> usize {
        self.projects.iter().map(|project| project.indicators.len()).sum()
    }

    /// The sum of the budgets that are stated, and how many are blank.
    pub fn budget_total(&self) -> Result<(Fen, usize), MoneyError> {
        let total = Fen::total(self.projects.iter().filter_map(|project| project.budget.total))?;
        Ok((total, self.projects.iter().filter(|project| project.budget.total.is_none()).count()))
    }
}

/// Reads a budget document exported as text (UTF-8, UTF-16 with BOM, or GBK) for a fiscal year.
pub fn read_plan(bytes: &[u8], year: FiscalYear) -> Result<PlanDocument, Refused> {
    let decoded = decode::decode(bytes).map_err(|why| match why {
        NotText::TooLarge(limit) => Findings::refused(Detail::FileTooLarge(limit)),
        NotText::Unsuitable(why) => Findings::refused(Detail::NotAPlan(why)),
    })?;
    let mut findings = Findings::new();
    let blocks = text_carrier::blocks(&decoded.text).map_err(|(limit, line)| too_large(limit, line))?;
    report_cut(&decoded, &mut findings);
    read_blocks(blocks, year, findings)
}

fn too_large(limit: Limit, row: u32) -> Refused {
    let place = Place { row, ..Place::default() };
    Refused { findings: vec![Finding::new(Detail::FileTooLarge(limit), place)], left_out: 0 }
}

fn report_cut(decoded: &Decoded, findings: &mut Findings) {
    if decoded.cut {
        let row = u32::try_from(decoded.text.lines().count()).unwrap_or(u32::MAX);
        findings.add(Detail::FileCut, Place { row, ..Place::default() });
    }
}

/// Reads what a carrier gives: paragraphs, rows and table ends, each with its place.
pub fn read_blocks(blocks: Vec<Block>, year: FiscalYear, mut findings: Findings) -> Result<PlanDocument, Refused> {
    let ends_are_marked = blocks.contains(&Block::TableEnd);
    let segments = layout::segments(blocks, &mut findings);
    if segments.is_empty() && findings.errors() == 0 {
        findings.add(Detail::NotAPlan(Unsuitable::NoTables), Place { row: 1, ..Place::default() });
    }
    if let Some(beyond) = segments.get(MAX_PROJECTS) {
        let row = beyond.rows.first().map_or(1, |row| row.line);
        return Err(too_large(Limit::Projects(MAX_PROJECTS), row));
    }
    let drafted = draft_all(&segments, year, ends_are_marked, &mut findings);
    plan_checks::check(&drafted, year, &mut findings);
    let projects: Vec<ProjectDraft> = drafted.into_iter().map(|drafted| drafted.draft).collect();
    let mut units: Vec<Unit> = Vec::new();
    for project in &projects {
        if !units.contains(&project.unit) {
            units.push(project.unit.clone());
        }
    }
    let ((projects, units), findings, findings_left_out) = findings.settle((projects, units))?;
    Ok(PlanDocument { year, units, projects, findings, findings_left_out })
}

fn draft_all(segments: &[Segment], year: FiscalYear, ends_are_marked: bool, findings: &mut Findings) -> Vec<Drafted> {
    let mut inherited = Inherited::default();
    let mut codes: HashMap<String, (u32, u32)> = HashMap::new();
    let mut drafted = Vec::new();
    for (number, segment) in (1..).zip(segments) {
        let errors_before = findings.errors();
        let table = table::read(segment, number, ends_are_marked, findings);
        report_repeated_code(&table, &mut codes, findings);
        let whole = table.place("", &Cell { line: table.last_line, text: String::new() });
        match draft::read(table, year, &mut inherited, findings) {
            Some(project) => drafted.push(project),
            // No project may be dropped in silence, whatever is odd about its table.
            None if findings.errors() == errors_before => {
                findings.add(Detail::PartMissing { part: "绩效指标、支出计划" }, whole);
            }
            None => {}
        }
    }
    drafted
}

fn report_repeated_code(table: &Table, codes: &mut HashMap<String, (u32, u32)>, findings: &mut Findings) {
    let Some(field) = table.identity_field(&["项目编码", "项目代码"]) else { return };
    let code = field.value.label().to_ascii_uppercase();
    if let Some((first_table, first_row)) = codes.get(&code).copied() {
        let detail = Detail::CodeRepeated { first_table, first_row };
        findings.add(detail, table.place(&field.label.text, &field.value));
    } else if !code.is_empty() {
        codes.insert(code, (table.number, field.value.line));
    }
}
