//! The postman: claims letters under a lease, sends them outside any transaction, settles each. At least once,
//! never silently lost.

use crate::actions::Error;
use crate::actions::deliver::{Claimed, Outcome, claim, settle};
use crate::clock::Clock;
use crate::mail::{Mailer, SendFailure};
use crate::storage::Db;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Letters held at once.
const BATCH: i64 = 20;
/// Seconds that a batch may take beside what the carrier itself takes.
const LEASE_MARGIN_SECONDS: i64 = 120;
/// Times that the outcome of an attempt is written down before the lease must lapse.
const SETTLE_ATTEMPTS: u32 = 5;
/// Seconds between two attempts at most.
const MAX_BACKOFF_SECONDS: i64 = 6 * 3_600;
/// Seconds that a channel rests after it said that somebody must mend it.
const PAUSE_SECONDS: i64 = 300;
/// Milliseconds between two looks into the outbox.
const LOOK_EVERY_MS: u64 = 500;

/// How letters are sent.
pub struct Post {
    /// The outbox.
    pub db: Db,
    /// The carrier.
    pub mailer: Mailer,
    /// The one clock.
    pub clock: Clock,
    /// Seconds after a first failure until the next attempt; doubled each time.
    pub retry_first_seconds: u32,
    /// Seconds that the carrier may take for one letter.
    pub slowest_seconds: u32,
}

/// What one round came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Letters accepted.
    pub sent: usize,
    /// Letters that will be tried again.
    pub waiting: usize,
    /// Letters given up.
    pub dead: usize,
}

impl Post {
    /// Sends what is due, batch by batch, until nothing is due or `stop` is set; finishes the letter in hand.
    pub fn deliver_due(&self, stop: &AtomicBool) -> Result<Round, Error> {
        let mut round = Round::default();
        // While it is held, a service that starts beside us lets our leases alone.
        let _sending = self.db.hold_post()?;
        let lease_seconds = BATCH * i64::from(self.slowest_seconds) + LEASE_MARGIN_SECONDS;
        while !stop.load(Ordering::Relaxed) {
            let now = self.clock.now();
            let until = later(now, lease_seconds);
            let batch = self.db.write(move |conn| claim(conn, now, until, BATCH)).wait()?;
            if batch.is_empty() {
                break;
            }
            if !self.deliver(batch, &mut round, stop) {
                break;
            }
        }
        Ok(round)
    }

    /// Sends one batch; false where the channel must be mended first.
    fn deliver(&self, batch: Vec<Claimed>, round: &mut Round, stop: &AtomicBool) -> bool {
        let mut paused: Option<String> = None;
        for claimed in batch {
            let (outcome, words) = match &paused {
                Some(words) => (Outcome::Postponed(later(self.clock.now(), PAUSE_SECONDS)), words.clone()),
                None if stop.load(Ordering::Relaxed) => (Outcome::Postponed(self.clock.now()), String::new()),
                None => self.attempt(&claimed, &mut paused),
            };
            match outcome {
                Outcome::Sent => round.sent += 1,
                Outcome::Retry(_) | Outcome::Postponed(_) => round.waiting += 1,
                Outcome::Dead => round.dead += 1,
            }
            self.settle(&claimed, &outcome, &words);
        }
        paused.is_none()
    }

    /// Writes down what became of an attempt; a database that is busy for a while is no reason to forget it.
    fn settle(&self, claimed: &Claimed, outcome: &Outcome, words: &str) {
        let id = claimed.letter.id;
        for attempt in 1..=SETTLE_ATTEMPTS {
            let (claimed, outcome, words, now) = (claimed.clone(), outcome.clone(), words.to_owned(), self.clock.now());
            match self.db.write(move |conn| settle(conn, &claimed, &outcome, &words, now)).wait() {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(letter = %id, "another postman took this letter over while it was under way");
                    return;
                }
                Err(error) => {
                    tracing::warn!(letter = %id, %error, attempt, "what became of a letter cannot be written down now");
                    std::thread::sleep(Duration::from_secs(u64::from(attempt)));
                }
            }
        }
        tracing::error!(letter = %id, ?outcome, "a letter's outcome is lost; it is sent again when its lease lapses");
    }

    fn attempt(&self, claimed: &Claimed, paused: &mut Option<String>) -> (Outcome, String) {
        let id = claimed.letter.id;
        match self.mailer.send(&claimed.letter) {
            Ok(accepted) => {
                tracing::info!(letter = %id, "letter sent");
                (Outcome::Sent, accepted.words)
            }
            Err(SendFailure::Retry { words }) if claimed.attempts_left > 0 => {
                tracing::warn!(letter = %id, words, "letter will be tried again");
                (Outcome::Retry(later(self.clock.now(), self.backoff(claimed.attempts_lately))), words)
            }
            Err(SendFailure::Retry { words } | SendFailure::Dead { words }) => {
                tracing::error!(letter = %id, words, "letter given up");
                (Outcome::Dead, words)
            }
            Err(SendFailure::Pause { words }) => {
                tracing::error!(words, "the mail channel must be mended; letters wait");
                *paused = Some(words.clone());
                (Outcome::Postponed(later(self.clock.now(), PAUSE_SECONDS)), words)
            }
        }
    }

    fn backoff(&self, attempts: i32) -> i64 {
        let doublings = u32::try_from(attempts).unwrap_or(0).min(20);
        (i64::from(self.retry_first_seconds) << doublings).min(MAX_BACKOFF_SECONDS)
    }
}

fn later(now: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    now.checked_add_signed(TimeDelta::seconds(seconds)).unwrap_or(now)
}

/// A postman on a thread of its own.
pub struct Postman {
    stop: Arc<Stop>,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Stop {
    asked: AtomicBool,
    gate: Mutex<()>,
    bell: Condvar,
}

impl Postman {
    /// Starts looking into the outbox; `quiet` says whether nothing may be sent at an instant.
    pub fn start(post: Post, quiet: impl Fn(DateTime<Utc>) -> bool + Send + 'static) -> std::io::Result<Postman> {
        let stop = Arc::new(Stop::default());
        let watched = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("postman".to_owned()).spawn(move || {
            while !watched.asked.load(Ordering::Relaxed) {
                if !quiet(post.clock.now())
                    && let Err(error) = post.deliver_due(&watched.asked)
                {
                    tracing::warn!(%error, "the outbox cannot be read now");
                }
                let gate = watched.gate.lock().unwrap_or_else(PoisonError::into_inner);
                let rest = Duration::from_millis(LOOK_EVERY_MS);
                drop(watched.bell.wait_timeout_while(gate, rest, |()| !watched.asked.load(Ordering::Relaxed)));
            }
        })?;
        Ok(Postman { stop, thread: Some(thread) })
    }

    /// Lets the letter in hand be finished, and ends.
    pub fn stop(mut self) {
        self.stop.asked.store(true, Ordering::Relaxed);
        self.stop.bell.notify_all();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
