//! What was paid, as a CSV file: each row becomes a posting, or a finding that names its line and column.

use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::disbursement::{Kind, MAX_VOUCHER_LINE, Posting, Source, Voucher, VoucherError};
use crate::domain::money::{Fen, MAX_YUAN_DIGITS};
use crate::domain::text::{self, TextError};
use crate::intake::csv_rows::{self, Column, Sheet, SheetRow};
use crate::intake::deadline;
use crate::intake::detail::Detail;
use crate::intake::finding::{Findings, Refused};
use crate::intake::notation;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// One row of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActualRow {
    /// Its line in the file, from 1.
    pub line: u32,
    /// The project, which need not be known.
    pub project: ProjectCode,
    /// What was paid; in the fiscal year, not checked against today.
    pub posting: Posting,
}

/// The columns, in the order of the constants below.
const COLUMNS: [Column; 9] = [
    Column { chinese: "项目编码", english: "project_code", also: &["项目代码", "project"], required: true },
    Column {
        chinese: "支付金额（元）",
        english: "amount_yuan",
        also: &["支付金额", "金额(元)", "支付金额元"],
        required: true,
    },
    Column { chinese: "支付日期", english: "paid_on", also: &["付款日期"], required: true },
    Column { chinese: "凭证号", english: "voucher_no", also: &["支付凭证号", "凭证编号"], required: true },
    Column { chinese: "凭证行号", english: "line_no", also: &["行号"], required: false },
    Column { chinese: "资金来源", english: "source", also: &[], required: false },
    Column { chinese: "类型", english: "kind", also: &["支付类型"], required: false },
    Column { chinese: "收款人", english: "payee", also: &["收款单位"], required: false },
    Column { chinese: "摘要", english: "memo", also: &["备注", "用途"], required: false },
];
const PROJECT: usize = 0;
const AMOUNT: usize = 1;
const PAID_ON: usize = 2;
const VOUCHER: usize = 3;
const VOUCHER_LINE: usize = 4;
const SOURCE: usize = 5;
const KIND: usize = 6;
const PAYEE: usize = 7;
const MEMO: usize = 8;

/// Reads a file of payments and refunds. All faulty rows are told together; then nothing of the file is taken.
pub fn read_actuals(bytes: &[u8], year: FiscalYear) -> Result<Vec<ActualRow>, Refused> {
    let mut findings = Findings::new();
    let sheet = csv_rows::read(bytes, &COLUMNS, &mut findings)?;
    let mut vouchers = BTreeMap::new();
    let mut rows = Vec::with_capacity(sheet.rows.len());
    for row in &sheet.rows {
        let Some(actual) = read_row(&sheet, row, year, &mut findings) else { continue };
        let key = (actual.project.clone(), actual.posting.voucher.clone());
        if let Some(first_row) = vouchers.get(&key).copied() {
            findings.add(Detail::VoucherRepeated { first_row }, sheet.place(row, VOUCHER, PROJECT));
        } else {
            vouchers.insert(key, row.line);
        }
        rows.push(actual);
    }
    findings.settle(rows).map(|(rows, _, _)| rows)
}

fn read_row(sheet: &Sheet, row: &SheetRow, year: FiscalYear, findings: &mut Findings) -> Option<ActualRow> {
    let mut told = |column: usize, detail: Detail| findings.add(detail, sheet.place(row, column, PROJECT));
    let project = project(row.cell(PROJECT)).map_err(|detail| told(PROJECT, detail));
    let amount = amount(row.cell(AMOUNT)).map_err(|detail| told(AMOUNT, detail));
    let paid_on = day_in(row.cell(PAID_ON), year).map_err(|detail| told(PAID_ON, detail));
    let line = voucher_line(row.cell(VOUCHER_LINE)).map_err(|detail| told(VOUCHER_LINE, detail));
    let voucher = Voucher::new(row.cell(VOUCHER), line.unwrap_or(1)).map_err(|why| match why {
        VoucherError::Number(why) => told(VOUCHER, Detail::TextRefused(why)),
        VoucherError::Line => told(VOUCHER_LINE, Detail::VoucherLine),
    });
    let source = source(row.cell(SOURCE)).map_err(|detail| told(SOURCE, detail));
    let kind = kind(row.cell(KIND)).map_err(|detail| told(KIND, detail));
    let payee = payee(row.cell(PAYEE)).map_err(|why| told(PAYEE, Detail::TextRefused(why)));
    let memo = text::memo(row.cell(MEMO)).map_err(|why| told(MEMO, Detail::TextRefused(why)));
    line.ok()?;
    let posting = Posting {
        kind: kind.ok()?,
        amount: amount.ok()?,
        paid_on: paid_on.ok()?,
        voucher: voucher.ok()?,
        source: source.ok()?,
        payee: payee.ok()?,
        memo: memo.ok()?,
    };
    Some(ActualRow { line: row.line, project: project.ok()?, posting })
}

/// A project code in a CSV file.
pub(crate) fn project(text: &str) -> Result<ProjectCode, Detail> {
    if text.is_empty() {
        return Err(Detail::TextRefused(TextError::Empty));
    }
    ProjectCode::parse(&notation::label(text)).map_err(|_| Detail::CodeUnreadable)
}

/// A day of the fiscal year.
pub(crate) fn day_in(text: &str, year: FiscalYear) -> Result<NaiveDate, Detail> {
    let day = deadline::day(&notation::plain(text)).ok_or(Detail::DateUnreadable)?;
    if year.contains(day) { Ok(day) } else { Err(Detail::DateOutsideYear { year: year.number() }) }
}

/// Yuan above zero, at most two decimals, with or without thousands commas.
fn amount(text: &str) -> Result<Fen, Detail> {
    let plain = notation::plain(text);
    if let Some(rest) = plain.strip_prefix(['-', '−'])
        && notation::number(rest).is_ok()
    {
        return Err(Detail::AmountNotPositive);
    }
    let yuan = notation::number(&plain).map_err(|_| Detail::AmountUnreadable)?;
    let digits = yuan.trunc().to_string().len();
    if yuan.scale() > 2 || digits > MAX_YUAN_DIGITS {
        return Err(Detail::AmountUnreadable);
    }
    match Fen::from_yuan(yuan) {
        Ok(amount) if amount > Fen::ZERO => Ok(amount),
        Ok(_) => Err(Detail::AmountNotPositive),
        Err(_) => Err(Detail::AmountUnreadable),
    }
}

fn voucher_line(text: &str) -> Result<i32, Detail> {
    let plain = notation::plain(text);
    let digits = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    match plain.parse() {
        Ok(line) if digits && (1..=MAX_VOUCHER_LINE).contains(&line) => Ok(line),
        _ if plain.is_empty() => Ok(1),
        _ => Err(Detail::VoucherLine),
    }
}

fn source(text: &str) -> Result<Source, Detail> {
    match notation::label(text).to_lowercase().as_str() {
        "" => Ok(Source::default()),
        "本级安排" | "本级" => Ok(Source::FiscalOwn),
        "上级补助" | "上级" => Ok(Source::FiscalUpper),
        "其他" | "其他资金" => Ok(Source::Other),
        name => Source::from_name(name).ok_or(Detail::WordUnknown {
            known: "本级安排、上级补助、其他（fiscal_own, fiscal_upper, other）",
        }),
    }
}

/// A reversal is no row of a file: it names the entry that it undoes.
fn kind(text: &str) -> Result<Kind, Detail> {
    match notation::label(text).to_lowercase().as_str() {
        "" | "支付" => Ok(Kind::Payment),
        "退款" => Ok(Kind::Refund),
        "上年退款" => Ok(Kind::PriorYearRefund),
        name => Kind::from_name(name).filter(|kind| *kind != Kind::Reversal).ok_or(Detail::WordUnknown {
            known: "支付、退款、上年退款（payment, refund, prior_year_refund）",
        }),
    }
}

fn payee(text: &str) -> Result<String, TextError> {
    if text.is_empty() { Ok(String::new()) } else { text::line(text, text::MAX_NAME_CHARS) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    fn read(text: &str) -> Result<Vec<ActualRow>, Refused> {
        read_actuals(text.as_bytes(), FiscalYear::new(2024).unwrap())
    }

    #[test]
    fn headings_may_be_english_or_chinese_in_any_order() {
        let english = "memo,paid_on,project_code,voucher_no,amount_yuan,kind,source,line_no,payee\n\
                       工资,2024-03-28,13060524P000002100357,V1,\"226,950.00\",refund,fiscal_upper,2,甲\n";
        let chinese = "# 注释\n项目编码,支付金额（元）,支付日期,凭证号,凭证行号,资金来源,类型,收款人,摘要\n\
                       13060524P000002100357,２２６９５０,2024年3月28日,V1,2,上级补助,退款,甲,工资\n";
        let (english, chinese) = (read(english).unwrap(), read(chinese).unwrap());
        assert_eq!(english[0].posting, chinese[0].posting);
        assert_eq!((english[0].line, chinese[0].line), (2, 3));
        assert_eq!(english[0].posting.amount, Fen::new(22_695_000));
        assert_eq!(english[0].posting.kind, Kind::Refund);
    }

    #[test]
    fn optional_columns_have_their_defaults() {
        let rows = read("project_code,amount_yuan,paid_on,voucher_no\nA1,0.01,2024/1/1,V\n").unwrap();
        let posting = &rows[0].posting;
        assert_eq!((posting.kind, posting.source, posting.voucher.line), (Kind::Payment, Source::FiscalOwn, 1));
    }

    #[test]
    fn every_faulty_cell_is_told_with_line_and_column() {
        let text = "project_code,amount_yuan,paid_on,voucher_no,line_no,source,kind\n\
                    项目,1O0,2024-02-30,,0,bank,reversal\n\
                    A1,-5,2023-12-31,V,1,,\n\
                    A1,0.001,2024-01-01,V,1,,\n\
                    A1,0,2024-01-01,V,1,,\n";
        let refused = read(text).unwrap_err();
        let shown: Vec<String> =
            refused.findings.iter().map(|f| format!("{} {} {}", f.row, f.column, f.value)).collect();
        assert_eq!(
            shown,
            [
                "2 project_code 项目",
                "2 amount_yuan 1O0",
                "2 paid_on 2024-02-30",
                "2 line_no 0",
                "2 voucher_no ",
                "2 source bank",
                "2 kind reversal",
                "3 amount_yuan -5",
                "3 paid_on 2023-12-31",
                "4 amount_yuan 0.001",
                "5 amount_yuan 0"
            ]
        );
        let message = refused.findings[7].message(Language::Chinese);
        assert_eq!(message, "第3行“amount_yuan”（写作“-5”）：金额必须大于零。退款请在“类型”写“退款”，金额写正数。");
    }

    #[test]
    fn a_voucher_line_twice_in_one_project_is_refused() {
        let row = |code: &str, line: u32| format!("{code},1,2024-01-01,V,{line}\n");
        let head = "project_code,amount_yuan,paid_on,voucher_no,line_no\n";
        assert!(read(&[head, &row("A1", 1), &row("A1", 2), &row("B1", 1)].concat()).is_ok());
        let refused = read(&[head, &row("A1", 1), &row("a1", 1)].concat()).unwrap_err();
        assert_eq!(refused.findings[0].detail, Detail::VoucherRepeated { first_row: 2 });
    }
}
