//! The ways in which other documents of this kind are written, each made from the sample by one change of spelling.

use super::{counts, example, read, year};
use milepost::domain::indicator::{Comparator, Target};
use milepost::domain::money::Fen;
use milepost::intake::finding::FindingCode;
use milepost::intake::plan::read_plan;

fn sample() -> String {
    String::from_utf8(example("plan-2024.txt")).unwrap()
}

/// One project table, as short as can be.
fn table(budget: &str, plan: &[(&str, &[&str])], head: &[&str], rows: &[&[&str]]) -> String {
    let row = |cells: &[&str]| format!("\t{}\n\n", cells.join("\n\t"));
    let plan: String = plan.iter().map(|(label, cells)| row(&[&[*label], *cells].concat())).collect();
    let rows: String = rows.iter().map(|cells| row(cells)).collect();
    format!(
        "1.甲绩效目标表\n\t333001某局\n\t单位：万元\n\n\t项目编码\n\tA1\n\t项目名称\n\t甲\n\n{}\t\n\t用于甲\n\n{plan}\t绩效目标\n\t1.做好甲\n\n\n \n{}{rows}\n\n",
        row(&["预算规模及资金用途", "预算数", budget, "其中：财政资金", budget, "其他资金", " "]),
        row(head)
    )
}

const HEAD: [&str; 6] = ["一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据"];
const ROWS: [&[&str]; 2] = [
    &["产出指标", "数量指标", "件数", "完成件数", "≥5件", "计划"],
    &["满意度指标", "满意度指标", "满意度", "满意度", "≥90%", "问卷"],
];
const POINTS: (&str, &[&str]) = ("资金支出计划（万元）", &["3月底", "6月底", "10月底", "12月底"]);

fn points(text: &str) -> Vec<String> {
    let document = read(text);
    let point = |planned: Option<Fen>| planned.map_or("—".to_owned(), Fen::yuan);
    document.projects[0].points.as_slice().iter().map(|at| format!("{} {}", at.on, point(at.planned))).collect()
}

#[test]
fn one_text_in_other_encodings_and_line_ends_is_one_document() {
    let text = sample();
    let original = read(&text);
    let gbk = encoding_rs::GB18030.encode(&text).0.into_owned();
    let bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let crlf = text.replace('\n', "\r\n").into_bytes();
    let unended = text.trim_end_matches('\n').to_owned() + "\n\n\n";
    for bytes in [gbk, bom, utf16, crlf, unended.into_bytes()] {
        assert_eq!(read_plan(&bytes, year()), Ok(original.clone()));
    }
}

#[test]
fn full_width_signs_and_other_comparators_change_no_reading() {
    let text = sample();
    let original = read(&text);
    let wide = text.replace("39.08", "３９．０８").replace('%', "％").replace('≥', "≧").replace('≤', "<=");
    let wide = wide.replace("单位：万元", "单位:万元").replace("（万元）", "(万元)");
    let reread = read(&wide);
    assert_eq!(counts(&reread.findings), counts(&original.findings));
    for (a, b) in original.projects.iter().zip(&reread.projects) {
        assert_eq!((&a.points, &a.budget), (&b.points, &b.budget));
        let targets = |project: &milepost::domain::project::ProjectDraft| -> Vec<Target> {
            project.indicators.iter().map(|indicator| indicator.target_read.clone()).collect()
        };
        assert_eq!(targets(a), targets(b));
    }
}

#[test]
fn blanks_have_many_spellings() {
    for blank in ["-", "—", "——", "*", "/", "\u{3000}", ""] {
        let text = table("6", &[POINTS, ("", &[blank, blank, "3.00", "6.00"])], &HEAD, &ROWS);
        assert_eq!(
            points(&text),
            ["2024-03-31 —", "2024-06-30 —", "2024-10-31 30000.00", "2024-12-31 60000.00"],
            "{blank}"
        );
    }
}

#[test]
fn a_plan_in_percent_is_a_share_of_the_budget_and_keeps_its_spelling() {
    let label = "资金支出计划（%）";
    let months: &[&str] = &["3月底", "6月底", "9月底", "12月底"];
    let text = |budget: &str, values: &[&str]| table(budget, &[(label, months), ("", values)], &HEAD, &ROWS);
    for values in [&["25.00", "50.00", "75.00", "100.00"], &["25%", "５０％", "75%", "100%"]] {
        let document = read(&text("90.78", values));
        assert_eq!(document.projects[0].points_written, values);
        let expected = ["2024-03-31 226950.00", "2024-06-30 453900.00", "2024-09-30 680850.00", "2024-12-31 907800.00"];
        assert_eq!(points(&text("90.78", values)), expected);
        assert!(document.findings.is_empty(), "{:?}", document.findings);
    }
    let blank = text(" ", &["25", "50", "75", "100"]);
    assert_eq!(points(&blank), ["2024-03-31 —", "2024-06-30 —", "2024-09-30 —", "2024-12-31 —"]);
    assert_eq!(counts(&read(&blank).findings).into_iter().collect::<Vec<_>>(), [("budget_missing", 1)]);
    let falling = read_plan(text(" ", &["25", "20", "75", "100"]).as_bytes(), year()).unwrap_err();
    assert_eq!(falling.errors().next().unwrap().code, FindingCode::PointsFall);
}

#[test]
fn twelve_months_may_take_one_pair_of_rows_or_two() {
    let names: Vec<String> = (1..=12).map(|month| format!("{month}月底")).collect();
    let values: Vec<String> = (1..=12).map(|month| format!("{month}.00")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let label = "资金支出计划（万元）";
    let one = table("12", &[(label, &names), ("", &values)], &HEAD, &ROWS);
    let two =
        table("12", &[(label, &names[..6]), ("", &values[..6]), ("", &names[6..]), ("", &values[6..])], &HEAD, &ROWS);
    assert_eq!(points(&one).len(), 12);
    assert_eq!(points(&one)[1], "2024-02-29 20000.00");
    assert_eq!(points(&one), points(&two));
}

#[test]
fn amounts_may_be_in_yuan_with_commas_or_have_four_decimals() {
    let yuan = |text: &str| text.replace("单位：万元", "单位：元").replace("（万元）", "（元）");
    let values = ("", &["226,950.00", "453,900.00", "680,850.00", "907,800.00"] as &[&str]);
    let text = yuan(&table("907,800.00", &[POINTS, values], &HEAD, &ROWS));
    assert_eq!(points(&text)[0], "2024-03-31 226950.00");
    assert!(read(&text).findings.is_empty());
    let four = table("90.7812", &[POINTS, ("", &["22.6953", "45.3906", "68.0859", "90.78"])], &HEAD, &ROWS);
    assert_eq!(points(&four)[0], "2024-03-31 226953.00");
    assert!(read(&four).findings.is_empty(), "rounding is no difference");
}

#[test]
fn fiscal_money_may_be_split_by_where_it_comes_from() {
    let text = table("10", &[POINTS, ("", &["1", "2", "3", "10"])], &HEAD, &ROWS)
        .replace("\t其中：财政资金\n\t10\n", "\t其中：财政资金\n\t8\n\t其中：本级安排\n\t5\n\t上级补助\n\t3\n")
        .replace("\t其他资金\n\t \n", "\t其他资金\n\t2\n");
    let budget = read(&text).projects[0].budget;
    let wan = |amount: Option<Fen>| amount.map(Fen::wan).unwrap_or_default();
    let parts = [budget.total, budget.fiscal, budget.fiscal_own, budget.fiscal_upper, budget.other].map(wan);
    assert_eq!(parts, ["10.00", "8.00", "5.00", "3.00", "2.00"]);
}

#[test]
fn a_target_may_be_split_and_weighted_and_cost_a_first_level() {
    let head = ["一级指标", "二级指标", "三级指标", "符号", "值", "单位（计量）", "权重", "指标值确定依据"]
        .map(|h| h.replace("（计量）", ""));
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let rows: [&[&str]; 5] = [
        &["成本指标", "经济成本指标", "总成本", "≤", "35", "万元", "20", "预算"],
        &["产出指标", "数量指标", "件数", "2", "5", "件", "40%", "计划"],
        &["", "时效指标", "完成时间", "=", "2024年12月31日前", " ", "—", "计划"],
        &["效益指标", "社会效益指标", "保障", "定性", "有效保障", " ", "20", "计划"],
        &["满意度指标", "满意度指标", "满意度", "≥", "90%", "%", "10", "问卷"],
    ];
    let document = read(&table("35", &[POINTS, ("", &["1", "2", "3", "35"])], &head, &rows));
    let shown: Vec<String> = document.projects[0]
        .indicators
        .iter()
        .map(|one| {
            format!("{} {} {}", one.target, one.target_read.kind(), one.weight.map_or("—".into(), |w| w.to_string()))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "≤35万元 bound 20",
            "≥5件 bound 40",
            "=2024年12月31日前 deadline —",
            "有效保障 qualitative 20",
            "≥90% bound 10"
        ]
    );
    assert!(document.projects[0].indicators[0].is_cost());
    assert_eq!(document.projects[0].indicators[2].level1, "产出指标");
    assert!(document.findings.is_empty(), "{:?}", document.findings);
}

#[test]
fn the_split_may_stand_in_a_second_heading_row() {
    let rows: [&[&str]; 3] = [
        &["", "", "", "", "符号", "值", "单位", ""],
        &["产出指标", "数量指标", "件数", "完成件数", "≥", "5", "件", "计划"],
        &["满意度指标", "满意度指标", "满意度", "满意度", "≥", "90", "%", "问卷"],
    ];
    for head in [&HEAD[..], &["一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "", "", "指标值确定依据"]]
    {
        let document = read(&table("6", &[POINTS, ("", &["1", "2", "3", "6"])], head, &rows));
        let target = &document.projects[0].indicators[0].target_read;
        assert!(matches!(target, Target::Bound { comparator: Comparator::AtLeast, quantity } if quantity.unit == "件"));
        assert_eq!(document.projects[0].indicators[1].basis, "问卷");
    }
}

#[test]
fn several_goals_are_kept_apart() {
    let text = table("6", &[POINTS, ("", &["1", "2", "3", "6"])], &HEAD, &ROWS);
    for goals in ["1.做好甲\n2.做好乙\n", "1.做好甲\n\t2.做好乙\n", "1.做好甲\n\n\t\n\t2.做好乙\n"] {
        let goals = read(&text.replace("1.做好甲\n", goals)).projects[0].goals.clone();
        assert_eq!(goals, ["1.做好甲", "2.做好乙"]);
    }
}

#[test]
fn each_doubt_about_points_has_its_finding() {
    let found = |values: &[&str]| -> Vec<(&'static str, String)> {
        let document = read(&table("6", &[POINTS, ("", values)], &HEAD, &ROWS));
        document.findings.iter().map(|finding| (finding.code.name(), finding.column.clone())).collect()
    };
    assert_eq!(found(&["1", " ", "3", "6"]), [("points_blank_inside", "6月底".into())]);
    assert_eq!(found(&["1", "2", "3", "5.99"]), [("last_point_differs_from_budget", "12月底".into())]);
    assert_eq!(found(&["1", "2", "6", "-"]), [("points_blank_inside", "12月底".into())]);
    assert_eq!(found(&["", "", "", "6"]), []);
}

#[test]
fn doubtful_codes_and_targets_have_their_findings() {
    let text = sample().replace("13060524P00000310033M", "13060524P00000310033N").replace("每月月底前", "每月10日前");
    let mut found = counts(&read(&text).findings);
    let before = counts(&read(&sample()).findings);
    assert_eq!(found.remove("check_sign_mismatch"), Some(1));
    assert_eq!(found.remove("target_unreadable"), Some(5));
    assert_eq!(found, before);
}

#[test]
fn another_year_changes_dates_and_finds_every_code_doubtful() {
    let year = milepost::domain::calendar::FiscalYear::new(2023).unwrap();
    let document = read_plan(sample().as_bytes(), year).unwrap();
    assert_eq!(document.projects[0].points.as_slice()[0].on.to_string(), "2023-03-31");
    assert_eq!(counts(&document.findings)["code_year_differs"], 13);
}

#[test]
fn a_missing_money_unit_is_never_guessed() {
    let text = table("6", &[POINTS, ("", &["1", "2", "3", "6"])], &HEAD, &ROWS);
    let text = text.replace("\t单位：万元\n", "").replace("（万元）", "");
    let refused = read_plan(text.as_bytes(), year()).unwrap_err();
    assert_eq!(refused.errors().next().unwrap().code, FindingCode::MoneyUnitMissing);
}
