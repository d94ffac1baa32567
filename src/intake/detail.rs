//! What exactly was found, one variant per sentence that a clerk reads; [`crate::intake::detail_words`] has the words.

use crate::domain::indicator::Comparator;
use crate::domain::money::Fen;
use crate::domain::text::TextError;
use crate::intake::finding::FindingCode;

/// What exactly was found, with the figures that the message shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// 预算数 is blank.
    BudgetMissing,
    /// The last figure of the plan is not the budget.
    LastPointDiffers {
        /// The last figure.
        last: Fen,
        /// 预算数.
        budget: Fen,
    },
    /// A blank after a figure.
    PointsBlankInside {
        /// The heading of the figure before.
        before_point: String,
    },
    /// No 满意度指标.
    SatisfactionMissing,
    /// 指标值确定依据 is blank.
    BasisMissing,
    /// A number without a comparator.
    ComparatorMissing {
        /// What is suggested.
        suggested: Comparator,
    },
    /// A monthly cost that equals the year's budget.
    MonthlyCostEqualsAnnual {
        /// 预算数.
        budget: Fen,
    },
    /// A cost per piece that equals the whole budget.
    UnitCostEqualsBudget {
        /// 预算数.
        budget: Fen,
    },
    /// The same output in other projects.
    OutputPromisedTwice {
        /// 项目编码 of the others.
        others: Vec<String>,
    },
    /// A head count as a cap.
    HeadcountAsCap,
    /// The check sign does not fit.
    CheckSignMismatch {
        /// The sign that the others ask for; none when a sign stands outside the alphabet of such codes.
        expected: Option<char>,
    },
    /// The year of the code is not the fiscal year.
    CodeYearDiffers {
        /// In the code.
        code_year: i32,
        /// The fiscal year.
        year: i32,
    },
    /// A target that looks like a date or a range but cannot be judged as one.
    TargetUnreadable,
    /// 指标值 is blank.
    TargetMissing,
    /// A cumulative figure that falls.
    PointsFall {
        /// The heading of the figure before.
        before_point: String,
        /// That figure as written.
        before: String,
    },
    /// Plan points that are not in order of date, or one twice.
    PointsOutOfOrder,
    /// A plan's heading that is no month's end of the fiscal year.
    PointHeading {
        /// The fiscal year.
        year: i32,
    },
    /// More plan points than a plan may have.
    TooManyPoints,
    /// A number that cannot be read.
    NumberUnreadable,
    /// A number below zero.
    NumberNegative,
    /// A number beyond what can be kept.
    NumberTooLarge,
    /// A target's number that cannot be read.
    TargetNumber,
    /// A project code that cannot be one.
    CodeUnreadable,
    /// The code stood in an earlier table.
    CodeRepeated {
        /// The number of that table.
        first_table: u32,
        /// The line of the code there.
        first_row: u32,
    },
    /// A part of the table is missing.
    PartMissing {
        /// Its label.
        part: &'static str,
    },
    /// A part of the table stands twice: two tables have run together.
    PartTwice {
        /// Its label.
        part: &'static str,
    },
    /// A row with fewer or more cells than its heading.
    CellCount {
        /// Cells of the row.
        found: usize,
        /// Cells of the heading.
        expected: usize,
    },
    /// A label without a cell for its value.
    LabelWithoutValue,
    /// A cell that must not be blank.
    CellBlank,
    /// A heading of a project table with no table below.
    HeadingWithoutTable,
    /// The last rows of a table seem to be missing.
    EndsInside,
    /// The file ends in the middle of a character.
    FileCut,
    /// No word whether amounts are in 万元 or 元.
    MoneyUnitMissing,
    /// A text that cannot be kept.
    TextRefused(TextError),
    /// No plan.
    NotAPlan(Unsuitable),
    /// Beyond a limit.
    FileTooLarge(Limit),
    /// A CSV file without a column that it must have.
    ColumnMissing {
        /// The column's Chinese and English heading.
        column: (&'static str, &'static str),
    },
    /// A heading that is not known.
    ColumnUnknown {
        /// The headings that are.
        known: Vec<&'static str>,
    },
    /// A heading twice.
    ColumnTwice,
    /// A CSV row with fewer or more cells than there are headings.
    RowCells {
        /// Cells of the row.
        found: usize,
        /// Headings.
        expected: usize,
    },
    /// An amount that cannot be read.
    AmountUnreadable,
    /// An amount of zero or below.
    AmountNotPositive,
    /// A day that cannot be read.
    DateUnreadable,
    /// A day outside the fiscal year.
    DateOutsideYear {
        /// The fiscal year.
        year: i32,
    },
    /// A word that is none of those expected.
    WordUnknown {
        /// Those expected.
        known: &'static str,
    },
    /// A voucher line that is no number from 1 to 9,999.
    VoucherLine,
    /// The voucher and line stood in an earlier row of the same project.
    VoucherRepeated {
        /// The line in the file of that row.
        first_row: u32,
    },
    /// An observation that is no number, no grade and no day.
    ObservedUnreadable,
    /// Not a CSV file.
    NotACsv(Unsuitable),
}

/// Why a file is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsuitable {
    /// Nothing in it.
    Empty,
    /// A file of another kind, by its first bytes.
    Kind(&'static str),
    /// Neither UTF-8 nor GBK nor UTF-16; the line of the first byte that cannot be read.
    Encoding {
        /// From 1.
        line: u32,
    },
    /// A control character; its line.
    ControlCharacter {
        /// From 1.
        line: u32,
    },
    /// Text, but no project table in it.
    NoTables,
    /// None of the headings that are asked for.
    NoHeadings,
    /// Headings, but no rows.
    NoRows,
    /// The CSV itself is broken.
    Broken,
}

/// A limit with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of the file.
    Bytes(usize),
    /// Rows of all tables.
    Rows(usize),
    /// Cells of one row.
    Cells(usize),
    /// Characters of one cell.
    CellChars(usize),
    /// Projects of one document.
    Projects(usize),
}

impl Detail {
    /// The stable name in the API that this detail belongs to.
    #[must_use]
    pub const fn code(&self) -> FindingCode {
        match self {
            Detail::BudgetMissing => FindingCode::BudgetMissing,
            Detail::LastPointDiffers { .. } => FindingCode::LastPointDiffersFromBudget,
            Detail::PointsBlankInside { .. } => FindingCode::PointsBlankInside,
            Detail::SatisfactionMissing => FindingCode::SatisfactionMissing,
            Detail::BasisMissing => FindingCode::BasisMissing,
            Detail::ComparatorMissing { .. } => FindingCode::ComparatorMissing,
            Detail::MonthlyCostEqualsAnnual { .. } => FindingCode::MonthlyCostEqualsAnnual,
            Detail::UnitCostEqualsBudget { .. } => FindingCode::UnitCostEqualsBudget,
            Detail::OutputPromisedTwice { .. } => FindingCode::OutputPromisedTwice,
            Detail::HeadcountAsCap => FindingCode::HeadcountAsCap,
            Detail::CheckSignMismatch { .. } => FindingCode::CheckSignMismatch,
            Detail::CodeYearDiffers { .. } => FindingCode::CodeYearDiffers,
            Detail::TargetUnreadable => FindingCode::TargetUnreadable,
            Detail::TargetMissing => FindingCode::TargetMissing,
            Detail::PointsFall { .. } | Detail::PointsOutOfOrder => FindingCode::PointsFall,
            Detail::PointHeading { .. }
            | Detail::NumberUnreadable
            | Detail::NumberNegative
            | Detail::NumberTooLarge
            | Detail::TargetNumber
            | Detail::CodeUnreadable => FindingCode::NumberUnreadable,
            Detail::CodeRepeated { .. } => FindingCode::CodeRepeated,
            Detail::PartMissing { .. }
            | Detail::PartTwice { .. }
            | Detail::CellCount { .. }
            | Detail::LabelWithoutValue
            | Detail::CellBlank
            | Detail::HeadingWithoutTable
            | Detail::EndsInside
            | Detail::FileCut => FindingCode::TableCutShort,
            Detail::MoneyUnitMissing => FindingCode::MoneyUnitMissing,
            Detail::NotAPlan(_) => FindingCode::NotAPlan,
            Detail::FileTooLarge(_) | Detail::TooManyPoints => FindingCode::FileTooLarge,
            Detail::ColumnMissing { .. } => FindingCode::ColumnMissing,
            Detail::ColumnUnknown { .. } | Detail::ColumnTwice => FindingCode::ColumnUnknown,
            Detail::TextRefused(_)
            | Detail::RowCells { .. }
            | Detail::AmountUnreadable
            | Detail::AmountNotPositive
            | Detail::DateUnreadable
            | Detail::DateOutsideYear { .. }
            | Detail::WordUnknown { .. }
            | Detail::VoucherLine
            | Detail::ObservedUnreadable => FindingCode::ValueUnreadable,
            Detail::VoucherRepeated { .. } => FindingCode::VoucherRepeated,
            Detail::NotACsv(_) => FindingCode::NotACsv,
        }
    }
}
