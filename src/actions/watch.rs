//! Questions about checks, alerts, letters, contacts and the audit trail.

use super::{Error, Thing};
use crate::domain::access::Scope;
use crate::domain::calendar::FiscalYear;
use crate::domain::contact::Contact;
use crate::storage::alerts;
pub use crate::storage::alerts::{Event, Filter, Listed};
pub use crate::storage::audit::{Filter as AuditFilter, Listed as AuditRow};
pub use crate::storage::contacts::Filter as ContactFilter;
pub use crate::storage::letters::{Filter as LetterFilter, Listed as ListedLetter};
pub use crate::storage::runs::{Filter as RunFilter, Run};
use crate::storage::{Connection, audit, contacts, letters, runs};
use uuid::Uuid;

/// A page of a year's checks, oldest first, after an id.
pub fn runs(
    conn: &mut Connection,
    year: FiscalYear,
    filter: &RunFilter,
    after: &str,
    limit: i64,
) -> Result<Vec<Run>, Error> {
    Ok(runs::page(conn, year, filter, after, limit)?)
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
    filter: &LetterFilter,
    after: &str,
    limit: i64,
) -> Result<Vec<ListedLetter>, Error> {
    Ok(letters::page(conn, scope, filter, after, limit)?)
}

/// One letter in a scope.
pub fn letter(conn: &mut Connection, scope: &Scope, id: Uuid) -> Result<ListedLetter, Error> {
    letters::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Letter))
}

/// A page of the contacts in a scope, after an id.
pub fn contacts(
    conn: &mut Connection,
    scope: &Scope,
    filter: &ContactFilter,
    after: &str,
    limit: i64,
) -> Result<Vec<Contact>, Error> {
    Ok(contacts::page(conn, scope, filter, after, limit)?)
}

/// A page of the audit trail in a scope, newest last, after an id.
pub fn audit(
    conn: &mut Connection,
    scope: &Scope,
    filter: &AuditFilter,
    after: &str,
    limit: i64,
) -> Result<Vec<AuditRow>, Error> {
    Ok(audit::page(conn, scope, filter, after, limit)?)
}

/// One contact in a scope.
pub fn contact(conn: &mut Connection, scope: &Scope, id: Uuid) -> Result<Contact, Error> {
    contacts::find(conn, id, scope)?.ok_or(Error::NotFound(Thing::Contact))
}
