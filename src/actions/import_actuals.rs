//! Takes a file of payments into the ledger, whole or not at all. A line that the ledger has just so is skipped,
//! so the same file may be handed in again.

use super::record_disbursement::{accept, re_examine, tell_critical, write_entry};
use super::{Error, Judging, Moment, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::disbursement::{Disbursement, Posting};
use crate::domain::project::Project;
use crate::storage::{Connection, disbursements};
use std::collections::{BTreeMap, BTreeSet};

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

/// A line that was refused, and why.
#[derive(Debug)]
pub struct RefusedLine {
    /// Its number in the file.
    pub number: u32,
    /// The project's code.
    pub project: String,
    /// Why.
    pub error: Error,
}

/// What importing came to.
#[derive(Debug, Default)]
pub struct Imported {
    /// Entries that are new.
    pub new: usize,
    /// Lines that the ledger has just so.
    pub unchanged: usize,
    /// Lines that the ledger had just so and that were reversed since: they are not recorded again. Who means to, posts.
    pub reversed: usize,
    /// Lines that were refused; where there are any, nothing was applied.
    pub refused: Vec<RefusedLine>,
    /// Whether the ledger now says what the file says.
    pub applied: bool,
}

/// What became of a file, so that a refusal rolls back what the first lines had done.
#[derive(Debug)]
pub enum ImportError {
    /// Lines were refused (or it was a dry run): nothing was applied.
    NotApplied(Imported),
    /// The database failed.
    Failed(Error),
}

impl From<crate::storage::Error> for ImportError {
    fn from(error: crate::storage::Error) -> ImportError {
        ImportError::Failed(Error::Storage(error))
    }
}

impl From<Error> for ImportError {
    fn from(error: Error) -> ImportError {
        ImportError::Failed(error)
    }
}

/// Imports a file of payments in one transaction.
pub fn import_actuals(
    conn: &mut Connection,
    command: &ImportActuals,
    judging: &Judging,
    moment: Moment,
) -> Result<Imported, ImportError> {
    let mut outcome = Imported::default();
    let mut touched: BTreeMap<String, Project> = BTreeMap::new();
    // In the order of codes, as a check takes them: two who take the same locks in two orders wait for each other.
    let codes: BTreeSet<&str> = command.lines.iter().map(|line| line.project.as_str()).collect();
    for code in codes {
        lookup::lock(conn, command.year, code)?;
    }
    for line in &command.lines {
        match take_line(conn, command, line, moment) {
            Ok(Taken::New(project)) => {
                outcome.new += 1;
                touched.insert(project.code.to_string(), project);
            }
            Ok(Taken::Known) => outcome.unchanged += 1,
            Ok(Taken::Reversed) => outcome.reversed += 1,
            Err(Error::Storage(error)) => return Err(error.into()),
            Err(error) => {
                outcome.refused.push(RefusedLine { number: line.number, project: line.project.to_string(), error });
            }
        }
    }
    if command.dry_run || !outcome.refused.is_empty() {
        return Err(ImportError::NotApplied(outcome));
    }

    let mut examined = Vec::new();
    for project in touched.into_values() {
        let day = re_examine(conn, &project, &command.actor, judging, moment)?.turned_critical;
        examined.push((project, day));
    }
    tell_critical(conn, &examined, judging, moment)?;
    outcome.applied = true;
    Ok(outcome)
}

enum Taken {
    New(Project),
    Known,
    Reversed,
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
