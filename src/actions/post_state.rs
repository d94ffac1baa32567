//! What the postman last saw, for whoever asks how he is: `/readyz`, the metrics and the command line.

use chrono::{DateTime, Utc};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How the postman of this process is; he writes it, everybody reads it.
#[derive(Debug, Default)]
pub struct PostState {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    looked: Option<(DateTime<Utc>, Instant)>,
    paused: Option<Pause>,
    unreadable: u64,
}

#[derive(Debug)]
struct Pause {
    words: String,
    /// Monotonic: a clock that is set must not lengthen it.
    until: Instant,
}

/// How the postman was at an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostSeen {
    /// When he last looked into the outbox or took up a letter, by the service's clock.
    pub last_look_at: Option<DateTime<Utc>>,
    /// How long ago that was, whatever the clock has done since.
    pub since_last_look: Option<Duration>,
    /// What must be mended before letters go again; none where the channel is sound for all that is known.
    pub paused: Option<String>,
    /// Letters that this process has set aside, for they cannot be read.
    pub unreadable: u64,
}

impl PostState {
    /// He looked into the outbox, or took up a letter.
    pub fn looked(&self, now: DateTime<Utc>) {
        self.locked().looked = Some((now, Instant::now()));
    }

    /// The channel must be mended; nothing is tried for so long.
    pub fn pause(&self, words: &str, rest: Duration) {
        self.locked().paused = Some(Pause { words: words.to_owned(), until: Instant::now() + rest });
    }

    /// The channel carries letters, or at least spoke of one.
    pub fn resume(&self) {
        self.locked().paused = None;
    }

    /// Whether the channel still rests.
    #[must_use]
    pub fn rests(&self) -> bool {
        self.locked().paused.as_ref().is_some_and(|pause| Instant::now() < pause.until)
    }

    /// A letter was set aside.
    pub fn set_aside(&self) {
        self.locked().unreadable += 1;
    }

    /// How he is now.
    #[must_use]
    pub fn seen(&self) -> PostSeen {
        let inner = self.locked();
        PostSeen {
            last_look_at: inner.looked.map(|(at, _)| at),
            since_last_look: inner.looked.map(|(_, instant)| instant.elapsed()),
            paused: inner.paused.as_ref().map(|pause| pause.words.clone()),
            unreadable: inner.unreadable,
        }
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
