//! What files of facts have in common: taken whole or not at all, projects locked in one order, told once.

use super::record_disbursement::{re_examine, tell_critical};
use super::{Error, Judging, Moment, lookup};
use crate::domain::access::Actor;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::project::Project;
use crate::storage::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// A file of one kind of line on its way into the books.
pub struct File<'values, Line> {
    /// The fiscal year.
    pub year: FiscalYear,
    /// Its lines.
    pub lines: &'values [Line],
    /// A line's number in the file, and the project that it is about.
    pub place: fn(&Line) -> (u32, &ProjectCode),
    /// Only say what would happen.
    pub dry_run: bool,
    /// Who says so.
    pub actor: &'values Actor,
}

/// What became of one line.
pub enum Taken {
    /// It is in the books now.
    New(Project),
    /// The books had it just so.
    Known,
    /// The books had it just so, and it was reversed since.
    Reversed,
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

/// Takes a file in one transaction: each line by `take`, then each project that it changed is judged anew.
pub fn import_file<Line>(
    conn: &mut Connection,
    file: &File<'_, Line>,
    take: impl Fn(&mut Connection, &Line) -> Result<Taken, Error>,
    judging: &Judging,
    moment: Moment,
) -> Result<Imported, ImportError> {
    // In the order of codes, as a check takes them: two who take the same locks in two orders wait for each other.
    let codes: BTreeSet<&str> = file.lines.iter().map(|line| (file.place)(line).1.as_str()).collect();
    for code in codes {
        lookup::lock(conn, file.year, code)?;
    }

    let mut outcome = Imported::default();
    let mut touched: BTreeMap<String, Project> = BTreeMap::new();
    for line in file.lines {
        match take(conn, line) {
            Ok(Taken::New(project)) => {
                outcome.new += 1;
                touched.insert(project.code.to_string(), project);
            }
            Ok(Taken::Known) => outcome.unchanged += 1,
            Ok(Taken::Reversed) => outcome.reversed += 1,
            Err(Error::Storage(error)) => return Err(error.into()),
            Err(error) => {
                let (number, project) = (file.place)(line);
                outcome.refused.push(RefusedLine { number, project: project.to_string(), error });
            }
        }
    }
    if file.dry_run || !outcome.refused.is_empty() {
        return Err(ImportError::NotApplied(outcome));
    }

    let mut examined = Vec::new();
    for project in touched.into_values() {
        let day = re_examine(conn, &project, file.actor, judging, moment)?.turned_critical;
        examined.push((project, day));
    }
    tell_critical(conn, &examined, judging, moment)?;
    outcome.applied = true;
    Ok(outcome)
}
