//! The one writer of a SQLite file: it takes whatever verbs are waiting, runs each in its own savepoint, commits
//! them once, durably, and only then answers each caller.

use super::Connection;
use super::backend::{self, Address};
use super::error::Error;
use super::workers::{Done, Job, Queue};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Verbs that one commit may carry, unless told otherwise.
pub const USUAL_BATCH: usize = 256;
/// Milliseconds between two looks of the keeper at the write-ahead log.
const KEEPER_INTERVAL_MS: u64 = 500;

/// How many commits there were and how many verbs they carried.
#[derive(Debug, Default)]
pub struct Tally {
    /// Commits.
    pub batches: AtomicU64,
    /// Verbs in them.
    pub verbs: AtomicU64,
}

/// Starts the writer, with at most so many verbs in a commit; it ends when the queue's last sender is gone.
pub fn start(
    address: Address,
    max_batch: usize,
    tally: Arc<Tally>,
) -> std::io::Result<(Queue, std::thread::JoinHandle<()>)> {
    let (queue, waiting) = Queue::new();
    keep_log_short(address.clone(), Arc::clone(&tally))?;
    let handle = std::thread::Builder::new().name("sqlite-writer".to_owned()).spawn(move || {
        let mut connection = None;
        while let Some(batch) = next_batch(&waiting, max_batch) {
            let written = run_batch(&mut connection, &address, batch);
            tally.batches.fetch_add(1, Ordering::Relaxed);
            tally.verbs.fetch_add(written, Ordering::Relaxed);
        }
    })?;
    Ok((queue, handle))
}

fn next_batch(waiting: &Mutex<Receiver<Box<dyn Job>>>, max_batch: usize) -> Option<Vec<Box<dyn Job>>> {
    let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let mut batch = vec![waiting.recv().ok()?];
    while batch.len() < max_batch {
        let Ok(job) = waiting.try_recv() else { break };
        batch.push(job);
    }
    Some(batch)
}

/// Runs a batch in one transaction. A connection that failed to begin or to commit is thrown away.
fn run_batch(kept: &mut Option<Connection>, address: &Address, batch: Vec<Box<dyn Job>>) -> u64 {
    let count = batch.len() as u64;
    let opened = match kept.take() {
        Some(connection) => Ok(connection),
        None => backend::establish(address, false).map_err(|error| error.to_string()),
    };
    let begun = opened.and_then(|mut connection| {
        backend::begin_write(&mut connection).map_err(|error| error.to_string())?;
        Ok(connection)
    });
    let mut connection = match begun {
        Ok(connection) => connection,
        Err(words) => {
            for job in batch {
                job.give_up(Error::Unavailable(words.clone()));
            }
            return 0;
        }
    };
    let done: Vec<Done> = batch.into_iter().map(|job| job.run(&mut connection)).collect();
    match backend::commit(&mut connection) {
        Ok(()) => {
            *kept = Some(connection);
            for answer in done {
                answer(Ok(()));
            }
            count
        }
        Err(error) => {
            let words = error.to_string();
            // The connection is dropped with whatever it still holds; dropping rolls back.
            drop(connection);
            for answer in done {
                answer(Err(Error::Unavailable(words.clone())));
            }
            0
        }
    }
}

/// Checkpoints the write-ahead log beside the writer, so that no commit has to.
fn keep_log_short(address: Address, tally: Arc<Tally>) -> std::io::Result<()> {
    let watched = Arc::downgrade(&tally);
    drop(tally);
    std::thread::Builder::new().name("sqlite-keeper".to_owned()).spawn(move || {
        let (mut connection, mut seen) = (None, 0);
        loop {
            std::thread::sleep(Duration::from_millis(KEEPER_INTERVAL_MS));
            let Some(tally) = watched.upgrade() else { return };
            let now = tally.batches.load(Ordering::Relaxed);
            drop(tally);
            if now == seen {
                continue;
            }
            seen = now;
            if connection.is_none() {
                connection = backend::establish(&address, false).ok();
            }
            if let Some(Err(error)) = connection.as_mut().map(backend::checkpoint) {
                tracing::warn!(%error, "checkpointing the write-ahead log failed");
            }
        }
    })?;
    Ok(())
}
