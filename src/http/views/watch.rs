//! Checks, as JSON.

use super::{Day, Id, Instant};
use crate::actions::check_all_projects;
use crate::actions::watch::Run;
use crate::domain::access::Scope;
use serde::Serialize;
use utoipa::ToSchema;

/// A check of a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct Check {
    /// Ours; null for a dry run.
    id: Option<Id>,
    /// The fiscal year.
    #[schema(example = 2024)]
    fiscal_year: i32,
    /// The day judged.
    as_of: Day,
    /// What caused it: `api`, `cli`, `schedule` or `demo`.
    #[schema(example = "api")]
    cause: String,
    /// Who asked.
    #[schema(example = "reviewer-333001")]
    requested_by: String,
    /// The rule set's version.
    #[schema(example = 1)]
    rule_version: i32,
    /// When it began.
    started_at: Instant,
    /// When it ended; null while it is under way, or where it broke off.
    finished_at: Option<Instant>,
    /// Projects of the year.
    #[schema(example = 15)]
    projects: i64,
    /// Of them, those that had to be looked at: the others stand as they were judged last.
    #[schema(example = 15)]
    judged: i64,
    /// What happened to alerts.
    alerts: AlertCounts,
    /// Letters put into the outbox.
    #[schema(example = 3)]
    letters: i64,
    /// Projects that could not be judged.
    #[schema(example = 0)]
    failed: usize,
    /// Which, and why; null for a token that does not see everything.
    #[schema(example = json!([]))]
    failures: Option<Vec<String>>,
}

/// How many alerts a check changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertCounts {
    /// Raised.
    #[schema(example = 2)]
    raised: i64,
    /// Reopened.
    #[schema(example = 0)]
    reopened: i64,
    /// Graver than before.
    #[schema(example = 1)]
    worsened: i64,
    /// Less grave than before.
    #[schema(example = 0)]
    eased: i64,
    /// Over.
    #[schema(example = 1)]
    resolved: i64,
    /// Their place was taken by a later point's.
    #[schema(example = 0)]
    superseded: i64,
}

/// A check just made, or tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    #[serde(flatten)]
    check: Check,
    /// Whether it was only tried.
    #[schema(example = false)]
    dry_run: bool,
    /// Matters that nobody was told, because nobody is recorded.
    #[schema(example = 0)]
    without_recipient: i64,
}

/// A check. Which projects failed is told to those who see everything; others see how many.
#[must_use]
pub fn run(run: &Run, scope: &Scope) -> Check {
    let counts = run.counts;
    Check {
        id: Some(Id(run.id)),
        fiscal_year: run.year.number(),
        as_of: Day(run.as_of),
        cause: run.cause.clone(),
        requested_by: run.requested_by.clone(),
        rule_version: run.rule_version,
        started_at: Instant(run.started_at),
        finished_at: run.finished_at.map(Instant),
        projects: counts.projects,
        judged: counts.judged,
        alerts: AlertCounts {
            raised: counts.raised,
            reopened: counts.reopened,
            worsened: counts.worsened,
            eased: counts.eased,
            resolved: counts.resolved,
            superseded: counts.superseded,
        },
        letters: counts.letters,
        failed: run.failures.len(),
        failures: (*scope == Scope::Everything).then(|| run.failures.clone()),
    }
}

/// A check just made, or tried.
#[must_use]
pub fn checked(checked: &check_all_projects::Checked, dry_run: bool, scope: &Scope) -> Checked {
    let mut check = run(&checked.run, scope);
    check.id = check.id.filter(|_| !dry_run);
    Checked { check, dry_run, without_recipient: checked.without_recipient }
}
