//! Rule sets, as JSON.

use super::{Day, Instant, RuleWord, SeverityWord, Yuan};
use crate::actions::rule_book::{RuleBook, RuleSet};
use crate::domain::rule::Rules;
use serde::Serialize;
use utoipa::ToSchema;

/// The rules by which is judged, and the sets on record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Book {
    /// The set that judges today.
    in_force: RuleValues,
    /// Every set on record, oldest first.
    versions: Vec<RuleVersion>,
}

/// A rule set with its values.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleValues {
    /// Counts up with each change; every verdict names it.
    #[schema(example = 1)]
    version: i32,
    /// Its name.
    #[schema(example = "默认规则（按支出计划节点）")]
    name: String,
    /// Where its thresholds come from.
    #[schema(example = "Milepost's own default")]
    source: String,
    /// Spending against plan.
    spending: SpendingRules,
    /// Indicators against their targets.
    indicators: IndicatorRules,
}

/// Thresholds of spending.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpendingRules {
    /// How far below plan still counts as on plan: the larger of this share of the planned figure …
    #[schema(example = "0.01")]
    tolerance_share: String,
    /// … and this amount.
    tolerance_yuan: Yuan,
    /// At or above this share of the planned figure a lag is a notice, below it a warning.
    #[schema(example = "0.80")]
    notice_from: String,
    /// Below this share it is critical.
    #[schema(example = "0.60")]
    warning_from: String,
    /// Above this share spending is far ahead.
    #[schema(example = "1.20")]
    ahead_above: String,
}

/// Thresholds of indicators.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndicatorRules {
    /// Units of a running count: only these targets are held against the share of the year that has passed.
    #[schema(example = json!(["次", "户", "件"]))]
    running_count_units: Vec<String>,
    /// At or above this share of a running count's target, ask whether the target was set too low.
    #[schema(example = "1.20")]
    over_fulfilled_from: String,
    /// Whether "…日前" includes the day itself.
    #[schema(example = true)]
    deadline_includes_day: bool,
    /// How grave each rule is; one that is not named is not applied.
    severities: Vec<RuleSeverity>,
}

/// How grave a rule about indicators is.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSeverity {
    /// The rule.
    rule: RuleWord,
    /// How grave it is.
    severity: SeverityWord,
}

/// A rule set on record, as it was given.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleVersion {
    /// Its version.
    #[schema(example = 1)]
    version: i32,
    /// Its name.
    #[schema(example = "默认规则（按支出计划节点）")]
    name: String,
    /// Where its thresholds come from.
    #[schema(example = "Milepost's own default")]
    source: String,
    /// The first day that it judges; null where it judges from the beginning.
    effective_on: Option<Day>,
    /// When it was recorded.
    recorded_at: Instant,
    /// Who recorded it.
    #[schema(example = "cli")]
    recorded_by: String,
    /// The document, TOML, as it was given.
    #[schema(example = "version = 1\nname = \"默认规则（按支出计划节点）\"\n")]
    document: String,
}

/// The sets on record.
#[must_use]
pub fn book(book: &RuleBook) -> Book {
    Book { in_force: values(&book.in_force), versions: book.sets.iter().map(version).collect() }
}

fn values(rules: &Rules) -> RuleValues {
    RuleValues {
        version: rules.version,
        name: rules.name.clone(),
        source: rules.source.clone(),
        spending: SpendingRules {
            tolerance_share: rules.tolerance.share.to_string(),
            tolerance_yuan: Yuan(rules.tolerance.least),
            notice_from: rules.notice_from.to_string(),
            warning_from: rules.warning_from.to_string(),
            ahead_above: rules.ahead_above.to_string(),
        },
        indicators: IndicatorRules {
            running_count_units: rules.running_count_units.clone(),
            over_fulfilled_from: rules.over_fulfilled_from.to_string(),
            deadline_includes_day: rules.deadline_includes_day,
            severities: rules
                .indicator_severity
                .iter()
                .map(|(rule, severity)| RuleSeverity {
                    rule: RuleWord(rule.name()),
                    severity: SeverityWord(severity.name()),
                })
                .collect(),
        },
    }
}

fn version(set: &RuleSet) -> RuleVersion {
    RuleVersion {
        version: set.version,
        name: set.name.clone(),
        source: set.source.clone(),
        effective_on: set.effective_on.map(Day),
        recorded_at: Instant(set.recorded_at),
        recorded_by: set.recorded_by.clone(),
        document: set.document.clone(),
    }
}
