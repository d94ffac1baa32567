//! What a verdict changes about alerts: the stories of one project, told decision by decision.

use super::*;
use milepost::domain::alert::{Alert, Change, Said, State};
use milepost::domain::decide::{Decision, Quiet, decide};
use milepost::domain::verdict::Reason;
use uuid::Uuid;

/// One project's alerts, as the service would keep them.
#[derive(Default)]
pub struct Books {
    pub alerts: Vec<Alert>,
}

impl Books {
    /// Carries decisions out, without a database.
    pub fn apply(&mut self, decisions: &[Decision]) {
        for decision in decisions {
            match decision {
                Decision::Raise { verdict, follows } => {
                    let id = Uuid::from_u128(self.alerts.len() as u128 + 1);
                    self.alerts.push(alert(id, verdict, *follows));
                }
                Decision::Reopen { alert, verdict } => self.change(*alert, |alert| {
                    alert.state = State::Open;
                    alert.settled_by = None;
                    alert.severity = verdict.severity;
                }),
                Decision::Regrade { alert, verdict, .. } => {
                    self.change(*alert, |alert| alert.severity = verdict.severity);
                }
                Decision::Resolve { alert } => self.change(*alert, |alert| alert.state = State::Resolved),
                Decision::Supersede { alert } => self.change(*alert, |alert| alert.state = State::Superseded),
                Decision::Forget { alert } => self.change(*alert, |alert| alert.settled_by = None),
                Decision::Nothing { .. } => {}
            }
        }
    }

    /// A person closes an alert.
    pub fn settle(&mut self, id: Uuid) {
        self.change(id, |alert| {
            alert.state = State::Resolved;
            alert.settled_by = Some("reviewer".into());
        });
    }

    fn change(&mut self, id: Uuid, change: impl FnOnce(&mut Alert)) {
        change(self.alerts.iter_mut().find(|alert| alert.id == id).expect("a decision is about an alert that is kept"));
    }

    /// Judges project 1 and writes down what was decided, in the order of the decisions.
    fn check(&mut self, spent: &str, as_of: &str) -> Vec<String> {
        let decisions = decide(&self.alerts, &judged(&dispatch(), spent, as_of).verdicts, day(as_of));
        let words = decisions.iter().map(|decision| words(decision, &self.alerts)).collect();
        self.apply(&decisions);
        words
    }
}

fn alert(id: Uuid, verdict: &Verdict, follows: Option<Uuid>) -> Alert {
    Alert {
        id,
        project: Uuid::nil(),
        subject: verdict.subject(),
        state: State::Open,
        severity: verdict.severity,
        opened_at: at("2024-07-01"),
        updated_at: at("2024-07-01"),
        follows,
        settled_by: None,
        said: Said::opened(day("2024-07-01")),
        waiver: None,
    }
}

/// A decision in one line; alerts by their place.
fn words(decision: &Decision, alerts: &[Alert]) -> String {
    let place = |id: Uuid| alerts.iter().position(|alert| alert.id == id).unwrap() + 1;
    let of = |verdict: &Verdict| format!("{} {}", verdict.rule.name(), verdict.severity.name());
    match decision {
        Decision::Raise { verdict, follows: None } => format!("raise {}", of(verdict)),
        Decision::Raise { verdict, follows: Some(id) } => format!("raise {} after #{}", of(verdict), place(*id)),
        Decision::Reopen { alert, verdict } => format!("reopen #{} {}", place(*alert), of(verdict)),
        Decision::Regrade { alert, change, verdict } => {
            format!("{} #{} {}", change.name(), place(*alert), of(verdict))
        }
        Decision::Resolve { alert } => format!("resolve #{}", place(*alert)),
        Decision::Supersede { alert } => format!("supersede #{}", place(*alert)),
        Decision::Forget { alert } => format!("forget #{}", place(*alert)),
        Decision::Nothing { alert: None, why } => format!("nothing: {why:?}"),
        Decision::Nothing { alert: Some(id), why } => format!("nothing of #{}: {why:?}", place(*id)),
    }
}

#[test]
fn an_alert_is_raised_once_worsens_eases_ends_and_comes_back() {
    let mut books = Books::default();
    assert_eq!(books.check("0.00", "2024-03-30"), [""; 0]);
    assert_eq!(books.check("200000.00", "2024-03-31"), ["raise spending.behind_plan_point notice"]);
    assert_eq!(books.check("200000.00", "2024-04-01"), ["nothing of #1: AlreadyKnown"]);
    // A reversal takes money back: worse, then far worse; then money comes.
    assert_eq!(books.check("150000.00", "2024-04-10"), ["worsened #1 spending.behind_plan_point warning"]);
    assert_eq!(books.check("100000.00", "2024-04-11"), ["worsened #1 spending.behind_plan_point critical"]);
    assert_eq!(books.check("190000.00", "2024-04-20"), ["eased #1 spending.behind_plan_point notice"]);
    assert_eq!(books.check("227000.00", "2024-05-01"), ["resolve #1"]);
    assert_eq!(books.check("227000.00", "2024-05-02"), [""; 0]);
    assert_eq!(books.check("100000.00", "2024-05-03"), ["reopen #1 spending.behind_plan_point critical"]);
    assert_eq!(books.check("100000.00", "2024-05-04"), ["nothing of #1: AlreadyKnown"]);
    assert_eq!(books.alerts.len(), 1);
}

#[test]
fn at_the_next_point_the_earlier_alert_is_superseded_and_the_new_one_refers_to_it() {
    let mut books = Books::default();
    books.check("0.00", "2024-03-31");
    assert_eq!(books.check("0.00", "2024-06-29"), ["nothing of #1: AlreadyKnown"]);
    assert_eq!(
        books.check("227000.00", "2024-06-30"),
        ["supersede #1", "raise spending.behind_plan_point critical after #1"]
    );
    assert_eq!(books.alerts[0].state, State::Superseded);
    assert_eq!((books.alerts[1].state, books.alerts[1].follows), (State::Open, Some(books.alerts[0].id)));
    assert_eq!(books.check("453900.00", "2024-07-15"), ["resolve #2"]);
    assert_eq!(books.check("453900.00", "2024-10-31"), ["raise spending.behind_plan_point warning"]);
    assert_eq!(books.alerts[2].follows, None, "what was over has no successor");
}

#[test]
fn an_earlier_day_s_verdict_leaves_a_later_point_s_alert_alone() {
    let mut books = Books::default();
    books.check("0.00", "2024-06-30");
    let before = books.alerts.clone();
    assert_eq!(books.check("0.00", "2024-05-31"), ["nothing of #1: LaterPointKnown"]);
    assert_eq!(books.check("227000.00", "2024-05-31"), ["nothing of #1: LaterPointKnown"], "content on an earlier day");
    assert_eq!(books.check("0.00", "2024-01-15"), ["nothing of #1: LaterPointKnown"], "before the first point");
    assert_eq!(books.alerts, before);
    assert_eq!(books.check("0.00", "2024-06-30"), ["nothing of #1: AlreadyKnown"]);
}

#[test]
fn overspending_takes_the_place_of_being_ahead_and_nobody_is_told_it_recovered() {
    let mut books = Books::default();
    assert_eq!(books.check("600000.00", "2024-06-30"), ["raise spending.far_ahead notice"]);
    assert_eq!(books.check("907800.01", "2024-07-01"), ["raise spending.over_budget critical", "supersede #1"]);
    assert_eq!(books.check("907800.01", "2024-10-31"), ["nothing of #2: AlreadyKnown"], "it is about no point");
    assert_eq!(books.check("907800.00", "2024-12-31"), ["resolve #2"]);
}

#[test]
fn a_revised_plan_s_point_takes_the_place_of_one_that_is_no_more() {
    let mut books = Books::default();
    books.check("0.00", "2024-06-30");
    // The revision of July moves June's point to August: on 15 July the last point passed is March's.
    let revised = {
        let points = ["2024-03-31", "2024-08-31"].map(|on| PlanPoint { on: day(on), planned: wan("20.00") });
        Plan { points: PlanPoints::new(year(), points.to_vec()).unwrap(), version: 2, ..dispatch() }
    };
    let verdicts = judged(&revised, "0.00", "2024-07-15").verdicts;
    let decisions = decide(&books.alerts, &verdicts, day("2024-07-15"));
    let told: Vec<String> = decisions.iter().map(|decision| words(decision, &books.alerts)).collect();
    assert_eq!(told, ["supersede #1", "raise spending.behind_plan_point critical after #1"]);
}

#[test]
fn what_a_person_has_taken_up_is_regraded_and_ended_like_any_other() {
    for state in [State::Acknowledged, State::Handling, State::Waived] {
        let mut books = Books::default();
        books.check("200000.00", "2024-03-31");
        books.alerts[0].state = state;
        assert_eq!(books.check("200000.00", "2024-04-01"), ["nothing of #1: AlreadyKnown"], "{state:?}");
        assert_eq!(books.check("0.00", "2024-04-02"), ["worsened #1 spending.behind_plan_point critical"], "{state:?}");
        assert_eq!(books.alerts[0].state, state);
        assert_eq!(books.check("227000.00", "2024-04-03"), ["resolve #1"], "{state:?}");
    }
}

#[test]
fn what_a_person_closed_stays_closed_until_it_is_graver() {
    let mut books = Books::default();
    assert_eq!(books.check("150000.00", "2024-04-10"), ["raise spending.behind_plan_point warning"]);
    books.settle(books.alerts[0].id);
    assert_eq!(books.check("150000.00", "2024-04-11"), ["nothing of #1: SettledByHand"]);
    assert_eq!(books.check("190000.00", "2024-04-12"), ["nothing of #1: SettledByHand"], "less grave");
    assert_eq!(books.check("150000.00", "2024-04-13"), ["nothing of #1: SettledByHand"], "as grave as it was then");
    assert_eq!(books.check("100000.00", "2024-04-14"), ["reopen #1 spending.behind_plan_point critical"]);
    assert_eq!((books.alerts[0].state, &books.alerts[0].settled_by), (State::Open, &None));
    assert_eq!(books.check("227000.00", "2024-04-15"), ["resolve #1"], "the rule ends it as ever");
}

#[test]
fn what_a_person_closed_comes_back_when_the_rule_was_content_in_between() {
    let mut books = Books::default();
    books.check("150000.00", "2024-04-10");
    books.settle(books.alerts[0].id);
    assert_eq!(books.check("227000.00", "2024-04-11"), ["forget #1"]);
    assert_eq!(books.check("227000.00", "2024-04-12"), [""; 0], "once");
    assert_eq!(books.alerts[0].state, State::Resolved);
    assert_eq!(books.check("190000.00", "2024-04-13"), ["reopen #1 spending.behind_plan_point notice"]);
}

#[test]
fn the_next_point_raises_its_own_alert_whatever_a_person_said_of_the_last() {
    let mut books = Books::default();
    books.check("150000.00", "2024-04-10");
    books.settle(books.alerts[0].id);
    assert_eq!(books.check("300000.00", "2024-06-30"), ["raise spending.behind_plan_point warning"]);
    assert_eq!(books.check("453900.00", "2024-07-01"), ["forget #1", "resolve #2"]);
    // An earlier day's content says nothing about a later point.
    books.check("300000.00", "2024-07-02");
    books.settle(books.alerts[1].id);
    assert_eq!(books.check("227000.00", "2024-05-31"), [""; 0]);
    assert!(books.alerts[1].settled_by.is_some());
}

#[test]
fn overspending_is_not_the_content_that_makes_one_forget() {
    let mut books = Books::default();
    books.check("600000.00", "2024-06-30");
    books.settle(books.alerts[0].id);
    assert_eq!(books.check("907800.01", "2024-07-01"), ["raise spending.over_budget critical"]);
    assert_eq!(books.check("600000.00", "2024-07-02"), ["nothing of #1: SettledByHand", "resolve #2"]);
}

#[test]
fn the_same_rule_about_another_indicator_is_another_matter() {
    let about = |number: u128| Verdict {
        rule: Rule::IndicatorBehind,
        rule_version: 1,
        plan_version: Some(1),
        point_on: None,
        indicator: Some(Uuid::from_u128(number)),
        severity: Severity::Notice,
        reason: Reason::OverBudget { budget: Fen::ZERO, spent: Fen::ZERO },
    };
    let mut books = Books::default();
    let first = decide(&books.alerts, &[about(1), about(2)], day("2024-06-30"));
    books.apply(&first);
    assert_eq!(books.alerts.len(), 2);
    let second = decide(&books.alerts, &[about(2)], day("2024-07-01"));
    assert_eq!(
        second,
        [
            Decision::Nothing { alert: Some(books.alerts[1].id), why: Quiet::AlreadyKnown },
            Decision::Resolve { alert: books.alerts[0].id }
        ]
    );
}

#[test]
fn easing_and_superseding_are_kept_in_the_story_and_not_mailed() {
    let told = |change: Change| change.is_told();
    assert!([Change::Raised, Change::Reopened, Change::Worsened, Change::Resolved].into_iter().all(told));
    assert!(![Change::Eased, Change::Superseded, Change::Acknowledged].into_iter().any(told));
}
