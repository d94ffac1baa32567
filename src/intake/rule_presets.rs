//! The rule sets that come with Milepost, to be chosen or to begin one's own from. Each says in its text where its
//! thresholds come from, and what of its source it does not model.

use crate::intake::rule_file::DEFAULT_RULES;

/// The first default set as it was: only the plan's points and the indicators judge.
pub const PLAN_POINTS_ONLY: &str = include_str!("../../config/presets/plan-points-only.toml");

/// A rule set that comes with Milepost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its document, TOML.
    pub document: &'static str,
}

/// Every preset, the default first.
pub const PRESETS: [Preset; 5] = [
    Preset { name: "default", document: DEFAULT_RULES },
    Preset { name: "plan-points-only", document: PLAN_POINTS_ONLY },
    Preset { name: "time-progress", document: include_str!("../../config/presets/time-progress.toml") },
    Preset { name: "sichuan-2025", document: include_str!("../../config/presets/sichuan-2025.toml") },
    Preset { name: "hefei", document: include_str!("../../config/presets/hefei.toml") },
];

/// The preset of that name.
#[must_use]
pub fn preset(name: &str) -> Option<Preset> {
    PRESETS.into_iter().find(|preset| preset.name == name)
}

/// Whether a document is a default set of this Milepost or of an earlier one, word for word: nobody chose it by hand.
#[must_use]
pub fn is_bundled(document: &str) -> bool {
    [DEFAULT_RULES, PLAN_POINTS_ONLY].contains(&document)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::Policy;
    use crate::intake::rule_file::read_rules;

    #[test]
    fn every_preset_reads_and_says_its_source() {
        for Preset { name, document } in PRESETS {
            let rules = read_rules(document).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!rules.name.is_empty() && rules.source.len() > 40, "{name}");
            assert_eq!(preset(name).unwrap().document, document);
        }
        assert_eq!(preset("none"), None);
    }

    #[test]
    fn the_first_default_set_reads_as_before_there_were_more_kinds() {
        let old = read_rules(PLAN_POINTS_ONLY).unwrap();
        assert_eq!((old.version, old.by_plan_point, old.policy), (1, true, Policy::of_old()));
        assert_eq!((old.over_budget.name(), old.far_ahead.name()), ("critical", "notice"));
        assert_eq!((old.time, old.curve, old.work_gap, old.materiality), (None, Vec::new(), None, None));
        assert_eq!((old.stale, old.missing, old.coming), (None, None, None));
    }
}
