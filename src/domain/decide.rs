//! What verdicts change about a project's alerts: a pure decision that gives its reason.

use crate::domain::alert::{Alert, Change, Subject};
use crate::domain::rule::Rule;
use crate::domain::verdict::Verdict;
use chrono::NaiveDate;
use uuid::Uuid;

/// What one verdict, or its absence, changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing was known of this: a new alert, taking the place of an earlier point's where there is one.
    Raise {
        /// What the rule says.
        verdict: Verdict,
        /// The earlier point's alert whose place it takes.
        follows: Option<Uuid>,
    },
    /// The same matter was over: it is back.
    Reopen {
        /// The alert.
        alert: Uuid,
        /// What the rule says.
        verdict: Verdict,
    },
    /// The severity changed.
    Regrade {
        /// The alert.
        alert: Uuid,
        /// [`Change::Worsened`] or [`Change::Eased`].
        change: Change,
        /// What the rule says.
        verdict: Verdict,
    },
    /// The rule is content: it is over.
    Resolve {
        /// The alert.
        alert: Uuid,
    },
    /// Another alert takes the place: the next plan point's own, or a graver one about the same money.
    Supersede {
        /// The alert whose place is taken.
        alert: Uuid,
    },
    /// A person had closed it, and now the rule is content as well: from here on it is over like any other, and opens
    /// again when the rule speaks. Nobody is told.
    Forget {
        /// The alert.
        alert: Uuid,
    },
    /// Nothing changes.
    Nothing {
        /// The alert, where there is one.
        alert: Option<Uuid>,
        /// Why nothing changes.
        why: Quiet,
    },
}

/// Why nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// The alert stands as it was told.
    AlreadyKnown,
    /// An alert about a later plan point stands: an earlier day's verdict does not touch it.
    LaterPointKnown,
    /// A person closed it, and it is no graver than it was then.
    SettledByHand,
}

/// Decides what the verdicts of one project change about its alerts (active ones, and closed ones of the year).
///
/// `as_of` is the day for which was judged: an alert about a point that had not passed by then is left alone, and an
/// earlier day's content does not end it. What a person closed stays closed until it is graver than it was then, or
/// its rule was content in between. Applied again to its own outcome it says [`Decision::Nothing`].
#[must_use]
pub fn decide(alerts: &[Alert], verdicts: &[Verdict], as_of: NaiveDate) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for verdict in verdicts {
        decisions.extend(decide_verdict(alerts, verdict, as_of));
    }
    for alert in alerts {
        let spoken_of = verdicts.iter().any(|verdict| same_matter(alert.subject, verdict.subject()));
        if !spoken_of {
            decisions.extend(decide_silence(alert, verdicts, as_of));
        }
    }
    decisions
}

/// What it changes about an alert that its rule says nothing; none where it was over already.
fn decide_silence(alert: &Alert, verdicts: &[Verdict], as_of: NaiveDate) -> Option<Decision> {
    let is_later = alert.subject.is_later_than(as_of);
    // What announced a plan point has had its time when the point is there, whatever became of it.
    let has_come = alert.subject.rule == Rule::PlanPointComing && alert.subject.point_on.is_some_and(|on| on <= as_of);
    let is_outweighed = has_come || is_outweighed(alert.subject, verdicts);
    if alert.is_settled_by_hand() {
        let is_content = !is_later && !is_outweighed;
        return is_content.then_some(Decision::Forget { alert: alert.id });
    }
    alert.state.is_active().then_some(if is_later {
        Decision::Nothing { alert: Some(alert.id), why: Quiet::LaterPointKnown }
    } else if is_outweighed {
        Decision::Supersede { alert: alert.id }
    } else {
        Decision::Resolve { alert: alert.id }
    })
}

/// Whether a rule about spending is silent only because a graver one speaks: what was far ahead and is now over the
/// budget has not recovered, nor has what was announced before a plan point and is now behind it; and nobody may be told
/// so.
fn is_outweighed(subject: Subject, verdicts: &[Verdict]) -> bool {
    let graver: &[Rule] = match subject.rule {
        Rule::FarAhead | Rule::BehindPlanPoint | Rule::BehindTime => &[Rule::OverBudget],
        Rule::PlanPointComing => &[Rule::OverBudget, Rule::BehindPlanPoint],
        _ => &[],
    };
    verdicts.iter().any(|verdict| graver.contains(&verdict.rule))
}

/// The same rule about the same indicator, whatever the point.
fn same_matter(one: Subject, other: Subject) -> bool {
    one.rule == other.rule && one.indicator == other.indicator
}

fn decide_verdict(alerts: &[Alert], verdict: &Verdict, as_of: NaiveDate) -> Vec<Decision> {
    let subject = verdict.subject();
    let active = || alerts.iter().filter(|alert| alert.state.is_active() && same_matter(alert.subject, subject));
    if let Some(later) = active().find(|alert| alert.subject.is_later_than(as_of)) {
        return vec![Decision::Nothing { alert: Some(later.id), why: Quiet::LaterPointKnown }];
    }
    // Of another point that has passed: an earlier one, or one that a revised plan no longer has.
    let others: Vec<Uuid> = active().filter(|alert| alert.subject != subject).map(|alert| alert.id).collect();
    let mut decisions: Vec<Decision> = others.iter().map(|alert| Decision::Supersede { alert: *alert }).collect();
    let same = alerts.iter().find(|alert| alert.subject == subject);
    decisions.push(match same {
        None => Decision::Raise { verdict: verdict.clone(), follows: others.last().copied() },
        Some(alert) if alert.is_settled_by_hand() && verdict.severity <= alert.severity => {
            Decision::Nothing { alert: Some(alert.id), why: Quiet::SettledByHand }
        }
        Some(alert) if !alert.state.is_active() => Decision::Reopen { alert: alert.id, verdict: verdict.clone() },
        Some(alert) if alert.severity == verdict.severity => {
            Decision::Nothing { alert: Some(alert.id), why: Quiet::AlreadyKnown }
        }
        Some(alert) => {
            let change = if verdict.severity > alert.severity { Change::Worsened } else { Change::Eased };
            Decision::Regrade { alert: alert.id, change, verdict: verdict.clone() }
        }
    });
    decisions
}
