//! Waiting for what must come, and failing where it does not.

use std::time::{Duration, Instant};

/// Milliseconds between two looks.
const LOOK_EVERY_MS: u64 = 20;

/// Looks again and again until there is something, for so long at most; gives it and how long it took.
#[track_caller]
pub fn until<T>(what: &str, within: Duration, mut look: impl FnMut() -> Option<T>) -> (T, Duration) {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return (found, started.elapsed());
        }
        assert!(started.elapsed() < within, "{what} did not come within {within:?}");
        std::thread::sleep(Duration::from_millis(LOOK_EVERY_MS));
    }
}
