//! Records many ledger entries at once: all of them or none, or each for itself. A project is judged once, at the end,
//! and whoever must know of something critical gets one letter.

use super::figures::Figures;
use super::record_disbursement::{accept, re_examine, tell_critical, write_entry};
use super::{Error, Judging, Moment, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::disbursement::{Disbursement, Posting};
use crate::domain::project::Project;
use crate::storage::{Connection, in_savepoint};
use std::collections::{BTreeMap, BTreeSet};

/// Entries that a batch may have.
pub const MAX_ENTRIES: usize = 1_000;

/// What a refused entry does to the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// All are recorded, or none.
    #[default]
    AllOrNothing,
    /// Each for itself.
    Each,
}

impl Mode {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Mode::AllOrNothing => "all_or_nothing",
            Mode::Each => "each",
        }
    }

    /// The mode of that name in the API.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Mode> {
        match name {
            "all_or_nothing" => Some(Mode::AllOrNothing),
            "each" => Some(Mode::Each),
            _ => None,
        }
    }
}

/// One entry of a batch.
#[derive(Clone, Debug)]
pub struct Line {
    /// The project's code.
    pub project: ProjectCode,
    /// What was paid.
    pub posting: Posting,
}

/// A batch on its way into the ledger.
#[derive(Clone, Debug)]
pub struct RecordBatch {
    /// The fiscal year.
    pub year: FiscalYear,
    /// What the caller may see.
    pub scope: Scope,
    /// What a refused entry does to the others.
    pub mode: Mode,
    /// The entries in order; none where one was refused before it came here.
    pub lines: Vec<Option<Line>>,
    /// Who says so.
    pub actor: Actor,
}

/// What became of one entry; none where it was refused before it came here.
pub type Outcome = Option<Result<(Project, Disbursement), Error>>;

/// What became of a batch.
#[derive(Debug)]
pub struct Batch {
    /// Entry by entry, in order.
    pub outcomes: Vec<Outcome>,
    /// The figures of each project that got an entry, by code.
    pub figures: Vec<Figures>,
}

impl Batch {
    /// Entries that the ledger took.
    #[must_use]
    pub fn recorded(&self) -> usize {
        self.outcomes.iter().filter(|outcome| matches!(outcome, Some(Ok(_)))).count()
    }
}

/// Why a batch was not recorded; whatever it had written is rolled back.
#[derive(Debug)]
pub enum BatchError {
    /// Entries were refused. The others are fine, and were not recorded.
    Refused(Batch),
    /// The database failed, or a sum left the range of money.
    Failed(Error),
}

impl From<Error> for BatchError {
    fn from(error: Error) -> BatchError {
        BatchError::Failed(error)
    }
}

impl From<crate::storage::Error> for BatchError {
    fn from(error: crate::storage::Error) -> BatchError {
        BatchError::Failed(Error::Storage(error))
    }
}

/// Records a batch in one transaction.
pub fn record_batch(
    conn: &mut Connection,
    command: &RecordBatch,
    judging: &Judging,
    moment: Moment,
) -> Result<Batch, BatchError> {
    let projects = projects_locked(conn, command)?;

    let mut outcomes = Vec::with_capacity(command.lines.len());
    let mut touched: BTreeMap<&ProjectCode, &Project> = BTreeMap::new();
    for line in &command.lines {
        let Some(line) = line else {
            outcomes.push(None);
            continue;
        };
        let outcome = take(conn, command, line, projects.get(&line.project), moment);
        match outcome {
            Err(Error::Storage(error)) => return Err(error.into()),
            Ok(_) => touched.extend(projects.get_key_value(&line.project)),
            Err(_) => {}
        }
        outcomes.push(Some(outcome));
    }
    let any_refused = outcomes.iter().any(|outcome| !matches!(outcome, Some(Ok(_))));
    if touched.is_empty() || (any_refused && command.mode == Mode::AllOrNothing) {
        return Err(BatchError::Refused(Batch { outcomes, figures: Vec::new() }));
    }

    let (mut examined, mut figures) = (Vec::new(), Vec::new());
    for project in touched.into_values() {
        let one = re_examine(conn, project, &command.actor, judging, moment)?;
        examined.push((project.clone(), one.turned_critical));
        figures.push(one.figures);
    }
    tell_critical(conn, &examined, judging, moment)?;
    Ok(Batch { outcomes, figures })
}

/// The projects that the batch names and the caller may see, locked in the order of codes, as a check takes them: two who
/// take the same locks in two orders wait for each other.
fn projects_locked(conn: &mut Connection, command: &RecordBatch) -> Result<BTreeMap<ProjectCode, Project>, BatchError> {
    let codes: BTreeSet<&ProjectCode> = command.lines.iter().flatten().map(|line| &line.project).collect();
    let mut projects = BTreeMap::new();
    for code in codes {
        match lookup::project_for_writing(conn, command.year, code, &command.scope) {
            Ok(project) => drop(projects.insert(code.clone(), project)),
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(projects)
}

/// Takes one entry in a savepoint of its own, or says what a single post of it would have been told.
fn take(
    conn: &mut Connection,
    command: &RecordBatch,
    line: &Line,
    project: Option<&Project>,
    moment: Moment,
) -> Result<(Project, Disbursement), Error> {
    line.posting.check(command.year, moment.today)?;
    let project = project.ok_or(Error::NotFound(super::Thing::Project))?;
    let write = |conn: &mut Connection| {
        let entry = accept(conn, project, &line.posting, &command.actor, moment)?;
        write_entry(conn, project, &entry, "record_disbursement", &command.actor, moment)?;
        Ok::<_, Error>(entry)
    };
    // Where one refusal takes all back, none needs a savepoint of its own.
    let entry = match command.mode {
        Mode::AllOrNothing => write(conn),
        Mode::Each => in_savepoint(conn, write),
    }?;
    Ok((project.clone(), entry))
}
