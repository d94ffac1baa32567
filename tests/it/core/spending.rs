//! Planned against spent: every edge of every threshold, and what is said between, before and after plan points.

use super::*;
use milepost::domain::rule::Tolerance;
use milepost::domain::verdict::Reason;
use rust_decimal::Decimal;

/// The document's projects that are traps of their own.
fn nothing_before_december() -> Plan {
    plan("4.48", ["-", "-", "-", "4.48"])
}

fn blank_budget() -> Plan {
    plan("-", ["27.70", "55.40", "82.40", "110.80"])
}

#[test]
fn each_threshold_is_half_open_and_exact_to_the_fen() {
    // 453,900.00 yuan are due by 30 June: 60 % are 272,340.00, 80 % are 363,120.00, 120 % are 544,680.00.
    for (spent, expected) in [
        ("0.00", "behind critical"),
        ("272339.99", "behind critical"),
        ("272340.00", "behind warning"),
        ("272340.01", "behind warning"),
        ("363119.99", "behind warning"),
        ("363120.00", "behind notice"),
        ("363120.01", "behind notice"),
        ("449360.99", "behind notice"),
        ("449361.00", "on_plan -"),
        ("449361.01", "on_plan -"),
        ("453900.00", "on_plan -"),
        ("544679.99", "on_plan -"),
        ("544680.00", "on_plan -"),
        ("544680.01", "ahead notice"),
        ("907799.99", "ahead notice"),
        ("907800.00", "ahead notice"),
        ("907800.01", "overspent critical"),
    ] {
        assert_eq!(said(&judged(&dispatch(), spent, "2024-06-30")), expected, "{spent} yuan");
    }
}

#[test]
fn the_tolerance_is_the_larger_of_one_per_cent_and_a_hundred_yuan() {
    // Under 10,000 yuan due, 100 yuan are the larger; at 10,000 both are equal; above, it is 1 %.
    for (due, just_outside, at_the_edge) in [
        ("0.31", "2999.99", "3000.00"),
        ("0.99", "9799.99", "9800.00"),
        ("1.00", "9899.99", "9900.00"),
        ("1.08", "10691.99", "10692.00"),
        ("2.94", "29105.99", "29106.00"),
        ("110.80", "1096919.99", "1096920.00"),
    ] {
        let plan = plan(due, ["-", "-", "-", due]);
        assert_eq!(said(&judged(&plan, just_outside, "2024-12-31")), "behind notice", "{due}");
        assert_eq!(said(&judged(&plan, at_the_edge, "2024-12-31")), "on_plan -", "{due}");
    }
}

#[test]
fn an_amount_within_the_tolerance_of_nothing_is_on_plan() {
    // 50 yuan are due: all of it lies within the tolerance of 100 yuan.
    let plan = plan("0.005", ["0.005", "0.005", "0.005", "0.005"]);
    assert_eq!(said(&judged(&plan, "0.00", "2024-03-31")), "on_plan -");
}

#[test]
fn rounding_to_hundredths_of_ten_thousand_is_no_lag() {
    // A quarter of 90.78 万元 is 226,950 yuan; the document rounds it to 22.70 万元.
    let comparison = held(&dispatch(), "226950.00", "2024-03-31");
    assert_eq!(comparison.gap, Some(yuan("-50.00")));
    assert_eq!(said(&judged(&dispatch(), "226950.00", "2024-03-31")), "on_plan -");
    assert_eq!(judged(&dispatch(), "226950.00", "2024-03-31").verdicts, []);
}

#[test]
fn one_fen_above_the_budget_is_overspent_whatever_the_plan_says() {
    for as_of in ["2024-01-01", "2024-06-30", "2024-12-31"] {
        let judgement = judged(&dispatch(), "907800.01", as_of);
        assert_eq!(said(&judgement), "overspent critical", "{as_of}");
        assert_eq!(told(&judgement.verdicts[0]), (Rule::OverBudget, Severity::Critical, None));
    }
    assert_eq!(said(&judged(&dispatch(), "907800.00", "2024-12-31")), "on_plan -");
}

#[test]
fn nothing_planned_before_december_is_not_due_all_year() {
    let plan = nothing_before_december();
    for as_of in ["2024-01-01", "2024-03-31", "2024-06-30", "2024-07-31", "2024-10-31", "2024-12-30"] {
        assert_eq!(said(&judged(&plan, "0.00", as_of)), "not_due -", "{as_of}");
        let comparison = held(&plan, "0.00", as_of);
        assert_eq!((comparison.rate_of_plan, comparison.gap), (None, Some(Fen::ZERO)), "0 of 0 is no rate");
    }
    assert_eq!(said(&judged(&plan, "0.00", "2024-12-31")), "behind critical");
    assert_eq!(said(&judged(&plan, "0.01", "2024-10-31")), "ahead notice");
    assert_eq!(said(&judged(&plan, "-0.01", "2024-10-31")), "not_due -");
    assert_eq!(said(&judged(&plan, "44800.00", "2024-12-31")), "on_plan -");
}

#[test]
fn a_leading_blank_stays_blank_and_is_due_nothing() {
    let plan = plan("6.00", ["-", "-", "3.00", "6.00"]);
    let planned = held(&plan, "0.00", "2024-07-31").plan.unwrap();
    assert_eq!((planned.point_on, planned.stated, planned.due), (Some(day("2024-06-30")), None, Fen::ZERO));
    assert_eq!((planned.next_point_on, planned.next_stated), (Some(day("2024-10-31")), wan("3.00")));
    assert_eq!(said(&judged(&plan, "0.00", "2024-10-30")), "not_due -");
    assert_eq!(said(&judged(&plan, "0.00", "2024-10-31")), "behind critical");
}

#[test]
fn a_blank_after_a_figure_leaves_that_figure_due() {
    let plan = plan("9.00", ["3.00", "-", "6.00", "9.00"]);
    let planned = held(&plan, "0.00", "2024-06-30").plan.unwrap();
    assert_eq!((planned.stated, planned.due), (None, yuan("30000.00")));
    assert_eq!(said(&judged(&plan, "30000.00", "2024-06-30")), "on_plan -");
    assert_eq!(said(&judged(&plan, "18000.00", "2024-06-30")), "behind warning");
}

#[test]
fn before_the_first_point_nothing_is_planned() {
    let planned = held(&dispatch(), "0.00", "2024-03-30").plan.unwrap();
    assert_eq!((planned.point_on, planned.stated, planned.due), (None, Some(Fen::ZERO), Fen::ZERO));
    assert_eq!(said(&judged(&dispatch(), "0.00", "2024-03-30")), "not_due -");
    let early = judged(&dispatch(), "0.01", "2024-03-30");
    assert_eq!(said(&early), "ahead notice");
    assert_eq!(told(&early.verdicts[0]), (Rule::FarAhead, Severity::Notice, None));
}

#[test]
fn a_blank_budget_has_no_rate_and_is_never_overspent_but_the_plan_compares() {
    let comparison = held(&blank_budget(), "277000.00", "2024-03-31");
    assert_eq!((comparison.initial_budget, comparison.adjusted_budget, comparison.rate_of_budget), (None, None, None));
    assert_eq!(comparison.rate_of_plan.unwrap().to_string(), "1.0000");
    assert_eq!(said(&judged(&blank_budget(), "277000.00", "2024-03-31")), "on_plan -");
    assert_eq!(said(&judged(&blank_budget(), "0.00", "2024-03-31")), "behind critical");
    assert_eq!(said(&judged(&blank_budget(), "9999999.99", "2024-12-31")), "ahead notice");
}

#[test]
fn the_plan_judges_and_time_only_stands_beside_it() {
    // On plan exactly: 75 % of the budget when 83.3 % of the year has passed.
    let comparison = held(&dispatch(), "680900.00", "2024-10-31");
    assert_eq!(comparison.rate_of_budget.unwrap().to_string(), "0.7501");
    assert_eq!(comparison.rate_of_time.to_string(), "0.8333");
    assert_eq!(said(&judged(&dispatch(), "680900.00", "2024-10-31")), "on_plan -");
}

#[test]
fn between_points_the_last_one_passed_judges_and_the_line_is_a_second_figure() {
    let planned = held(&dispatch(), "453900.00", "2024-07-31").plan.unwrap();
    assert_eq!((planned.point_on, planned.due), (Some(day("2024-06-30")), yuan("453900.00")));
    assert_eq!(planned.interpolated, yuan("511111.38"));
    assert_eq!(said(&judged(&dispatch(), "453900.00", "2024-07-31")), "on_plan -");
}

#[test]
fn a_plan_is_never_recomputed_from_its_budget() {
    // Project 15 plans 82.40 in October, where three quarters would be 83.10.
    assert_eq!(held(&blank_budget(), "0.00", "2024-10-31").plan.unwrap().due, yuan("824000.00"));
}

#[test]
fn execution_is_measured_by_the_adjusted_budget_and_prints_the_first_one_too() {
    let adjusted = plan("100.00", ["22.70", "45.39", "75.00", "100.00"]);
    let comparison = compare(year(), Some(&dispatch()), Some(&adjusted), yuan("500000.00"), day("2024-07-31")).unwrap();
    assert_eq!((comparison.initial_budget, comparison.adjusted_budget), (wan("90.78"), wan("100.00")));
    assert_eq!(comparison.rate_of_budget.unwrap().to_string(), "0.5000");
}

#[test]
fn a_project_without_points_has_no_plan_but_can_be_overspent() {
    let mut bare = plan("1.00", ["-"; 4]);
    bare.points = PlanPoints::default();
    assert_eq!(said(&judged(&bare, "10000.00", "2024-12-31")), "no_plan -");
    assert_eq!(said(&judged(&bare, "10000.01", "2024-12-31")), "overspent critical");
    let unknown = compare(year(), None, None, yuan("5.00"), day("2024-06-30")).unwrap();
    assert_eq!(said(&judge(&unknown, &[], &[], &rules(), &WorkingDays::default())), "no_plan -");
    assert_eq!((unknown.gap, unknown.rate_of_plan, unknown.rate_of_budget), (None, None, None));
}

#[test]
fn spending_below_zero_is_behind_where_something_is_due() {
    assert_eq!(said(&judged(&dispatch(), "-5000.00", "2024-03-31")), "behind critical");
    assert_eq!(held(&dispatch(), "-5000.00", "2024-03-31").rate_of_plan.unwrap().to_string(), "-0.0220");
}

#[test]
fn a_verdict_names_the_numbers_that_made_it() {
    let judgement = judged(&dispatch(), "310000.00", "2024-06-30");
    let [verdict] = judgement.verdicts.as_slice() else { panic!("one verdict") };
    assert_eq!(told(verdict), (Rule::BehindPlanPoint, Severity::Warning, Some("2024-06-30".into())));
    assert_eq!((verdict.rule_version, verdict.plan_version), (1, Some(1)));
    let Reason::Behind { due, spent, rate, threshold } = &verdict.reason else { panic!("behind") };
    assert_eq!((*due, *spent), (yuan("453900.00"), yuan("310000.00")));
    assert_eq!((rate.unwrap().to_string(), threshold.unwrap()), ("0.6830".into(), "0.80".parse().unwrap()));
}

#[test]
fn thresholds_are_settings() {
    let rules = Rules {
        tolerance: Tolerance { share: Decimal::ZERO, least: Fen::ZERO },
        notice_from: "0.9".parse().unwrap(),
        warning_from: "0.5".parse().unwrap(),
        ahead_above: "1.5".parse().unwrap(),
        ..rules()
    };
    for (spent, expected) in [
        ("226949.99", "behind critical"),
        ("226950.00", "behind warning"),
        ("408509.99", "behind warning"),
        ("408510.00", "behind notice"),
        ("453899.99", "behind notice"),
        ("453900.00", "on_plan -"),
        ("680850.00", "on_plan -"),
        ("680850.01", "ahead notice"),
    ] {
        let judgement = judge(&held(&dispatch(), spent, "2024-06-30"), &[], &[], &rules, &WorkingDays::default());
        assert_eq!(said(&judgement), expected, "{spent}");
    }
}
