//! Takes a file of readings into the books, whole or not at all. A reading that is known just so is skipped.

use super::import_actuals::{ImportError, Imported, RefusedLine};
use super::record_disbursement::{re_examine, tell_critical};
use super::record_reading::{Observation, accept, indicators, write_reading};
use super::{Error, Judging, Moment, Thing, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::project::Project;
use crate::domain::reading::Reading;
use crate::storage::projects::Selection;
use crate::storage::{Connection, readings};
use std::collections::{BTreeMap, BTreeSet};

/// One line of a file of readings.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: u32,
    /// The project's code.
    pub project: ProjectCode,
    /// 三级指标, or 二级指标/三级指标 where the name alone is not enough.
    pub indicator: String,
    /// What was observed.
    pub observation: Observation,
}

/// A file on its way into the books.
#[derive(Clone, Debug)]
pub struct ImportReadings {
    /// The fiscal year.
    pub year: FiscalYear,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Who says so.
    pub actor: Actor,
}

/// Imports a file of readings in one transaction.
pub fn import_readings(
    conn: &mut Connection,
    command: &ImportReadings,
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
            Ok(Some(project)) => {
                outcome.new += 1;
                touched.insert(project.code.to_string(), project);
            }
            Ok(None) => outcome.unchanged += 1,
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

fn take_line(
    conn: &mut Connection,
    command: &ImportReadings,
    line: &Line,
    moment: Moment,
) -> Result<Option<Project>, Error> {
    let project = lookup::project(conn, command.year, &line.project, &Scope::Everything)?;
    let named: Vec<_> = indicators(conn, &project)?
        .into_iter()
        .filter(|kept| {
            let promise = &kept.promise;
            line.indicator == promise.name || line.indicator == format!("{}/{}", promise.level2, promise.name)
        })
        .collect();
    let [indicator] = named.as_slice() else { return Err(Error::NotFound(Thing::Indicator)) };
    let reading = accept(&project, indicator, &line.observation, &command.actor, moment)?;
    let known = readings::known(conn, &Selection::one(&project), moment.now)?.remove(&project.id).unwrap_or_default();
    if known.iter().any(|known| says_the_same(known, &reading)) {
        return Ok(None);
    }
    write_reading(conn, &project, &reading, &command.actor, moment)?;
    Ok(Some(project))
}

fn says_the_same(known: &Reading, reading: &Reading) -> bool {
    known.indicator == reading.indicator
        && known.observed_on == reading.observed_on
        && known.observed == reading.observed
        && known.note == reading.note
        && known.evidence == reading.evidence
}
