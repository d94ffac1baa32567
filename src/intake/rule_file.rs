//! The rule file: TOML into a rule set, validated as a whole, every fault reported together with its key.

use crate::domain::money::Fen;
use crate::domain::rule::{Rule, Rules, Severity, Tolerance};
use crate::intake::rule_kinds::{self, Balance, CurveStep, Figures, Materiality, PointComing, Time};
use crate::intake::rule_policy::{self, Reminders, Step, Telling};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::str::FromStr;

/// The rule set that comes with Milepost.
pub const DEFAULT_RULES: &str = include_str!("../../config/rules.toml");

/// A rule file that cannot be used, with every fault in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rule file cannot be used:\n  {}", .0.join("\n  "))]
pub struct RuleFileError(pub Vec<String>);

impl RuleFileError {
    /// Each fault as its key and what is wrong there; `document` where the text as a whole cannot be read.
    pub fn by_key(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|fault| fault.split_once(": ").unwrap_or(("document", fault)))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: i32,
    name: String,
    source: String,
    effective_on: Option<String>,
    spending: Spending,
    indicators: Indicators,
    materiality: Option<Materiality>,
    #[serde(default)]
    balance: Balance,
    #[serde(default)]
    figures: Figures,
    plan_point: Option<PointComing>,
    #[serde(default)]
    telling: Telling,
    #[serde(default)]
    reminders: Reminders,
    #[serde(default)]
    escalation: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spending {
    tolerance_share: String,
    tolerance_yuan: String,
    notice_from: String,
    warning_from: String,
    ahead_above: String,
    by_plan_point: Option<bool>,
    over_budget: Option<String>,
    far_ahead: Option<String>,
    time: Option<Time>,
    #[serde(default)]
    curve: Vec<CurveStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Indicators {
    running_count_units: Vec<String>,
    over_fulfilled_from: String,
    deadline_includes_day: bool,
    behind: Option<String>,
    breached: Option<String>,
    overdue: Option<String>,
    recurring_missed: Option<String>,
}

/// Reads a rule set. Shares are decimal strings such as `"0.80"`, amounts are yuan.
pub fn read_rules(text: &str) -> Result<Rules, RuleFileError> {
    let file: File = toml::from_str(text).map_err(|error| RuleFileError(vec![format!("document: {error}")]))?;
    let mut faults = Faults(Vec::new());
    let rules = read(file, &mut faults);
    if faults.0.is_empty() { Ok(rules) } else { Err(RuleFileError(faults.0)) }
}

fn read(file: File, faults: &mut Faults) -> Rules {
    let spending = &file.spending;
    let share = faults.share("spending.tolerance_share", &spending.tolerance_share, "1");
    let least = faults.yuan("spending.tolerance_yuan", &spending.tolerance_yuan);
    let notice_from = faults.share("spending.notice_from", &spending.notice_from, "1");
    let warning_from = faults.share("spending.warning_from", &spending.warning_from, "1");
    let ahead_above = faults.share("spending.ahead_above", &spending.ahead_above, "100");
    let over_fulfilled_from =
        faults.share("indicators.over_fulfilled_from", &file.indicators.over_fulfilled_from, "100");
    let indicator_severity = faults.severities(&file.indicators);
    let effective_on = faults.day("effective_on", file.effective_on.as_deref());
    let over_budget = faults.severity("spending.over_budget", spending.over_budget.as_deref(), Severity::Critical);
    let far_ahead = faults.severity("spending.far_ahead", spending.far_ahead.as_deref(), Severity::Notice);
    let policy = rule_policy::read(&file.telling, &file.reminders, &file.escalation, &mut faults.0);
    if file.version < 1 {
        faults.add("version", "a number from 1");
    }
    if warning_from >= notice_from {
        faults.add("spending.warning_from", "must lie below spending.notice_from");
    }
    if ahead_above < Decimal::ONE {
        faults.add("spending.ahead_above", "must not lie below 1");
    }
    Rules {
        tolerance: Tolerance { share, least },
        notice_from,
        warning_from,
        ahead_above,
        by_plan_point: spending.by_plan_point.unwrap_or(true),
        over_budget,
        far_ahead,
        materiality: rule_kinds::materiality(file.materiality.as_ref(), faults),
        time: rule_kinds::time(spending.time.as_ref(), faults),
        curve: rule_kinds::curve(&spending.curve, faults),
        work_gap: rule_kinds::work_gap(&file.balance, faults),
        stale: rule_kinds::stale(&file.figures, faults),
        missing: rule_kinds::missing(&file.figures, faults),
        coming: rule_kinds::coming(file.plan_point.as_ref(), faults),
        version: file.version,
        name: file.name,
        source: file.source,
        effective_on,
        over_fulfilled_from,
        deadline_includes_day: file.indicators.deadline_includes_day,
        running_count_units: file.indicators.running_count_units,
        indicator_severity,
        policy,
    }
}

/// What is wrong with a document so far.
pub(super) struct Faults(Vec<String>);

impl Faults {
    pub(super) fn add(&mut self, key: &str, fault: &str) {
        self.0.push(format!("{key}: {fault}"));
    }

    pub(super) fn share(&mut self, key: &str, text: &str, most: &str) -> Decimal {
        let most = Decimal::from_str(most).unwrap_or(Decimal::ONE);
        match Decimal::from_str(text) {
            Ok(share) if share >= Decimal::ZERO && share <= most => share,
            _ => {
                self.add(key, &format!("{text:?} is not a share from 0 to {most}, such as \"0.80\""));
                Decimal::ZERO
            }
        }
    }

    fn day(&mut self, key: &str, text: Option<&str>) -> Option<NaiveDate> {
        let day = NaiveDate::parse_from_str(text?, "%Y-%m-%d").ok();
        if day.is_none() {
            self.add(key, "write the day as \"2024-07-01\"");
        }
        day
    }

    pub(super) fn yuan(&mut self, key: &str, text: &str) -> Fen {
        Fen::parse_yuan(text).unwrap_or_else(|error| {
            self.add(key, &error.to_string());
            Fen::ZERO
        })
    }

    /// A severity; the usual one where the key is left out.
    pub(super) fn severity(&mut self, key: &str, text: Option<&str>, usual: Severity) -> Severity {
        let Some(text) = text else { return usual };
        Severity::from_name(text).unwrap_or_else(|| {
            self.add(key, &format!("{text:?} is not one of notice, warning, critical"));
            usual
        })
    }

    fn severities(&mut self, indicators: &Indicators) -> Vec<(Rule, Severity)> {
        let mut severities = Vec::new();
        for (key, rule, text) in [
            ("indicators.behind", Rule::IndicatorBehind, &indicators.behind),
            ("indicators.breached", Rule::IndicatorBreached, &indicators.breached),
            ("indicators.overdue", Rule::IndicatorOverdue, &indicators.overdue),
            ("indicators.recurring_missed", Rule::RecurringMissed, &indicators.recurring_missed),
        ] {
            let Some(text) = text else { continue };
            severities.push((rule, self.severity(key, Some(text), Severity::Notice)));
        }
        severities
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_rules_are_those_of_the_domain() {
        let rules = read_rules(DEFAULT_RULES).unwrap();
        assert_eq!(rules.version, 2);
        assert_eq!(rules.notice_from.to_string(), "0.80");
        assert_eq!(rules.tolerance.of(Fen::new(22_700_000)).normalize().to_string(), "227000");
        assert_eq!(rules.tolerance.of(Fen::new(310_000)).to_string(), "10000");
    }

    #[test]
    fn every_fault_is_named_with_its_key() {
        let text = DEFAULT_RULES
            .replace("notice_from = \"0.80\"", "notice_from = \"80\"")
            .replace("behind = \"notice\"", "behind = \"red\"")
            .replace("stale_after_days = 60", "stale_after_days = 0");
        let RuleFileError(faults) = read_rules(&text).unwrap_err();
        assert_eq!(faults.len(), 4, "{faults:?}");
        assert!(faults[0].starts_with("spending.notice_from:"), "{faults:?}");
        assert!(faults[1].starts_with("indicators.behind:"), "{faults:?}");
        assert!(read_rules(&DEFAULT_RULES.replace("version = 2", "version = 2\nnew = 2")).is_err());
    }
}
