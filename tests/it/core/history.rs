//! Plan versions: what was said in June under June's plan stands for ever.

use super::*;
use milepost::domain::plan::PlanHistory;

fn revised(version: i32, effective_on: &str, recorded_on: &str, budget: &str) -> Plan {
    Plan {
        version,
        effective_on: day(effective_on),
        recorded_at: at(recorded_on),
        reason: "追加".into(),
        ..plan(budget, ["22.70", budget, budget, budget])
    }
}

/// Version 2 was decided in July, for July on; version 3 in November, looking back to September.
fn history() -> PlanHistory {
    PlanHistory(vec![
        dispatch(),
        revised(2, "2024-07-01", "2024-07-10", "100.00"),
        revised(3, "2024-09-01", "2024-11-05", "120.00"),
    ])
}

#[test]
fn a_day_is_judged_by_the_version_in_force_on_it_as_far_as_it_was_known() {
    for (as_of, known_on, version) in [
        ("2024-06-30", "2024-06-30", Some(1)),
        ("2024-06-30", "2024-12-31", Some(1)),
        ("2024-07-01", "2024-07-09", Some(1)),
        ("2024-07-01", "2024-07-10", Some(2)),
        ("2024-08-31", "2024-12-31", Some(2)),
        ("2024-09-01", "2024-11-04", Some(2)),
        ("2024-09-01", "2024-11-05", Some(3)),
        ("2024-12-31", "2024-12-31", Some(3)),
        ("2024-06-30", "2024-01-04", None),
        ("2023-12-31", "2024-12-31", None),
    ] {
        let history = history();
        let found = history.in_force(day(as_of), at(known_on)).map(|plan| plan.version);
        assert_eq!(found, version, "as of {as_of}, known on {known_on}");
    }
}

#[test]
fn what_was_said_in_june_stands_after_a_revision() {
    let june = |history: &PlanHistory, known_on: &str| {
        let (initial, plan) = (history.initial(at(known_on)), history.in_force(day("2024-06-30"), at(known_on)));
        let comparison = compare(year(), initial, plan, yuan("453900.00"), day("2024-06-30")).unwrap();
        let judgement = judge(&comparison, &[], &[], &rules(), &WorkingDays::default());
        (comparison, judgement)
    };
    let before = june(&PlanHistory(vec![dispatch()]), "2024-06-30");
    assert_eq!(said(&before.1), "on_plan -");
    assert_eq!(june(&history(), "2024-06-30"), before);
    assert_eq!(june(&history(), "2024-12-31"), before);
}

#[test]
fn a_revision_that_looks_back_changes_what_is_said_only_for_those_who_know_it() {
    let mut history = history();
    history.0.push(Plan { version: 4, ..revised(4, "2024-09-01", "2024-12-01", "60.00") });
    let budget = |known_on| history.in_force(day("2024-10-31"), at(known_on)).and_then(|plan| plan.budget.total);
    assert_eq!((budget("2024-11-30"), budget("2024-12-01")), (wan("120.00"), wan("60.00")));
    assert_eq!(history.initial(at("2024-12-31")).and_then(|plan| plan.budget.total), wan("90.78"));
    assert_eq!(history.latest().map(|plan| plan.version), Some(4));
}
