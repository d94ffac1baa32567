//! The rule file: TOML into a rule set, validated as a whole, every fault reported together with its key.

use crate::domain::money::Fen;
use crate::domain::rule::{Rule, Rules, Severity, Tolerance};
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: i32,
    name: String,
    source: String,
    effective_on: Option<String>,
    spending: Spending,
    indicators: Indicators,
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
}

/// Reads a rule set. Shares are decimal strings such as `"0.80"`, amounts are yuan.
pub fn read_rules(text: &str) -> Result<Rules, RuleFileError> {
    let file: File = toml::from_str(text).map_err(|error| RuleFileError(vec![error.to_string()]))?;
    let mut faults = Faults(Vec::new());
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
    let policy = rule_policy::read(&file.telling, &file.reminders, &file.escalation, &mut faults.0);
    if file.version < 1 {
        faults.0.push("version: a number from 1".to_owned());
    }
    if warning_from >= notice_from {
        faults.0.push("spending.warning_from: must lie below spending.notice_from".to_owned());
    }
    if ahead_above < Decimal::ONE {
        faults.0.push("spending.ahead_above: must not lie below 1".to_owned());
    }
    if !faults.0.is_empty() {
        return Err(RuleFileError(faults.0));
    }
    Ok(Rules {
        version: file.version,
        name: file.name,
        source: file.source,
        effective_on,
        tolerance: Tolerance { share, least },
        notice_from,
        warning_from,
        ahead_above,
        over_fulfilled_from,
        deadline_includes_day: file.indicators.deadline_includes_day,
        running_count_units: file.indicators.running_count_units,
        indicator_severity,
        policy,
    })
}

struct Faults(Vec<String>);

impl Faults {
    fn share(&mut self, key: &str, text: &str, most: &str) -> Decimal {
        let most = Decimal::from_str(most).unwrap_or(Decimal::ONE);
        match Decimal::from_str(text) {
            Ok(share) if share >= Decimal::ZERO && share <= most => share,
            _ => {
                self.0.push(format!("{key}: {text:?} is not a share from 0 to {most}, such as \"0.80\""));
                Decimal::ZERO
            }
        }
    }

    fn day(&mut self, key: &str, text: Option<&str>) -> Option<NaiveDate> {
        let day = NaiveDate::parse_from_str(text?, "%Y-%m-%d").ok();
        if day.is_none() {
            self.0.push(format!("{key}: write the day as \"2024-07-01\""));
        }
        day
    }

    fn yuan(&mut self, key: &str, text: &str) -> Fen {
        Fen::parse_yuan(text).unwrap_or_else(|error| {
            self.0.push(format!("{key}: {error}"));
            Fen::ZERO
        })
    }

    fn severities(&mut self, indicators: &Indicators) -> Vec<(Rule, Severity)> {
        let mut severities = Vec::new();
        for (key, rule, text) in [
            ("indicators.behind", Rule::IndicatorBehind, &indicators.behind),
            ("indicators.breached", Rule::IndicatorBreached, &indicators.breached),
            ("indicators.overdue", Rule::IndicatorOverdue, &indicators.overdue),
        ] {
            let Some(text) = text else { continue };
            match Severity::from_name(text) {
                Some(severity) => severities.push((rule, severity)),
                None => self.0.push(format!("{key}: {text:?} is not one of notice, warning, critical")),
            }
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
        assert_eq!(rules.version, 1);
        assert_eq!(rules.notice_from.to_string(), "0.80");
        assert_eq!(rules.tolerance.of(Fen::new(22_700_000)).normalize().to_string(), "227000");
        assert_eq!(rules.tolerance.of(Fen::new(310_000)).to_string(), "10000");
    }

    #[test]
    fn every_fault_is_named_with_its_key() {
        let text = DEFAULT_RULES
            .replace("notice_from = \"0.80\"", "notice_from = \"80\"")
            .replace("behind = \"notice\"", "behind = \"red\"");
        let RuleFileError(faults) = read_rules(&text).unwrap_err();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[0].starts_with("spending.notice_from:"), "{faults:?}");
        assert!(faults[1].starts_with("indicators.behind:"), "{faults:?}");
        assert!(read_rules(&DEFAULT_RULES.replace("version = 1", "version = 1\nnew = 2")).is_err());
    }
}
