//! Questions about checks, alerts, letters and contacts.

use super::{Error, Thing};
use crate::domain::access::Scope;
use crate::domain::calendar::FiscalYear;
use crate::domain::contact::Contact;
use crate::domain::letter::LetterState;
use crate::storage::alerts;
pub use crate::storage::alerts::{Event, Filter, Listed};
pub use crate::storage::letters::Listed as ListedLetter;
pub use crate::storage::runs::Run;
use crate::storage::{Connection, contacts, letters, runs};
use uuid::Uuid;

/// A page of a year's checks, oldest first, after an id.
pub fn runs(conn: &mut Connection, year: FiscalYear, after: &str, limit: i64) -> Result<Vec<Run>, Error> {
    Ok(runs::page(conn, year, after, limit)?)
}

/// A page of a year's alerts in a scope, after an id.
pub fn alerts(
    conn: &mut Connection,
    year: FiscalYear,
    scope: &Scope,
    filter: &Filter,
    after: &str,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    Ok(alerts::page(conn, year, scope, filter, after, limit)?)
}

/// An alert with its year and its story in order.
pub type Told = (Listed, FiscalYear, Vec<Event>);

/// One alert in a scope, with its story.
pub fn alert(conn: &mut Connection, id: Uuid, scope: &Scope) -> Result<Told, Error> {
    alerts::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Alert))
}

/// A page of the outbox in a scope, after an id.
pub fn letters(
    conn: &mut Connection,
    scope: &Scope,
    state: Option<LetterState>,
    after: &str,
    limit: i64,
) -> Result<Vec<ListedLetter>, Error> {
    Ok(letters::page(conn, scope, state, after, limit)?)
}

/// A page of the contacts in a scope, after an id.
pub fn contacts(conn: &mut Connection, scope: &Scope, after: &str, limit: i64) -> Result<Vec<Contact>, Error> {
    Ok(contacts::page(conn, scope, after, limit)?)
}

/// One contact in a scope.
pub fn contact(conn: &mut Connection, scope: &Scope, id: Uuid) -> Result<Contact, Error> {
    contacts::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Contact))
}
