//! The one writer of a SQLite file: it takes whatever verbs are waiting, runs each in its own savepoint, commits
//! them once, durably, and only then answers each caller.

use super::Connection;
use super::backend::{self, Address};
use super::error::Error;
use super::tally::Tally;
use super::workers::{Done, Job, Queue};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Verbs that one commit may carry, unless told otherwise.
pub const USUAL_BATCH: usize = 256;
/// Milliseconds between two looks of the keeper at the write-ahead log.
const KEEPER_INTERVAL_MS: u64 = 500;
/// Verbs after which the log is written back though more of them come (some 200 MB of log), and looks after which it is
/// in any case. In a lull it is at once: writing back makes the commits beside it wait for the disk, and done twice a
/// second it was what one answer in twenty waited for.
const VERBS_BEFORE_CHECKPOINT: u64 = 16_000;
/// See [`VERBS_BEFORE_CHECKPOINT`].
const LOOKS_BEFORE_CHECKPOINT: u32 = 20;

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
            if let Some(written) = run_batch(&mut connection, &address, batch) {
                tally.count(written);
            }
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

/// Runs a batch in one transaction; says how many verbs were committed, none where the batch failed. A connection
/// that failed to begin or to commit is thrown away.
fn run_batch(kept: &mut Option<Connection>, address: &Address, mut batch: Vec<Box<dyn Job>>) -> Option<u64> {
    batch.retain(|job| job.is_awaited());
    if batch.is_empty() {
        return None;
    }
    let mut connection = match begin(kept.take(), address) {
        Ok(connection) => connection,
        Err(error) => {
            for job in batch {
                job.give_up(error.again());
            }
            return None;
        }
    };
    // Beginning may have taken as long as another process held the file: who gave up meanwhile is left out.
    batch.retain(|job| job.is_awaited());
    let count = batch.len() as u64;
    let (mut done, mut jobs): (Vec<Done>, _) = (Vec::with_capacity(batch.len()), batch.into_iter());
    let mut committed = Ok(());
    for job in jobs.by_ref() {
        let (answer, is_done) = job.run(&mut connection);
        done.push(answer);
        // A full disk may end the whole transaction and not only the verb. What came after would then be committed
        // one by one, and yet be told that it was not.
        if !is_done && !backend::is_in_transaction(&mut connection) {
            committed = Err(Error::Unavailable("the database ended the transaction".to_owned()));
            break;
        }
    }
    let committed = committed.and_then(|()| backend::commit(&mut connection).map_err(Error::from));
    match committed {
        Ok(()) => {
            *kept = Some(connection);
            for answer in done {
                answer(Ok(()));
            }
            Some(count)
        }
        Err(error) => {
            // The connection is dropped with whatever it still holds; dropping rolls back.
            drop(connection);
            for answer in done {
                answer(Err(error.again()));
            }
            for job in jobs {
                job.give_up(error.again());
            }
            None
        }
    }
}

/// A connection in a transaction that may write: the one that was kept, or a new one.
fn begin(kept: Option<Connection>, address: &Address) -> Result<Connection, Error> {
    let mut connection = match kept {
        Some(connection) => connection,
        None => backend::establish(address, false).map_err(|error| Error::of_the_world(error.to_string()))?,
    };
    // Whatever stands in the way of beginning is the world's fault: no work has been looked at yet.
    backend::begin_write(&mut connection).map_err(|error| Error::of_the_world(error.to_string()))?;
    Ok(connection)
}

/// Checkpoints the write-ahead log beside the writer, so that no commit has to.
fn keep_log_short(address: Address, tally: Arc<Tally>) -> std::io::Result<()> {
    let watched = Arc::downgrade(&tally);
    drop(tally);
    std::thread::Builder::new().name("sqlite-keeper".to_owned()).spawn(move || {
        let (mut connection, mut seen, mut kept, mut looks) = (None, 0, (0, 0), 0);
        loop {
            std::thread::sleep(Duration::from_millis(KEEPER_INTERVAL_MS));
            let Some(tally) = watched.upgrade() else { return };
            let (batches, verbs) = tally.read();
            drop(tally);
            let is_lull = batches == seen;
            (seen, looks) = (batches, looks + 1);
            let is_due = is_lull || verbs - kept.1 >= VERBS_BEFORE_CHECKPOINT || looks >= LOOKS_BEFORE_CHECKPOINT;
            if batches == kept.0 || !is_due {
                continue;
            }
            (kept, looks) = ((batches, verbs), 0);
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
