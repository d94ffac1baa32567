//! The handle to the database: opaque to the rim, cheap to clone.

use super::Connection;
use super::backend::{self, Address};
use super::error::{Error, OpenError};
use super::migrate::{self, Opening};
use super::pool;
use super::tally::Tally;
use super::workers::{self, Purpose, Queue};
use super::writer;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Threads that answer questions.
const READERS: u32 = 4;
/// Threads that run verbs on PostgreSQL; SQLite has one writer.
const POSTGRES_WRITERS: u32 = 8;

/// How long a client's request waits for the database, which may hang without saying so: somebody who waits at the
/// other end should hear within five seconds that it is not to be had.
const ANSWER_WITHIN: Duration = Duration::from_millis(4_500);

/// The lock file of whoever sends letters.
const POST_LOCK: &str = "post.lock";

/// A database, open. Clones share it; it closes when the last is dropped.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    address: Address,
    created: bool,
    reads: Queue,
    // Taken out at the end, so that the writer sees that nobody can ask any more.
    writes: Option<Queue>,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
    tally: Arc<Tally>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.writes = None;
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer.filter(|writer| writer.thread().id() != std::thread::current().id()) {
            drop(writer.join());
        }
    }
}

impl Db {
    /// Opens the database at a URL (`sqlite://FILE` or `postgres://…`), and checks its library and its schema.
    pub fn open(url: &str, opening: Opening) -> Result<Db, OpenError> {
        Db::open_with(url, opening, writer::USUAL_BATCH)
    }

    /// Opens it with at most so many verbs in one commit of SQLite's writer; 1 is one commit per verb.
    pub fn open_with(url: &str, opening: Opening, max_batch: usize) -> Result<Db, OpenError> {
        let address = Address::parse(url)?;
        let created = address.is_missing();
        if created && opening == Opening::MustExist {
            return Err(OpenError::Missing(address.shown()));
        }
        let unreachable = |words: String| OpenError::Unreachable(format!("{}: {words}", address.shown()));
        let mut connection = backend::establish(&address, false).map_err(|error| unreachable(error.to_string()))?;
        backend::assert_safe_library(&mut connection)?;
        migrate::bring_up(&mut connection, &address, opening)?;
        drop(connection);

        let failed = |error: std::io::Error| OpenError::Unreachable(error.to_string());
        let tally = Arc::new(Tally::default());
        let readers = pool::open(&address, READERS, true);
        let (writes, own_thread) = if backend::has_one_writer(&address) {
            let (queue, handle) = writer::start(address.clone(), max_batch, Arc::clone(&tally)).map_err(failed)?;
            (queue, Some(handle))
        } else {
            let pool = pool::open(&address, POSTGRES_WRITERS, false);
            (workers::start(POSTGRES_WRITERS, Purpose::Write, &pool, &tally).map_err(failed)?, None)
        };
        let reads = workers::start(READERS, Purpose::Read, &readers, &tally).map_err(failed)?;
        Ok(Db(Arc::new(Inner { address, created, reads, writes: Some(writes), writer: Mutex::new(own_thread), tally })))
    }

    /// Runs one verb in one transaction; it is answered once its work is durable.
    pub fn write<T, E>(&self, verb: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static) -> Pending<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        Pending(self.0.writes.as_ref().map(|queue| queue.put(verb)))
    }

    /// Asks one question on one snapshot.
    pub fn read<T, E>(&self, question: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static) -> Pending<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        Pending(Some(self.0.reads.put(question)))
    }

    /// Whether opening made the database.
    #[must_use]
    pub fn was_created(&self) -> bool {
        self.0.created
    }

    /// The address for people, without a password.
    #[must_use]
    pub fn shown(&self) -> String {
        self.0.address.shown()
    }

    /// Commits so far, and verbs in them.
    #[must_use]
    pub fn write_tally(&self) -> (u64, u64) {
        self.0.tally.read()
    }

    /// Says that letters are being sent from here, until the handle is dropped. PostgreSQL needs no such sign:
    /// there leases simply lapse.
    pub fn hold_post(&self) -> Result<Option<std::fs::File>, Error> {
        let Address::Sqlite(path) = &self.0.address else { return Ok(None) };
        let unavailable = |words: String| Error::Unavailable(words);
        let file = backend::open_lock_file(path, POST_LOCK).map_err(|error| unavailable(error.to_string()))?;
        file.lock_shared().map_err(|error| unavailable(error.to_string()))?;
        Ok(Some(file))
    }

    /// Whether nobody at all is sending letters of this SQLite file: then leases are those of dead processes.
    #[must_use]
    pub fn nobody_sends(&self) -> bool {
        let Address::Sqlite(path) = &self.0.address else { return false };
        backend::open_lock_file(path, POST_LOCK).is_ok_and(|file| file.try_lock().is_ok())
    }

    /// Claims the one place of a `serve` on a SQLite file; held until the file handle is dropped. PostgreSQL
    /// serves many, so there is nothing to claim.
    pub fn claim_service(&self) -> Result<Option<std::fs::File>, OpenError> {
        let Address::Sqlite(path) = &self.0.address else { return Ok(None) };
        let file = backend::open_lock_file(path, "serve.lock")?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(_) => Err(OpenError::Unreachable(format!(
                "another `milepost serve` already serves {}; one at a time, the other verbs work beside it",
                path.display()
            ))),
        }
    }
}

/// An answer on its way; wait for it on a thread for as long as it takes, or await it for `ANSWER_WITHIN`. Work of
/// which the awaiting side gave up is not begun any more; what was begun may still be committed, and is then found
/// by the idempotency key of whoever tries again.
#[must_use = "nothing is known of the outcome until it is waited for"]
pub struct Pending<T, E>(Option<oneshot::Receiver<Result<T, E>>>);

impl<T, E: From<Error>> Pending<T, E> {
    /// Waits on this thread.
    pub fn wait(self) -> Result<T, E> {
        self.0.and_then(|answer| answer.recv().ok()).unwrap_or_else(|| Err(gone()))
    }
}

impl<T: Send + 'static, E: From<Error> + Send + 'static> IntoFuture for Pending<T, E> {
    type Output = Result<T, E>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match self.0 {
                None => Err(gone()),
                Some(answer) => match tokio::time::timeout(ANSWER_WITHIN, answer).await {
                    Ok(answer) => answer.unwrap_or_else(|_| Err(gone())),
                    Err(_) => Err(E::from(Error::Unavailable(format!("no answer within {ANSWER_WITHIN:?}")))),
                },
            }
        })
    }
}

fn gone<E: From<Error>>() -> E {
    E::from(Error::Unavailable("the database was closed".to_owned()))
}
