//! Brings a database up to this binary's schema, and refuses one that is newer.

use super::Connection;
use super::backend::{self, Address};
use super::error::OpenError;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Whether opening may make a database or bring it up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// `serve`, `demo` and `import`: make it where there is none, run missing migrations.
    MayCreate,
    /// Every other verb: refuse a file that is not there.
    MustExist,
}

/// Runs the missing migrations where the verb may; otherwise says that the database is older or newer.
pub fn bring_up(connection: &mut Connection, address: &Address, opening: Opening) -> Result<(), OpenError> {
    // Asking diesel for the history makes the table of it, so it is asked only where there is one.
    let history = backend::has_history(connection).map_err(|error| OpenError::Unreachable(error.to_string()))?;
    if history && pending(connection)?.is_empty() {
        return Ok(());
    }
    if opening == Opening::MustExist {
        return Err(if history { OpenError::OlderSchema } else { OpenError::Missing(address.shown()) });
    }
    backend::with_migration_lock(connection, address, |connection| match connection {
        Connection::Sqlite(inner) => run(inner, SQLITE),
        Connection::Postgres(inner) => run(inner, POSTGRES),
    })
}

fn run<B: diesel::backend::Backend>(
    connection: &mut impl MigrationHarness<B>,
    source: EmbeddedMigrations,
) -> Result<(), OpenError>
where
    EmbeddedMigrations: MigrationSource<B>,
{
    connection.run_pending_migrations(source).map_err(|error| OpenError::Migration(error.to_string()))?;
    Ok(())
}

fn pending(connection: &mut Connection) -> Result<Vec<String>, OpenError> {
    match connection {
        Connection::Sqlite(inner) => missing(inner, SQLITE),
        Connection::Postgres(inner) => missing(inner, POSTGRES),
    }
}

/// The versions that the database lacks; an error where it has one that is not ours.
fn missing<B: diesel::backend::Backend>(
    connection: &mut impl MigrationHarness<B>,
    source: EmbeddedMigrations,
) -> Result<Vec<String>, OpenError>
where
    EmbeddedMigrations: MigrationSource<B>,
{
    let words = |error: &dyn std::fmt::Display| OpenError::Unreachable(error.to_string());
    let applied = connection.applied_migrations().map_err(|error| words(&error))?;
    let ours: Vec<Box<dyn Migration<B>>> = source.migrations().map_err(|error| words(&error))?;
    let ours: Vec<MigrationVersion<'_>> = ours.iter().map(|migration| migration.name().version()).collect();
    if let Some(foreign) = applied.iter().find(|version| !ours.contains(version)) {
        return Err(OpenError::NewerSchema(foreign.to_string()));
    }
    Ok(ours.iter().filter(|version| !applied.contains(version)).map(ToString::to_string).collect())
}
