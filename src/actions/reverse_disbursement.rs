//! Undoes an entry with one of the opposite sign; the original stays as it is.

use super::record_disbursement::{Recorded, re_examine, tell_critical, write_entry};
use super::{Error, Judging, Moment, Thing, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::disbursement::ReversalOrder;
use crate::storage::{Connection, disbursements};
use uuid::Uuid;

/// Which entry is to be undone, why, and by whom.
#[derive(Clone, Debug)]
pub struct ReverseDisbursement {
    /// The fiscal year.
    pub year: FiscalYear,
    /// The project's code.
    pub code: ProjectCode,
    /// The entry.
    pub entry: Uuid,
    /// What the caller may see.
    pub scope: Scope,
    /// Why, and when it takes effect.
    pub order: ReversalOrder,
    /// Who says so.
    pub actor: Actor,
}

/// Records the reversal of an entry; a second one is refused and names the first.
pub fn reverse_disbursement(
    conn: &mut Connection,
    command: &ReverseDisbursement,
    judging: &Judging,
    moment: Moment,
) -> Result<Recorded, Error> {
    // What the body says by itself is refused before anything is looked for.
    command.order.check(command.year, moment.today)?;
    let project = lookup::project_for_writing(conn, command.year, &command.code, &command.scope)?;
    let found = disbursements::find(conn, project.id, command.entry)?;
    let (original, undone) = found.ok_or(Error::NotFound(Thing::Disbursement))?;
    let sequence = disbursements::next_sequence(conn, project.id)?;

    if let Some(by) = undone {
        return Err(Error::AlreadyReversed { by });
    }
    let place = (Uuid::now_v7(), sequence, moment.now, command.actor.name.as_str());
    let entry = original.reversal(&command.order, project.year, moment.today, place)?;

    write_entry(conn, &project, &entry, "reverse_disbursement", &command.actor, moment)?;
    let examined = re_examine(conn, &project, &command.actor, judging, moment)?;
    tell_critical(conn, &[(project, examined.turned_critical)], judging, moment)?;
    Ok(Recorded { entry, figures: examined.figures })
}
