//! Everything in which SQLite and PostgreSQL differ. No other file asks which database it talks to.

#![allow(missing_docs, reason = "the MultiConnection derive writes public items of its own without docs")]

use super::error::{Error, OpenError};
use diesel::backend::Backend;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::{ConnectionError, QueryResult};
use diesel::sql_types::{BigInt, Integer, Text};
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use std::path::{Path, PathBuf};

/// A connection to either database; one text of queries serves both.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// SQLite, bundled: the embedded default.
    Sqlite(SqliteConnection),
    /// PostgreSQL: beyond one machine.
    Postgres(PgConnection),
}

/// Asks one question of whichever database it is, compiled for each. Asked of [`AnyConnection`] itself, diesel writes
/// the statement's text out anew, several times, at every use, to find it among the prepared ones: a third of what a
/// posting cost. For the questions of the hot path; the others may as well be asked plainly.
macro_rules! on_either {
    ($connection:expr, |$inner:ident| $question:expr) => {
        match $connection {
            $crate::storage::backend::AnyConnection::Sqlite($inner) => $question,
            $crate::storage::backend::AnyConnection::Postgres($inner) => $question,
        }
    };
}
pub(super) use on_either;

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL URL, with our time limits laid under what it says itself.
    Postgres(String),
}

/// Pages of the write-ahead log after which a commit itself would checkpoint (800 MB): the keeper does it earlier,
/// off the request path.
const WAL_AUTOCHECKPOINT_PAGES: u32 = 200_000;
/// KiB of the database that a connection may keep in memory.
const SQLITE_CACHE_KIB: u32 = 32 * 1024;
/// Milliseconds that a statement waits for another process's lock on the SQLite file.
const SQLITE_BUSY_MS: u32 = 5_000;
/// The first SQLite release after 3.7.0 without the WAL-reset fault that could damage a database.
const FIRST_SAFE_SQLITE: (u32, u32, u32) = (3, 51, 3);

impl Address {
    /// Reads `sqlite://FILE` or `postgres://…`.
    pub fn parse(url: &str) -> Result<Address, OpenError> {
        if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            return Ok(Address::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Address::Postgres(with_limits(url)));
        }
        Err(OpenError::BadUrl(without_password(url)))
    }

    /// Whether nothing is there yet that this verb could use.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Address::Sqlite(path) if !path.exists())
    }

    /// The address for people, without a password.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Address::Sqlite(path) => path.display().to_string(),
            Address::Postgres(url) => without_password(url.split('?').next().unwrap_or_default()),
        }
    }
}

/// Time limits for a server that is slow, silent or gone; what the URL says itself comes first.
fn with_limits(url: &str) -> String {
    let mut url = url.to_owned();
    let limits = [
        ("connect_timeout", "5"),
        ("keepalives", "1"),
        ("keepalives_idle", "5"),
        ("keepalives_interval", "3"),
        ("tcp_user_timeout", "10000"),
        ("options", "-c%20statement_timeout%3D15000%20-c%20lock_timeout%3D5000%20-c%20timezone%3DUTC"),
    ];
    for (key, value) in limits {
        if !url.contains(&format!("{key}=")) {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.extend([key, "=", value]);
        }
    }
    url
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => format!("{scheme}://{}@{host}", user.split(':').next().unwrap_or_default()),
        None => url.to_owned(),
    }
}

/// Opens a connection of the kind that the address names; `reads_only` makes SQLite refuse writes on it.
pub fn establish(address: &Address, reads_only: bool) -> Result<AnyConnection, ConnectionError> {
    match address {
        Address::Sqlite(path) => {
            let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
            let pragmas = [
                format!("PRAGMA busy_timeout = {SQLITE_BUSY_MS}"),
                "PRAGMA journal_mode = WAL".to_owned(),
                "PRAGMA synchronous = FULL".to_owned(),
                "PRAGMA foreign_keys = ON".to_owned(),
                format!("PRAGMA wal_autocheckpoint = {WAL_AUTOCHECKPOINT_PAGES}"),
                format!("PRAGMA cache_size = -{SQLITE_CACHE_KIB}"),
                // A verb's savepoint notes the pages that it changes; in memory and not in a file of its own.
                "PRAGMA temp_store = MEMORY".to_owned(),
                format!("PRAGMA query_only = {}", if reads_only { "ON" } else { "OFF" }),
            ];
            for pragma in pragmas {
                connection.batch_execute(&pragma).map_err(ConnectionError::CouldntSetupConfiguration)?;
            }
            Ok(AnyConnection::Sqlite(connection))
        }
        Address::Postgres(url) => PgConnection::establish(url).map(AnyConnection::Postgres),
    }
}

/// Begins a transaction that will write: on SQLite it takes the write lock at once, since one that reads first
/// and writes later would be refused without waiting.
pub fn begin_write(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE"),
        AnyConnection::Postgres(inner) => AnsiTransactionManager::begin_transaction(inner),
    }
}

/// Begins a transaction that reads one snapshot.
pub fn begin_read(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::begin_transaction(inner),
        AnyConnection::Postgres(inner) => AnsiTransactionManager::begin_transaction_sql(
            inner,
            "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
    }
}

/// Commits what [`begin_write`] or [`begin_read`] began.
pub fn commit(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::commit_transaction(inner),
        AnyConnection::Postgres(inner) => AnsiTransactionManager::commit_transaction(inner),
    }
}

/// Rolls back what was begun.
pub fn roll_back(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::rollback_transaction(inner),
        AnyConnection::Postgres(inner) => AnsiTransactionManager::rollback_transaction(inner),
    }
}

/// Whether SQLite itself still is in a transaction, whatever the connection believes: it says so by refusing another.
pub fn is_in_transaction(connection: &mut AnyConnection) -> bool {
    match connection {
        AnyConnection::Sqlite(inner) => {
            inner.batch_execute("BEGIN").is_err() || {
                drop(inner.batch_execute("ROLLBACK"));
                false
            }
        }
        AnyConnection::Postgres(_) => true,
    }
}

/// How many transactions are open inside each other; none where the connection does not know any more.
pub fn depth(connection: &mut AnyConnection) -> Option<u32> {
    let status = match connection {
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::transaction_manager_status_mut(inner),
        AnyConnection::Postgres(inner) => AnsiTransactionManager::transaction_manager_status_mut(inner),
    };
    status.transaction_depth().ok().map(|depth| depth.map_or(0, std::num::NonZero::get))
}

/// Whether verbs are serialized by the database file itself, so that one connection should do all writing.
#[must_use]
pub const fn has_one_writer(address: &Address) -> bool {
    matches!(address, Address::Sqlite(_))
}

/// Holds everybody else who asks for the same key off until this transaction ends. SQLite has one writer anyway.
pub fn lock(connection: &mut AnyConnection, key: &str) -> Result<(), Error> {
    if let AnyConnection::Postgres(inner) = connection {
        sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))").bind::<Text, _>(key).execute(inner)?;
    }
    Ok(())
}

/// A sum of the fen of a group (which has a row at least) that stays whole: SQLite's own sum of a `BigInt` would pass through a float in diesel, and
/// PostgreSQL's is a numeric.
pub fn sum_fen<E>(amounts: E) -> SumFen<E> {
    SumFen(amounts)
}

/// What [`sum_fen`] makes. A type of its own and no SQL text, so that its statement stays prepared.
#[derive(Clone, Copy, Debug, diesel::query_builder::QueryId)]
pub struct SumFen<E>(E);

impl<E: Expression<SqlType = BigInt>> Expression for SumFen<E> {
    type SqlType = BigInt;
}

impl<E, G> ValidGrouping<G> for SumFen<E> {
    type IsAggregate = is_aggregate::Yes;
}

impl<E: SelectableExpression<QS>, QS> SelectableExpression<QS> for SumFen<E> where SumFen<E>: AppearsOnTable<QS> {}

impl<E: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for SumFen<E> where SumFen<E>: Expression {}

impl<E: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for SumFen<E> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("CAST(SUM(");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS BIGINT)");
        Ok(())
    }
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// The database's own check of itself: what it finds wrong, nothing where all is well. PostgreSQL keeps page
/// checksums of its own and has no such command.
pub fn integrity(connection: &mut AnyConnection) -> Result<Vec<String>, Error> {
    match connection {
        AnyConnection::Sqlite(inner) => {
            let found: Vec<Word> =
                sql_query("SELECT integrity_check AS word FROM pragma_integrity_check").load(inner)?;
            let keys: Vec<Word> = sql_query(
                "SELECT 'foreign key of ' || \"table\" || ' row ' || rowid AS word FROM pragma_foreign_key_check",
            )
            .load(inner)?;
            Ok(found.into_iter().chain(keys).map(|row| row.word).filter(|word| word != "ok").collect())
        }
        AnyConnection::Postgres(_) => Ok(Vec::new()),
    }
}

#[derive(QueryableByName)]
struct Checkpointed {
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

/// Moves what the write-ahead log holds into the database file, without holding anybody up; says how many pages
/// of the log are in it now.
pub fn checkpoint(connection: &mut AnyConnection) -> Result<i32, Error> {
    match connection {
        AnyConnection::Sqlite(inner) => {
            let moved: Checkpointed = sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(inner)?;
            Ok(moved.checkpointed)
        }
        AnyConnection::Postgres(_) => Ok(0),
    }
}

/// Refuses a SQLite library that can damage a database in WAL mode (3.7.0 to 3.51.2).
pub fn assert_safe_library(connection: &mut AnyConnection) -> Result<(), OpenError> {
    let AnyConnection::Sqlite(inner) = connection else { return Ok(()) };
    let version: Word = sql_query("SELECT sqlite_version() AS word")
        .get_result(inner)
        .map_err(|error| OpenError::Unreachable(error.to_string()))?;
    let mut parts = version.word.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < FIRST_SAFE_SQLITE { Err(OpenError::UnsafeSqlite(version.word)) } else { Ok(()) }
}

/// Whether the database has ever been brought up by this program: asked before anything that would leave a trace.
pub fn has_history(connection: &mut AnyConnection) -> Result<bool, Error> {
    const TABLE: &str = "__diesel_schema_migrations";
    let found: Vec<Word> = match connection {
        AnyConnection::Sqlite(inner) => {
            sql_query("SELECT name AS word FROM sqlite_master WHERE type = 'table' AND name = $1")
                .bind::<Text, _>(TABLE)
                .load(inner)?
        }
        AnyConnection::Postgres(inner) => {
            sql_query("SELECT $1 AS word WHERE to_regclass($1) IS NOT NULL").bind::<Text, _>(TABLE).load(inner)?
        }
    };
    Ok(!found.is_empty())
}

/// Runs the migrations that are missing, one process at a time: under a lock file beside the SQLite file, or an
/// advisory lock of PostgreSQL.
pub fn with_migration_lock<T>(
    connection: &mut AnyConnection,
    address: &Address,
    run: impl FnOnce(&mut AnyConnection) -> Result<T, OpenError>,
) -> Result<T, OpenError> {
    const ADVISORY_KEY: &str = "SELECT pg_advisory_lock(6171840412)";
    const ADVISORY_RELEASE: &str = "SELECT pg_advisory_unlock(6171840412)";
    match address {
        Address::Sqlite(path) => {
            let file = open_lock_file(path, "migrate.lock")?;
            file.lock().map_err(|error| OpenError::Unreachable(error.to_string()))?;
            run(connection)
        }
        Address::Postgres(_) => {
            let words = |error: diesel::result::Error| OpenError::Unreachable(error.to_string());
            connection.batch_execute(ADVISORY_KEY).map_err(words)?;
            let outcome = run(connection);
            connection.batch_execute(ADVISORY_RELEASE).map_err(words)?;
            outcome
        }
    }
}

/// A lock file beside the SQLite file: `milepost.db.serve.lock`.
pub fn open_lock_file(database: &Path, suffix: &str) -> Result<std::fs::File, OpenError> {
    let mut path = database.as_os_str().to_owned();
    path.push(".");
    path.push(suffix);
    std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| OpenError::Unreachable(format!("{}: {error}", PathBuf::from(&path).display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_by_its_scheme_and_shown_without_a_password() {
        assert_eq!(Address::parse("sqlite://a/b.db").unwrap(), Address::Sqlite("a/b.db".into()));
        let Ok(Address::Postgres(url)) = Address::parse("postgres://u:geheim@h/n?connect_timeout=9") else { panic!() };
        assert!(url.contains("connect_timeout=9&keepalives=1") && !url.contains("connect_timeout=5"), "{url}");
        assert_eq!(Address::Postgres(url).shown(), "postgres://u@h/n");
        for bad in ["milepost.db", "mysql://x", "sqlite://", ""] {
            assert!(matches!(Address::parse(bad), Err(OpenError::BadUrl(_))), "{bad}");
        }
    }
}
