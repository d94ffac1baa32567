//! A finding tells a clerk where a document is doubtful or wrong, and how to mend it.

use crate::domain::language::Language;
use crate::intake::detail::Detail;
use std::fmt;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document is taken; somebody should look.
    Warning,
    /// The document is refused whole.
    Error,
}

impl Severity {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// What was found, as the API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingCode {
    /// 预算数 is blank: a legal state that every total has to mention.
    BudgetMissing,
    /// The last plan point is not the budget.
    LastPointDiffersFromBudget,
    /// A blank plan point after a figure.
    PointsBlankInside,
    /// No 满意度指标.
    SatisfactionMissing,
    /// 指标值确定依据 is blank.
    BasisMissing,
    /// A number without a comparator.
    ComparatorMissing,
    /// A cost described as monthly equals the year's budget.
    MonthlyCostEqualsAnnual,
    /// A cost per piece equals the whole budget.
    UnitCostEqualsBudget,
    /// Several projects promise the same output.
    OutputPromisedTwice,
    /// A head count is written as a cap where people are to be employed.
    HeadcountAsCap,
    /// The project code's check sign does not fit.
    CheckSignMismatch,
    /// The year in the project code is not the fiscal year.
    CodeYearDiffers,
    /// A target looks like a date or a range but is none that can be judged; a person will judge it.
    TargetUnreadable,
    /// 指标值 is blank.
    TargetMissing,
    /// Cumulative plan points fall or are out of order.
    PointsFall,
    /// A number (or a code) that cannot be read.
    NumberUnreadable,
    /// One project code twice in a document.
    CodeRepeated,
    /// A table lacks a part, a row or a cell.
    TableCutShort,
    /// No project table, or no text at all.
    NotAPlan,
    /// Beyond one of the named limits.
    FileTooLarge,
    /// Neither the table nor its plan says whether amounts are in 万元 or 元.
    MoneyUnitMissing,
    /// A cell's text cannot be what its column asks for.
    ValueUnreadable,
    /// A CSV file lacks a column that it must have.
    ColumnMissing,
    /// A CSV file has a column that is not known, or one twice.
    ColumnUnknown,
    /// The same voucher and line twice for one project in one file.
    VoucherRepeated,
    /// Not a CSV file with headings and rows.
    NotACsv,
}

impl FindingCode {
    /// The stable name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            FindingCode::BudgetMissing => "budget_missing",
            FindingCode::LastPointDiffersFromBudget => "last_point_differs_from_budget",
            FindingCode::PointsBlankInside => "points_blank_inside",
            FindingCode::SatisfactionMissing => "satisfaction_missing",
            FindingCode::BasisMissing => "basis_missing",
            FindingCode::ComparatorMissing => "comparator_missing",
            FindingCode::MonthlyCostEqualsAnnual => "monthly_cost_equals_annual",
            FindingCode::UnitCostEqualsBudget => "unit_cost_equals_budget",
            FindingCode::OutputPromisedTwice => "output_promised_twice",
            FindingCode::HeadcountAsCap => "headcount_as_cap",
            FindingCode::CheckSignMismatch => "check_sign_mismatch",
            FindingCode::CodeYearDiffers => "code_year_differs",
            FindingCode::TargetUnreadable => "target_unreadable",
            FindingCode::TargetMissing => "target_missing",
            FindingCode::PointsFall => "points_fall",
            FindingCode::NumberUnreadable => "number_unreadable",
            FindingCode::CodeRepeated => "code_repeated",
            FindingCode::TableCutShort => "table_cut_short",
            FindingCode::NotAPlan => "not_a_plan",
            FindingCode::FileTooLarge => "file_too_large",
            FindingCode::MoneyUnitMissing => "money_unit_missing",
            FindingCode::ValueUnreadable => "value_unreadable",
            FindingCode::ColumnMissing => "column_missing",
            FindingCode::ColumnUnknown => "column_unknown",
            FindingCode::VoucherRepeated => "voucher_repeated",
            FindingCode::NotACsv => "not_a_csv",
        }
    }

    /// Whether it is a warning or refuses the document.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            FindingCode::BudgetMissing
            | FindingCode::LastPointDiffersFromBudget
            | FindingCode::PointsBlankInside
            | FindingCode::SatisfactionMissing
            | FindingCode::BasisMissing
            | FindingCode::ComparatorMissing
            | FindingCode::MonthlyCostEqualsAnnual
            | FindingCode::UnitCostEqualsBudget
            | FindingCode::OutputPromisedTwice
            | FindingCode::HeadcountAsCap
            | FindingCode::CheckSignMismatch
            | FindingCode::CodeYearDiffers
            | FindingCode::TargetUnreadable
            | FindingCode::TargetMissing => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

/// Where in a document something was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// 项目编码 as written, where it is known.
    pub project: Option<String>,
    /// The number of the project table, from 1; none outside tables and in CSV files.
    pub table: Option<u32>,
    /// The line in the file, from 1; 1 also for what concerns the whole file.
    pub row: u32,
    /// The heading of the column, as in the document; empty for what concerns a whole row or file.
    pub column: String,
    /// The cell as written, cut to [`MAX_VALUE_CHARS`].
    pub value: String,
}

/// Characters of a cell that a finding repeats.
pub const MAX_VALUE_CHARS: usize = 60;

/// Something doubtful or wrong, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Warning or error; decided by the code.
    pub severity: Severity,
    /// The stable name of what was found.
    pub code: FindingCode,
    /// 项目编码 as written, where it is known.
    pub project: Option<String>,
    /// The number of the project table, from 1.
    pub table: Option<u32>,
    /// The line in the file, from 1.
    pub row: u32,
    /// The heading of the column, as in the document.
    pub column: String,
    /// The cell as written.
    pub value: String,
    /// What exactly, with its figures.
    pub detail: Detail,
}

impl Finding {
    /// A finding of that kind at that place.
    #[must_use]
    pub fn new(detail: Detail, place: Place) -> Finding {
        let code = detail.code();
        let Place { project, table, row, column, value } = place;
        Finding { severity: code.severity(), code, project, table, row, column, value: cut(&value), detail }
    }

    /// Where it is, what is wrong and how to mend it, as a clerk understands it.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let place = match language {
            Language::Chinese => self.place_chinese(),
            Language::English => self.place_english(),
        };
        let colon = language.pick("：", ": ");
        let said = self.detail.says(language);
        if place.is_empty() { said } else { format!("{place}{colon}{said}") }
    }

    fn place_chinese(&self) -> String {
        let mut parts = Vec::new();
        if let Some(table) = self.table {
            parts.push(format!("第{table}张项目表"));
        }
        if !self.concerns_the_file() {
            parts.push(format!("第{}行", self.row));
        }
        if !self.column.is_empty() {
            parts.push(format!("“{}”", self.column));
        }
        if !self.value.is_empty() {
            parts.push(format!("（写作“{}”）", self.value));
        }
        parts.concat()
    }

    fn place_english(&self) -> String {
        let mut parts = Vec::new();
        if let Some(table) = self.table {
            parts.push(format!("project table {table}"));
        }
        if !self.concerns_the_file() {
            parts.push(format!("line {}", self.row));
        }
        if !self.column.is_empty() {
            parts.push(format!("column “{}”", self.column));
        }
        if !self.value.is_empty() {
            parts.push(format!("written “{}”", self.value));
        }
        parts.join(", ")
    }

    fn concerns_the_file(&self) -> bool {
        self.table.is_none() && self.column.is_empty() && self.row <= 1
    }
}

fn cut(value: &str) -> String {
    let shown = |sign: char| if sign.is_control() { ' ' } else { sign };
    if value.chars().count() <= MAX_VALUE_CHARS {
        return value.chars().map(shown).collect();
    }
    value.chars().take(MAX_VALUE_CHARS - 1).map(shown).chain(['…']).collect()
}

/// Findings that are kept of one file; the rest is only counted.
pub const MAX_FINDINGS: usize = 10_000;

/// Gathers the findings of one file, so that all of its errors are told together.
#[derive(Debug, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    left_out: usize,
    errors: usize,
}

impl Findings {
    /// Nothing found yet.
    #[must_use]
    pub fn new() -> Findings {
        Findings::default()
    }

    /// Adds one; beyond [`MAX_FINDINGS`] it is counted only.
    pub fn add(&mut self, detail: Detail, place: Place) {
        let finding = Finding::new(detail, place);
        self.errors += usize::from(finding.severity == Severity::Error);
        if self.kept.len() < MAX_FINDINGS {
            self.kept.push(finding);
        } else {
            self.make_room_for(finding);
        }
    }

    /// Errors found so far.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// An error is worth more than a warning: a full list gives up its last warning for it.
    fn make_room_for(&mut self, finding: Finding) {
        self.left_out += 1;
        if finding.severity == Severity::Error && self.kept.last().is_some_and(|last| last.severity < Severity::Error) {
            self.kept.pop();
            self.kept.push(finding);
        }
    }

    /// The value with its warnings, or the refusal when there was any error. Findings come in the file's order.
    pub fn settle<T>(mut self, value: T) -> Result<(T, Vec<Finding>, usize), Refused> {
        self.kept.sort_by_key(|finding| finding.row);
        if self.errors > 0 {
            return Err(Refused { findings: self.kept, left_out: self.left_out });
        }
        Ok((value, self.kept, self.left_out))
    }

    /// A refusal of the whole file for one reason.
    #[must_use]
    pub fn refused(detail: Detail) -> Refused {
        Refused { findings: vec![Finding::new(detail, Place { row: 1, ..Place::default() })], left_out: 0 }
    }
}

/// A file that is refused whole: at least one finding is an error; the warnings are told as well.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// In the order of the file.
    pub findings: Vec<Finding>,
    /// Findings beyond [`MAX_FINDINGS`], counted only.
    pub left_out: usize,
}

impl Refused {
    /// The errors alone.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.errors().next().map_or_else(String::new, |finding| finding.message(Language::English));
        match self.errors().count() {
            0 | 1 => write!(f, "the file was refused: {first}"),
            many => write!(f, "the file was refused for {many} errors, the first: {first}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(row: u32) -> Place {
        Place { table: Some(3), row, column: "6月底".into(), value: "5.00".into(), ..Place::default() }
    }

    #[test]
    fn a_message_names_place_fault_and_mend_in_both_languages() {
        let detail = Detail::PointsFall { before_point: "3月底".into(), before: "9.77".into() };
        let finding = Finding::new(detail, place(312));
        assert_eq!(
            finding.message(Language::Chinese),
            "第3张项目表第312行“6月底”（写作“5.00”）：支出计划是累计数，不能小于“3月底”的9.77。请核对原表后改正。"
        );
        assert!(finding.message(Language::English).starts_with(
            "project table 3, line 312, column “6月底”, written “5.00”: plan points are cumulative and cannot fall below 9.77"
        ));
    }

    #[test]
    fn a_full_list_counts_what_it_leaves_out_and_still_refuses() {
        let mut findings = Findings::new();
        for _ in 0..MAX_FINDINGS + 5 {
            findings.add(Detail::BudgetMissing, place(1));
        }
        findings.add(Detail::NumberUnreadable, place(2));
        let refused = findings.settle(()).unwrap_err();
        assert_eq!((refused.findings.len(), refused.left_out), (MAX_FINDINGS, 6));
        assert_eq!(refused.errors().count(), 1);
    }

    #[test]
    fn a_long_value_is_cut() {
        let value = "长".repeat(500);
        let finding = Finding::new(Detail::NumberUnreadable, Place { value, ..place(1) });
        assert_eq!(finding.value.chars().count(), MAX_VALUE_CHARS);
    }
}
