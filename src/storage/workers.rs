//! Threads that run verbs and questions on lent connections, and the queue that feeds them.

use super::Connection;
use super::backend;
use super::error::Error;
use super::pool::{self, Manager};
use super::savepoint::{in_savepoint, unpanicked};
use super::tally::Tally;
use diesel::r2d2::Pool;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Verbs that may wait; more are told to come back later.
const MAX_WAITING: usize = 8_192;

/// What answers the caller, once it is known whether the work was committed.
pub type Done = Box<dyn FnOnce(Result<(), Error>)>;

/// A verb or a question on its way to a connection.
pub trait Job: Send {
    /// Whether anybody still waits for the answer. Work that nobody waits for is not begun: its caller was told that
    /// it was not done.
    fn is_awaited(&self) -> bool;
    /// Runs it in a savepoint, as one of several in a transaction; the answer is held back until the commit. Says
    /// whether it went well.
    fn run(self: Box<Self>, connection: &mut Connection) -> (Done, bool);
    /// Runs it as the only one in its transaction; says whether there is anything to commit.
    fn run_alone(self: Box<Self>, connection: &mut Connection) -> (Done, bool);
    /// Answers without having run.
    fn give_up(self: Box<Self>, error: Error);
}

struct Verb<T, E, F> {
    verb: F,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Verb<T, E, F>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: FnOnce(&mut Connection) -> Result<T, E> + Send,
{
    fn is_awaited(&self) -> bool {
        !self.answer.is_closed()
    }

    fn run(self: Box<Self>, connection: &mut Connection) -> (Done, bool) {
        let Verb { verb, answer } = *self;
        let outcome = in_savepoint(connection, verb);
        let is_done = outcome.is_ok();
        (held_back(outcome, answer), is_done)
    }

    fn run_alone(self: Box<Self>, connection: &mut Connection) -> (Done, bool) {
        let Verb { verb, answer } = *self;
        let outcome = unpanicked(connection, verb);
        let is_done = outcome.is_ok();
        (held_back(outcome, answer), is_done)
    }

    fn give_up(self: Box<Self>, error: Error) {
        drop(self.answer.send(Err(E::from(error))));
    }
}

/// An answer that waits for the commit.
fn held_back<T, E>(outcome: Result<T, E>, answer: oneshot::Sender<Result<T, E>>) -> Done
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    Box::new(move |committed| {
        let outcome = match committed {
            Ok(()) => outcome,
            Err(error) => outcome.and_then(|_| Err(E::from(error))),
        };
        // The caller may have gone away; what was committed stays committed.
        drop(answer.send(outcome));
    })
}

/// A queue of jobs with a limit.
#[derive(Clone)]
pub struct Queue(SyncSender<Box<dyn Job>>);

/// The end of a queue that workers take from.
pub type Waiting = Arc<Mutex<Receiver<Box<dyn Job>>>>;

impl Queue {
    /// A queue and its other end.
    pub fn new() -> (Queue, Waiting) {
        let (sender, receiver) = sync_channel(MAX_WAITING);
        (Queue(sender), Arc::new(Mutex::new(receiver)))
    }

    /// Puts a verb in line; the answer comes on the channel.
    pub fn put<T, E>(
        &self,
        verb: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, E>>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, receiver) = oneshot::channel();
        match self.0.try_send(Box::new(Verb { verb, answer })) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => {
                job.give_up(Error::Unavailable(format!("{MAX_WAITING} requests are waiting already")));
            }
            Err(TrySendError::Disconnected(job)) => job.give_up(Error::Unavailable("shutting down".to_owned())),
        }
        receiver
    }
}

/// What a worker's transactions are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// One question on one snapshot.
    Read,
    /// One verb.
    Write,
}

/// Starts `count` workers that lend a connection for each job.
pub fn start(count: u32, purpose: Purpose, pool: &Pool<Manager>, tally: &Arc<Tally>) -> std::io::Result<Queue> {
    let (queue, waiting) = Queue::new();
    for number in 0..count {
        let (waiting, pool, tally) = (Arc::clone(&waiting), pool.clone(), Arc::clone(tally));
        let name = format!("{}-{number}", if purpose == Purpose::Read { "reader" } else { "writer" });
        std::thread::Builder::new().name(name).spawn(move || {
            while let Some(job) = take(&waiting) {
                if job.is_awaited() && serve(job, purpose, &pool) {
                    tally.count(1);
                }
            }
        })?;
    }
    Ok(queue)
}

fn take(waiting: &Waiting) -> Option<Box<dyn Job>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Serves one job; says whether something was written for good.
fn serve(job: Box<dyn Job>, purpose: Purpose, pool: &Pool<Manager>) -> bool {
    let mut connection = match pool::lend(pool) {
        Ok(connection) => connection,
        Err(error) => {
            job.give_up(error);
            return false;
        }
    };
    let begun = match purpose {
        Purpose::Read => backend::begin_read(&mut connection),
        Purpose::Write => backend::begin_write(&mut connection),
    };
    if let Err(error) = begun {
        job.give_up(Error::from(error));
        return false;
    }
    let (done, is_done) = job.run_alone(&mut connection);
    let ended = if is_done { backend::commit(&mut connection) } else { backend::roll_back(&mut connection) };
    if is_done && ended.is_err() {
        drop(backend::roll_back(&mut connection));
    }
    let is_written = purpose == Purpose::Write && is_done && ended.is_ok();
    done(ended.map_err(Error::from));
    is_written
}
