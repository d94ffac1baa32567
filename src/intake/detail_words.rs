//! The sentences of findings, in Chinese and English: what is wrong, and the mend.

use crate::domain::language::Language;
use crate::domain::text::TextError;
use crate::intake::detail::{Detail, Limit, Unsuitable};

const MEND_ROW: &str = "请从原件重新导出，或对照原表补齐。";
const MEND_ROW_ENGLISH: &str = "Export the original again, or complete the table from the paper.";

impl Detail {
    /// What is wrong and how to mend it, without the place.
    #[must_use]
    pub fn says(&self, language: Language) -> String {
        match language {
            Language::Chinese => self.doubt_in_chinese().unwrap_or_else(|| self.fault_in_chinese()),
            Language::English => self.doubt_in_english().unwrap_or_else(|| self.fault_in_english()),
        }
    }

    fn doubt_in_chinese(&self) -> Option<String> {
        Some(match self {
            Detail::BudgetMissing => {
                "预算数为空。可以导入，但算不出预算执行率，合计也不含本项目；请补报预算数。".into()
            }
            Detail::LastPointDiffers { last, budget } => {
                format!("最后节点的计划{}万元不等于预算数{}万元。请核对支出计划。", last.wan(), budget.wan())
            }
            Detail::PointsBlankInside { before_point } => {
                format!("“{before_point}”已有计划数，其后的节点却为空，将沿用前一节点的数。请补填。")
            }
            Detail::SatisfactionMissing => "没有满意度指标。请确认是否漏报。".into(),
            Detail::BasisMissing => "指标值确定依据为空。请补填依据。".into(),
            Detail::ComparatorMissing { suggested } => {
                format!("指标值没有比较符号，暂按“{}”判断。请写明≥、≤或=。", suggested.sign())
            }
            Detail::MonthlyCostEqualsAnnual { budget } => {
                format!("描述为每月成本，却等于全年预算{}万元。请核对是月成本还是年成本。", budget.wan())
            }
            Detail::UnitCostEqualsBudget { budget } => {
                format!("描述为单位成本（每户、每座等），却等于全部预算{}万元。请核对单位成本。", budget.wan())
            }
            Detail::OutputPromisedTwice { others } => {
                format!("同样的产出在其他项目中也作了承诺（{}）。请确认不是重复计算。", others.join("、"))
            }
            Detail::HeadcountAsCap => "人数写成了上限，而目标是保障这些人员。请确认应为“≥”还是“=”。".into(),
            Detail::CheckSignMismatch { expected: Some(sign) } => {
                format!("项目编码末位校验不符，按前二十位应为“{sign}”。请核对编码是否有误。")
            }
            Detail::CheckSignMismatch { expected: None } => {
                "项目编码含有此类编码不用的字母。请核对编码是否有误。".into()
            }
            Detail::CodeYearDiffers { code_year, year } => {
                format!("编码中的年份是{code_year}，预算年度是{year}。请确认是上年结转资金。")
            }
            Detail::TargetUnreadable => {
                "指标值像是日期或区间，但不能自动判断，将由人工判断。请改写为一个数或一个日期。".into()
            }
            Detail::TargetMissing => "指标值为空，将由人工判断。请补填。".into(),
            _ => return None,
        })
    }

    fn doubt_in_english(&self) -> Option<String> {
        Some(match self {
            Detail::BudgetMissing => {
                "the budget is blank. It is taken so, but there is no execution rate and totals leave \
                                      the project out; have the budget supplied."
                    .into()
            }
            Detail::LastPointDiffers { last, budget } => {
                format!(
                    "the last plan point ({}万元) is not the budget ({}万元). Check the plan.",
                    last.wan(),
                    budget.wan()
                )
            }
            Detail::PointsBlankInside { before_point } => {
                format!("blank although “{before_point}” has a figure, which goes on holding. Fill it in.")
            }
            Detail::SatisfactionMissing => "there is no satisfaction indicator. Check whether it was left out.".into(),
            Detail::BasisMissing => "the target's basis is blank. Supply it.".into(),
            Detail::ComparatorMissing { suggested } => {
                format!("the target has no comparator; “{}” is taken for now. Write ≥, ≤ or =.", suggested.sign())
            }
            Detail::MonthlyCostEqualsAnnual { budget } => format!(
                "described as a monthly cost, yet it equals the year's budget ({}万元). Check which of the two it is.",
                budget.wan()
            ),
            Detail::UnitCostEqualsBudget { budget } => format!(
                "described as a cost per piece, yet it equals the whole budget ({}万元). Check the cost per piece.",
                budget.wan()
            ),
            Detail::OutputPromisedTwice { others } => {
                format!(
                    "the same output is promised by other projects ({}). Make sure it is not counted twice.",
                    others.join(", ")
                )
            }
            Detail::HeadcountAsCap => {
                "a head count written as a cap, though the goal is to keep these people. Should it be ≥ or =?".into()
            }
            Detail::CheckSignMismatch { expected: Some(sign) } => {
                format!("the code's last sign does not fit: the first twenty ask for “{sign}”. Check the code.")
            }
            Detail::CheckSignMismatch { expected: None } => {
                "the code has a letter that such codes do not use. Check the code.".into()
            }
            Detail::CodeYearDiffers { code_year, year } => {
                format!(
                    "the code's year is {code_year}, the fiscal year is {year}. Make sure that it is money carried over."
                )
            }
            Detail::TargetUnreadable => {
                "the target looks like a date or a range that cannot be judged automatically; a person \
                                         will judge it. Write one number or one date."
                    .into()
            }
            Detail::TargetMissing => "the target is blank; a person will judge it. Supply it.".into(),
            _ => return None,
        })
    }

    fn fault_in_chinese(&self) -> String {
        match self {
            Detail::PointsFall { before_point, before } => {
                format!("支出计划是累计数，不能小于“{before_point}”的{before}。请核对原表后改正。")
            }
            Detail::PointsOutOfOrder => "支出计划的节点应按日期从早到晚排列，且不得重复。请调整列的顺序。".into(),
            Detail::PointHeading { year } => format!("看不出是{year}年哪个月底。请写成“3月底”这样的表头。"),
            Detail::TooManyPoints => "支出计划的节点过多，最多24个。请删去多余的列。".into(),
            Detail::NumberUnreadable => "不是可以识别的数。请改为“90.78”这样的数字，没有数请留空。".into(),
            Detail::NumberNegative => "不能是负数。请核对原表后改正。".into(),
            Detail::NumberTooLarge => "数字过大或小数位过多。请核对金额及其单位。".into(),
            Detail::TargetNumber => "指标值中的数不能识别。请改为“≥95%”这样的写法。".into(),
            Detail::CodeUnreadable => "不是项目编码。项目编码由字母和数字组成，例如13060524P000002100357。请改正。".into(),
            Detail::CodeRepeated { first_table, first_row } => {
                format!("这个项目编码在第{first_table}张项目表（第{first_row}行）已经出现。请删去重复的表或改正编码。")
            }
            Detail::PartMissing { part } => format!("表中缺少“{part}”，表格可能被截断。{MEND_ROW}"),
            Detail::PartTwice { part } => format!("表中“{part}”出现了两次，可能是两张表连在了一起。{MEND_ROW}"),
            Detail::CellCount { found, expected } => {
                format!("这一行有{found}个单元格，按表头应有{expected}个，表格可能被截断。{MEND_ROW}")
            }
            Detail::LabelWithoutValue => format!("栏目后面没有单元格，表格可能被截断。{MEND_ROW}"),
            Detail::CellBlank => format!("这一格不能为空，表格可能被截断。{MEND_ROW}"),
            Detail::HeadingWithoutTable => format!("标题下面没有项目表，文件可能被截断。{MEND_ROW}"),
            Detail::EndsInside => {
                "指标表在这里突然结束，又没有满意度指标，后面的行可能丢失。请从原件重新导出；如确已完整，请在表后加两个空行。".into()
            }
            Detail::FileCut => "文件在一个字的中间结束，后面的内容已丢失。请从原件重新导出。".into(),
            Detail::MoneyUnitMissing => "没有写明金额单位。请在表上方写“单位：万元”或“单位：元”。".into(),
            Detail::FileTooLarge(limit) => limit.chinese(),
            Detail::NotAPlan(why) => format!(
                "{}。请提供含“项目编码、预算数、资金支出计划、绩效指标”的项目绩效目标表，另存为文本文件（.txt，UTF-8 或 GBK）。",
                why.chinese()
            ),
            _ => self.csv_fault_in_chinese(),
        }
    }

    fn fault_in_english(&self) -> String {
        match self {
            Detail::PointsFall { before_point, before } => format!(
                "plan points are cumulative and cannot fall below {before} of “{before_point}”. Compare with the paper and correct it."
            ),
            Detail::PointsOutOfOrder => "plan points must be in order of date and each only once. Put the columns in order.".into(),
            Detail::PointHeading { year } => format!("not the end of a month of {year}. Write a heading such as “3月底”."),
            Detail::TooManyPoints => "a plan has at most 24 points. Remove the columns that are too many.".into(),
            Detail::NumberUnreadable => "this number cannot be read. Write digits such as “90.78”, or leave the cell blank.".into(),
            Detail::NumberNegative => "the number must not be below zero. Compare with the paper and correct it.".into(),
            Detail::NumberTooLarge => "the number is too large or has too many decimals. Check the amount and its unit.".into(),
            Detail::TargetNumber => "the target's number cannot be read. Write it such as “≥95%”.".into(),
            Detail::CodeUnreadable => "not a project code: it has letters and digits only, such as 13060524P000002100357. Correct it.".into(),
            Detail::CodeRepeated { first_table, first_row } => format!(
                "this project code stood in project table {first_table} (line {first_row}) already. Remove the second table or correct the code."
            ),
            Detail::PartMissing { part } => format!("the table lacks “{part}” and may have been cut short. {MEND_ROW_ENGLISH}"),
            Detail::PartTwice { part } => format!("“{part}” stands twice in the table: two tables may have run together. {MEND_ROW_ENGLISH}"),
            Detail::CellCount { found, expected } => format!(
                "the row has {found} cells where its heading has {expected}: the table may have been cut short. {MEND_ROW_ENGLISH}"
            ),
            Detail::LabelWithoutValue => format!("there is no cell after this label: the table may have been cut short. {MEND_ROW_ENGLISH}"),
            Detail::CellBlank => format!("this cell must not be blank: the table may have been cut short. {MEND_ROW_ENGLISH}"),
            Detail::HeadingWithoutTable => format!("there is no project table under this heading: the file may have been cut short. {MEND_ROW_ENGLISH}"),
            Detail::EndsInside => "the indicators end abruptly here and without one of satisfaction: rows may be lost. Export the original \
                                   again; if the table really ends here, put two blank lines after it."
                .into(),
            Detail::FileCut => "the file ends in the middle of a character: the rest is lost. Export the original again.".into(),
            Detail::MoneyUnitMissing => "the unit of amounts is not stated. Write “单位：万元” or “单位：元” above the table.".into(),
            Detail::FileTooLarge(limit) => limit.english(),
            Detail::NotAPlan(why) => format!(
                "{}. Give the project tables with 项目编码, 预算数, 资金支出计划 and indicators, saved as text (.txt, UTF-8 or GBK).",
                why.english()
            ),
            _ => self.csv_fault_in_english(),
        }
    }

    fn csv_fault_in_chinese(&self) -> String {
        match self {
            Detail::TextRefused(why) => match why {
                TextError::Empty => "不能为空。请补填。".into(),
                TextError::TooLong(most) => format!("文字过长，最多{most}字。请缩短。"),
                TextError::ControlCharacter => "含有不可见的控制字符。请删去后重新输入。".into(),
            },
            Detail::ColumnMissing { column } => {
                format!("缺少“{}”（{}）一列。请对照示例文件补上表头。", column.0, column.1)
            }
            Detail::ColumnUnknown { known } => format!("不认识的列。可用的列：{}。请改名或删去。", known.join("、")),
            Detail::ColumnTwice => "这一列出现了两次。请删去一列。".into(),
            Detail::RowCells { found, expected } => {
                format!("这一行有{found}格，表头有{expected}格。请检查逗号和引号。")
            }
            Detail::AmountUnreadable => "不是以元为单位的金额。请写成“226950.00”，最多两位小数。".into(),
            Detail::AmountNotPositive => "金额必须大于零。退款请在“类型”写“退款”，金额写正数。".into(),
            Detail::DateUnreadable => "不是日期。请写成“2024-03-28”。".into(),
            Detail::DateOutsideYear { year } => format!("日期不在{year}年度内。请核对日期或预算年度。"),
            Detail::WordUnknown { known } => format!("只能填写：{known}。请改正。"),
            Detail::VoucherLine => "凭证行号应为1到9999的整数。请改正。".into(),
            Detail::VoucherRepeated { first_row } => {
                format!("同一项目的同一凭证和行号在第{first_row}行已经出现。请删去重复的一行或改正行号。")
            }
            Detail::ObservedUnreadable => "既不是数，也不是日期，也不是“达成、部分达成、未达成”。请改正。".into(),
            Detail::NotACsv(why) => {
                format!("{}。请提供带表头的 CSV 文件（UTF-8 或 GBK），格式见 examples 目录。", why.chinese())
            }
            _ => String::new(),
        }
    }

    fn csv_fault_in_english(&self) -> String {
        match self {
            Detail::TextRefused(why) => format!("the text {why}. Correct it."),
            Detail::ColumnMissing { column } => {
                format!("the column “{}” ({}) is missing. Compare the headings with the example.", column.1, column.0)
            }
            Detail::ColumnUnknown { known } => {
                format!("not a known column; known are {}. Rename or remove it.", known.join(", "))
            }
            Detail::ColumnTwice => "this column stands twice. Remove one.".into(),
            Detail::AmountUnreadable => {
                "not an amount in yuan. Write it such as “226950.00”, with at most two decimals.".into()
            }
            Detail::AmountNotPositive => {
                "the amount must be above zero. For money that came back write the kind “refund” and a positive amount."
                    .into()
            }
            Detail::DateUnreadable => "not a date. Write it such as “2024-03-28”.".into(),
            Detail::DateOutsideYear { year } => {
                format!("the date lies outside {year}. Check the date, or the fiscal year.")
            }
            Detail::WordUnknown { known } => format!("must be one of {known}. Correct it."),
            Detail::VoucherLine => "the voucher's line is a number from 1 to 9999. Correct it.".into(),
            Detail::RowCells { found, expected } => {
                format!("the row has {found} cells, the headings are {expected}. Check commas and quotes.")
            }
            Detail::VoucherRepeated { first_row } => format!(
                "the same voucher and line of the same project stood on line {first_row} already. Remove one or correct the line number."
            ),
            Detail::ObservedUnreadable => {
                "neither a number nor a date nor one of met, partly_met, not_met. Correct it.".into()
            }
            Detail::NotACsv(why) => {
                format!("{}. Give a CSV file with headings (UTF-8 or GBK), as in the examples folder.", why.english())
            }
            _ => String::new(),
        }
    }
}

impl Unsuitable {
    fn chinese(&self) -> String {
        match self {
            Unsuitable::Empty => "文件是空的".into(),
            Unsuitable::Kind(kind) => format!("这是{kind}文件，不是文本"),
            Unsuitable::Encoding { line } => format!("文件编码无法识别（第{line}行起）"),
            Unsuitable::ControlCharacter { line } => format!("第{line}行含有控制字符，不是文本文件"),
            Unsuitable::NoTables => "文件里没有项目绩效目标表".into(),
            Unsuitable::NoHeadings => "第一行没有可识别的表头".into(),
            Unsuitable::NoRows => "文件里没有数据行".into(),
            Unsuitable::Broken => "文件的引号或格式有误".into(),
        }
    }

    fn english(&self) -> String {
        match self {
            Unsuitable::Empty => "the file is empty".into(),
            Unsuitable::Kind(kind) => format!("this is a {kind} file, not text"),
            Unsuitable::Encoding { line } => format!("the encoding cannot be read (from line {line} on)"),
            Unsuitable::ControlCharacter { line } => {
                format!("line {line} holds a control character: this is no text file")
            }
            Unsuitable::NoTables => "there is no project table in the file".into(),
            Unsuitable::NoHeadings => "the first line has none of the headings".into(),
            Unsuitable::NoRows => "there are no rows in the file".into(),
            Unsuitable::Broken => "the file's quotes or its form are broken".into(),
        }
    }
}

impl Limit {
    fn chinese(self) -> String {
        match self {
            Limit::Bytes(most) => format!("文件过大，最多{}MiB。请按单位拆成几个文件。", most / 1_048_576),
            Limit::Rows(most) => format!("表格行数过多，最多{most}行。请按单位拆成几个文件。"),
            Limit::Cells(most) => format!("一行的单元格过多，最多{most}个。请检查这一行。"),
            Limit::CellChars(most) => format!("单元格文字过长，最多{most}字。请缩短。"),
            Limit::Projects(most) => format!("项目过多，最多{most}个。请按单位拆成几个文件。"),
        }
    }

    fn english(self) -> String {
        match self {
            Limit::Bytes(most) => format!("the file is too large: at most {} MiB. Split it by unit.", most / 1_048_576),
            Limit::Rows(most) => format!("too many rows: at most {most}. Split the file by unit."),
            Limit::Cells(most) => format!("too many cells in a row: at most {most}. Check the row."),
            Limit::CellChars(most) => format!("the cell's text is too long: at most {most} characters. Shorten it."),
            Limit::Projects(most) => format!("too many projects: at most {most}. Split the file by unit."),
        }
    }
}
