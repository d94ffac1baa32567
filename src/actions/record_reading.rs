//! Records what was really achieved, and re-examines the project.

use super::inputs::observed;
use super::record_disbursement::{re_examine, tell_critical};
use super::{Error, Judging, Misfit, Moment, Thing, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::indicator::{KeptIndicator, Target};
use crate::domain::project::Project;
use crate::domain::reading::{Observed, Reading};
use crate::storage::audit::{self, Deed};
use crate::storage::projects::Selection;
use crate::storage::{Connection, plans, readings};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

/// What was observed, of what, and by whom.
#[derive(Clone, Debug)]
pub struct RecordReading {
    /// The fiscal year.
    pub year: FiscalYear,
    /// The project's code.
    pub code: ProjectCode,
    /// The indicator's id.
    pub indicator: Uuid,
    /// What the caller may see.
    pub scope: Scope,
    /// What was observed.
    pub observation: Observation,
    /// Who says so.
    pub actor: Actor,
}

/// One observation as handed in.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The day on which it is true.
    pub observed_on: NaiveDate,
    /// What was observed.
    pub observed: Observed,
    /// A note.
    pub note: String,
    /// Where the proof lies.
    pub evidence: String,
}

/// The greatest number that a reading may have: a million million of anything.
const MAX_VALUE: i64 = 1_000_000_000_000;

/// Records a reading of an indicator of the project's latest plan.
pub fn record_reading(
    conn: &mut Connection,
    command: &RecordReading,
    judging: &Judging,
    moment: Moment,
) -> Result<Reading, Error> {
    check_day(command.observation.observed_on, command.year, moment)?;
    let project = lookup::project_for_writing(conn, command.year, &command.code, &command.scope)?;
    let indicator = indicators(conn, &project)?
        .into_iter()
        .find(|kept| kept.id == command.indicator)
        .ok_or(Error::NotFound(Thing::Indicator))?;

    let reading = accept(&project, &indicator, &command.observation, &command.actor, moment)?;

    write_reading(conn, &project, &reading, &command.actor, moment)?;
    let examined = re_examine(conn, &project, &command.actor, judging, moment)?;
    tell_critical(conn, &[(project, examined.turned_critical)], judging, moment)?;
    Ok(reading)
}

/// The indicators of a project's latest plan version.
pub fn indicators(conn: &mut Connection, project: &Project) -> Result<Vec<KeptIndicator>, Error> {
    let targets = plans::targets(conn, &Selection::one(project))?;
    Ok(targets.into_iter().max_by_key(|((_, version), _)| *version).map(|(_, kept)| kept).unwrap_or_default())
}

/// The reading that an observation becomes, if it fits its target.
pub fn accept(
    project: &Project,
    indicator: &KeptIndicator,
    observation: &Observation,
    actor: &Actor,
    moment: Moment,
) -> Result<Reading, Error> {
    check_day(observation.observed_on, project.year, moment)?;
    fits(&indicator.promise.target_read, observation.observed, moment.today).map_err(Error::ReadingMisfit)?;
    Ok(Reading {
        id: Uuid::now_v7(),
        indicator: indicator.id,
        observed_on: observation.observed_on,
        observed: observation.observed,
        note: observation.note.clone(),
        evidence: observation.evidence.clone(),
        recorded_at: moment.now,
        recorded_by: actor.name.clone(),
    })
}

/// Whether a day lies in the year and has come. What the body says by itself is refused before anything is looked for.
fn check_day(day: NaiveDate, year: FiscalYear, moment: Moment) -> Result<(), Error> {
    let field = "observed_on";
    if !year.contains(day) {
        return Err(Error::DayOutsideYear { field, day, year });
    }
    if day > moment.today { Err(Error::DayInFuture { field, day, today: moment.today }) } else { Ok(()) }
}

fn fits(target: &Target, observed: Observed, today: NaiveDate) -> Result<(), Misfit> {
    match (target, observed) {
        (Target::Bound { .. } | Target::Stated { .. }, Observed::Value(value)) => {
            let in_range = value >= Decimal::ZERO && value <= Decimal::from(MAX_VALUE);
            if in_range { Ok(()) } else { Err(Misfit::OutOfRange) }
        }
        (Target::Bound { .. } | Target::Stated { .. }, _) => Err(Misfit::AsksForValue),
        (Target::Deadline { .. } | Target::MonthlyDeadline, Observed::DoneOn(day)) => {
            if day > today {
                Err(Misfit::DoneInFuture)
            } else {
                Ok(())
            }
        }
        (Target::Deadline { .. } | Target::MonthlyDeadline, _) => Err(Misfit::AsksForDoneOn),
        (Target::Qualitative, Observed::Grade(_)) => Ok(()),
        (Target::Qualitative, _) => Err(Misfit::AsksForGrade),
    }
}

/// Writes a reading with its audit row.
pub fn write_reading(
    conn: &mut Connection,
    project: &Project,
    reading: &Reading,
    actor: &Actor,
    moment: Moment,
) -> Result<(), Error> {
    readings::insert(conn, project.id, reading)?;
    let id = reading.id.to_string();
    let after = json!({
        "project": project.code.as_str(), "indicator": reading.indicator.to_string(),
        "observed_on": reading.observed_on.to_string(), "observed": observed(reading.observed),
    });
    let (unit, after) = (Some(&project.unit), Some(after));
    let deed = Deed { action: "record_reading", entity: "reading", entity_id: &id, unit, before: None, after };
    audit::append(conn, &deed, actor, moment.now)?;
    Ok(())
}
