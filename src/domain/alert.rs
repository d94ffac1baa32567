//! An alert is a value: what it is about, where it is in its life, and what was said of it so far.

use crate::domain::contact::ContactRole;
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
    /// Whether it could not yet be spoken of on a day: it is about a plan point that had not passed. What announces a
    /// point speaks before it.
    #[must_use]
    pub fn is_later_than(&self, as_of: NaiveDate) -> bool {
        self.rule != Rule::PlanPointComing && self.point_on.is_some_and(|point| point > as_of)
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
    /// What was said of it since it was last opened.
    pub said: Said,
    /// Until when it is set aside; only in the state [`State::Waived`].
    pub waiver: Option<Waiver>,
}

/// What was said of an alert since it was last opened: what the next reminder and the next step upwards count from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The day for which it was last opened: raised, reopened, back from a waiver or out from behind another alert.
    pub opened_on: NaiveDate,
    /// The day for which people were last given word of it.
    pub told_on: NaiveDate,
    /// Reminders since.
    pub reminders: u32,
    /// The roles to which it was escalated since, a bit each: steps of a rule set come and go, who was told stays.
    pub escalated: u32,
}

impl Said {
    /// Opened for a day, and nothing more.
    #[must_use]
    pub const fn opened(on: NaiveDate) -> Said {
        Said { opened_on: on, told_on: on, reminders: 0, escalated: 0 }
    }

    /// Whether it was escalated to a role.
    #[must_use]
    pub const fn has_escalated_to(self, role: ContactRole) -> bool {
        self.escalated & Said::bit(role) != 0
    }

    /// Escalated to one role more.
    #[must_use]
    pub const fn escalated_to(self, role: ContactRole) -> Said {
        Said { escalated: self.escalated | Said::bit(role), ..self }
    }

    const fn bit(role: ContactRole) -> u32 {
        match role {
            ContactRole::Officer => 1,
            ContactRole::Head => 2,
            ContactRole::Leader => 4,
        }
    }
}

/// An alert set aside: its reason stands in its story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The last day on which it is set aside.
    pub until: NaiveDate,
    /// Whether its end was announced.
    pub announced: bool,
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
    /// A person took a measure upon himself: what, who, by when.
    MeasureSet,
    /// A measure was carried out, with evidence.
    MeasureDone,
    /// A measure's or a disposition's day has passed, and nothing says that it was carried out.
    MeasureOverdue,
    /// Set aside by a person, with a reason and an end.
    Waived,
    /// The end of a waiver is near.
    WaiverEnding,
    /// A waiver is over, and the matter is not.
    WaiverEnded,
    /// What follows from a grave deviation was decided: continue, adjust, cut, suspend, recover.
    Disposed,
    /// It still stands: told again.
    Reminded,
    /// Nobody has answered: told to one more above.
    Escalated,
}

/// Every change.
pub const ALL_CHANGES: [Change; 16] = [
    Change::Raised,
    Change::Reopened,
    Change::Worsened,
    Change::Eased,
    Change::Resolved,
    Change::Superseded,
    Change::Acknowledged,
    Change::MeasureSet,
    Change::MeasureDone,
    Change::MeasureOverdue,
    Change::Waived,
    Change::WaiverEnding,
    Change::WaiverEnded,
    Change::Disposed,
    Change::Reminded,
    Change::Escalated,
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
            Change::MeasureSet => "measure_set",
            Change::MeasureDone => "measure_done",
            Change::MeasureOverdue => "measure_overdue",
            Change::Waived => "waived",
            Change::WaiverEnding => "waiver_ending",
            Change::WaiverEnded => "waiver_ended",
            Change::Disposed => "disposed",
            Change::Reminded => "reminded",
            Change::Escalated => "escalated",
        }
    }

    /// The change of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Change> {
        ALL_CHANGES.into_iter().find(|change| change.name() == name)
    }

    /// Whether people are told: what is new, back, graver or over, and what time alone brings. The rest, people's own
    /// answers above all, is kept in the story only.
    #[must_use]
    pub const fn is_told(self) -> bool {
        self.is_news() || self.is_of_time()
    }

    /// Whether the matter itself changed in a way that people are told of.
    #[must_use]
    pub const fn is_news(self) -> bool {
        matches!(self, Change::Raised | Change::Reopened | Change::Worsened | Change::Resolved)
    }

    /// Whether only time has passed.
    #[must_use]
    pub const fn is_of_time(self) -> bool {
        matches!(
            self,
            Change::MeasureOverdue | Change::WaiverEnding | Change::WaiverEnded | Change::Reminded | Change::Escalated
        )
    }
}

impl Verdict {
    /// What the verdict is about.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        Subject { rule: self.rule, indicator: self.indicator, point_on: self.point_on }
    }
}
