//! What was achieved, as a CSV file: each row becomes an observation, or a finding that names its line and column.

use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::reading::{Grade, Observed};
use crate::domain::text::{self, TextError};
use crate::intake::actuals_csv::{day_in, project};
use crate::intake::csv_rows::{self, Column, Sheet, SheetRow};
use crate::intake::detail::Detail;
use crate::intake::finding::{Findings, Refused};
use crate::intake::{deadline, indicator_value, notation};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// One row of the file. Whether the project and the indicator exist is for the importing action to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingRow {
    /// Its line in the file, from 1.
    pub line: u32,
    /// The project.
    pub project: ProjectCode,
    /// 三级指标, or `二级指标/三级指标` where the name alone is not enough.
    pub indicator: String,
    /// The day on which it is true.
    pub observed_on: NaiveDate,
    /// What was observed.
    pub observed: RawObserved,
    /// A note; may be empty.
    pub note: String,
    /// Where the proof lies; may be empty.
    pub evidence: String,
}

/// What was observed, as the cell alone tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RawObserved {
    /// A number, and the unit written behind it (empty where there is none), to be held against the target's.
    Value {
        /// The number.
        value: Decimal,
        /// Such as `%` or `次`; may be empty.
        unit: String,
    },
    /// 达成, 部分达成, 未达成.
    Grade(Grade),
    /// The day on which it was done.
    DoneOn(NaiveDate),
}

impl RawObserved {
    /// As the core keeps it, without the unit.
    #[must_use]
    pub const fn observed(&self) -> Observed {
        match self {
            RawObserved::Value { value, .. } => Observed::Value(*value),
            RawObserved::Grade(grade) => Observed::Grade(*grade),
            RawObserved::DoneOn(day) => Observed::DoneOn(*day),
        }
    }
}

/// The columns, in the order of the constants below.
const COLUMNS: [Column; 6] = [
    Column { chinese: "项目编码", english: "project_code", also: &["项目代码", "project"], required: true },
    Column { chinese: "三级指标", english: "indicator", also: &["指标", "指标名称"], required: true },
    Column { chinese: "监测日期", english: "observed_on", also: &["观测日期"], required: true },
    Column { chinese: "监测值", english: "observed", also: &["完成值", "实际完成值"], required: true },
    Column { chinese: "说明", english: "note", also: &["备注"], required: false },
    Column { chinese: "佐证材料", english: "evidence", also: &["证明材料"], required: false },
];
const PROJECT: usize = 0;
const INDICATOR: usize = 1;
const OBSERVED_ON: usize = 2;
const OBSERVED: usize = 3;
const NOTE: usize = 4;
const EVIDENCE: usize = 5;

/// Reads a file of observations. All faulty rows are told together; then nothing of the file is taken.
pub fn read_readings(bytes: &[u8], year: FiscalYear) -> Result<Vec<ReadingRow>, Refused> {
    let mut findings = Findings::new();
    let sheet = csv_rows::read(bytes, &COLUMNS, &mut findings)?;
    let rows: Vec<ReadingRow> =
        sheet.rows.iter().filter_map(|row| read_row(&sheet, row, year, &mut findings)).collect();
    findings.settle(rows).map(|(rows, _, _)| rows)
}

fn read_row(sheet: &Sheet, row: &SheetRow, year: FiscalYear, findings: &mut Findings) -> Option<ReadingRow> {
    let mut told = |column: usize, detail: Detail| findings.add(detail, sheet.place(row, column, PROJECT));
    let refused = |why: TextError| Detail::TextRefused(why);
    let project = project(row.cell(PROJECT)).map_err(|detail| told(PROJECT, detail));
    let most = 3 * text::MAX_NAME_CHARS;
    let indicator = text::line(row.cell(INDICATOR), most).map_err(|why| told(INDICATOR, refused(why)));
    let observed_on = day_in(row.cell(OBSERVED_ON), year).map_err(|detail| told(OBSERVED_ON, detail));
    let observed =
        observed(row.cell(OBSERVED)).ok_or(Detail::ObservedUnreadable).map_err(|detail| told(OBSERVED, detail));
    let note = text::memo(row.cell(NOTE)).map_err(|why| told(NOTE, refused(why)));
    let evidence = text::memo(row.cell(EVIDENCE)).map_err(|why| told(EVIDENCE, refused(why)));
    Some(ReadingRow {
        line: row.line,
        project: project.ok()?,
        indicator: indicator.ok()?,
        observed_on: observed_on.ok()?,
        observed: observed.ok()?,
        note: note.ok()?,
        evidence: evidence.ok()?,
    })
}

fn observed(text: &str) -> Option<RawObserved> {
    let plain = notation::label(text);
    let grade = match plain.to_lowercase().as_str() {
        "达成" | "已达成" => Some(Grade::Met),
        "部分达成" => Some(Grade::PartlyMet),
        "未达成" => Some(Grade::NotMet),
        name => Grade::from_name(name),
    };
    if let Some(grade) = grade {
        return Some(RawObserved::Grade(grade));
    }
    if let Some(day) = deadline::day(plain.trim_end_matches("完成")) {
        return Some(RawObserved::DoneOn(day));
    }
    let spaced = notation::plain(text);
    let (negative, number) = match spaced.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, spaced.as_str()),
    };
    let (value, unit) = notation::leading_number(number)?;
    let value = value.ok()?;
    let unit = unit.trim();
    if !indicator_value::is_unit(unit) {
        return None;
    }
    Some(RawObserved::Value { value: if negative { -value } else { value }, unit: unit.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_a_number_a_grade_or_a_day() {
        let value =
            |number: &str, unit: &str| Some(RawObserved::Value { value: number.parse().unwrap(), unit: unit.into() });
        let done = Some(RawObserved::DoneOn("2024-06-28".parse().unwrap()));
        for (text, read_as) in [
            ("96.2", value("96.2", "")),
            ("９６．２％", value("96.2", "%")),
            ("21 次", value("21", "次")),
            ("1,200元", value("1200", "元")),
            ("-2.5%", value("-2.5", "%")),
            ("达成", Some(RawObserved::Grade(Grade::Met))),
            ("partly_met", Some(RawObserved::Grade(Grade::PartlyMet))),
            ("2024-06-28", done.clone()),
            ("2024年6月28日完成", done),
            ("", None),
            ("9O%", None),
            ("2 2人", None),
            ("2024-02-30", None),
            ("很好", None),
        ] {
            assert_eq!(observed(text), read_as, "{text}");
        }
    }

    #[test]
    fn faulty_rows_are_told_together() {
        let text = "项目编码,三级指标,监测日期,监测值\n,,2025-01-01,好\nA1,出勤率,2024-06-30,96%\n";
        let refused = read_readings(text.as_bytes(), FiscalYear::new(2024).unwrap()).unwrap_err();
        let places: Vec<_> = refused.findings.iter().map(|f| (f.row, f.column.as_str())).collect();
        assert_eq!(places, [(2, "项目编码"), (2, "三级指标"), (2, "监测日期"), (2, "监测值")]);
    }
}
