//! Questions to the books that are more than one look-up and need no judging.

use super::{Error, Thing};
use crate::domain::indicator::KeptIndicator;
use crate::domain::project::Project;
pub use crate::storage::plans::KeptPlan;
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
    /// The number of the latest version, in force yet or not; what a revision is held against.
    pub latest: i32,
    /// The indicators that it promises.
    pub indicators: Vec<KeptIndicator>,
}

/// A project with the plan in force on a day, as far as it was known at an instant.
pub fn record(
    conn: &mut Connection,
    project: Project,
    as_of: NaiveDate,
    known_at: DateTime<Utc>,
) -> Result<Record, Error> {
    let known = versions(conn, &project, known_at)?;
    let latest = known.iter().map(|kept| kept.plan.version).max().unwrap_or(0);
    let in_force =
        known.into_iter().filter(|kept| kept.plan.effective_on <= as_of).max_by_key(|kept| kept.plan.version);
    // Named as it was named then: a revision does not rename the past.
    let project = match &in_force {
        Some(kept) => project.headed(&kept.plan.heading),
        None => project,
    };
    let mut targets = plans::targets(conn, &Selection::one(&project))?;
    let version = in_force.as_ref().map_or(0, |kept| kept.plan.version);
    let indicators = targets.remove(&(project.id, version)).unwrap_or_default();
    let unit_name = units::find(conn, &project.unit)?.map(|unit| unit.name).unwrap_or_default();
    Ok(Record { project, unit_name, in_force, latest, indicators })
}

/// Every plan version of a project that was recorded by an instant, oldest first.
pub fn versions(conn: &mut Connection, project: &Project, known_at: DateTime<Utc>) -> Result<Vec<KeptPlan>, Error> {
    let mut versions = plans::kept(conn, &Selection::one(project))?.remove(&project.id).unwrap_or_default();
    versions.retain(|kept| kept.plan.recorded_at <= known_at);
    Ok(versions)
}

/// One plan version of a project that was recorded by an instant, with the indicators that it promises.
pub fn version(
    conn: &mut Connection,
    project: &Project,
    number: i32,
    known_at: DateTime<Utc>,
) -> Result<(KeptPlan, Vec<KeptIndicator>), Error> {
    let found = versions(conn, project, known_at)?.into_iter().find(|kept| kept.plan.version == number);
    let kept = found.ok_or(Error::NotFound(Thing::Plan))?;
    let indicators = plans::targets(conn, &Selection::one(project))?.remove(&(project.id, number)).unwrap_or_default();
    Ok((kept, indicators))
}
