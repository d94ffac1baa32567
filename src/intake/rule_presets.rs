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
