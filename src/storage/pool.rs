//! A pool of connections whose variant is chosen by the URL's scheme, so that the true reason of a failure shows.

use super::Connection;
use super::backend::{self, Address};
use super::error::Error;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use std::time::Duration;

/// Seconds that a verb waits for a free connection before it is told to come back later.
const CHECK_OUT_SECONDS: u64 = 4;

/// Opens connections to one address.
#[derive(Debug)]
pub struct Manager {
    address: Address,
    reads_only: bool,
}

/// A connection lent by the pool.
pub type Lent = PooledConnection<Manager>;

impl ManageConnection for Manager {
    type Connection = Connection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Connection, Self::Error> {
        backend::establish(&self.address, self.reads_only).map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), Self::Error> {
        connection.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        use diesel::connection::{AnsiTransactionManager, TransactionManager};
        std::thread::panicking()
            || match connection {
                Connection::Sqlite(inner) => AnsiTransactionManager::is_broken_transaction_manager(inner),
                Connection::Postgres(inner) => AnsiTransactionManager::is_broken_transaction_manager(inner),
            }
    }
}

/// A pool of at most `size` connections, opened when they are first asked for.
pub fn open(address: &Address, size: u32, reads_only: bool) -> Pool<Manager> {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(!backend::has_one_writer(address))
        .connection_timeout(Duration::from_secs(CHECK_OUT_SECONDS))
        .error_handler(Box::new(Quiet))
        .build_unchecked(Manager { address: address.clone(), reads_only })
}

/// Lends a connection, or says that there is none to be had now.
pub fn lend(pool: &Pool<Manager>) -> Result<Lent, Error> {
    pool.get().map_err(|error| Error::Unavailable(error.to_string()))
}

/// The pool's own logging goes nowhere: the caller gets the error and logs it once, where it ends.
#[derive(Debug)]
struct Quiet;

impl diesel::r2d2::HandleError<diesel::r2d2::Error> for Quiet {
    fn handle_error(&self, _: diesel::r2d2::Error) {}
}
