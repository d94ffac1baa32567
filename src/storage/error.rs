//! What can go wrong with a database, named by what it means to the caller.

use crate::domain::money::MoneyError;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Why a verb or a question failed in the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot serve now: locked, full, gone, or too many wait. Trying again later may help.
    #[error("the database cannot serve now: {0}")]
    Unavailable(String),
    /// There is no room left to write. Reads go on, and so do writes once there is room again.
    #[error("there is no room left to write: {0}")]
    Full(String),
    /// Another row stands in the way (a unique or foreign key).
    #[error("another record stands in the way: {0}")]
    Conflict(String),
    /// A row says what it cannot say: the database was changed from outside, or is damaged.
    #[error("the database holds something impossible: {0}")]
    Corrupt(String),
    /// A sum of stored amounts leaves the range of money.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// Anything else the database says.
    #[error("the database refused: {0}")]
    Database(#[source] DieselError),
    /// The verb panicked; its work was rolled back.
    #[error("the work broke off and was rolled back")]
    Panicked,
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no database that we know.
    #[error("{0} is not a database URL: write sqlite://FILE or postgres://user@host/name")]
    BadUrl(String),
    /// No such file, and this verb makes none.
    #[error("there is no database at {0}; `milepost import` or `milepost serve` makes one")]
    Missing(String),
    /// The database has migrations that this binary does not know.
    #[error("the database is newer than this program (it has migration {0}); use the newer program")]
    NewerSchema(String),
    /// The database has not yet been brought up to this binary's schema, and this verb does not do it.
    #[error("the database is older than this program; run `milepost serve` or `milepost import` once to bring it up")]
    OlderSchema,
    /// The SQLite library is one that can damage a database in WAL mode.
    #[error("this program was built with SQLite {0}, which can damage a database; 3.51.3 or later is needed")]
    UnsafeSqlite(String),
    /// A migration failed.
    #[error("bringing the database up to date failed: {0}")]
    Migration(String),
    /// Cannot be reached or opened.
    #[error("the database cannot be opened: {0}")]
    Unreachable(String),
}

impl Error {
    /// What the machine or the server says against any work at all: full, or not to be had now.
    #[must_use]
    pub fn of_the_world(words: String) -> Error {
        if speaks_of_room(&words) { Error::Full(words) } else { Error::Unavailable(words) }
    }

    /// The same for one more of those whose work shared a commit that failed.
    #[must_use]
    pub fn again(&self) -> Error {
        match self {
            Error::Full(words) => Error::Full(words.clone()),
            other => Error::Unavailable(other.to_string()),
        }
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Error {
        let (kind, words) = match error {
            DieselError::DatabaseError(kind, ref info) => (kind, info.message().to_owned()),
            // The commit's own failure says more than that of tidying up after it.
            DieselError::RollbackErrorOnCommit { commit_error, .. } => return Error::from(*commit_error),
            // The connection was lost, or the database ended the transaction by itself.
            DieselError::BrokenTransactionManager | DieselError::NotInTransaction => {
                return Error::Unavailable(error.to_string());
            }
            error => return Error::Database(error),
        };
        match kind {
            DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::ForeignKeyViolation => Error::Conflict(words),
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::SerializationFailure
            | DatabaseErrorKind::ReadOnlyTransaction
            | DatabaseErrorKind::UnableToSendCommand => Error::Unavailable(words),
            _ if speaks_of_a_sum(&words) => Error::Money(MoneyError::OutOfRange),
            _ if speaks_of_room(&words) || speaks_of_the_world(&words) => Error::of_the_world(words),
            _ => Error::Database(error),
        }
    }
}

/// Words of SQLite and PostgreSQL that speak of the machine or the server, not of the statement.
fn speaks_of_the_world(words: &str) -> bool {
    const OF_THE_WORLD: [&str; 19] = [
        "database is locked",
        "database table is locked",
        "disk I/O error",
        "readonly database",
        "unable to open database file",
        "cannot start a transaction within",
        "no transaction is active",
        "terminating connection",
        "server closed the connection",
        "connection to server",
        "no connection to the server",
        "out of shared memory",
        "statement timeout",
        "lock timeout",
        "deadlock detected",
        "could not receive data",
        "could not send data",
        "no such savepoint",
        "the database system is",
    ];
    OF_THE_WORLD.iter().any(|sign| words.contains(sign))
}

/// Words of SQLite and PostgreSQL for a sum that 64 bits cannot hold: the only sums that either makes are of money.
fn speaks_of_a_sum(words: &str) -> bool {
    ["integer overflow", "bigint out of range"].iter().any(|sign| words.contains(sign))
}

/// Words of SQLite, PostgreSQL and the system that say that there is no room.
fn speaks_of_room(words: &str) -> bool {
    ["disk is full", "No space left on device", "Disk quota exceeded"].iter().any(|sign| words.contains(sign))
}
