//! One verb in a savepoint of its own: its failure, or its panic, undoes its own work and nothing else.

use super::Connection;
use super::backend;
use super::error::Error;
use diesel::connection::Connection as _;

/// Runs one verb so that its failure or panic undoes only its own work.
pub fn in_savepoint<T, E: From<Error>>(
    connection: &mut Connection,
    verb: impl FnOnce(&mut Connection) -> Result<T, E>,
) -> Result<T, E> {
    // What the verb itself said comes first: a full disk also undoes the savepoint, and the complaint that there is
    // none any more would hide the reason.
    let mut said = None;
    let outcome = connection.transaction(|connection| {
        unpanicked(connection, verb).map_err(|error| {
            said = Some(error);
            diesel::result::Error::RollbackTransaction
        })
    });
    outcome.map_err(|error| said.unwrap_or_else(|| E::from(Error::from(error))))
}

/// Runs a verb; a panic becomes an error.
pub fn unpanicked<T, E: From<Error>>(
    connection: &mut Connection,
    verb: impl FnOnce(&mut Connection) -> Result<T, E>,
) -> Result<T, E> {
    let depth = backend::depth(connection);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| verb(connection)));
    outcome.unwrap_or_else(|_| {
        // A transaction that the verb had begun inside is still open. Left so, the batch's commit would only end the
        // innermost one, and what was acknowledged would not be durable.
        while backend::depth(connection) > depth && backend::roll_back(connection).is_ok() {}
        Err(E::from(Error::Panicked))
    })
}
