//! What a project's plan versions promise, remembered between requests. A version never changes once it is recorded
//! (the database refuses it), so whatever is remembered under the id of the latest one holds for ever; only that id is
//! asked each time.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::plans;
use super::prepared::statement;
use super::projects::Selection;
use super::rows::uuid;
use crate::domain::indicator::KeptIndicator;
use crate::domain::plan::PlanHistory;
use crate::domain::project::Project;
use diesel::RunQueryDsl;
use diesel::sql_types::{Bool, Nullable, Text};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use uuid::Uuid;

/// Every version of a project's plan, with the targets of each.
#[derive(Debug, Default)]
pub struct Promised {
    /// The versions.
    pub history: PlanHistory,
    targets: HashMap<i32, Vec<KeptIndicator>>,
}

impl Promised {
    /// The indicators that a version promises, in order; none where there is no such version.
    #[must_use]
    pub fn targets(&self, version: i32) -> &[KeptIndicator] {
        self.targets.get(&version).map_or(&[], Vec::as_slice)
    }
}

/// Projects that are remembered; when there are more, all are forgotten.
const MAX_REMEMBERED: usize = 4_096;

/// By the id of the latest version, which no other project or database has: a random part is in it.
static REMEMBERED: LazyLock<RwLock<HashMap<Uuid, Arc<Promised>>>> = LazyLock::new(RwLock::default);

/// Of what a project has any: what it has none of need not be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Has {
    /// Readings.
    pub readings: bool,
    /// Contracts or applications.
    pub commitments: bool,
    /// Figures that people gave for the year's end.
    pub forecasts: bool,
}

/// What one project promises, and of what it has any yet.
pub fn of_one(conn: &mut Connection, project: &Project) -> Result<(Arc<Promised>, Has), Error> {
    let id = project.id.to_string();
    let asked = Latest { project: &id };
    let found: (Option<String>, bool, bool, bool) = on_either!(conn, |conn| asked.get_result(conn))?;
    let (latest, readings, commitments, forecasts) = found;
    let has = Has { readings, commitments, forecasts };
    let Some(latest) = latest else { return Ok((Arc::default(), has)) };
    let latest = uuid(&latest)?;
    if let Some(known) = REMEMBERED.read().unwrap_or_else(PoisonError::into_inner).get(&latest) {
        return Ok((Arc::clone(known), has));
    }

    let selection = Selection::one(project);
    let history = plans::histories(conn, &selection)?.remove(&project.id).unwrap_or_default();
    let targets = plans::targets(conn, &selection)?;
    let targets = targets.into_iter().map(|((_, version), targets)| (version, targets)).collect();
    let promised = Arc::new(Promised { history, targets });
    let mut remembered = REMEMBERED.write().unwrap_or_else(PoisonError::into_inner);
    if remembered.len() >= MAX_REMEMBERED {
        remembered.clear();
    }
    remembered.insert(latest, Arc::clone(&promised));
    Ok((promised, has))
}

statement! {
    Latest { project: str } -> (Nullable<Text>, Bool, Bool, Bool);
    "SELECT (SELECT id FROM plan_versions WHERE project_id = ", project as Text;
    " ORDER BY version DESC LIMIT 1), EXISTS (SELECT 1 FROM readings WHERE project_id = ", project as Text;
    "), EXISTS (SELECT 1 FROM commitments WHERE project_id = ", project as Text;
    "), EXISTS (SELECT 1 FROM forecasts WHERE project_id = ", project as Text;
    then ")"
}
