//! The postman: claims letters under a lease, looks at the lease before each, sends outside any transaction, settles
//! each. At least once, never silently lost; doubled only the one in hand.

use crate::actions::Error;
use crate::actions::deliver::{Claimed, Outcome, UnreadableLetter, claim, release, renew, set_aside_strange, settle};
pub use crate::actions::post_state::{PostSeen, PostState};
use crate::clock::Clock;
use crate::mail::{Accepted, Mailer, SendFailure};
use crate::storage::Db;
use chrono::{DateTime, TimeDelta, Utc};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// Letters of each waiting state that are taken at once.
const BATCH: i64 = 10;
/// Seconds of a lease beside what the carrier may take for one letter: for writing down what became of it, and for
/// clocks of two machines that differ.
const LEASE_MARGIN_SECONDS: i64 = 15;
/// Times that the outcome of an attempt is written down before the lease must lapse.
const SETTLE_ATTEMPTS: u32 = 5;
/// Seconds between two attempts at most.
const MAX_BACKOFF_SECONDS: i64 = 6 * 3_600;
/// How long a channel rests after it said that somebody must mend it.
const PAUSE: Duration = Duration::from_mins(5);
/// Milliseconds between two looks into the outbox.
const LOOK_EVERY_MS: u64 = 500;
/// Looks between two searches for letters in a state that is none: ten minutes.
const STRANGE_EVERY_LOOKS: u32 = 1_200;

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
    /// How the postman is, for those who ask.
    pub state: Arc<PostState>,
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
    /// Sends what is due, batch by batch, until nothing is due, a quiet hour begins, the channel must be mended or `stop`
    /// is set; finishes the letter in hand.
    pub fn deliver_due(&self, is_quiet: &impl Fn(DateTime<Utc>) -> bool, stop: &AtomicBool) -> Result<Round, Error> {
        let mut round = Round::default();
        // While it is held, a service that starts beside us lets our leases alone.
        let _sending = self.db.hold_post()?;
        while !stop.load(Ordering::Relaxed) {
            let now = self.clock.now();
            let until = later(now, self.lease_seconds());
            if is_quiet(now) {
                break;
            }
            if self.state.rests() {
                // The outbox is left alone, yet somebody is there who would look.
                self.state.looked(now);
                break;
            }
            let taken = self.db.write(move |conn| claim(conn, now, until, BATCH)).wait()?;
            self.state.looked(now);
            round.dead += taken.unreadable.len();
            self.report(&taken.unreadable);
            if taken.letters.is_empty() && taken.unreadable.is_empty() && taken.lost == 0 {
                break;
            }
            self.deliver(&taken.letters, &mut round, stop);
        }
        Ok(round)
    }

    /// Sets letters aside whose state is none that we know.
    pub fn set_aside_strange(&self) -> Result<Round, Error> {
        let found = self.db.write(set_aside_strange).wait()?;
        self.report(&found);
        Ok(Round { dead: found.len(), ..Round::default() })
    }

    fn report(&self, unreadable: &[UnreadableLetter]) {
        for letter in unreadable {
            self.state.set_aside();
            tracing::error!(letter = letter.id, words = letter.words, "a letter is set aside; the others go");
        }
    }

    fn lease_seconds(&self) -> i64 {
        i64::from(self.slowest_seconds) + LEASE_MARGIN_SECONDS
    }

    /// Sends one batch; what is left of it when the channel rests or `stop` is set goes back as it was.
    fn deliver(&self, batch: &[Claimed], round: &mut Round, stop: &AtomicBool) {
        let mut untried: Vec<(Uuid, i64)> = Vec::new();
        // The first has just been claimed; of each later one it is asked as the one before it is settled.
        let mut is_ours = Some(true);
        for (claimed, next) in batch.iter().zip(batch.iter().skip(1).map(Some).chain([None])) {
            if stop.load(Ordering::Relaxed) || self.state.rests() {
                untried.push((claimed.letter.id, claimed.token));
                continue;
            }
            if !is_ours.take().unwrap_or_else(|| self.is_still_ours(claimed)) {
                tracing::info!(letter = %claimed.letter.id, "this letter was taken over or taken back");
                continue;
            }
            let (outcome, words) = self.attempt(claimed);
            match outcome {
                Outcome::Sent => round.sent += 1,
                Outcome::Retry(_) | Outcome::Postponed => round.waiting += 1,
                Outcome::Dead => round.dead += 1,
            }
            is_ours = self.settle(claimed, &outcome, &words, next);
        }
        round.waiting += untried.len();
        if !untried.is_empty()
            && let Err(error) = self.db.write(move |conn| release(conn, &untried)).wait()
        {
            tracing::warn!(%error, "letters that were not tried go when their lease lapses");
        }
    }

    /// Whether the letter may be sent: its lease is lengthened, unless another took it over while we were held up.
    fn is_still_ours(&self, claimed: &Claimed) -> bool {
        let now = self.clock.now();
        let (until, held) = (later(now, self.lease_seconds()), claimed.clone());
        self.state.looked(now);
        self.db.write(move |conn| renew(conn, &held, until)).wait().unwrap_or_else(|error| {
            tracing::warn!(letter = %claimed.letter.id, %error, "a lease cannot be renewed now");
            false
        })
    }

    /// Writes down what became of an attempt, and in the same breath renews the lease of the letter that is next: gives
    /// whether that one is still ours, if it is known. A database that is busy for a while is no reason to forget.
    fn settle(&self, claimed: &Claimed, outcome: &Outcome, words: &str, next: Option<&Claimed>) -> Option<bool> {
        let id = claimed.letter.id;
        for attempt in 1..=SETTLE_ATTEMPTS {
            let now = self.clock.now();
            let until = later(now, self.lease_seconds());
            let (claimed, outcome, words, next) = (claimed.clone(), outcome.clone(), words.to_owned(), next.cloned());
            let written = self.db.write(move |conn| {
                let counts = settle(conn, &claimed, &outcome, &words, now)?;
                let is_next_ours = next.map(|next| renew(conn, &next, until)).transpose()?;
                Ok::<_, Error>((counts, is_next_ours))
            });
            self.state.looked(now);
            match written.wait() {
                Ok((counts, is_next_ours)) => {
                    if !counts {
                        tracing::warn!(letter = %id, "another postman took this letter over while it was under way");
                    }
                    return is_next_ours;
                }
                Err(error) => {
                    tracing::warn!(letter = %id, %error, attempt, "what became of a letter cannot be written down now");
                    std::thread::sleep(Duration::from_secs(u64::from(attempt)));
                }
            }
        }
        tracing::error!(letter = %id, ?outcome, "a letter's outcome is lost; it is sent again when its lease lapses");
        None
    }

    fn attempt(&self, claimed: &Claimed) -> (Outcome, String) {
        let id = claimed.letter.id;
        match self.send(claimed) {
            Ok(accepted) => {
                tracing::info!(letter = %id, "letter sent");
                self.state.resume();
                (Outcome::Sent, accepted.words)
            }
            Err(SendFailure::Retry { words }) if claimed.attempts_left > 0 => {
                tracing::warn!(letter = %id, words, "letter will be tried again");
                (Outcome::Retry(later(self.clock.now(), self.backoff(claimed.attempts_lately))), words)
            }
            Err(SendFailure::Retry { words }) => {
                tracing::error!(letter = %id, words, "letter given up");
                (Outcome::Dead, words)
            }
            Err(SendFailure::Dead { words }) => {
                tracing::error!(letter = %id, words, "letter given up");
                self.state.resume();
                (Outcome::Dead, words)
            }
            Err(SendFailure::Pause { words }) => {
                tracing::error!(words, "the mail channel must be mended; letters wait");
                self.state.pause(&words, PAUSE);
                (Outcome::Postponed, words)
            }
        }
    }

    /// Hands the letter over. One at which the program itself breaks off is tried again and at last given up, like any
    /// other that fails; the postman goes on.
    fn send(&self, claimed: &Claimed) -> Result<Accepted, SendFailure> {
        catch_unwind(AssertUnwindSafe(|| self.mailer.send(&claimed.letter))).unwrap_or_else(|_| {
            Err(SendFailure::Retry { words: "the program broke off over this letter; its log says where".to_owned() })
        })
    }

    /// One look into the outbox; now and then also for what no look would find.
    fn look(&self, looks: u32, quiet: &impl Fn(DateTime<Utc>) -> bool, stop: &AtomicBool) -> Result<(), Error> {
        let now = self.clock.now();
        if quiet(now) {
            self.state.looked(now);
            return Ok(());
        }
        if looks.is_multiple_of(STRANGE_EVERY_LOOKS) {
            self.set_aside_strange()?;
        }
        self.deliver_due(quiet, stop).map(drop)
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
            let mut looks = 0_u32;
            while !watched.asked.load(Ordering::Relaxed) {
                // Whatever breaks off in here, the next look comes.
                let looked = catch_unwind(AssertUnwindSafe(|| post.look(looks, &quiet, &watched.asked)));
                match looked {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::warn!(%error, "the outbox cannot be read now"),
                    Err(_) => tracing::error!("a look into the outbox broke off; the next one follows"),
                }
                looks = looks.wrapping_add(1);
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
