//! Records what a person says a project will have spent by the year's end. Nothing is judged: no rule looks at it.

use super::{Error, Moment, Thing, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::forecast::GivenForecast;
use crate::domain::money::Fen;
use crate::domain::project::Project;
use crate::storage::audit::{self, Deed};
use crate::storage::{Connection, forecasts};
use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

/// What is said, of what, and by whom.
#[derive(Clone, Debug)]
pub struct GiveForecast {
    /// The fiscal year.
    pub year: FiscalYear,
    /// The project's code.
    pub code: ProjectCode,
    /// What the caller may see.
    pub scope: Scope,
    /// What will have been spent by 31 December.
    pub year_end: Fen,
    /// The day from which on it is meant: in the year, and not in the future.
    pub as_of: NaiveDate,
    /// What it rests on.
    pub reason: String,
    /// Who says so.
    pub actor: Actor,
}

/// Records a forecast; gives it with its project.
pub fn give_forecast(
    conn: &mut Connection,
    command: &GiveForecast,
    moment: Moment,
) -> Result<(Project, GivenForecast), Error> {
    // What the body says by itself is refused before anything is looked for.
    check_day(command.as_of, command.year, moment)?;
    let project = lookup::project_for_writing(conn, command.year, &command.code, &command.scope)?;

    let given = GivenForecast {
        id: Uuid::now_v7(),
        year_end: command.year_end,
        as_of: command.as_of,
        reason: command.reason.clone(),
        recorded_at: moment.now,
        recorded_by: command.actor.name.clone(),
    };

    forecasts::insert(conn, project.id, &given)?;
    let id = given.id.to_string();
    let after = json!({
        "project": project.code.as_str(), "fiscal_year": project.year.number(), "as_of": given.as_of.to_string(),
        "year_end_yuan": given.year_end.yuan(), "reason": given.reason,
    });
    let (unit, after) = (Some(&project.unit), Some(after));
    let deed = Deed { action: "give_forecast", entity: "forecast", entity_id: &id, unit, before: None, after };
    audit::append(conn, &deed, &command.actor, moment.now)?;
    Ok((project, given))
}

fn check_day(day: NaiveDate, year: FiscalYear, moment: Moment) -> Result<(), Error> {
    let field = "as_of";
    if !year.contains(day) {
        return Err(Error::DayOutsideYear { field, day, year });
    }
    if day > moment.today { Err(Error::DayInFuture { field, day, today: moment.today }) } else { Ok(()) }
}

/// One forecast of a project.
pub fn one(conn: &mut Connection, project: &Project, id: Uuid) -> Result<GivenForecast, Error> {
    forecasts::find(conn, project.id, id)?.ok_or(Error::NotFound(Thing::Forecast))
}

/// A page of what was said of a project, in the order in which it was recorded, after an id.
pub fn page(conn: &mut Connection, project: &Project, after: &str, limit: i64) -> Result<Vec<GivenForecast>, Error> {
    Ok(forecasts::page(conn, project.id, after, limit)?)
}
