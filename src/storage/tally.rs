//! How many commits there were and how many verbs they carried, for `/metrics` and for the keeper of SQLite's log.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counted by whoever commits.
#[derive(Debug, Default)]
pub struct Tally {
    batches: AtomicU64,
    verbs: AtomicU64,
}

impl Tally {
    /// Counts one commit with so many verbs.
    pub fn count(&self, verbs: u64) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.verbs.fetch_add(verbs, Ordering::Relaxed);
    }

    /// Commits, and verbs in them.
    #[must_use]
    pub fn read(&self) -> (u64, u64) {
        (self.batches.load(Ordering::Relaxed), self.verbs.load(Ordering::Relaxed))
    }
}
