//! What time asks of alerts: reminders, steps upwards, measures and waivers, as tables and as laws over arbitrary days on
//! which the service looks; and which alert speaks for another.

use super::laws::same_every_time;
use super::*;
use milepost::domain::alert::{ALL_STATES, Alert, Said, State, Subject, Waiver};
use milepost::domain::attend::{Step, attend, audience, taken};
use milepost::domain::contact::ContactRole;
use milepost::domain::inhibition::hider;
use milepost::domain::measure::Measure;
use milepost::domain::policy::{EscalationStep, Policy};
use milepost::domain::rule::ALL_RULES;
use milepost::intake::workdays_file::{BUNDLED_WORKDAYS, read_workdays};
use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

/// Officers first, the head after five working days, the leader after ten; a reminder each four, three at most.
fn policy() -> Policy {
    let step = |from, after_working_days, to| EscalationStep { from, after_working_days, to };
    Policy {
        told: [vec![ContactRole::Officer], vec![ContactRole::Officer], vec![ContactRole::Officer, ContactRole::Head]],
        remind_every: [None, Some(4), Some(2)],
        reminders_at_most: 3,
        escalation: vec![
            step(Severity::Warning, 5, ContactRole::Head),
            step(Severity::Warning, 10, ContactRole::Leader),
            step(Severity::Critical, 3, ContactRole::Leader),
        ],
        waiver_notice: 5,
    }
}

/// The bundled calendar of the State Council's notices.
fn calendar() -> WorkingDays {
    WorkingDays::new(read_workdays(BUNDLED_WORKDAYS).unwrap())
}

fn alert(state: State, severity: Severity, opened_on: &str) -> Alert {
    Alert {
        id: Uuid::from_u128(1),
        project: Uuid::nil(),
        subject: Subject { rule: Rule::BehindPlanPoint, indicator: None, point_on: Some(day("2024-06-30")) },
        state,
        severity,
        opened_at: at("2024-07-01"),
        updated_at: at("2024-07-01"),
        follows: None,
        settled_by: None,
        said: Said::opened(day(opened_on)),
        waiver: None,
    }
}

fn waived(until: &str) -> Alert {
    let waiver = Some(Waiver { until: day(until), announced: false });
    Alert { waiver, ..alert(State::Waived, Severity::Warning, "2024-07-01") }
}

fn measure(due_on: &str) -> Measure {
    Measure {
        id: Uuid::from_u128(7),
        alert: Uuid::from_u128(1),
        disposition: None,
        what: "倒排工期".into(),
        owner: "李四".into(),
        due_on: day(due_on),
        done: None,
        is_told_overdue: false,
    }
}

/// A step in few words.
fn words(step: &Step) -> String {
    match step {
        Step::Remind { number, after_working_days } => format!("reminder {number} after {after_working_days}"),
        Step::Escalate { step, to, after_working_days } => {
            format!("step {} to {} after {after_working_days}", step + 1, to.name())
        }
        Step::AnnounceEnd { until } => format!("ends on {until}"),
        Step::EndWaiver { until } => format!("ended on {until}"),
        Step::Overdue { .. } => "overdue".into(),
    }
}

/// One alert and its measures, looked at day by day as the service does.
struct Watched {
    alert: Alert,
    measures: Vec<Measure>,
    policy: Policy,
    workdays: WorkingDays,
    is_hidden: bool,
}

impl Watched {
    fn new(alert: Alert, measures: Vec<Measure>) -> Watched {
        Watched { alert, measures, policy: policy(), workdays: calendar(), is_hidden: false }
    }

    fn due(&self, on: NaiveDate) -> Vec<Step> {
        attend(&self.alert, &self.measures, self.is_hidden, &self.policy, &self.workdays, on)
    }

    /// Looks on a day and takes what is due.
    fn look(&mut self, on: NaiveDate) -> Vec<Step> {
        let steps = self.due(on);
        for step in &steps {
            self.alert = taken(self.alert.clone(), step, on);
            if let Step::Overdue { measure } = step {
                let told = self.measures.iter_mut().find(|known| known.id == *measure).expect("a measure of the alert");
                told.is_told_overdue = true;
            }
        }
        steps
    }

    /// Looks every day; gives what was due, with its day.
    fn live(&mut self, from: &str, to: &str) -> Vec<String> {
        let days = day(from).iter_days().take_while(|on| *on <= day(to));
        days.flat_map(|on| self.look(on).iter().map(|step| format!("{on} {}", words(step))).collect::<Vec<_>>())
            .collect()
    }
}

#[test]
fn the_national_day_week_overtakes_nobody_and_its_make_up_days_count() {
    let mut open = Watched::new(alert(State::Open, Severity::Warning, "2024-09-27"), Vec::new());
    assert_eq!(
        open.live("2024-09-27", "2024-10-16"),
        [
            // Sunday 29, Monday 30 are worked, then a week off; 8, 9, 10, 11 and Saturday 12 are worked.
            "2024-10-09 reminder 1 after 4",
            "2024-10-10 step 1 to head after 5",
            "2024-10-15 reminder 2 after 4",
            "2024-10-16 step 2 to leader after 10",
        ]
    );
}

#[test]
fn what_is_answered_is_not_escalated_and_what_is_in_hand_is_not_reminded_of() {
    let far = "2024-12-31";
    let steps = |state, measures: Vec<Measure>| {
        let mut watched = Watched::new(alert(state, Severity::Warning, "2024-07-01"), measures);
        watched.live("2024-07-01", "2024-08-30")
    };
    let reminders = ["2024-07-05 reminder 1 after 4", "2024-07-11 reminder 2 after 4", "2024-07-17 reminder 3 after 4"];
    assert_eq!(steps(State::Acknowledged, Vec::new()), reminders, "three at most");
    assert_eq!(steps(State::Handling, Vec::new()), reminders);
    assert_eq!(steps(State::Handling, vec![measure(far)]), [""; 0]);
    let done = Measure { done: Some((day("2024-07-02"), "验收单".into())), ..measure(far) };
    assert_eq!(steps(State::Handling, vec![done]), reminders);
    let of_another = Measure { alert: Uuid::from_u128(2), ..measure("2024-07-02") };
    assert_eq!(steps(State::Handling, vec![of_another]), reminders);
    for over in [State::Resolved, State::Superseded] {
        assert_eq!(steps(over, vec![measure("2024-07-02")]), [""; 0]);
    }
    let mut notice = Watched::new(alert(State::Open, Severity::Notice, "2024-07-01"), Vec::new());
    assert_eq!(notice.live("2024-07-01", far), [""; 0], "neither reminder nor step is set for a notice");
}

#[test]
fn an_overdue_measure_is_told_once_and_reminders_begin_after_it() {
    let mut handled =
        Watched::new(alert(State::Handling, Severity::Warning, "2024-07-01"), vec![measure("2024-07-12")]);
    assert_eq!(
        handled.live("2024-07-01", "2024-07-31"),
        // The day itself is in time, and the day after it a Saturday.
        [
            "2024-07-13 overdue",
            "2024-07-18 reminder 1 after 4",
            "2024-07-24 reminder 2 after 4",
            "2024-07-30 reminder 3 after 4"
        ]
    );
    let mut late = Watched::new(alert(State::Handling, Severity::Warning, "2024-07-01"), vec![measure("2024-07-12")]);
    assert_eq!(
        late.live("2024-07-29", "2024-07-31"),
        ["2024-07-29 overdue"],
        "after downtime, and no reminder with it"
    );
    let mut hidden = Watched::new(alert(State::Open, Severity::Critical, "2024-07-01"), vec![measure("2024-07-12")]);
    hidden.is_hidden = true;
    assert_eq!(hidden.live("2024-07-01", "2024-07-31"), ["2024-07-13 overdue"], "a promise is kept in view");
}

#[test]
fn a_waiver_is_announced_five_working_days_before_and_ends_the_day_after() {
    let mut aside = Watched::new(waived("2024-10-11"), Vec::new());
    assert_eq!(
        aside.live("2024-07-01", "2024-10-12"),
        // Of 30 September to 11 October only five days are worked: 30, 8, 9, 10, 11.
        ["2024-09-29 ends on 2024-10-11", "2024-10-12 ended on 2024-10-11"]
    );
    assert_eq!((aside.alert.state, aside.alert.said), (State::Open, Said::opened(day("2024-10-12"))));
    assert_eq!(
        aside.live("2024-10-13", "2024-10-18"),
        ["2024-10-17 reminder 1 after 4", "2024-10-18 step 1 to head after 5"],
        "counted anew from its end"
    );
    let mut down = Watched::new(waived("2024-10-11"), Vec::new());
    assert_eq!(down.live("2024-10-14", "2024-10-15"), ["2024-10-14 ended on 2024-10-11"], "not announced any more");
    let mut with_measure = Watched::new(waived("2024-10-11"), vec![measure("2024-07-12")]);
    assert_eq!(with_measure.live("2024-07-01", "2024-09-01"), ["2024-07-13 overdue"]);
}

#[test]
fn after_three_weeks_of_downtime_every_step_is_taken_at_once() {
    let mut open = Watched::new(alert(State::Open, Severity::Critical, "2024-07-01"), Vec::new());
    // The head was told from the first, and the leader is told once, whichever steps lead to him.
    let all = ["step 2 to leader after 15"];
    let steps = open.look(day("2024-07-22"));
    assert_eq!(steps.iter().map(words).collect::<Vec<_>>(), all, "and no reminder beside them");
    assert_eq!(open.live("2024-07-22", "2024-07-24"), ["2024-07-24 reminder 1 after 2"]);
}

#[test]
fn who_is_concerned_grows_with_gravity_and_with_each_step() {
    use ContactRole::{Head, Leader, Officer};
    let open = alert(State::Open, Severity::Warning, "2024-07-01");
    let after = |escalated| audience(&Alert { said: Said { escalated, ..open.said }, ..open.clone() }, &policy());
    assert_eq!(after(0), [Officer]);
    assert_eq!(after(0b010), [Officer, Head]);
    assert_eq!(after(0b100), [Officer, Leader]);
    assert_eq!(after(0b111), [Officer, Head, Leader], "each once");
    assert_eq!(audience(&Alert { severity: Severity::Critical, ..open }, &policy()), [Officer, Head]);
}

fn about(id: u128, rule: Rule, indicator: Option<u128>, point_on: Option<&str>) -> Alert {
    let subject = Subject { rule, indicator: indicator.map(Uuid::from_u128), point_on: point_on.map(day) };
    Alert { id: Uuid::from_u128(id), subject, ..alert(State::Open, Severity::Notice, "2024-07-01") }
}

#[test]
fn missing_figures_speak_for_the_lag_of_their_own_indicator_only() {
    let lag = about(1, Rule::IndicatorBehind, Some(11), None);
    let by = |other: Alert| hider(&[lag.clone(), other], &lag).map(|alert| alert.id.as_u128());
    let missing = about(2, Rule::FiguresMissing, Some(11), Some("2024-06-30"));
    assert_eq!(by(missing.clone()), Some(2));
    assert_eq!(by(about(2, Rule::FiguresMissing, Some(12), Some("2024-06-30"))), None, "another indicator");
    assert_eq!(by(about(2, Rule::IndicatorBreached, Some(11), None)), None);
    for state in ALL_STATES {
        let hides = by(Alert { state, ..missing.clone() }).is_some();
        assert_eq!(hides, !matches!(state, State::Resolved | State::Superseded), "{state:?}");
    }
}

#[test]
fn a_project_without_any_figures_hides_its_parts_of_the_same_point() {
    let part = about(1, Rule::FiguresMissing, Some(11), Some("2024-06-30"));
    let whole = about(2, Rule::FiguresMissing, None, Some("2024-06-30"));
    let earlier = about(3, Rule::FiguresMissing, None, Some("2024-03-31"));
    assert_eq!(hider(&[part.clone(), earlier, whole.clone()], &part).map(|alert| alert.id), Some(whole.id));
    let of_another_point = about(3, Rule::FiguresMissing, None, Some("2024-10-31"));
    assert_eq!(hider(&[part.clone(), of_another_point], &part), None);
    assert_eq!(hider(&[part.clone(), whole.clone()], &whole), None, "the part never hides the whole");
}

fn severities() -> impl Strategy<Value = Severity> {
    prop_oneof![Just(Severity::Notice), Just(Severity::Warning), Just(Severity::Critical)]
}

/// Cadences, most and steps as a rule file may have them.
fn policies() -> impl Strategy<Value = Policy> {
    let roles = || prop_oneof![Just(ContactRole::Officer), Just(ContactRole::Head), Just(ContactRole::Leader)];
    let steps = vec((severities(), 1_u32..30, roles()), 0..6);
    let every = || proptest::option::of(1_u32..25);
    (steps, (every(), every(), every()), 0_u32..6, 1_u32..12).prop_map(
        |(mut steps, every, reminders_at_most, waiver_notice)| {
            // As a rule file must have them: in the order in which they are taken.
            steps.sort_by_key(|step| step.1);
            let step = |(from, after_working_days, to)| EscalationStep { from, after_working_days, to };
            Policy {
                remind_every: [every.0, every.1, every.2],
                reminders_at_most,
                escalation: steps.into_iter().map(step).collect(),
                waiver_notice,
                ..policy()
            }
        },
    )
}

/// Days on which the service looks: mostly daily, now and then after weeks of downtime, now and then twice a day.
fn looks() -> impl Strategy<Value = Vec<NaiveDate>> {
    let gaps = vec(prop_oneof![6 => Just(1_u64), 1 => Just(0), 1 => 2_u64..6, 1 => 6_u64..40], 1..90);
    gaps.prop_map(|gaps| {
        let mut on = day("2024-07-01");
        gaps.into_iter()
            .map(|gap| {
                on = on + chrono::Days::new(gap);
                on
            })
            .collect()
    })
}

fn active_states() -> impl Strategy<Value = State> {
    prop_oneof![Just(State::Open), Just(State::Acknowledged), Just(State::Handling), Just(State::Waived)]
}

proptest! {
    #![proptest_config(same_every_time())]

    /// Whatever the state, the measures and the days: on the same day nothing is due a second time.
    #[test]
    fn attended_again_on_the_same_day_nothing_is_due(
        (state, severity, policy) in (active_states(), severities(), policies()),
        (looks, dues, until) in (looks(), vec(0_u64..120, 0..3), 0_u64..120),
        is_hidden in any::<bool>(),
    ) {
        let later = |days: u64| day("2024-07-01") + chrono::Days::new(days);
        let waiver = (state == State::Waived).then(|| Waiver { until: later(until), announced: false });
        let measures: Vec<Measure> = dues.iter().zip(1..)
            .map(|(due, id)| Measure { id: Uuid::from_u128(id), due_on: later(*due), ..measure("2024-07-01") }).collect();
        let alert = Alert { waiver, ..alert(state, severity, "2024-07-01") };
        let mut watched = Watched { policy, is_hidden, ..Watched::new(alert, measures) };
        let (mut overdue, mut announced, mut ended) = (Vec::new(), 0, 0);
        for on in looks {
            for step in watched.look(on) {
                match step {
                    Step::Overdue { measure } => {
                        let known = watched.measures.iter().find(|known| known.id == measure).unwrap();
                        prop_assert!(known.due_on < on && !overdue.contains(&measure), "{on}: {measure} too early or again");
                        overdue.push(measure);
                    }
                    Step::AnnounceEnd { until } => {
                        announced += 1;
                        prop_assert!(on <= until && ended == 0, "announced after its end");
                    }
                    Step::EndWaiver { until } => {
                        ended += 1;
                        prop_assert!(until < on, "ended on {on}, which is not after {until}");
                    }
                    Step::Remind { .. } | Step::Escalate { .. } => {
                        prop_assert!(!is_hidden, "{on}: a hidden alert was spoken of");
                        prop_assert!(watched.alert.state != State::Waived, "{on}: spoken of while set aside");
                    }
                }
            }
            prop_assert_eq!(watched.due(on), [], "again on {}", on);
            for known in &watched.measures {
                prop_assert_eq!(overdue.contains(&known.id), known.due_on < on, "{} by {}", known.due_on, on);
            }
            let is_over = waiver.is_some_and(|waiver| waiver.until < on);
            prop_assert_eq!(ended, u32::from(is_over), "by {}", on);
        }
        prop_assert!(announced <= 1);
    }

    /// Each step upwards is taken once, in its time, and none is lost to downtime; a reminder keeps its cadence.
    #[test]
    fn each_step_upwards_is_taken_once_and_reminders_keep_their_cadence(
        (severity, policy, looks) in (severities(), policies(), looks()),
        answered in prop_oneof![Just(None), (0_usize..90).prop_map(Some)],
    ) {
        let opened_on = day("2024-07-01");
        let mut watched = Watched { policy, ..Watched::new(alert(State::Open, severity, "2024-07-01"), Vec::new()) };
        let (mut taken, mut reminders, mut spoken_on) = (Vec::new(), 0, opened_on);
        let mut told = watched.policy.told(severity).to_vec();
        for (number, on) in looks.into_iter().enumerate() {
            if answered == Some(number) {
                watched.alert.state = State::Acknowledged;
            }
            let is_answered = watched.alert.state == State::Acknowledged;
            for due in watched.look(on) {
                match due {
                    Step::Escalate { step, after_working_days, .. } => {
                        let asked = watched.policy.escalation[step as usize];
                        prop_assert!(!is_answered, "{on}: answered, and escalated");
                        prop_assert!(severity >= asked.from && after_working_days >= asked.after_working_days);
                        let is_new = !told.contains(&asked.to);
                        prop_assert!(is_new, "{on}: {} again", asked.to.name());
                        told.push(asked.to);
                        taken.push(step);
                    }
                    Step::Remind { number, after_working_days } => {
                        reminders += 1;
                        prop_assert_eq!(number, reminders);
                        prop_assert!(reminders <= watched.policy.reminders_at_most);
                        prop_assert_eq!(after_working_days, watched.workdays.between(spoken_on, on));
                        prop_assert!(Some(after_working_days) >= watched.policy.remind_every(severity), "too early");
                    }
                    other => prop_assert!(false, "{}", words(&other)),
                }
                spoken_on = on;
            }
            if !is_answered {
                let passed = watched.workdays.between(opened_on, on);
                let due = watched.policy.escalation.iter()
                    .filter(|step| severity >= step.from && passed >= step.after_working_days);
                for step in due {
                    prop_assert!(told.contains(&step.to), "by {}: {} was not told", on, step.to.name());
                }
            }
        }
        prop_assert!(taken.is_sorted(), "out of order: {taken:?}");
    }

    /// Who is hidden names an active alert about missing figures; that one is hidden by nobody who is hidden by it.
    #[test]
    fn nobody_hides_whoever_hides_him_and_no_spending_alert_is_hidden(
        parts in vec((0..ALL_RULES.len(), proptest::option::of(1_u128..4), proptest::option::of(0_usize..3), 0..ALL_STATES.len()), 1..12),
    ) {
        let points = ["2024-03-31", "2024-06-30", "2024-10-31"];
        let alerts: Vec<Alert> = parts.into_iter().zip(1..).map(|((rule, indicator, point, state), id)| {
            let one = about(id, ALL_RULES[rule], indicator, point.map(|point| points[point]));
            Alert { state: ALL_STATES[state], ..one }
        }).collect();
        for alert in &alerts {
            let mut chain = vec![alert.id];
            let mut next = hider(&alerts, alert);
            while let Some(other) = next {
                prop_assert!(other.state.is_active() && other.subject.rule == Rule::FiguresMissing);
                prop_assert!(!chain.contains(&other.id), "a ring");
                chain.push(other.id);
                next = hider(&alerts, other);
            }
            let may_be_hidden = matches!(alert.subject.rule, Rule::IndicatorBehind | Rule::FiguresMissing);
            prop_assert!(may_be_hidden || chain.len() == 1);
        }
    }
}
