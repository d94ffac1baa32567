//! The kinds of rules that look at the calendar beside the money, each at its edges.

use super::*;
use milepost::domain::comparison::LastPosting;
use milepost::domain::indicator::{Comparator, Indicator, KeptIndicator, Quantity, Target};
use milepost::domain::language::Language;
use milepost::domain::reading::{Observed, Reading};
use milepost::domain::rule::{CurveStep, Materiality, Patience, TimeSteps, WorkGap};
use milepost::domain::verdict::{Reason, Standing};
use milepost::domain::workdays::YearOfDays;
use milepost::intake::rule_file::DEFAULT_RULES;
use milepost::intake::rule_presets::preset;
use milepost::render::explain::explain;
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

fn share(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Monday to Friday, less the first days of October, with a Saturday made up.
fn calendar() -> WorkingDays {
    let days = |texts: &[&str]| texts.iter().map(|text| day(text)).collect();
    WorkingDays::new([YearOfDays {
        year: 2024,
        holidays: days(&["2024-10-01", "2024-10-02", "2024-10-03", "2024-10-04", "2024-10-07"]),
        workdays: days(&["2024-10-12"]),
    }])
}

/// What one rule says, as severity and point.
fn of(rule: Rule, comparison: &Comparison, rules: &Rules) -> Option<(&'static str, Option<String>)> {
    of_all(rule, comparison, &[], &[], rules).first().map(|verdict| (verdict.severity.name(), point(verdict)))
}

fn of_all(
    rule: Rule,
    comparison: &Comparison,
    indicators: &[KeptIndicator],
    readings: &[Reading],
    rules: &Rules,
) -> Vec<Verdict> {
    let said = judge(comparison, indicators, readings, rules, &calendar());
    assert_eq!(said, judge(comparison, indicators, readings, rules, &calendar()), "judged twice");
    said.verdicts.into_iter().filter(|verdict| verdict.rule == rule).collect()
}

fn point(verdict: &Verdict) -> Option<String> {
    verdict.point_on.map(|day| day.to_string())
}

/// A budget of 366.00 yuan in a year of 366 days: a yuan a day.
fn a_yuan_a_day() -> Plan {
    Plan { budget: Budget { total: Some(yuan("366.00")), ..Budget::default() }, ..plan("-", ["-", "-", "-", "-"]) }
}

#[test]
fn the_pace_of_the_year_has_half_open_steps() {
    let time = TimeSteps { critical_below: share("0.6"), warning_below: share("0.8"), ahead_from: Some(share("1.2")) };
    let rules = Rules { time: Some(time), ..rules() };
    // 9 April is day 100 of the year.
    for (spent, expected) in [
        ("59.99", Some("critical")),
        ("60.00", Some("warning")),
        ("79.99", Some("warning")),
        ("80.00", None),
        ("119.99", None),
        ("120.00", Some("notice")),
    ] {
        let said = of(Rule::BehindTime, &held(&a_yuan_a_day(), spent, "2024-04-09"), &rules);
        assert_eq!(said, expected.map(|word| (word, None)), "{spent}");
    }
    let blank = held(&plan("-", ["1.00", "-", "-", "-"]), "0", "2024-04-09");
    assert_eq!(of(Rule::BehindTime, &blank, &rules), None, "no budget, no pace");
}

#[test]
fn a_curve_asks_by_the_last_step_whose_day_has_come() {
    let step = |on, least: &str| CurveStep { on, least: share(least), severity: Severity::Warning };
    let rules = Rules { curve: vec![step((4, 30), "0.25"), step((6, 30), "0.40")], ..rules() };
    for (spent, as_of, expected) in [
        ("0.00", "2024-04-29", None),
        ("91.49", "2024-04-30", Some("2024-04-30")),
        ("91.50", "2024-04-30", None),
        ("91.50", "2024-06-29", None),
        ("91.50", "2024-06-30", Some("2024-06-30")),
        ("146.39", "2024-12-31", Some("2024-06-30")),
        ("146.40", "2024-12-31", None),
    ] {
        let said = of(Rule::BehindCurve, &held(&a_yuan_a_day(), spent, as_of), &rules);
        assert_eq!(said, expected.map(|on| ("warning", Some(on.to_owned()))), "{spent} {as_of}");
    }
}

#[test]
fn a_plan_point_is_announced_ten_working_days_before_and_not_on_its_own_day() {
    let rules = read_rules(DEFAULT_RULES).unwrap();
    for (as_of, spent, expected) in [
        // 17 to 28 June are ten working days; 30 June is a Sunday.
        ("2024-06-13", "310000.00", None),
        ("2024-06-14", "310000.00", Some("2024-06-30")),
        ("2024-06-29", "310000.00", Some("2024-06-30")),
        ("2024-06-30", "310000.00", None),
        // Within the tolerance of 1 % it is reached.
        ("2024-06-20", "449360.99", Some("2024-06-30")),
        ("2024-06-20", "449361.00", None),
        // A made-up Saturday and a holiday count: 12 October is worked, 14 to 31 October are fourteen days.
        ("2024-10-17", "600000.00", Some("2024-10-31")),
        ("2024-10-16", "600000.00", None),
    ] {
        let said = of(Rule::PlanPointComing, &held(&dispatch(), spent, as_of), &rules);
        assert_eq!(said, expected.map(|on| ("notice", Some(on.to_owned()))), "{as_of} {spent}");
    }
    let comparison = held(&dispatch(), "310000.00", "2024-06-14");
    let said = of_all(Rule::PlanPointComing, &comparison, &[], &[], &rules);
    // 310000 ÷ 166 × 182 = 339879.518…
    insta::assert_snapshot!(explain(&said[0], Language::Chinese), @"距6月30日节点还有10个工作日，计划支出45.39万元，已支出31.00万元，尚有31.70%未支付，按目前进度届时支出33.99万元，将差11.40万元");
    let Reason::Coming { at_pace, short, .. } = said[0].reason else { panic!("coming") };
    assert_eq!((at_pace, short), (yuan("339879.52"), yuan("114020.48")));
    let blank = plan("90.78", ["22.70", "-", "68.09", "90.78"]);
    assert_eq!(
        of(Rule::PlanPointComing, &held(&blank, "230000.00", "2024-06-20"), &rules),
        None,
        "a blank promises nothing"
    );
}

#[test]
fn who_pays_the_next_figure_ahead_of_its_day_is_early_and_not_far_ahead() {
    let near = Rules { coming: Some(Patience { days: 10, severity: Severity::Notice }), ..rules() };
    let told = |rules: &Rules, spent: &str, as_of: &str| {
        let comparison = held(&dispatch(), spent, as_of);
        let said = judge(&comparison, &[], &[], rules, &calendar());
        let far_ahead = said.verdicts.iter().any(|verdict| verdict.rule == Rule::FarAhead);
        assert_eq!(far_ahead, said.severity.is_some(), "a severity without its verdict");
        (said.standing, far_ahead)
    };
    // 227000.00 was due in March, 453900.00 is due on 30 June, a Sunday: ten working days are left on the 14th.
    for (rules, spent, as_of, far_ahead) in [
        (&near, "453900.00", "2024-06-13", true),
        (&near, "453900.00", "2024-06-14", false),
        (&near, "453900.00", "2024-06-29", false),
        (&near, "544680.00", "2024-06-14", false),
        (&near, "544680.01", "2024-06-14", true),
        (&near, "544680.01", "2024-06-30", true),
        (&near, "227000.00", "2024-03-14", true),
        (&near, "227000.00", "2024-03-15", false),
        (&near, "272400.01", "2024-03-15", true),
        (&rules(), "453900.00", "2024-06-29", true),
    ] {
        assert_eq!(told(rules, spent, as_of), (Standing::Ahead, far_ahead), "{spent} on {as_of}");
    }
}

#[test]
fn silence_of_sixty_days_is_told_only_while_money_is_due() {
    let rules = Rules { stale: Some(Patience { days: 60, severity: Severity::Notice }), ..rules() };
    let silent = |spent: &str, as_of: &str, last_posting: LastPosting| {
        of(Rule::FiguresStale, &Comparison { last_posting, ..held(&dispatch(), spent, as_of) }, &rules).is_some()
    };
    let on = |text: &str| LastPosting::On(day(text));
    assert!(!silent("0", "2024-03-30", LastPosting::Never), "nothing is due before the first point");
    assert!(silent("0", "2024-03-31", LastPosting::Never), "90 days since the year began");
    assert!(!silent("310000.00", "2024-06-30", on("2024-05-02")), "59 days");
    assert!(silent("310000.00", "2024-06-30", on("2024-05-01")), "60 days");
    assert!(!silent("453900.00", "2024-06-30", on("2024-03-01")), "nothing is lacking");
    assert!(!silent("0", "2024-06-30", LastPosting::NotAsked));
}

fn indicator(number: u128, level: &str, target: Target) -> KeptIndicator {
    let promise = Indicator {
        level1: level.into(),
        level2: String::new(),
        name: format!("指标{number}"),
        description: String::new(),
        target: String::new(),
        target_read: target,
        basis: String::new(),
        weight: None,
    };
    KeptIndicator { id: Uuid::from_u128(number), promise }
}

fn count(number: u128, unit: &str, value: i64) -> KeptIndicator {
    let quantity = Quantity { value: value.into(), unit: unit.into(), per: None };
    indicator(number, "产出指标", Target::Bound { comparator: Comparator::AtLeast, quantity })
}

fn read(number: u128, observed_on: &str, observed: Observed) -> Reading {
    Reading {
        id: Uuid::now_v7(),
        indicator: Uuid::from_u128(number),
        observed_on: day(observed_on),
        observed,
        note: String::new(),
        evidence: String::new(),
        recorded_at: at(observed_on),
        recorded_by: "clerk".into(),
    }
}

#[test]
fn a_reading_is_missed_five_working_days_after_its_point() {
    let rules = Rules { missing: Some(Patience { days: 5, severity: Severity::Notice }), ..rules() };
    let (calls, rate) = (count(1, "次", 12), count(2, "%", 95));
    let missed = |as_of: &str, indicators: &[KeptIndicator], readings: &[Reading]| -> Vec<String> {
        let comparison = held(&dispatch(), "453900.00", as_of);
        let verdicts = of_all(Rule::FiguresMissing, &comparison, indicators, readings, &rules);
        let whose = |verdict: &Verdict| verdict.indicator.map_or("all".to_owned(), |id| id.as_u128().to_string());
        verdicts.iter().map(|verdict| format!("{} {}", whose(verdict), point(verdict).unwrap())).collect()
    };
    let value = |on| read(1, on, Observed::Value(3.into()));
    let both = [calls.clone(), rate.clone()];
    // 5 July is the fifth working day after 30 June; before it the wait for June is not up, and March counts.
    assert_eq!(missed("2024-04-04", &both, &[]), Vec::<String>::new());
    assert_eq!(missed("2024-04-05", &both, &[]), ["1 2024-03-31"]);
    assert_eq!(missed("2024-07-04", &both, &[value("2024-03-31")]), Vec::<String>::new());
    assert_eq!(missed("2024-07-05", &both, &[value("2024-03-31")]), ["1 2024-06-30"]);
    assert_eq!(missed("2024-07-05", &both, &[value("2024-04-01")]), Vec::<String>::new(), "since the point before");
    assert_eq!(missed("2024-07-05", &both, &[value("2024-07-06")]), ["1 2024-06-30"], "not observed yet");
    assert_eq!(missed("2024-12-31", &both, &[]), ["1 2024-10-31"], "December's are waited for");
    // 7 January is the fifth weekday after 31 December; the figures stand still, and the wait goes on.
    let in_january = |today: &str| {
        let comparison = held(&dispatch(), "453900.00", "2024-12-31").known_on(day(today));
        of_all(Rule::FiguresMissing, &comparison, &both, &[], &rules)
            .iter()
            .map(|verdict| point(verdict).unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(in_january("2025-01-06"), ["2024-10-31"]);
    assert_eq!(in_january("2025-01-07"), ["2024-12-31"; 3], "the project's and each one's");
    let two = [calls, count(3, "户", 4)];
    assert_eq!(missed("2024-07-05", &two, &[]), ["all 2024-06-30", "1 2024-06-30", "3 2024-06-30"]);
    let monthly = [indicator(4, "产出指标", Target::MonthlyDeadline)];
    let done = read(4, "2024-01-31", Observed::DoneOn(day("2024-01-30")));
    assert_eq!(missed("2024-02-07", &monthly, &[]), ["4 2024-01-31"]);
    assert_eq!(missed("2024-02-07", &monthly, std::slice::from_ref(&done)), Vec::<String>::new());
    assert_eq!(missed("2024-03-07", &monthly, &[done]), ["4 2024-02-29"]);
    let deadline = [indicator(5, "产出指标", Target::Deadline { due_on: day("2024-12-31") })];
    assert_eq!(missed("2024-12-31", &deadline, &[]), Vec::<String>::new(), "overdue is another rule's word");
}

#[test]
fn work_and_spending_may_lie_ten_points_apart() {
    let rules = Rules { work_gap: Some(WorkGap { above_points: 10.into(), severity: Severity::Warning }), ..rules() };
    let indicators = [count(1, "次", 10), count(2, "户", 4), count(3, "%", 95)];
    let readings = [read(1, "2024-06-01", Observed::Value(5.into())), read(2, "2024-06-01", Observed::Value(9.into()))];
    // 5 of 10 and more than 4 of 4: 75 % of the work. Shares count to hundredths of a per cent, as they are shown.
    for (spent, expected) in [("237.88", true), ("237.89", false), ("311.11", false), ("311.12", true)] {
        let comparison = held(&a_yuan_a_day(), spent, "2024-06-30");
        let said = of_all(Rule::WorkGap, &comparison, &indicators, &readings, &rules);
        assert_eq!(!said.is_empty(), expected, "{spent}");
    }
    let comparison = held(&a_yuan_a_day(), "0", "2024-06-30");
    assert!(of_all(Rule::WorkGap, &comparison, &indicators, &[], &rules).is_empty(), "no reading, no word");
    let said = of_all(Rule::WorkGap, &comparison, &indicators, &readings, &rules);
    insta::assert_snapshot!(explain(&said[0], Language::Chinese), @"工作完成75.00%（2项计数指标完成比例的平均数，每项最多计100%），支出占预算0.00%，工作快于支出75.00个百分点，超过10个百分点");
}

#[test]
fn a_late_month_speaks_under_its_own_name_where_the_set_has_one() {
    let monthly = [indicator(4, "产出指标", Target::MonthlyDeadline)];
    let late = [read(4, "2024-01-31", Observed::DoneOn(day("2024-02-03")))];
    let said = |rules: &Rules| {
        let verdicts = judge(&looked_at(day("2024-02-05")), &monthly, &late, rules, &calendar()).verdicts;
        verdicts.iter().map(|verdict| verdict.rule.name()).collect::<Vec<_>>()
    };
    assert_eq!(said(&rules()), ["indicator.breached"], "as it was judged before");
    assert_eq!(said(&Rules { missing: None, ..read_rules(DEFAULT_RULES).unwrap() }), ["indicator.recurring_missed"]);
}

#[test]
fn what_is_small_is_never_grave() {
    let small = Materiality { below: yuan("5000.00"), at_most: Severity::Notice };
    let rules = Rules { materiality: Some(small), ..rules() };
    for (cell, expected) in [("0.4999", "notice"), ("0.50", "critical")] {
        let behind = held(&plan("1.00", [cell, cell, cell, cell]), "0", "2024-06-30");
        let said = judge(&behind, &[], &[], &rules, &calendar());
        assert_eq!((said.severity.unwrap().name(), said.verdicts[0].severity.name()), (expected, expected), "{cell}");
        let over = held(&plan(cell, ["-", "-", "-", "-"]), "6000.00", "2024-06-30");
        assert_eq!(of(Rule::OverBudget, &over, &rules), Some((expected, None)), "{cell}");
    }
}

#[test]
fn each_preset_judges_by_its_own_yardstick() {
    // On plan at the end of October: three quarters are promised and paid, when 83 % of the year has passed.
    let said = |name: &str, spent: &str, as_of: &str| {
        let rules = read_rules(preset(name).unwrap().document).unwrap();
        let verdicts = judge(&held(&dispatch(), spent, as_of), &[], &[], &rules, &calendar()).verdicts;
        verdicts.iter().map(|one| format!("{} {}", one.rule.name(), one.severity.name())).collect::<Vec<_>>().join(", ")
    };
    for (name, at_june, at_october) in [
        ("plan-points-only", "spending.behind_plan_point critical", ""),
        ("hefei", "spending.behind_plan_point critical", ""),
        ("time-progress", "spending.behind_time critical", ""),
        ("sichuan-2025", "spending.behind_curve warning", "spending.behind_curve warning"),
    ] {
        assert_eq!(said(name, "100000.00", "2024-06-30"), at_june, "{name} in June");
        assert_eq!(said(name, "680900.00", "2024-10-31"), at_october, "{name} in October");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_coming_point_never_speaks_on_its_day_or_later_and_paying_never_makes_it_graver(
        (passed, spent, more) in (0_u64..366, 0_i64..100_000_000, 0_i64..100_000_000),
        curve in 0_i64..=100,
    ) {
        let as_of = year().first_day() + chrono::Days::new(passed);
        let step = CurveStep { on: (5, 31), least: Decimal::new(curve, 2), severity: Severity::Warning };
        let time = TimeSteps { critical_below: share("0.6"), warning_below: share("0.8"), ahead_from: None };
        let rules = Rules { time: Some(time), curve: vec![step], ..read_rules(DEFAULT_RULES).unwrap() };
        let said = |spent: i64| {
            let comparison = compare(year(), None, Some(&dispatch()), Fen::new(spent), as_of).unwrap();
            judge(&comparison, &[], &[], &rules, &calendar()).verdicts
        };
        let (before, after) = (said(spent), said(spent + more));
        for verdict in before.iter().filter(|verdict| verdict.rule == Rule::PlanPointComing) {
            prop_assert!(verdict.point_on.unwrap() > as_of);
        }
        for rule in [Rule::PlanPointComing, Rule::BehindTime, Rule::BehindCurve] {
            let grave = |verdicts: &[Verdict]| verdicts.iter().find(|one| one.rule == rule).map(|one| one.severity);
            prop_assert!(grave(&after) <= grave(&before), "{rule:?}");
        }
    }
}
