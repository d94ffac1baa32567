//! Records money bound by a contract or an application, and takes such an entry back. Nothing is judged: no rule looks
//! at commitments.

use super::{Error, Moment, Thing, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::commitment::{Commitment, CommitmentError, CommitmentKind, ReleaseOrder, Undertaking};
use crate::domain::money::Fen;
use crate::domain::project::Project;
use crate::storage::audit::{self, Deed};
use crate::storage::{Connection, commitments};
use serde_json::json;
use uuid::Uuid;

pub use crate::storage::commitments::{Entry, Filter};

/// Where, and on whose behalf.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The fiscal year.
    pub year: FiscalYear,
    /// The project's code.
    pub code: ProjectCode,
    /// What the caller may see.
    pub scope: Scope,
    /// Who says so.
    pub actor: Actor,
}

/// An entry just recorded, with its project and what of it is left.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The project.
    pub project: Project,
    /// The entry, and what of it is left.
    pub entry: Entry,
}

/// Records a contract or an application. A number that another one holds is refused, and that one named.
pub fn commit(conn: &mut Connection, desk: &Desk, undertaking: &Undertaking, moment: Moment) -> Result<Bound, Error> {
    // What the body says by itself is refused before anything is looked for.
    undertaking.check(desk.year, moment.today)?;
    let project = lookup::project_for_writing(conn, desk.year, &desk.code, &desk.scope)?;
    if let Some(contract) = undertaking.contract {
        let found = commitments::find(conn, project.id, contract)?;
        let stands = found.is_some_and(|(entry, left)| {
            entry.kind == CommitmentKind::Contract && left.is_some_and(|left| left > Fen::ZERO)
        });
        if !stands {
            return Err(CommitmentError::NoSuchContract.into());
        }
    }
    let Undertaking { kind, reference_no, .. } = undertaking;
    if let Some(first) = commitments::holder(conn, project.id, *kind, reference_no)? {
        return Err(Error::ReferenceTaken { reference_no: reference_no.clone(), first: first.id });
    }
    let sequence = commitments::next_sequence(conn, project.id)?;

    let entry = undertaking.clone().into_entry(Uuid::now_v7(), sequence, moment.now, &desk.actor.name);

    write(conn, &project, &entry, "commit", desk, moment)?;
    let left = Some(entry.amount);
    Ok(Bound { project, entry: (entry, left) })
}

/// Takes an entry back, whole or in part.
pub fn release(
    conn: &mut Connection,
    desk: &Desk,
    id: Uuid,
    order: &ReleaseOrder,
    moment: Moment,
) -> Result<Bound, Error> {
    order.check(desk.year, moment.today)?;
    let project = lookup::project_for_writing(conn, desk.year, &desk.code, &desk.scope)?;
    let (original, left) = one(conn, &project, id)?;
    let sequence = commitments::next_sequence(conn, project.id)?;

    let place = (Uuid::now_v7(), sequence, moment.now, desk.actor.name.as_str());
    let entry = original.release(order, left.unwrap_or(Fen::ZERO), place)?;

    write(conn, &project, &entry, "release_commitment", desk, moment)?;
    Ok(Bound { project, entry: (entry, None) })
}

/// One entry of a project.
pub fn one(conn: &mut Connection, project: &Project, id: Uuid) -> Result<Entry, Error> {
    commitments::find(conn, project.id, id)?.ok_or(Error::NotFound(Thing::Commitment))
}

/// A page of a project's commitments, by sequence, after a place.
pub fn page(
    conn: &mut Connection,
    project: &Project,
    filter: Filter,
    after: i64,
    limit: i64,
) -> Result<Vec<Entry>, Error> {
    Ok(commitments::page(conn, project.id, filter, after, limit)?)
}

fn write(
    conn: &mut Connection,
    project: &Project,
    entry: &Commitment,
    action: &str,
    desk: &Desk,
    moment: Moment,
) -> Result<(), Error> {
    commitments::insert(conn, project.id, entry)?;
    let id = entry.id.to_string();
    let after = json!({
        "project": project.code.as_str(), "fiscal_year": project.year.number(), "sequence": entry.sequence,
        "kind": entry.kind.name(), "amount_yuan": entry.amount.yuan(), "committed_on": entry.committed_on.to_string(),
        "reference_no": entry.reference_no, "contract": entry.contract.map(|id| id.to_string()),
        "releases": entry.releases.map(|id| id.to_string()),
    });
    let unit = Some(&project.unit);
    let deed = Deed { action, entity: "commitment", entity_id: &id, unit, before: None, after: Some(after) };
    audit::append(conn, &deed, &desk.actor, moment.now)?;
    Ok(())
}
