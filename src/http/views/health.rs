//! Is it alive, as JSON.

use super::Instant;
use crate::actions::gauges;
use crate::actions::post_state::PostSeen;
use crate::heartbeat::Pulse;
use serde::Serialize;
use utoipa::ToSchema;

/// The process answers.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Alive {
    /// Always `ok`.
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// The service can answer, its database included, and acts by itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Ready {
    /// Always `ready`.
    #[schema(example = "ready")]
    pub status: &'static str,
    /// The version of the service.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// Who does what is due.
    pub scheduler: SchedulerState,
    /// Who sends letters.
    pub postman: PostmanState,
    /// What somebody has to see to, though it serves: years whose working days are not known, a mail channel
    /// at rest.
    #[schema(example = json!([]))]
    pub warnings: Vec<String>,
}

/// Who does what is due.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SchedulerState {
    /// When it looked last at what is due; null until its first look.
    last_ring_at: Option<Instant>,
    /// The run that was done last, by whichever service on the database; null before the first one.
    last_run: Option<ScheduledRun>,
    /// When something is due next; null where nothing is scheduled.
    next_due_at: Option<Instant>,
}

/// Who sends letters.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PostmanState {
    /// When he looked last into the outbox, or took up a letter; null until his first look.
    last_look_at: Option<Instant>,
    /// What must be mended before letters go again, in the mail server's words; null where nothing is known to be wrong.
    #[schema(example = "535 5.7.8 authentication failed")]
    paused: Option<String>,
}

/// The postman, as he was seen last.
#[must_use]
pub fn postman_state(seen: PostSeen) -> PostmanState {
    PostmanState { last_look_at: seen.last_look_at.map(Instant), paused: seen.paused }
}

/// A scheduled run that was done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScheduledRun {
    /// The job: `daily_check`, `digest` or `monthly_digest`.
    #[schema(example = "daily_check")]
    job: String,
    /// When it was due.
    due_at: Instant,
    /// When it was done.
    finished_at: Instant,
}

/// The scheduler, from its sign of life and the last run of each job.
#[must_use]
pub fn scheduler_state(pulse: Pulse, runs: Vec<gauges::LastRun>) -> SchedulerState {
    let last = runs.into_iter().max_by_key(|run| run.finished_at);
    SchedulerState {
        last_ring_at: pulse.last_ring_at.map(Instant),
        last_run: last.map(|run| ScheduledRun {
            job: run.job,
            due_at: Instant(run.due_at),
            finished_at: Instant(run.finished_at),
        }),
        next_due_at: pulse.next_due_at.map(Instant),
    }
}
