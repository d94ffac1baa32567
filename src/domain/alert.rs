//! An alert is a value; what a verdict changes about it is a pure decision that gives its reason.

use crate::domain::rule::{Rule, Severity};
use crate::domain::verdict::Verdict;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// Where an alert is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Raised and not yet answered.
    Open,
    /// A person has seen it and named a cause.
    Acknowledged,
    /// A measure is under way.
    Handling,
    /// Set aside with a reason and an end.
    Waived,
    /// Over.
    Resolved,
    /// A later plan point's alert has taken its place.
    Superseded,
}

/// Every state.
pub const ALL_STATES: [State; 6] =
    [State::Open, State::Acknowledged, State::Handling, State::Waived, State::Resolved, State::Superseded];

impl State {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Acknowledged => "acknowledged",
            State::Handling => "handling",
            State::Waived => "waived",
            State::Resolved => "resolved",
            State::Superseded => "superseded",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<State> {
        ALL_STATES.into_iter().find(|state| state.name() == name)
    }

    /// Whether the matter is still unsettled.
    #[must_use]
    pub const fn is_active(self) -> bool {
        !matches!(self, State::Resolved | State::Superseded)
    }
}

/// What an alert is about. There is at most one alert per project and subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// The rule that speaks.
    pub rule: Rule,
    /// The indicator, for rules about indicators.
    pub indicator: Option<Uuid>,
    /// The plan point, for rules about plan points.
    pub point_on: Option<NaiveDate>,
}

impl Subject {
    /// Whether it is about a plan point that had not passed on a day.
    #[must_use]
    pub fn is_later_than(&self, as_of: NaiveDate) -> bool {
        self.point_on.is_some_and(|point| point > as_of)
    }
}

/// An alert as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Ours.
    pub id: Uuid,
    /// The project's own id.
    pub project: Uuid,
    /// What it is about.
    pub subject: Subject,
    /// Where it is in its life.
    pub state: State,
    /// How grave it is now.
    pub severity: Severity,
    /// When it was first raised.
    pub opened_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// The earlier point's alert whose place it took.
    pub follows: Option<Uuid>,
    /// Who closed it by hand, until its rule is content: so long it stays closed unless it becomes graver.
    pub settled_by: Option<String>,
}

impl Alert {
    /// Whether a person closed it and its rule has not been content since.
    #[must_use]
    pub const fn is_settled_by_hand(&self) -> bool {
        !self.state.is_active() && self.settled_by.is_some()
    }
}

/// What happened to an alert. Its events tell its story in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// New.
    Raised,
    /// Was over, and is back.
    Reopened,
    /// Became graver.
    Worsened,
    /// Became less grave.
    Eased,
    /// Is over.
    Resolved,
    /// A later plan point's alert took its place.
    Superseded,
    /// A person answered for it: named causes, explained, and said how likely the goal still is.
    Acknowledged,
}

/// Every change.
pub const ALL_CHANGES: [Change; 7] = [
    Change::Raised,
    Change::Reopened,
    Change::Worsened,
    Change::Eased,
    Change::Resolved,
    Change::Superseded,
    Change::Acknowledged,
];

impl Change {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Change::Raised => "raised",
            Change::Reopened => "reopened",
            Change::Worsened => "worsened",
            Change::Eased => "eased",
            Change::Resolved => "resolved",
            Change::Superseded => "superseded",
            Change::Acknowledged => "acknowledged",
        }
    }

    /// The change of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Change> {
        ALL_CHANGES.into_iter().find(|change| change.name() == name)
    }

    /// Whether people are told: what is new, back, graver or over. The rest is kept in the story only.
    #[must_use]
    pub const fn is_told(self) -> bool {
        matches!(self, Change::Raised | Change::Reopened | Change::Worsened | Change::Resolved)
    }
}

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

impl Verdict {
    /// What the verdict is about.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        Subject { rule: self.rule, indicator: self.indicator, point_on: self.point_on }
    }
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
    let is_outweighed = is_outweighed(alert.subject, verdicts);
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
/// budget has not recovered, and nobody may be told so.
fn is_outweighed(subject: Subject, verdicts: &[Verdict]) -> bool {
    matches!(subject.rule, Rule::FarAhead | Rule::BehindPlanPoint)
        && verdicts.iter().any(|verdict| verdict.rule == Rule::OverBudget)
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
