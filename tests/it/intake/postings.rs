//! The sample actuals and readings: marked as invented, and showing every standing at the June point.

use super::{example, year};
use milepost::domain::disbursement::Kind;
use milepost::domain::money::Fen;
use milepost::intake::actuals_csv::read_actuals;
use milepost::intake::plan::read_plan;
use milepost::intake::readings_csv::{RawObserved, read_readings};
use proptest::prelude::*;
use rust_decimal::Decimal;

#[test]
fn the_sample_files_say_that_they_are_invented() {
    for name in ["actuals-2024.csv", "readings-2024.csv"] {
        let text = String::from_utf8(example(name)).unwrap();
        let first = text.lines().next().unwrap();
        assert!(first.starts_with('#') && first.contains("虚构") && first.contains("invented"), "{name}");
    }
}

#[test]
fn the_sample_actuals_show_every_standing_at_the_june_point() {
    let plan = read_plan(&example("plan-2024.txt"), year()).unwrap();
    let actuals = read_actuals(&example("actuals-2024.csv"), year()).unwrap_or_else(|refused| panic!("{refused}"));
    let june = year().month_end(6).unwrap();
    assert!(actuals.iter().all(|row| row.posting.paid_on <= june));
    let shown: Vec<String> = plan
        .projects
        .iter()
        .map(|project| {
            let rows = actuals.iter().filter(|row| row.project == project.code);
            let counted = rows.filter(|row| row.posting.kind != Kind::PriorYearRefund);
            let spent = Fen::total(counted.map(|row| row.posting.signed_amount().unwrap())).unwrap();
            let (due, on) = (project.points.due(june), spent.wan());
            format!("{} spent {on} of {}: {}", project.code, due.wan(), standing(spent, due, project.budget.total))
        })
        .collect();
    insta::assert_snapshot!("sample_actuals_at_june", shown.join("\n"));
}

/// The standing by DOMAIN.md §2.10, worked out here once more by hand: the real one is tested where it lives.
fn standing(spent: Fen, due: Fen, budget: Option<Fen>) -> &'static str {
    let percent = |share: i64| due.decimal() * Decimal::from(share) / Decimal::ONE_HUNDRED;
    match () {
        () if budget.is_some_and(|budget| spent > budget) => "overspent",
        () if due == Fen::ZERO && spent == Fen::ZERO => "not_due",
        () if due == Fen::ZERO || spent.decimal() > percent(120) => "ahead",
        () if spent.decimal() >= percent(99) => "on_plan",
        () if spent.decimal() >= percent(80) => "behind (notice)",
        () if spent.decimal() >= percent(60) => "behind (warning)",
        () => "behind (critical)",
    }
}

#[test]
fn the_rounding_case_is_among_the_sample_actuals() {
    let actuals = read_actuals(&example("actuals-2024.csv"), year()).unwrap();
    let march = year().month_end(3).unwrap();
    let first = actuals.iter().filter(|row| row.project.as_str() == "13060524P000002100357");
    let spent = first.filter(|row| row.posting.paid_on <= march).map(|row| row.posting.amount);
    assert_eq!(Fen::total(spent).unwrap().yuan(), "226950.00");
}

#[test]
fn the_sample_readings_name_indicators_of_the_sample_plan() {
    let plan = read_plan(&example("plan-2024.txt"), year()).unwrap();
    let readings = read_readings(&example("readings-2024.csv"), year()).unwrap_or_else(|refused| panic!("{refused}"));
    for row in &readings {
        let project = plan.projects.iter().find(|project| project.code == row.project).unwrap();
        let name = row.indicator.rsplit('/').next().unwrap();
        let indicator =
            project.indicators.iter().find(|indicator| indicator.name == name).unwrap_or_else(|| panic!("{name}"));
        if let RawObserved::Value { unit, .. } = &row.observed {
            assert_eq!(Some(unit), indicator.target_read.bound().map(|(_, quantity)| &quantity.unit));
        }
    }
    assert!(readings.iter().any(|row| matches!(row.observed, RawObserved::Grade(_))));
    assert!(readings.iter().any(|row| matches!(row.observed, RawObserved::DoneOn(_))));
}

#[test]
fn a_spreadsheets_gbk_copy_reads_alike() {
    let bytes = example("actuals-2024.csv");
    let text = String::from_utf8(bytes.clone()).unwrap();
    let (gbk, _, _) = encoding_rs::GBK.encode(&text);
    assert_eq!(read_actuals(&gbk, year()), read_actuals(&bytes, year()));
}

proptest! {
    #[test]
    fn no_csv_panics(text in "(项目编码|project_code|支付金额（元）|amount_yuan|三级指标|[,\"\n#0-9a-z年\\-./]{0,12}){0,40}") {
        let _ = read_actuals(text.as_bytes(), year());
        let _ = read_readings(text.as_bytes(), year());
    }

    #[test]
    fn no_amount_cell_panics_or_is_taken_for_another(cell in "[-+0-9.,eE０-９，]{0,24}") {
        let file = format!("project_code,amount_yuan,paid_on,voucher_no\nA1,\"{cell}\",2024-01-01,V\n");
        if let Ok(rows) = read_actuals(file.as_bytes(), year()) {
            prop_assert!(rows[0].posting.amount > Fen::ZERO);
        }
    }
}
