//! Whether those who act by themselves still do. The scheduler writes it down, `/readyz` and `/metrics` read it. It counts
//! by the monotonic clock, so that a clock that is set, or stands still for a test, makes nobody look dead.

use chrono::{DateTime, Utc};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long the bell may go unanswered.
const PATIENCE: Duration = Duration::from_mins(5);
/// How long one answer may take: a check of a great many projects takes minutes, one that hangs never ends.
const LONGEST_ANSWER: Duration = Duration::from_hours(1);

/// The scheduler's sign of life.
#[derive(Debug)]
pub struct Heartbeat(Mutex<Beat>);

/// What is known of the bell and who answers it.
#[derive(Clone, Copy, Debug)]
struct Beat {
    /// When the last answer ended, or the service started.
    rested: Instant,
    /// Since when an answer is under way.
    busy_since: Option<Instant>,
    last_ring_at: Option<DateTime<Utc>>,
    next_due_at: Option<DateTime<Utc>>,
}

/// The bell as others see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// Whether the bell is being answered.
    pub is_alive: bool,
    /// When it was answered last, by the service's clock.
    pub last_ring_at: Option<DateTime<Utc>>,
    /// When something is due next.
    pub next_due_at: Option<DateTime<Utc>>,
}

impl Default for Heartbeat {
    fn default() -> Self {
        let beat = Beat { rested: Instant::now(), busy_since: None, last_ring_at: None, next_due_at: None };
        Heartbeat(Mutex::new(beat))
    }
}

impl Heartbeat {
    /// Says that a ring is being answered.
    pub fn begin(&self) {
        self.beat().busy_since = Some(Instant::now());
    }

    /// Says that a ring has been answered, at an instant of the service's clock, and when something is due next.
    pub fn rest(&self, at: DateTime<Utc>, next_due_at: Option<DateTime<Utc>>) {
        *self.beat() = Beat { rested: Instant::now(), busy_since: None, last_ring_at: Some(at), next_due_at };
    }

    /// The bell as it stands.
    pub fn pulse(&self) -> Pulse {
        let beat = *self.beat();
        Pulse {
            is_alive: beat.is_alive_at(Instant::now()),
            last_ring_at: beat.last_ring_at,
            next_due_at: beat.next_due_at,
        }
    }

    fn beat(&self) -> MutexGuard<'_, Beat> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Beat {
    fn is_alive_at(&self, now: Instant) -> bool {
        match self.busy_since {
            Some(since) => now.saturating_duration_since(since) <= LONGEST_ANSWER,
            None => now.saturating_duration_since(self.rested) <= PATIENCE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_that_nobody_answers_for_five_minutes_is_dead() {
        let heartbeat = Heartbeat::default();
        assert!(heartbeat.pulse().is_alive, "a service that has just started waits for its first ring");
        let at = "2024-07-01T00:30:00Z".parse().unwrap();
        heartbeat.rest(at, None);
        let rested = heartbeat.beat().rested;
        let alive_after = |time| heartbeat.beat().is_alive_at(rested + time);
        assert!(alive_after(PATIENCE) && !alive_after(PATIENCE + Duration::from_secs(1)));
        assert_eq!(heartbeat.pulse().last_ring_at, Some(at));
    }

    #[test]
    fn a_long_answer_is_alive_and_one_that_hangs_is_not() {
        let heartbeat = Heartbeat::default();
        heartbeat.begin();
        let since = heartbeat.beat().busy_since.unwrap();
        let alive_after = |time| heartbeat.beat().is_alive_at(since + time);
        assert!(alive_after(LONGEST_ANSWER) && !alive_after(LONGEST_ANSWER + Duration::from_secs(1)));
    }
}
