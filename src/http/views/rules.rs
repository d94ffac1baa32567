//! Rule sets, as JSON.

use super::{ContactRoleWord, Day, Instant, RuleWord, SeverityWord, Yuan};
use crate::actions::rule_book::{RuleBook, RuleSet};
use crate::domain::contact::ContactRole;
use crate::domain::policy::Policy;
use crate::domain::rule::{CurveStep, Patience, Rules, TimeSteps};
use serde::Serialize;
use utoipa::ToSchema;

/// The rules by which is judged, and the sets on record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Book {
    /// The set that judges today.
    in_force: RuleValues,
    /// The sets on record, oldest first; only the one that was asked for, or put.
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
    /// A planned figure or budget so small that verdicts about it are no graver than so much; null where nothing is.
    materiality: Option<MaterialityRule>,
    /// The gap between work and spending; null where it is not judged.
    work_gap: Option<GapRule>,
    /// From so many working days before a plan point on; null where points are not announced.
    plan_point_coming: Option<PatienceRule>,
    /// Nothing posted since so many days; null where that is not told.
    figures_stale: Option<PatienceRule>,
    /// A reading so many working days late; null where that is not told.
    figures_missing: Option<PatienceRule>,
    /// Who is told of an alert from the first.
    telling: TellingRules,
    /// How often an alert that stands is told again.
    reminders: ReminderRules,
    /// Steps upwards, in the order in which they are taken; empty where there are none.
    escalation: Vec<EscalationRule>,
}

/// Who is told of an alert from the first, by how grave it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct TellingRules {
    /// Of a notice.
    notice: Vec<ContactRoleWord>,
    /// Of a warning.
    warning: Vec<ContactRoleWord>,
    /// Of something critical.
    critical: Vec<ContactRoleWord>,
    /// Working days before a waiver's end on which that end is announced.
    #[schema(example = 5)]
    waiver_notice_working_days: u32,
}

/// After how many working days an alert that stands is told again; null for never.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names, reason = "the rule file's names")]
pub struct ReminderRules {
    /// A notice.
    #[schema(example = 20)]
    notice_every_working_days: Option<u32>,
    /// A warning.
    #[schema(example = 10)]
    warning_every_working_days: Option<u32>,
    /// Something critical.
    #[schema(example = 5)]
    critical_every_working_days: Option<u32>,
    /// Reminders of one alert at most, until it becomes graver or opens again.
    #[schema(example = 6)]
    at_most: u32,
}

/// One step upwards.
#[derive(Debug, Serialize, ToSchema)]
pub struct EscalationRule {
    /// Alerts at least so grave …
    from: SeverityWord,
    /// … that nobody has answered so many working days after they were opened …
    #[schema(example = 5)]
    after_working_days: u32,
    /// … are told to one more role.
    to: ContactRoleWord,
}

/// What is too small for grave words.
#[derive(Debug, Serialize, ToSchema)]
pub struct MaterialityRule {
    /// Below this figure …
    below_yuan: Yuan,
    /// … no verdict about spending is graver.
    at_most: SeverityWord,
}

/// How far work and spending may lie apart.
#[derive(Debug, Serialize, ToSchema)]
pub struct GapRule {
    /// Percentage points.
    #[schema(example = "10")]
    above_points: String,
    /// How grave more than that is.
    severity: SeverityWord,
}

/// How long is waited.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatienceRule {
    /// Days, or working days.
    #[schema(example = 10)]
    days: u32,
    /// How grave it is then.
    severity: SeverityWord,
}

/// The share of the year as a yardstick.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeRule {
    /// Below this share it is critical.
    #[schema(example = "0.60")]
    critical_below: String,
    /// Below this share it is a warning.
    #[schema(example = "0.80")]
    warning_below: String,
    /// At or above this share spending is far ahead; null where that is not told.
    #[schema(example = "1.20")]
    ahead_from: Option<String>,
}

/// One step of an absolute curve.
#[derive(Debug, Serialize, ToSchema)]
pub struct CurveRule {
    /// Month and day.
    #[schema(example = "06-30")]
    on: String,
    /// The share of the adjusted budget that is to be spent from that day on.
    #[schema(example = "0.40")]
    least: String,
    /// How grave less is.
    severity: SeverityWord,
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
    /// Whether the plan's points judge; where they do not, their standing is shown only.
    #[schema(example = true)]
    by_plan_point: bool,
    /// How grave it is to be over the budget.
    over_budget: SeverityWord,
    /// How grave it is to be far ahead.
    far_ahead: SeverityWord,
    /// The share of the year; null where it is no yardstick.
    time: Option<TimeRule>,
    /// An absolute curve; empty where there is none.
    curve: Vec<CurveRule>,
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
    /// Its values.
    values: RuleValues,
    /// The document, TOML, as it was given.
    #[schema(example = "version = 1\nname = \"默认规则（按支出计划节点）\"\n")]
    document: String,
}

/// The sets on record.
#[must_use]
pub fn book(book: &RuleBook) -> Book {
    Book {
        in_force: values(&book.in_force),
        versions: book.sets.iter().map(|(set, rules)| version(set, rules)).collect(),
    }
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
            by_plan_point: rules.by_plan_point,
            over_budget: SeverityWord(rules.over_budget.name()),
            far_ahead: SeverityWord(rules.far_ahead.name()),
            time: rules.time.map(time),
            curve: rules.curve.iter().map(curve_step).collect(),
        },
        materiality: rules.materiality.map(|small| MaterialityRule {
            below_yuan: Yuan(small.below),
            at_most: SeverityWord(small.at_most.name()),
        }),
        work_gap: rules.work_gap.map(|gap| GapRule {
            above_points: gap.above_points.to_string(),
            severity: SeverityWord(gap.severity.name()),
        }),
        plan_point_coming: rules.coming.map(patience),
        figures_stale: rules.stale.map(patience),
        figures_missing: rules.missing.map(patience),
        telling: telling(&rules.policy),
        reminders: reminders(&rules.policy),
        escalation: escalation(&rules.policy),
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

fn telling(policy: &Policy) -> TellingRules {
    let [notice, warning, critical] = &policy.told;
    let roles = |told: &[ContactRole]| told.iter().map(|role| ContactRoleWord(role.name())).collect();
    TellingRules {
        notice: roles(notice),
        warning: roles(warning),
        critical: roles(critical),
        waiver_notice_working_days: policy.waiver_notice,
    }
}

fn reminders(policy: &Policy) -> ReminderRules {
    let [notice, warning, critical] = policy.remind_every;
    ReminderRules {
        notice_every_working_days: notice,
        warning_every_working_days: warning,
        critical_every_working_days: critical,
        at_most: policy.reminders_at_most,
    }
}

fn escalation(policy: &Policy) -> Vec<EscalationRule> {
    let steps = policy.escalation.iter();
    steps
        .map(|step| EscalationRule {
            from: SeverityWord(step.from.name()),
            after_working_days: step.after_working_days,
            to: ContactRoleWord(step.to.name()),
        })
        .collect()
}

fn patience(patience: Patience) -> PatienceRule {
    PatienceRule { days: patience.days, severity: SeverityWord(patience.severity.name()) }
}

fn time(steps: TimeSteps) -> TimeRule {
    TimeRule {
        critical_below: steps.critical_below.to_string(),
        warning_below: steps.warning_below.to_string(),
        ahead_from: steps.ahead_from.map(|share| share.to_string()),
    }
}

fn curve_step(step: &CurveStep) -> CurveRule {
    let (month, day) = step.on;
    CurveRule {
        on: format!("{month:02}-{day:02}"),
        least: step.least.to_string(),
        severity: SeverityWord(step.severity.name()),
    }
}

fn version(set: &RuleSet, rules: &Rules) -> RuleVersion {
    RuleVersion {
        values: values(rules),
        version: set.version,
        name: set.name.clone(),
        source: set.source.clone(),
        effective_on: set.effective_on.map(Day),
        recorded_at: Instant(set.recorded_at),
        recorded_by: set.recorded_by.clone(),
        document: set.document.clone(),
    }
}
