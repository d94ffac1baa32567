//! Takes a file of readings into the books, whole or not at all. A reading that is known just so is skipped.

use super::import_file::{File, ImportError, Imported, Taken, import_file};
use super::record_reading::{Observation, accept, indicators, write_reading};
use super::{Error, Judging, Moment, Thing, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::reading::Reading;
use crate::storage::projects::Selection;
use crate::storage::{Connection, readings};

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
    let ImportReadings { year, lines, dry_run, actor } = command;
    let file = File { year: *year, lines, place: |line: &Line| (line.number, &line.project), dry_run: *dry_run, actor };
    import_file(conn, &file, |conn, line| take_line(conn, command, line, moment), judging, moment)
}

fn take_line(conn: &mut Connection, command: &ImportReadings, line: &Line, moment: Moment) -> Result<Taken, Error> {
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
        return Ok(Taken::Known);
    }
    write_reading(conn, &project, &reading, &command.actor, moment)?;
    Ok(Taken::New(project))
}

fn says_the_same(known: &Reading, reading: &Reading) -> bool {
    known.indicator == reading.indicator
        && known.observed_on == reading.observed_on
        && known.observed == reading.observed
        && known.note == reading.note
        && known.evidence == reading.evidence
}
