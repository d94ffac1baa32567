//! Questions to the books that are more than one look-up and need no judging.

use super::Error;
use crate::domain::indicator::KeptIndicator;
use crate::domain::project::Project;
use crate::storage::plans::KeptPlan;
use crate::storage::projects::Selection;
use crate::storage::{Connection, plans, units};
use chrono::{DateTime, NaiveDate, Utc};

/// A project's record on a day.
#[derive(Clone, Debug)]
pub struct Record {
    /// The project.
    pub project: Project,
    /// Its unit's name.
    pub unit_name: String,
    /// The plan version in force.
    pub in_force: Option<KeptPlan>,
    /// The indicators that it promises.
    pub indicators: Vec<KeptIndicator>,
}

/// A project with the plan in force on a day.
pub fn record(conn: &mut Connection, project: Project, as_of: NaiveDate, now: DateTime<Utc>) -> Result<Record, Error> {
    let in_force = versions(conn, &project)?
        .into_iter()
        .filter(|kept| kept.plan.effective_on <= as_of && kept.plan.recorded_at <= now)
        .max_by_key(|kept| kept.plan.version);
    let mut targets = plans::targets(conn, &Selection::one(&project))?;
    let version = in_force.as_ref().map_or(0, |kept| kept.plan.version);
    let indicators = targets.remove(&(project.id, version)).unwrap_or_default();
    let unit_name = units::find(conn, &project.unit)?.map(|unit| unit.name).unwrap_or_default();
    Ok(Record { project, unit_name, in_force, indicators })
}

/// Every plan version of a project, oldest first.
pub fn versions(conn: &mut Connection, project: &Project) -> Result<Vec<KeptPlan>, Error> {
    Ok(plans::kept(conn, &Selection::one(project))?.remove(&project.id).unwrap_or_default())
}
