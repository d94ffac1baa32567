//! The facts of a monthly letter: where a unit and those below it stand at a month's end.

use crate::domain::alert::State;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::letter::Recipient;
use crate::domain::money::Fen;
use crate::domain::rule::{Rule, Severity};
use crate::domain::verdict::Standing;
use chrono::{DateTime, NaiveDate, Utc};

/// Everything that one monthly letter tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthlyFacts {
    /// Who is told.
    pub recipient: Recipient,
    /// The fiscal year.
    pub year: FiscalYear,
    /// The month's last day: the figures are true of it.
    pub until: NaiveDate,
    /// The instant up to which the ledger was read; alerts stand as they stood then.
    pub known_at: DateTime<Utc>,
    /// The rule set's name and version.
    pub rules: (String, i32),
    /// The units that the reader answers for by name; those below them are counted with them.
    pub units: Vec<(UnitCode, String)>,
    /// The units whose figures are in it.
    pub covered: Vec<UnitCode>,
    /// Projects whose figures cannot be computed: left out of everything.
    pub uncounted: usize,
    /// What is counted and summed.
    pub counts: MonthlyCounts,
    /// Alerts that nobody has answered, longest first.
    pub unanswered: Vec<Unanswered>,
    /// How many more of these there are.
    pub more_unanswered: usize,
}

/// What is counted and summed over the reader's projects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthlyCounts {
    /// Projects by standing.
    pub standings: Vec<(Standing, usize)>,
    /// Sums.
    pub totals: MonthlyTotals,
    /// Active alerts by how grave they are and where they are in their life.
    pub active: Vec<(Severity, State, usize)>,
    /// Alerts raised, or raised again, during the month.
    pub raised: usize,
    /// Alerts that were over during the month.
    pub resolved: usize,
    /// The largest shortfalls, largest first.
    pub shortfalls: Vec<Shortfall>,
    /// The plan points to come, by day.
    pub coming: Vec<ComingPoint>,
}

/// Sums over projects, and what they leave out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonthlyTotals {
    /// Projects summed.
    pub projects: usize,
    /// Adjusted budgets of the projects that state one.
    pub budget: Fen,
    /// Projects without one.
    pub without_budget: usize,
    /// Due by the last plan point passed, of the projects that have a plan.
    pub planned: Fen,
    /// Spent by those.
    pub spent: Fen,
    /// Projects without plan points: neither in `planned` nor in `spent`.
    pub without_plan: usize,
    /// Spent by those.
    pub spent_without_plan: Fen,
}

/// A project that lacks much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// The project's code.
    pub code: ProjectCode,
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: UnitCode,
    /// Due by the last plan point passed.
    pub due: Fen,
    /// Spent.
    pub spent: Fen,
}

/// A plan point to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComingPoint {
    /// Its day.
    pub on: NaiveDate,
    /// Projects that have it and state a figure.
    pub projects: usize,
    /// What these promise by it, cumulative.
    pub planned: Fen,
    /// What is not paid of that.
    pub unpaid: Fen,
}

/// An alert that nobody has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// The project's code.
    pub code: ProjectCode,
    /// Its name.
    pub name: String,
    /// Which rule speaks.
    pub rule: Rule,
    /// How grave.
    pub severity: Severity,
    /// Working days since it was opened.
    pub working_days: u32,
    /// Who was told.
    pub told: Vec<String>,
}

impl MonthlyCounts {
    /// Whether there is anything to tell: something stands, or something changed.
    #[must_use]
    pub fn is_news(&self) -> bool {
        !self.active.is_empty() || self.raised > 0 || self.resolved > 0
    }
}
