//! Indicators against their targets, as of a day: what is pro-rated and what is not, what is red and what is only
//! unknown.

use super::*;
use milepost::domain::achievement::assess;
use milepost::domain::indicator::{Comparator, Indicator, KeptIndicator, Quantity, Target};
use milepost::domain::reading::{Grade, Observed, Reading};
use milepost::domain::verdict::AchievementReason;
use rust_decimal::Decimal;
use uuid::Uuid;

const INDICATOR: Uuid = Uuid::from_u128(7);

fn kept(target: Target) -> KeptIndicator {
    let promise = Indicator {
        level1: "产出指标".into(),
        level2: "数量指标".into(),
        name: "指标".into(),
        description: String::new(),
        target: String::new(),
        target_read: target,
        basis: String::new(),
        weight: None,
    };
    KeptIndicator { id: INDICATOR, promise }
}

/// `≥50次`, `≤1万元（平均每户）`; without a comparator the suggested `=`.
fn target(text: &str) -> Target {
    let (text, per) = match text.split_once('（') {
        Some((text, per)) => (text, Some(per.trim_end_matches('）').to_owned())),
        None => (text, None),
    };
    let comparator = Comparator::from_sign(&text.chars().take(1).collect::<String>());
    let number: String = text.chars().filter(|sign| sign.is_ascii_digit() || *sign == '.').collect();
    let unit = text.trim_start_matches(['>', '≥', '=', '<', '≤']).trim_start_matches(number.as_str()).to_owned();
    let quantity = Quantity { value: number.parse().unwrap(), unit, per };
    match comparator {
        Some(comparator) => Target::Bound { comparator, quantity },
        None => Target::Stated { suggested: Comparator::Equal, quantity },
    }
}

fn reading(observed_on: &str, observed: Observed) -> Reading {
    Reading {
        id: Uuid::now_v7(),
        indicator: INDICATOR,
        observed_on: day(observed_on),
        observed,
        note: String::new(),
        evidence: String::new(),
        recorded_at: at(observed_on),
        recorded_by: "clerk".into(),
    }
}

fn value(observed_on: &str, number: &str) -> Reading {
    reading(observed_on, Observed::Value(number.parse().unwrap()))
}

fn done(observed_on: &str, done_on: &str) -> Reading {
    reading(observed_on, Observed::DoneOn(day(done_on)))
}

/// Where a target stands, with these readings.
fn stands(target: Target, readings: &[Reading], as_of: &str) -> &'static str {
    assess(&kept(target), readings, &looked_at(day(as_of)), &rules()).standing.name()
}

/// Where a target stands by one number read on the day itself.
fn by_number(written: &str, number: &str, as_of: &str) -> &'static str {
    stands(target(written), &[value(as_of, number)], as_of)
}

#[test]
fn only_a_running_count_is_held_against_the_year() {
    // 30 June 2024 is day 182 of 366: 24.86 of 50 visits, in whole ones 24.
    for (number, expected) in [("0", "behind"), ("23", "behind"), ("24", "on_track"), ("49", "on_track"), ("50", "met")]
    {
        assert_eq!(by_number("≥50次", number, "2024-06-30"), expected, "{number}");
    }
    // On the last day nothing more will come.
    assert_eq!(by_number("≥50次", "49", "2024-12-31"), "breached");
    assert_eq!(by_number("≥50次", "49", "2024-12-30"), "on_track");
    assert_eq!(by_number(">50次", "50", "2024-06-30"), "on_track");
    assert_eq!(by_number(">50次", "51", "2024-06-30"), "met");
}

#[test]
fn rates_levels_and_scores_are_not_pro_rated() {
    for (written, number, expected) in [
        ("≥95%", "94.99", "behind"),
        ("≥95%", "95", "met"),
        ("≥90%", "47", "behind"),
        ("≥22人", "11", "behind"),
        ("≥4次（每月）", "2", "behind"),
        ("≥4次（平均每户）", "4", "met"),
        ("100%", "50", "behind"),
        ("100%", "100.00", "met"),
    ] {
        assert_eq!(by_number(written, number, "2024-06-30"), expected, "{written}: {number}");
    }
    assert_eq!(by_number("≥95%", "94.99", "2024-12-31"), "breached");
}

#[test]
fn a_cap_is_nothing_yet_before_anything_has_happened_and_never_met_before_the_end() {
    assert_eq!(stands(target("≤35万元"), &[], "2024-06-30"), "nothing_yet");
    for (number, as_of, expected) in [
        ("0", "2024-06-30", "nothing_yet"),
        ("0.01", "2024-06-30", "on_track"),
        ("35", "2024-06-30", "on_track"),
        ("35.0001", "2024-06-30", "breached"),
        ("35", "2024-12-31", "met"),
        ("35.0001", "2024-12-31", "breached"),
    ] {
        assert_eq!(by_number("≤35万元", number, as_of), expected, "{number} on {as_of}");
    }
    assert_eq!(by_number("<35万元", "35", "2024-06-30"), "breached");
    assert_eq!(by_number("≤5次", "3", "2024-02-01"), "on_track", "a cap in a count's unit is still a cap");
}

#[test]
fn no_data_is_not_red() {
    for target in [target("≥90%"), target("≥50次"), target("100%"), Target::Qualitative] {
        for as_of in ["2024-01-01", "2024-06-30", "2024-12-31"] {
            assert_eq!(stands(target.clone(), &[], as_of), "no_data", "{target:?}");
        }
    }
    let judgement = judge(
        &held(&dispatch(), "453900.00", "2024-06-30"),
        &[kept(target("≥90%"))],
        &[],
        &rules(),
        &WorkingDays::default(),
    );
    assert_eq!(judgement.verdicts, []);
}

#[test]
fn an_exact_target_that_is_exceeded_is_never_called_behind() {
    assert_eq!(by_number("1条", "0", "2024-06-30"), "behind");
    assert_eq!(by_number("1条", "1", "2024-06-30"), "met");
    assert_eq!(by_number("1条", "2", "2024-06-30"), "met", "the sign is only our suggestion");
    assert_eq!(by_number("=1条", "2", "2024-06-30"), "breached", "the document wrote the sign");
    assert_eq!(by_number("=1条", "2", "2024-12-31"), "breached");
    assert_eq!(by_number("=12次", "13", "2024-06-30"), "met", "a count is asked about, not blamed");
}

#[test]
fn over_fulfilment_asks_whether_the_target_was_too_low() {
    let asked = |number: &str| {
        let readings = [value("2024-06-30", number)];
        match assess(&kept(target("≥50次")), &readings, &looked_at(day("2024-06-30")), &rules()).reason {
            AchievementReason::RunningCount { over_fulfilled, expected, .. } => (over_fulfilled, expected),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(asked("59"), (false, Decimal::from(24)));
    assert_eq!(asked("60"), (true, Decimal::from(24)));
}

#[test]
fn a_deadline_on_the_year_s_last_day_is_overdue_once_the_year_is_over() {
    let due = Target::Deadline { due_on: day("2024-12-31") };
    let last = looked_at(day("2024-12-31"));
    let stands = |known_on: &str, readings: &[Reading]| {
        assess(&kept(due.clone()), readings, &last.clone().known_on(day(known_on)), &rules()).standing.name()
    };
    assert_eq!(stands("2024-12-31", &[]), "not_due", "the day itself is in time");
    assert_eq!(stands("2025-01-01", &[]), "overdue");
    assert_eq!(stands("2025-01-20", &[done("2024-12-31", "2024-12-30")]), "met");
    let june = looked_at(day("2024-06-30")).known_on(day("2025-01-20"));
    assert_eq!(assess(&kept(due.clone()), &[], &june, &rules()).standing.name(), "not_due", "as of June it is not due");
}

#[test]
fn a_deadline_includes_its_day_unless_the_rules_say_otherwise() {
    let due = Target::Deadline { due_on: day("2024-06-30") };
    let kept_in_time = [done("2024-06-30", "2024-06-30")];
    let too_late = [done("2024-07-01", "2024-07-01")];
    assert_eq!(stands(due.clone(), &kept_in_time, "2024-06-30"), "met");
    assert_eq!(stands(due.clone(), &too_late, "2024-07-01"), "breached");
    assert_eq!(stands(due.clone(), &too_late, "2024-06-30"), "not_due", "on 30 June nobody had observed it");
    assert_eq!(stands(due.clone(), &[], "2024-06-30"), "not_due");
    assert_eq!(stands(due.clone(), &[], "2024-07-01"), "overdue");

    let strict = Rules { deadline_includes_day: false, ..rules() };
    let strictly = |readings: &[Reading], as_of| {
        assess(&kept(due.clone()), readings, &looked_at(day(as_of)), &strict).standing.name()
    };
    assert_eq!(strictly(&kept_in_time, "2024-06-30"), "breached");
    assert_eq!(strictly(&[done("2024-06-29", "2024-06-29")], "2024-06-30"), "met");
    assert_eq!(strictly(&[], "2024-06-29"), "not_due");
    assert_eq!(strictly(&[], "2024-06-30"), "overdue");
}

/// Twelve months kept in time, but for those listed.
fn twelve_but(others: &[(u32, Option<&str>)]) -> Vec<Reading> {
    (1..=12)
        .filter_map(|month| {
            let end = year().month_end(month).unwrap();
            let done_on = match others.iter().find(|(other, _)| *other == month) {
                Some((_, done_on)) => day((*done_on)?),
                None => end,
            };
            Some(reading(&end.to_string(), Observed::DoneOn(done_on)))
        })
        .collect()
}

#[test]
fn a_monthly_deadline_is_twelve_checks_and_one_late_month_stays_late() {
    let on = |readings: &[Reading], as_of| stands(Target::MonthlyDeadline, readings, as_of);
    let all = twelve_but(&[]);
    assert_eq!(on(&all, "2024-06-30"), "on_track");
    assert_eq!(on(&all, "2024-12-30"), "on_track");
    assert_eq!(on(&all, "2024-12-31"), "met");

    let one_late = twelve_but(&[(3, Some("2024-04-02"))]);
    assert_eq!(on(&one_late, "2024-02-29"), "on_track");
    for as_of in ["2024-04-30", "2024-06-30", "2024-12-31"] {
        assert_eq!(on(&one_late, as_of), "breached", "{as_of}");
    }
}

#[test]
fn a_month_without_a_reading_is_missing_data_and_not_red() {
    let on = |readings: &[Reading], as_of| stands(Target::MonthlyDeadline, readings, as_of);
    assert_eq!(on(&[], "2024-01-30"), "not_due");
    assert_eq!(on(&[], "2024-01-31"), "no_data");
    let gap = twelve_but(&[(5, None)]);
    assert_eq!(on(&gap, "2024-05-30"), "on_track");
    assert_eq!(on(&gap, "2024-05-31"), "no_data");
    let reason = assess(&kept(Target::MonthlyDeadline), &gap, &looked_at(day("2024-06-30")), &rules()).reason;
    assert_eq!(reason, AchievementReason::Months { due: 6, kept: 5, late: 0, missing: 1 });
}

#[test]
fn a_sentence_is_a_person_s_judgement() {
    for (grade, in_june, in_december) in
        [(Grade::Met, "met", "met"), (Grade::PartlyMet, "on_track", "behind"), (Grade::NotMet, "behind", "breached")]
    {
        let on = |as_of: &str| stands(Target::Qualitative, &[reading(as_of, Observed::Grade(grade))], as_of);
        assert_eq!((on("2024-06-30"), on("2024-12-31")), (in_june, in_december), "{grade:?}");
    }
}

#[test]
fn the_latest_reading_as_of_the_day_counts() {
    let early = value("2024-03-31", "40");
    let later = value("2024-06-30", "96");
    let mut corrected = value("2024-06-30", "94");
    corrected.recorded_at = at("2024-07-05");
    let readings = [corrected, early, later];
    assert_eq!(stands(target("≥95%"), &readings[1..], "2024-06-29"), "behind");
    assert_eq!(stands(target("≥95%"), &readings[1..], "2024-06-30"), "met");
    assert_eq!(stands(target("≥95%"), &readings, "2024-06-30"), "behind", "recorded later, of the same day");
    let of_another = Reading { indicator: Uuid::from_u128(8), ..value("2024-06-30", "100") };
    assert_eq!(stands(target("≥95%"), &[of_another], "2024-06-30"), "no_data");
}

#[test]
fn a_reading_of_another_kind_is_no_data() {
    let number = [value("2024-06-01", "1")];
    let date = [done("2024-06-01", "2024-06-01")];
    assert_eq!(stands(target("≥95%"), &date, "2024-06-30"), "no_data");
    assert_eq!(stands(Target::Qualitative, &number, "2024-06-30"), "no_data");
    assert_eq!(stands(Target::Deadline { due_on: day("2024-07-01") }, &number, "2024-06-30"), "no_data");
}

#[test]
fn each_indicator_has_its_own_verdict_and_spending_is_not_hidden_by_them() {
    let (behind, breached, overdue) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
    let named = |id: Uuid, target: Target| KeptIndicator { id, ..kept(target) };
    let indicators = [
        named(behind, target("≥95%")),
        named(breached, target("≤35万元")),
        named(overdue, Target::Deadline { due_on: day("2024-05-31") }),
    ];
    let readings = [
        Reading { indicator: behind, ..value("2024-06-30", "90") },
        Reading { indicator: breached, ..value("2024-06-30", "36") },
    ];
    let comparison = held(&dispatch(), "0.00", "2024-06-30");
    let judgement = judge(&comparison, &indicators, &readings, &rules(), &WorkingDays::default());
    let told: Vec<_> = judgement.verdicts.iter().map(|one| (one.rule, one.severity, one.indicator)).collect();
    assert_eq!(
        told,
        [
            (Rule::BehindPlanPoint, Severity::Critical, None),
            (Rule::IndicatorBehind, Severity::Notice, Some(behind)),
            (Rule::IndicatorBreached, Severity::Warning, Some(breached)),
            (Rule::IndicatorOverdue, Severity::Warning, Some(overdue)),
        ]
    );
    let lenient = Rules { indicator_severity: vec![(Rule::IndicatorBreached, Severity::Critical)], ..rules() };
    let judgement = judge(&comparison, &indicators, &readings, &lenient, &WorkingDays::default());
    assert_eq!(judgement.verdicts.len(), 2, "a rule that the set does not name is not applied");
}
