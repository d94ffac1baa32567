//! The laws that the core keeps, tried on a few hundred arbitrary cases each; the seed is fixed, so that a run that
//! was green stays green.

use super::alerts::Books;
use super::*;
use milepost::domain::achievement::assess;
use milepost::domain::alert::{Alert, State, Subject};
use milepost::domain::decide::{Decision, decide};
use milepost::domain::disbursement::{Disbursement, Kind, Posting, ReversalOrder, Source, Voucher, spent};
use milepost::domain::indicator::{Comparator, Indicator, KeptIndicator, Quantity, Target};
use milepost::domain::plan::MAX_POINTS;
use milepost::domain::reading::{Grade, Observed, Reading};
use milepost::domain::rule::{ALL_RULES, Tolerance};
use milepost::domain::verdict::{Reason, Standing};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rust_decimal::Decimal;
use uuid::Uuid;

const CASES: u32 = 384;

pub fn same_every_time() -> ProptestConfig {
    ProptestConfig { cases: CASES, rng_seed: RngSeed::Fixed(2024), failure_persistence: None, ..Default::default() }
}

/// Any day of 2024.
fn days() -> impl Strategy<Value = NaiveDate> {
    (0_u64..366).prop_map(|passed| year().first_day() + chrono::Days::new(passed))
}

/// A day that may lie years off.
fn any_day() -> impl Strategy<Value = NaiveDate> {
    prop_oneof![
        days(),
        (-4000_i32..4000, 1_u32..=12, 1_u32..=28).prop_map(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d).unwrap()),
        Just(NaiveDate::MIN),
        Just(NaiveDate::MAX),
    ]
}

/// Amounts from nothing to a hundred million yuan, many of them small and round.
fn amounts() -> impl Strategy<Value = i64> {
    prop_oneof![0_i64..=3, 0_i64..=20_000_000, (0_i64..=1_000_000).prop_map(|yuan| yuan * 10_000)]
}

/// Any amount that fits, the edges of the range included.
fn any_amount() -> impl Strategy<Value = Fen> {
    prop_oneof![
        any::<i64>(),
        Just(i64::MIN),
        Just(i64::MIN + 1),
        Just(0),
        Just(1),
        Just(i64::MAX - 1),
        Just(i64::MAX),
        amounts(),
    ]
    .prop_map(Fen::new)
}

/// A plan with points on any days, blanks anywhere, never falling.
fn plans_of(figure: impl Strategy<Value = i64>) -> impl Strategy<Value = Plan> {
    let cells = vec((any::<bool>(), figure), MAX_POINTS);
    (btree_set(days(), 0..=MAX_POINTS), cells, proptest::option::of(any_amount())).prop_map(|(days, cells, budget)| {
        let mut figures: Vec<i64> = cells.iter().take(days.len()).map(|(_, figure)| *figure).collect();
        figures.sort_unstable();
        let cell = |(figure, (blank, _)): (&i64, &(bool, i64))| (!blank).then(|| Fen::new(*figure));
        let planned = figures.iter().zip(&cells).map(cell);
        let points = days.into_iter().zip(planned).map(|(on, planned)| PlanPoint { on, planned }).collect();
        Plan {
            budget: Budget { total: budget, ..Budget::default() },
            points: PlanPoints::new(year(), points).unwrap(),
            ..dispatch()
        }
    })
}

fn plans() -> impl Strategy<Value = Plan> {
    plans_of(amounts())
}

/// Any number that a decimal can hold.
fn any_decimal() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        (any::<i64>(), 0_u32..=28).prop_map(|(number, scale)| Decimal::new(number, scale)),
        Just(Decimal::MAX),
        Just(Decimal::MIN),
        Just(Decimal::ZERO),
        Just(Decimal::new(1, 28)),
    ]
}

/// Rule sets that no rule file would bring through the door.
fn any_rules() -> impl Strategy<Value = Rules> {
    (vec(any_decimal(), 5), any_amount(), any::<bool>()).prop_map(|(shares, least, deadline_includes_day)| Rules {
        tolerance: Tolerance { share: shares[0], least },
        notice_from: shares[1],
        warning_from: shares[2],
        ahead_above: shares[3],
        over_fulfilled_from: shares[4],
        deadline_includes_day,
        ..rules()
    })
}

fn entry(kind: Kind, amount: i64, paid_on: NaiveDate) -> Disbursement {
    let posting = Posting {
        kind,
        amount: Fen::new(amount),
        paid_on,
        voucher: Voucher::new("1", 1).unwrap(),
        source: Source::FiscalOwn,
        payee: String::new(),
        memo: String::new(),
    };
    posting.into_entry(Uuid::now_v7(), 1, at("2025-01-01"), "clerk").unwrap()
}

/// Payments, refunds and refunds of last year's payments.
fn ledgers() -> impl Strategy<Value = Vec<Disbursement>> {
    let kinds = prop_oneof![3 => Just(Kind::Payment), 1 => Just(Kind::Refund), 1 => Just(Kind::PriorYearRefund)];
    let entries = (kinds, 1_i64..=10_000_000_000, days());
    vec(entries.prop_map(|(kind, amount, paid_on)| entry(kind, amount, paid_on)), 0..12)
}

fn spent_by(ledger: &[Disbursement], as_of: NaiveDate) -> Fen {
    spent(ledger, as_of, at("2025-06-01")).unwrap()
}

fn comparison_of(plan: &Plan, ledger: &[Disbursement], as_of: NaiveDate) -> Comparison {
    compare(year(), Some(plan), Some(plan), spent_by(ledger, as_of), as_of).unwrap()
}

proptest! {
    #![proptest_config(same_every_time())]

    #[test]
    fn splitting_a_payment_changes_no_comparison(
        (plan, ledger, as_of) in (plans(), ledgers(), days()),
        (amount, first, paid_on) in (2_i64..=10_000_000_000, 1_i64..10_000_000_000, days()),
    ) {
        let first = first % (amount - 1) + 1;
        let whole: Vec<_> = ledger.iter().cloned().chain([entry(Kind::Payment, amount, paid_on)]).collect();
        let parts = [entry(Kind::Payment, first, paid_on), entry(Kind::Payment, amount - first, paid_on)];
        let split: Vec<_> = parts.into_iter().chain(ledger).collect();
        prop_assert_eq!(comparison_of(&plan, &whole, as_of), comparison_of(&plan, &split, as_of));
    }

    #[test]
    fn an_entry_and_its_reversal_leave_no_trace_in_the_sums(
        (ledger, as_of) in (ledgers(), days()),
        (kind, amount, paid_on, later) in (0_usize..3, 1_i64..=10_000_000_000, days(), 0_u64..366),
    ) {
        let original = entry([Kind::Payment, Kind::Refund, Kind::PriorYearRefund][kind], amount, paid_on);
        let undone_on = (paid_on + chrono::Days::new(later)).min(year().last_day());
        let order = ReversalOrder { reason: "错".into(), paid_on: undone_on };
        let stamp = (Uuid::now_v7(), 2, at("2025-01-02"), "reviewer");
        let reversal = original.reversal(&order, year(), day("2025-01-02"), stamp).unwrap();
        let with: Vec<_> = ledger.iter().cloned().chain([original, reversal]).collect();
        prop_assert_eq!(spent_by(&with, year().last_day()), spent_by(&ledger, year().last_day()));
        if as_of < paid_on || as_of >= undone_on {
            prop_assert_eq!(spent_by(&with, as_of), spent_by(&ledger, as_of));
        }
    }

    #[test]
    fn more_money_never_lowers_what_is_spent_nor_a_rate(
        (plan, ledger, as_of) in (plans(), ledgers(), days()),
        (amount, paid_on) in (1_i64..=10_000_000_000, days()),
    ) {
        let more: Vec<_> = ledger.iter().cloned().chain([entry(Kind::Payment, amount, paid_on)]).collect();
        let (before, after) = (comparison_of(&plan, &ledger, as_of), comparison_of(&plan, &more, as_of));
        prop_assert!(after.spent >= before.spent);
        prop_assert!(after.gap >= before.gap);
        prop_assert!(after.rate_of_plan >= before.rate_of_plan);
        let budget_is_positive = plan.budget.total.is_some_and(|budget| budget > Fen::ZERO);
        prop_assert!(!budget_is_positive || after.rate_of_budget >= before.rate_of_budget);
        prop_assert_eq!(before.plan, after.plan);
    }

    #[test]
    fn more_money_never_makes_a_lag_worse(
        (plan, as_of) in (plans(), days()),
        (amount, more) in (amounts(), amounts()),
    ) {
        let lag = |spent: i64| {
            let comparison = compare(year(), None, Some(&plan), Fen::new(spent), as_of).unwrap();
            let judgement = judge(&comparison, &[], &[], &rules(), &WorkingDays::default());
            (judgement.standing == Standing::Behind).then_some(judgement.severity)
        };
        prop_assert!(lag(amount + more) <= lag(amount));
    }

    #[test]
    fn a_later_day_never_has_less_due(plan in plans(), (one, other) in (days(), days())) {
        let (earlier, later) = (one.min(other), one.max(other));
        prop_assert!(plan.points.due(earlier) <= plan.points.due(later));
        prop_assert!(plan.points.interpolated(year(), earlier) <= plan.points.interpolated(year(), later));
    }

    #[test]
    fn interpolation_stays_between_what_is_due_and_the_next_figure(
        plan in prop_oneof![plans(), plans_of(0_i64..=i64::MAX)],
        as_of in days(),
    ) {
        let next_figure = plan.points.as_slice().iter().filter(|point| point.on > as_of).find_map(|point| point.planned);
        let line = plan.points.interpolated(year(), as_of);
        let due = plan.points.due(as_of);
        prop_assert!(due <= line, "{line} lies below {due}");
        prop_assert!(line <= next_figure.unwrap_or(due), "{line} lies above {next_figure:?}");
        let on_a_point = plan.points.as_slice().iter().any(|point| point.on == as_of && point.planned.is_some());
        prop_assert!(!on_a_point || line == due);
    }

    #[test]
    fn a_project_stands_at_exactly_one_place_and_its_severity_agrees(
        (plan, spent, as_of) in (plans(), prop_oneof![any_amount(), amounts().prop_map(Fen::new)], days()),
    ) {
        let Ok(comparison) = compare(year(), Some(&plan), Some(&plan), spent, as_of) else { return Ok(()) };
        let judgement = judge(&comparison, &[], &[], &rules(), &WorkingDays::default());
        let due = plan.points.due(as_of);
        let over = plan.budget.total.is_some_and(|budget| spent > budget);
        let unplanned = plan.points.as_slice().is_empty();
        // Whole numbers, and widened: nothing of the code under test, nothing rounded.
        let (spent, due) = (i128::from(spent.get()), i128::from(due.get()));
        let tolerated = (due - spent) * 100 <= due.max(1_000_000);
        let holding = [
            (Standing::Overspent, over),
            (Standing::NoPlan, unplanned),
            (Standing::NotDue, due == 0 && spent <= 0),
            (Standing::Ahead, (due == 0 && spent > 0) || spent * 100 > due * 120),
            (Standing::OnPlan, tolerated),
            (Standing::Behind, !tolerated),
        ];
        let first = holding.into_iter().find(|(_, holds)| *holds).unwrap().0;
        prop_assert_eq!(judgement.standing, first);
        let severity = match first {
            Standing::Ahead => Some(Severity::Notice),
            Standing::Behind if spent * 100 >= due * 80 => Some(Severity::Notice),
            Standing::Behind if spent * 100 >= due * 60 => Some(Severity::Warning),
            Standing::Overspent | Standing::Behind => Some(Severity::Critical),
            Standing::NotDue | Standing::OnPlan | Standing::NoPlan => None,
        };
        prop_assert_eq!(judgement.severity, severity);
        let verdicts: Vec<_> = judgement.verdicts.iter().map(|verdict| verdict.severity).collect();
        prop_assert_eq!(verdicts, Vec::from_iter(severity), "one verdict where there is a severity, and none elsewhere");
    }
}

/// The same rule about the same indicator twice is no judgement: verdicts are told apart by them.
fn verdicts() -> impl Strategy<Value = Vec<Verdict>> {
    let about = (0..ALL_RULES.len(), 0_u128..3, proptest::option::of(point_days()), 0_usize..3);
    vec(about, 0..8).prop_map(|drawn| {
        let mut verdicts: Vec<Verdict> = Vec::new();
        for (rule, indicator, point_on, severity) in drawn {
            let verdict = Verdict {
                rule: ALL_RULES[rule],
                rule_version: 1,
                plan_version: Some(1),
                point_on,
                indicator: (indicator > 0).then(|| Uuid::from_u128(indicator)),
                severity: [Severity::Notice, Severity::Warning, Severity::Critical][severity],
                reason: Reason::OverBudget { budget: Fen::ZERO, spent: Fen::ZERO },
            };
            let known = |one: &Verdict| (one.rule, one.indicator) == (verdict.rule, verdict.indicator);
            if !verdicts.iter().any(known) {
                verdicts.push(verdict);
            }
        }
        verdicts
    })
}

fn point_days() -> impl Strategy<Value = NaiveDate> {
    (0..POINT_DAYS.len()).prop_map(|place| day(POINT_DAYS[place]))
}

/// Alerts in any state about any points, one per subject; some of the closed ones by hand.
fn alerts() -> impl Strategy<Value = Vec<Alert>> {
    let states = [State::Open, State::Acknowledged, State::Handling, State::Waived, State::Resolved, State::Superseded];
    (vec(verdicts(), 0..4), vec((0..states.len(), any::<bool>()), 32)).prop_map(move |(verdicts, drawn)| {
        let mut books = Books::default();
        for (verdict, (place, by_hand)) in verdicts.into_iter().flatten().zip(drawn.into_iter().cycle()) {
            if books.alerts.iter().all(|alert| alert.subject != verdict.subject()) {
                books.apply(&[Decision::Raise { verdict, follows: None }]);
                let alert = books.alerts.last_mut().unwrap();
                alert.state = states[place];
                alert.settled_by = (by_hand && alert.state == State::Resolved).then(|| "reviewer".into());
            }
        }
        books.alerts
    })
}

proptest! {
    #![proptest_config(same_every_time())]

    #[test]
    fn deciding_again_says_nothing(
        alerts in alerts(),
        verdicts in verdicts(),
        as_of in days(),
    ) {
        let mut books = Books { alerts };
        books.apply(&decide(&books.alerts, &verdicts, as_of));
        let again = decide(&books.alerts, &verdicts, as_of);
        let quiet = again.iter().all(|decision| matches!(decision, Decision::Nothing { .. }));
        prop_assert!(quiet, "{again:?}");
    }

    #[test]
    fn what_was_closed_by_hand_opens_only_when_it_is_graver(
        alerts in alerts(),
        verdicts in verdicts(),
        as_of in days(),
    ) {
        let decisions = decide(&alerts, &verdicts, as_of);
        for alert in alerts.iter().filter(|alert| alert.is_settled_by_hand()) {
            let about: Vec<&Decision> = decisions.iter().filter(|decision| match decision {
                Decision::Reopen { alert: id, .. } | Decision::Regrade { alert: id, .. } | Decision::Resolve { alert: id }
                | Decision::Supersede { alert: id } | Decision::Forget { alert: id } => *id == alert.id,
                Decision::Raise { .. } | Decision::Nothing { .. } => false,
            }).collect();
            let spoken = verdicts.iter().find(|verdict| verdict.subject() == alert.subject);
            match (spoken, about.as_slice()) {
                (_, []) => {}
                (Some(verdict), [Decision::Reopen { .. }]) => prop_assert!(verdict.severity > alert.severity),
                (None, [Decision::Forget { .. }]) => {
                    let silent = verdicts.iter().all(|verdict| {
                        (verdict.rule, verdict.indicator) != (alert.subject.rule, alert.subject.indicator)
                    });
                    prop_assert!(silent, "forgotten while the rule speaks");
                }
                (_, other) => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn a_judged_story_keeps_one_active_alert_per_rule_and_ends_quiet(
        plan in plans(),
        checks in vec((amounts(), days()), 1..10),
    ) {
        let mut books = Books::default();
        for (spent, as_of) in checks {
            let comparison = compare(year(), None, Some(&plan), Fen::new(spent), as_of).unwrap();
            let verdicts = judge(&comparison, &[], &[], &rules(), &WorkingDays::default()).verdicts;
            books.apply(&decide(&books.alerts, &verdicts, as_of));
            let again = decide(&books.alerts, &verdicts, as_of);
            prop_assert!(again.iter().all(|decision| matches!(decision, Decision::Nothing { .. })), "{again:?}");
            let mut active: Vec<Rule> =
                books.alerts.iter().filter(|alert| alert.state.is_active()).map(|alert| alert.subject.rule).collect();
            active.sort_unstable();
            let all = active.len();
            active.dedup();
            prop_assert_eq!(active.len(), all, "one matter, one active alert");
            let mut subjects: Vec<Subject> = books.alerts.iter().map(|alert| alert.subject).collect();
            subjects.sort_unstable();
            subjects.dedup();
            prop_assert_eq!(subjects.len(), books.alerts.len(), "one alert per subject");
        }
    }
}

fn comparators() -> impl Strategy<Value = Comparator> {
    prop_oneof![
        Just(Comparator::Above),
        Just(Comparator::AtLeast),
        Just(Comparator::Equal),
        Just(Comparator::Below),
        Just(Comparator::AtMost),
    ]
}

fn any_target() -> impl Strategy<Value = Target> {
    let unit = prop_oneof![Just("次"), Just("%"), Just("")];
    let quantity = (any_decimal(), unit, any::<bool>()).prop_map(|(value, unit, per)| Quantity {
        value,
        unit: unit.to_owned(),
        per: per.then(|| "平均每户".to_owned()),
    });
    prop_oneof![
        (comparators(), quantity, any::<bool>()).prop_map(|(comparator, quantity, stated)| if stated {
            Target::Bound { comparator, quantity }
        } else {
            Target::Stated { suggested: comparator, quantity }
        }),
        any_day().prop_map(|due_on| Target::Deadline { due_on }),
        Just(Target::MonthlyDeadline),
        Just(Target::Qualitative),
    ]
}

fn any_indicator() -> impl Strategy<Value = KeptIndicator> {
    any_target().prop_map(|target_read| KeptIndicator {
        id: Uuid::nil(),
        promise: Indicator {
            level1: String::new(),
            level2: String::new(),
            name: String::new(),
            description: String::new(),
            target: String::new(),
            target_read,
            basis: String::new(),
            weight: None,
        },
    })
}

fn any_reading() -> impl Strategy<Value = Reading> {
    let observed = prop_oneof![
        any_decimal().prop_map(Observed::Value),
        any_day().prop_map(Observed::DoneOn),
        prop_oneof![Just(Grade::Met), Just(Grade::PartlyMet), Just(Grade::NotMet)].prop_map(Observed::Grade),
    ];
    (any_day(), observed).prop_map(|(observed_on, observed)| Reading {
        id: Uuid::nil(),
        indicator: Uuid::nil(),
        observed_on,
        observed,
        note: String::new(),
        evidence: String::new(),
        recorded_at: at("2024-07-01"),
        recorded_by: String::new(),
    })
}

proptest! {
    #![proptest_config(same_every_time())]

    #[test]
    fn no_plan_amount_day_or_rule_set_panics(
        (plan, initial) in (plans_of(0_i64..=i64::MAX), proptest::option::of(plans())),
        (spent, as_of, rules) in (any_amount(), any_day(), any_rules()),
        (alerts, other_day) in (alerts(), any_day()),
    ) {
        for plan in [Some(&plan), None] {
            let Ok(comparison) = compare(year(), initial.as_ref(), plan, spent, as_of) else { continue };
            let judgement = judge(&comparison, &[], &[], &rules, &WorkingDays::default());
            prop_assert!(judgement.verdicts.len() <= 1);
            drop(decide(&alerts, &judgement.verdicts, other_day));
            drop((spent.yuan(), spent.wan(), comparison.rate_of_plan.map(|rate| (rate.to_string(), rate.percent()))));
        }
    }

    #[test]
    fn no_target_or_reading_panics(
        (kept, readings) in (any_indicator(), vec(any_reading(), 0..6)),
        (as_of, rules) in (any_day(), any_rules()),
    ) {
        let standing = assess(&kept, &readings, &looked_at(as_of), &rules);
        prop_assert_eq!(standing.indicator, kept.id);
    }

    #[test]
    fn no_points_panic_and_only_sound_ones_make_a_plan(
        points in vec((any_day(), proptest::option::of(any_amount())), 0..30),
    ) {
        let points: Vec<PlanPoint> = points.into_iter().map(|(on, planned)| PlanPoint { on, planned }).collect();
        if let Ok(plan) = PlanPoints::new(year(), points) {
            let figures: Vec<_> = plan.as_slice().iter().filter_map(|point| point.planned).collect();
            prop_assert!(figures.is_sorted() && plan.as_slice().iter().is_sorted_by(|one, next| one.on < next.on));
        }
    }

    #[test]
    fn no_sum_wraps_or_panics(amounts in vec(any_amount(), 0..6), number in any_decimal()) {
        let exact: i128 = amounts.iter().map(|amount| i128::from(amount.get())).sum();
        if let Ok(total) = Fen::total(amounts) {
            prop_assert_eq!(i128::from(total.get()), exact);
        }
        drop((Fen::from_yuan(number), Fen::from_wan(number)));
    }

    #[test]
    fn an_amount_is_read_back_as_it_was_written(amount in 0_i64..=999_999_999_999_999) {
        prop_assert_eq!(Fen::parse_yuan(&Fen::new(amount).yuan()), Ok(Fen::new(amount)));
    }

    #[test]
    fn no_text_panics_as_an_amount(text in "[0-9.,+\\-eE１元 ]{0,20}") {
        drop(Fen::parse_yuan(&text));
    }
}
