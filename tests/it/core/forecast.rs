//! Where the year would end: each forecast with its arithmetic, or why there is none.

use super::*;
use milepost::domain::forecast::{GivenForecast, Method, forecasts, foremost};
use uuid::Uuid;

/// Run rate and remaining plan, as they are shown: the arithmetic, or the reason.
fn reckoned(comparison: &Comparison) -> [String; 2] {
    let [manual, run_rate, remaining] = forecasts(comparison, None).map(|(method, said)| {
        let said = said.map_err(|unsaid| unsaid.name().to_owned());
        (method, said.map_or_else(|reason| reason, |said| said.arithmetic))
    });
    assert_eq!(manual, (Method::Manual, "not_given".to_owned()));
    assert_eq!([run_rate.0, remaining.0], [Method::RunRate, Method::RemainingPlan]);
    [run_rate.1, remaining.1]
}

#[test]
fn each_forecast_shows_its_sum() {
    // 1 January counts as a day; 2024 has 366; on 31 December both are what was spent.
    for (spent, as_of, run_rate, remaining) in [
        (
            "310000.00",
            "2024-06-30",
            "310000.00 ÷ 182 × 366 = 623406.59",
            "310000.00 + (907800.00 − 453900.00) = 763900.00",
        ),
        ("100.00", "2024-01-01", "100.00 ÷ 1 × 366 = 36600.00", "100.00 + (907800.00 − 0.00) = 907900.00"),
        ("100.00", "2024-02-29", "100.00 ÷ 60 × 366 = 610.00", "100.00 + (907800.00 − 0.00) = 907900.00"),
        (
            "907000.01",
            "2024-12-31",
            "907000.01 ÷ 366 × 366 = 907000.01",
            "907000.01 + (907800.00 − 907800.00) = 907000.01",
        ),
        ("-100.00", "2024-06-30", "-100.00 ÷ 182 × 366 = -201.10", "-100.00 + (907800.00 − 453900.00) = 453800.00"),
        ("0.00", "2024-06-30", "0.00 ÷ 182 × 366 = 0.00", "0.00 + (907800.00 − 453900.00) = 453900.00"),
    ] {
        assert_eq!(reckoned(&held(&dispatch(), spent, as_of)), [run_rate, remaining], "{spent} on {as_of}");
    }
    let short_year = FiscalYear::new(2023).unwrap();
    let in_2023 = compare(short_year, None, None, yuan("100.00"), day("2023-02-28")).unwrap();
    assert_eq!(reckoned(&in_2023), ["100.00 ÷ 59 × 365 = 618.64", "no_plan"]);
}

#[test]
fn what_cannot_be_said_says_why() {
    let before = compare(year(), None, None, Fen::ZERO, day("2023-12-31")).unwrap();
    assert_eq!(reckoned(&before), ["no_day_passed", "no_plan"]);
    assert_eq!(foremost(&forecasts(&before, None)), (Method::RunRate, None));
    let blank = plan("-", ["-", "-", "-", "-"]);
    assert_eq!(reckoned(&held(&blank, "1.00", "2024-12-31"))[1], "nothing_planned");
    let blank_at_last = plan("90.78", ["22.70", "45.39", "-", "-"]);
    assert_eq!(
        reckoned(&held(&blank_at_last, "100.00", "2024-12-31"))[1],
        "100.00 + (453900.00 − 453900.00) = 100.00",
        "a blank promises nothing more"
    );
    let beyond = compare(year(), None, Some(&dispatch()), Fen::new(i64::MAX), day("2024-01-02")).unwrap();
    assert_eq!(reckoned(&beyond), ["out_of_range", "out_of_range"]);
}

#[test]
fn a_person_s_figure_counts_before_the_run_rate() {
    let given = GivenForecast {
        id: Uuid::from_u128(1),
        year_end: yuan("620000.00"),
        as_of: day("2024-06-30"),
        reason: "尾款".into(),
        recorded_at: at("2024-07-01"),
        recorded_by: "clerk".into(),
    };
    let comparison = held(&dispatch(), "310000.00", "2024-06-30");
    assert_eq!(foremost(&forecasts(&comparison, Some(&given))), (Method::Manual, Some(yuan("620000.00"))));
    assert_eq!(foremost(&forecasts(&comparison, None)), (Method::RunRate, Some(yuan("623406.59"))));
}
