//! Questions to a project's ledger and its readings.

use super::{Error, Thing};
use crate::domain::project::Project;
use crate::domain::reading::Reading;
use crate::storage::disbursements::Entry;
pub use crate::storage::disbursements::Filter;
use crate::storage::{Connection, disbursements, plans, readings};
use chrono::NaiveDate;
use uuid::Uuid;

/// A page of the ledger, by sequence, after a place.
pub fn page(
    conn: &mut Connection,
    project: &Project,
    filter: &Filter,
    after: i64,
    limit: i64,
) -> Result<Vec<Entry>, Error> {
    Ok(disbursements::page(conn, project.id, filter, after, limit)?)
}

/// One entry.
pub fn entry(conn: &mut Connection, project: &Project, id: Uuid) -> Result<Entry, Error> {
    disbursements::find(conn, project.id, id)?.ok_or(Error::NotFound(Thing::Disbursement))
}

/// One reading of an indicator.
pub fn reading(conn: &mut Connection, project: &Project, indicator: Uuid, id: Uuid) -> Result<Reading, Error> {
    readings::find(conn, project.id, indicator, id)?.ok_or(Error::NotFound(Thing::Reading))
}

/// A page of an indicator's readings of a span of days, in the order in which they were recorded, after an id.
pub fn readings(
    conn: &mut Connection,
    project: &Project,
    indicator: Uuid,
    span: (Option<NaiveDate>, Option<NaiveDate>),
    after: &str,
    limit: i64,
) -> Result<Vec<Reading>, Error> {
    if plans::project_of_indicator(conn, indicator)? != Some(project.id) {
        return Err(Error::NotFound(Thing::Indicator));
    }
    Ok(readings::page(conn, project.id, indicator, span, after, limit)?)
}
