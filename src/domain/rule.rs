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
}

/// Every rule, in the order in which verdicts are given.
pub const ALL_RULES: [Rule; 6] = [
    Rule::OverBudget,
    Rule::BehindPlanPoint,
    Rule::FarAhead,
    Rule::IndicatorBreached,
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
