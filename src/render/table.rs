//! Figures in a terminal, in columns that line up with Chinese text: a sign of two columns counts as two.

use crate::domain::code::ProjectCode;
use crate::domain::comparison::Comparison;
use crate::domain::language::Language;
use crate::domain::money::{Fen, Ratio};
use crate::domain::rule::Severity;
use crate::domain::verdict::Standing;
use crate::render::figures::{percent, wan};
use crate::render::{width, words};
use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, LineStyle, Table, TableStyle};

/// The columns that a table takes where the terminal does not say how wide it is.
const USUAL_COLUMNS: usize = 120;

/// A name is never shortened below this.
const NARROWEST_NAME: usize = 16;

/// Blanks beside each cell.
const PADDING: usize = 2;

/// One project's line.
#[derive(Clone, Debug)]
pub struct TableRow {
    code: String,
    name: String,
    planned: Option<Fen>,
    spent: Fen,
    gap: Option<Fen>,
    rate: Option<Ratio>,
    standing: Standing,
    severity: Option<Severity>,
}

impl TableRow {
    /// The line of a project whose spending stands so.
    #[must_use]
    pub fn new(
        code: &ProjectCode,
        name: &str,
        comparison: &Comparison,
        standing: Standing,
        severity: Option<Severity>,
    ) -> TableRow {
        TableRow {
            code: code.as_str().to_owned(),
            name: name.to_owned(),
            planned: comparison.plan.as_ref().filter(|plan| plan.has_points).and_then(|plan| plan.stated),
            spent: comparison.spent,
            gap: comparison.gap,
            rate: comparison.rate_of_plan,
            standing,
            severity,
        }
    }
}

/// What all lines add up to, and what that leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableTotals {
    /// 预算数 of the projects that have one.
    pub budget: Fen,
    /// Due by the last point passed.
    pub planned: Fen,
    /// Spent by the day.
    pub spent: Fen,
    /// Projects that the budget's total lacks, each with the reason, such as `预算数未填报`.
    pub without_budget: Vec<(ProjectCode, String)>,
}

/// The comparison of many projects, in the order given; amounts in 万元. `width` is the terminal's.
///
/// Names are shortened to fit; where whole names leave room, the codes stand before them.
#[must_use]
pub fn comparison_table(rows: &[TableRow], totals: &TableTotals, colour: bool, width: Option<u16>) -> String {
    let figures: Vec<[String; 5]> = rows.iter().map(figures).chain([total_figures(totals)]).collect();
    let fit = fit(rows, &figures, width);
    let mut table = plain(colour);
    let mut headers = vec!["项目", "计划", "已支出", "差额", "完成计划", "状态"];
    if fit.codes {
        headers.insert(0, "项目编码");
    }
    table.set_header(headers);
    let total = format!("合计 {} 个项目（万元）", rows.len());
    let names = rows.iter().map(|row| (row.code.as_str(), row.name.as_str())).chain([("", total.as_str())]);
    let shades = rows.iter().map(|row| shade(row.standing, row.severity)).chain([None]);
    for (((code, name), [amounts @ .., standing]), shade) in names.zip(&figures).zip(shades) {
        let mut line = if fit.codes { vec![Cell::new(code)] } else { Vec::new() };
        line.push(Cell::new(width::shorten(name, fit.name)));
        line.extend(amounts.iter().map(|amount| Cell::new(amount).set_alignment(CellAlignment::Right)));
        line.push(shade.map_or_else(|| Cell::new(standing), |shade| Cell::new(standing).fg(shade)));
        table.add_row(line);
    }
    let first_amount = if fit.codes { 2 } else { 1 };
    for column in table.column_iter_mut().skip(first_amount).take(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{}{}", with_line_before_last(&table.trim_fmt()), footer(totals))
}

/// Any other answer of the command line: columns that line up, nothing shortened.
#[must_use]
pub fn plain_table(headers: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = plain(false);
    table.set_header(headers.to_vec());
    table.add_rows(rows.iter().map(|row| row.iter().map(Cell::new).collect::<Vec<_>>()));
    table.trim_fmt()
}

/// Only a line under the headers: less ink, and nothing that a font may draw two columns wide beside the text.
fn plain(colour: bool) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('-')));
    table.set_content_arrangement(ContentArrangement::Disabled).force_no_tty();
    if colour {
        table.enforce_styling();
    }
    table
}

/// Planned, spent, gap, rate, standing.
fn figures(row: &TableRow) -> [String; 5] {
    let standing = words::graded_standing(row.standing, row.severity, Language::Chinese);
    [wan(row.planned), row.spent.wan(), wan(row.gap), percent(row.rate), standing]
}

fn total_figures(totals: &TableTotals) -> [String; 5] {
    let gap = totals.spent.minus(totals.planned).ok();
    let rate = Ratio::of(totals.spent.decimal(), totals.planned.decimal());
    [totals.planned.wan(), totals.spent.wan(), wan(gap), percent(rate), String::new()]
}

/// How wide names may be, and whether there is room for the codes.
struct Fit {
    name: usize,
    codes: bool,
}

fn fit(rows: &[TableRow], figures: &[[String; 5]], width: Option<u16>) -> Fit {
    let all = width.map_or(USUAL_COLUMNS, usize::from);
    let headers = ["计划", "已支出", "差额", "完成计划", "状态"];
    let column = |place: usize, header: &str| {
        let cells = figures.iter().filter_map(|cells| cells.get(place)).map(|cell| width::columns(cell));
        cells.max().unwrap_or(0).max(width::columns(header)) + PADDING
    };
    let taken: usize = headers.iter().enumerate().map(|(place, header)| column(place, header)).sum();
    let room = all.saturating_sub(taken + PADDING);
    let longest = |text: fn(&TableRow) -> &str| rows.iter().map(|row| width::columns(text(row))).max().unwrap_or(0);
    let code = longest(|row| &row.code).max(width::columns("项目编码")) + PADDING;
    if longest(|row| &row.name).max(NARROWEST_NAME) + code <= room {
        return Fit { name: room - code, codes: true };
    }
    Fit { name: room.max(NARROWEST_NAME), codes: false }
}

fn shade(standing: Standing, severity: Option<Severity>) -> Option<Color> {
    match (severity, standing) {
        (Some(Severity::Critical), _) => Some(Color::Red),
        (Some(Severity::Warning), _) => Some(Color::Yellow),
        (Some(Severity::Notice), _) => Some(Color::Blue),
        (None, Standing::OnPlan) => Some(Color::Green),
        (None, _) => None,
    }
}

/// The line under the headers again, above the totals.
fn with_line_before_last(table: &str) -> String {
    let line = table.lines().nth(1).unwrap_or_default();
    match table.rsplit_once('\n') {
        Some((above, last)) => format!("{above}\n{line}\n{last}\n"),
        None => format!("{table}\n"),
    }
}

fn footer(totals: &TableTotals) -> String {
    let left_out: Vec<String> =
        totals.without_budget.iter().map(|(code, reason)| format!("{}（{reason}）", code.as_str())).collect();
    let budget = totals.budget.wan();
    if left_out.is_empty() {
        return format!(" 预算数合计 {budget} 万元。\n");
    }
    let count = left_out.len();
    let list = left_out.join("、");
    format!(" 预算数合计 {budget} 万元，不含 {count} 个项目：{list}；其计划和支出已计入上面的合计。\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, planned: Option<i64>, spent: i64, standing: Standing, severity: Option<Severity>) -> TableRow {
        let (planned, spent) = (planned.map(Fen::new), Fen::new(spent));
        let gap = planned.map(|planned| spent.minus(planned).unwrap());
        let rate = planned.and_then(|planned| Ratio::of(spent.decimal(), planned.decimal()));
        let code = "13060524P000002100357".into();
        TableRow { code, name: name.into(), planned, spent, gap, rate, standing, severity }
    }

    fn rows() -> Vec<TableRow> {
        vec![
            row("运转保障--劳务派遣经费", Some(45_390_000), 31_000_000, Standing::Behind, Some(Severity::Warning)),
            row("住建局综合业务资金--建筑工地视频监控系统平台电信专线费", None, 0, Standing::NotDue, None),
            row("2024 emoji ❤️ 项目", Some(36_000), 36_000, Standing::OnPlan, None),
        ]
    }

    fn totals() -> TableTotals {
        let without_budget = vec![(ProjectCode::parse("13060524P004364100267").unwrap(), "预算数未填报".to_owned())];
        TableTotals {
            budget: Fen::new(388_540_000),
            planned: Fen::new(45_426_000),
            spent: Fen::new(31_036_000),
            without_budget,
        }
    }

    #[test]
    fn columns_line_up_with_chinese_text_at_every_width() {
        for width in [0, 40, 66, 80, 100, 140, 200] {
            let table = comparison_table(&rows(), &totals(), false, Some(width));
            let ends: Vec<usize> = table
                .lines()
                .filter(|line| line.contains('.') && !line.contains("预算数"))
                .map(|line| width::columns(line.rsplit_once('%').map_or(line, |(before, _)| before)))
                .collect();
            assert_eq!(ends.len(), 4, "{table}");
            let with_rate = [ends[0], ends[2], ends[3]];
            assert!(with_rate.iter().all(|end| *end == with_rate[0]), "{table}");
            let widest = table.lines().take(7).map(width::columns).max().unwrap();
            assert!(width < 80 || widest <= usize::from(width), "{table}");
        }
    }

    #[test]
    fn a_table_reads_like_a_statement() {
        insta::assert_snapshot!(comparison_table(&rows(), &totals(), false, Some(80)));
        insta::assert_snapshot!(comparison_table(&rows(), &totals(), false, Some(140)));
    }

    #[test]
    fn colour_marks_the_standing_only() {
        let table = comparison_table(&rows(), &totals(), true, Some(80));
        assert!(table.contains("\u{1b}["));
        assert!(!comparison_table(&rows(), &totals(), false, Some(80)).contains('\u{1b}'));
    }

    #[test]
    fn other_tables_line_up_too() {
        let rows = [vec!["张三".into(), "zhang@example.cn".into()], vec!["Li Si".into(), "li@example.cn".into()]];
        insta::assert_snapshot!(plain_table(&["姓名", "邮箱"], &rows));
    }
}
