//! A mailer for tests of what comes before it: keeps what it was given and fails when it is told to.

use crate::domain::letter::Letter;
use crate::mail::{Accepted, SendFailure};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Letters in memory. A clone shares them.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    letters: Vec<Letter>,
    failures: VecDeque<SendFailure>,
    breaks: u32,
}

impl Memory {
    /// What was accepted so far, in order.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        self.locked().letters.clone()
    }

    /// Makes a coming send fail in that way; several calls queue up.
    pub fn fail_next(&self, failure: SendFailure) {
        self.locked().failures.push_back(failure);
    }

    /// Makes as many coming sends break off as a fault of the program does.
    pub fn break_next(&self, times: u32) {
        self.locked().breaks = times;
    }

    pub(super) fn send(&self, letter: &Letter) -> Result<Accepted, SendFailure> {
        let mut shared = self.locked();
        if let Some(left) = shared.breaks.checked_sub(1) {
            shared.breaks = left;
            drop(shared);
            std::panic::resume_unwind(Box::new("told to break off"));
        }
        if let Some(failure) = shared.failures.pop_front() {
            return Err(failure);
        }
        shared.letters.push(letter.clone());
        Ok(Accepted { words: "kept in memory".to_owned() })
    }

    fn locked(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
