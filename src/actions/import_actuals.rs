//! Takes a file of payments into the ledger, whole or not at all. A line that the ledger has just so is skipped,
//! so the same file may be handed in again.

use super::import_file::{File, ImportError, Imported, Taken, import_file};
use super::record_disbursement::{accept, write_entry};
use super::{Error, Judging, Moment, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::disbursement::{Disbursement, Posting};
use crate::storage::{Connection, disbursements};

/// One line of a file of payments.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: u32,
    /// The project's code.
    pub project: ProjectCode,
    /// What was paid.
    pub posting: Posting,
}

/// A file on its way into the ledger.
#[derive(Clone, Debug)]
pub struct ImportActuals {
    /// The fiscal year.
    pub year: FiscalYear,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Who says so.
    pub actor: Actor,
}

/// Imports a file of payments in one transaction.
pub fn import_actuals(
    conn: &mut Connection,
    command: &ImportActuals,
    judging: &Judging,
    moment: Moment,
) -> Result<Imported, ImportError> {
    let ImportActuals { year, lines, dry_run, actor } = command;
    let file = File { year: *year, lines, place: |line: &Line| (line.number, &line.project), dry_run: *dry_run, actor };
    import_file(conn, &file, |conn, line| take_line(conn, command, line, moment), judging, moment)
}

fn take_line(conn: &mut Connection, command: &ImportActuals, line: &Line, moment: Moment) -> Result<Taken, Error> {
    let project = lookup::project(conn, command.year, &line.project, &Scope::Everything)?;
    if let Some(holder) = disbursements::holder(conn, project.id, &line.posting.voucher)?
        && says_the_same(&holder, &line.posting)?
    {
        return Ok(Taken::Known);
    }
    for undone in disbursements::reversed(conn, project.id, &line.posting.voucher)? {
        if says_the_same(&undone, &line.posting)? {
            return Ok(Taken::Reversed);
        }
    }
    let entry = accept(conn, &project, &line.posting, &command.actor, moment)?;
    write_entry(conn, &project, &entry, "import_actuals", &command.actor, moment)?;
    Ok(Taken::New(project))
}

fn says_the_same(entry: &Disbursement, posting: &Posting) -> Result<bool, Error> {
    Ok(entry.kind == posting.kind
        && entry.amount == posting.signed_amount()?
        && entry.paid_on == posting.paid_on
        && entry.source == posting.source)
}
