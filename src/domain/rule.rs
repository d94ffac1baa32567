//! The rules that judge: versioned settings with their source, never constants in code.

use crate::domain::money::Fen;
use crate::domain::policy::Policy;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

/// What a rule looks at. The name is stable: alerts, letters and clients refer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Spent less than the last plan point passed promised.
    BehindPlanPoint,
    /// Spent more than the adjusted budget.
    OverBudget,
    /// Spent far more than planned by now.
    FarAhead,
    /// An indicator stands below what is expected by now.
    IndicatorBehind,
    /// An indicator is out of its bound, or was done too late.
    IndicatorBreached,
    /// A deadline has passed and nothing says that it was kept.
    IndicatorOverdue,
    /// 序时进度: the budget is spent slower, or far faster, than the year passes.
    BehindTime,
    /// Spent a smaller share of the budget than an absolute curve asks by a day of the year.
    BehindCurve,
    /// Work and spending lie far apart.
    WorkGap,
    /// A deadline that recurs was missed in some month.
    RecurringMissed,
    /// Nothing has been posted for long though money is due.
    FiguresStale,
    /// A figure that was due with a plan point has not come.
    FiguresMissing,
    /// A plan point is near, and what it promises is not paid yet.
    PlanPointComing,
}

/// Every rule, in the order in which verdicts are given.
pub const ALL_RULES: [Rule; 13] = [
    Rule::OverBudget,
    Rule::BehindPlanPoint,
    Rule::FarAhead,
    Rule::BehindTime,
    Rule::BehindCurve,
    Rule::PlanPointComing,
    Rule::WorkGap,
    Rule::FiguresStale,
    Rule::FiguresMissing,
    Rule::IndicatorBreached,
    Rule::RecurringMissed,
    Rule::IndicatorOverdue,
    Rule::IndicatorBehind,
];

impl Rule {
    /// The name in the API, the database and the rule file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Rule::BehindPlanPoint => "spending.behind_plan_point",
            Rule::OverBudget => "spending.over_budget",
            Rule::FarAhead => "spending.far_ahead",
            Rule::IndicatorBehind => "indicator.behind",
            Rule::IndicatorBreached => "indicator.breached",
            Rule::IndicatorOverdue => "indicator.overdue",
            Rule::BehindTime => "spending.behind_time",
            Rule::BehindCurve => "spending.behind_curve",
            Rule::WorkGap => "balance.work_gap",
            Rule::RecurringMissed => "indicator.recurring_missed",
            Rule::FiguresStale => "figures.stale",
            Rule::FiguresMissing => "figures.missing",
            Rule::PlanPointComing => "plan_point.coming",
        }
    }

    /// The rule of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Rule> {
        ALL_RULES.into_iter().find(|rule| rule.name() == name)
    }
}

/// How grave a verdict is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// 提示: look at it.
    Notice,
    /// 预警: act.
    Warning,
    /// 严重: act now.
    Critical,
}

impl Severity {
    /// The name in the API, the database and the rule file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Notice => "notice",
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        }
    }

    /// The severity of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Severity> {
        [Severity::Notice, Severity::Warning, Severity::Critical].into_iter().find(|grade| grade.name() == name)
    }
}

/// A rule set: the thresholds by which one version of the rules judges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Counts up with each change; every verdict names it.
    pub version: i32,
    /// Its name, for people.
    pub name: String,
    /// Where its thresholds come from.
    pub source: String,
    /// The first day that it judges; none where the set leaves that to the day on which it is recorded.
    pub effective_on: Option<NaiveDate>,
    /// How far below plan still counts as on plan.
    pub tolerance: Tolerance,
    /// At or above this share of the planned figure, lagging is a notice; below it a warning.
    pub notice_from: Decimal,
    /// At or above this share it is a warning; below it, critical.
    pub warning_from: Decimal,
    /// Above this share of the planned figure, spending is far ahead.
    pub ahead_above: Decimal,
    /// Whether the plan's points judge; where they do not, the standing by them is shown and nobody is warned of it.
    pub by_plan_point: bool,
    /// How grave it is to be over the budget.
    pub over_budget: Severity,
    /// How grave it is to be far ahead of plan.
    pub far_ahead: Severity,
    /// What is too small to be graver than so much; none where nothing is.
    pub materiality: Option<Materiality>,
    /// The share of the year as a yardstick; none where it is none.
    pub time: Option<TimeSteps>,
    /// An absolute curve, in order of day; empty where there is none.
    pub curve: Vec<CurveStep>,
    /// How far work and spending may lie apart; none where that is not judged.
    pub work_gap: Option<WorkGap>,
    /// From when on nothing posted is told of; none for never.
    pub stale: Option<Patience>,
    /// From when on a missing figure is told of; none for never.
    pub missing: Option<Patience>,
    /// From when on a coming plan point is told of; none for never.
    pub coming: Option<Patience>,
    /// At or above this share of a running count's target, the target may have been set too low.
    pub over_fulfilled_from: Decimal,
    /// Whether "…日前" includes the day itself.
    pub deadline_includes_day: bool,
    /// Units of a running count, the only kind of target that is held against elapsed time.
    pub running_count_units: Vec<String>,
    /// How grave the indicator rules are, by rule; a rule that is not named is not applied.
    pub indicator_severity: Vec<(Rule, Severity)>,
    /// Who is told, how often again, and who above them.
    pub policy: Policy,
}

/// 序时进度 as a yardstick: (spent ÷ adjusted budget) ÷ (the part of the year that has passed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSteps {
    /// Below this share it is critical.
    pub critical_below: Decimal,
    /// Below this share it is a warning; at or above it nothing.
    pub warning_below: Decimal,
    /// At or above this share it is a notice that spending is far ahead; none where that is not told.
    pub ahead_from: Option<Decimal>,
}

/// One step of an absolute curve: from that day on at least so much of the adjusted budget is to be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurveStep {
    /// Month and day, 29 February excluded.
    pub on: (u32, u32),
    /// The share of the adjusted budget.
    pub least: Decimal,
    /// How grave it is to lie below.
    pub severity: Severity,
}

/// How far work and spending may lie apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkGap {
    /// Percentage points; only what lies further apart is told of.
    pub above_points: Decimal,
    /// How grave that is.
    pub severity: Severity,
}

/// How long something is waited for, and how grave it is then. The rule says of which days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Days, or working days.
    pub days: u32,
    /// How grave it is.
    pub severity: Severity,
}

/// What is too small for grave words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Materiality {
    /// A planned figure (for the rules that look at it, a budget) below this …
    pub below: Fen,
    /// … makes a verdict about spending no graver than this.
    pub at_most: Severity,
}

/// A tolerance: the larger of a share of the planned figure and a fixed amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// A share of the planned figure, such as 0.01.
    pub share: Decimal,
    /// At least so much.
    pub least: Fen,
}

impl Tolerance {
    /// The tolerance on a planned figure, in fen, not rounded.
    #[must_use]
    pub fn of(self, planned: Fen) -> Decimal {
        let share = planned.decimal().checked_mul(self.share).unwrap_or(Decimal::MAX);
        share.max(self.least.decimal())
    }
}

impl Rules {
    /// How grave a verdict about spending is, where it rests on a figure of that size.
    #[must_use]
    pub fn capped(&self, severity: Severity, figure: Fen) -> Severity {
        match self.materiality {
            Some(small) if figure < small.below => severity.min(small.at_most),
            _ => severity,
        }
    }

    /// How grave an indicator rule is; none when the set does not apply it.
    #[must_use]
    pub fn severity_of(&self, rule: Rule) -> Option<Severity> {
        self.indicator_severity.iter().find(|(named, _)| *named == rule).map(|(_, severity)| *severity)
    }
}

/// When a rule set on record judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenure {
    /// The set's version.
    pub version: i32,
    /// The first day that it judges; none for the set that judges from the beginning.
    pub effective_on: Option<NaiveDate>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// The version that judges a day, as far as it was known at an instant: the highest that had been recorded by then and
/// is effective by that day. Before any had been recorded it is the first: it judges from the beginning.
#[must_use]
pub fn in_force(sets: &[Tenure], as_of: NaiveDate, known_at: Option<DateTime<Utc>>) -> Option<i32> {
    let known = |set: &&Tenure| known_at.is_none_or(|instant| set.recorded_at <= instant);
    let effective = |set: &&Tenure| set.effective_on.is_none_or(|first_day| first_day <= as_of);
    let chosen = sets.iter().filter(known).filter(effective).map(|set| set.version).max();
    chosen.or_else(|| sets.iter().map(|set| set.version).min())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_judged_by_the_latest_set_that_is_effective_and_was_known() {
        let set = |version, effective_on: Option<&str>, recorded_at: &str| Tenure {
            version,
            effective_on: effective_on.map(|day| day.parse().unwrap()),
            recorded_at: recorded_at.parse().unwrap(),
        };
        let sets = [
            set(1, None, "2024-01-05T02:00:00Z"),
            set(2, Some("2024-07-01"), "2024-07-10T02:00:00Z"),
            set(3, Some("2024-06-01"), "2024-11-05T02:00:00Z"),
        ];
        for (as_of, known_at, version) in [
            ("2024-05-31", None, 1),
            ("2024-06-30", None, 3),
            ("2024-06-30", Some("2024-11-05T01:59:59Z"), 1),
            ("2024-06-30", Some("2024-11-05T02:00:00Z"), 3),
            ("2024-07-01", Some("2024-07-10T02:00:00Z"), 2),
            ("2024-07-01", Some("2024-07-09T02:00:00Z"), 1),
            ("2024-07-01", Some("2023-07-09T02:00:00Z"), 1),
        ] {
            let known = known_at.map(|instant| instant.parse().unwrap());
            assert_eq!(in_force(&sets, as_of.parse().unwrap(), known), Some(version), "{as_of} {known_at:?}");
        }
        assert_eq!(in_force(&[], "2024-07-01".parse().unwrap(), None), None);
    }
}
