//! Takes one project into the books as values, with the checks that a document of it would meet.

use super::books::{self, Record};
use super::{Error, Moment, Thing, import_plan, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::UnitCode;
use crate::domain::project::Unit;
use crate::intake::proposal::read_proposal;
pub use crate::intake::proposal::{Doubt, MAX_GOALS, MAX_INDICATORS, Proposal, ProposedIndicator};
use crate::storage::{Connection, backend, projects, units};

/// A project on its way into the books. What the proposal says of its unit's name is not looked at: the unit is known.
#[derive(Clone, Debug)]
pub struct CreateProject {
    /// The fiscal year.
    pub year: FiscalYear,
    /// What the caller may see.
    pub scope: Scope,
    /// What is proposed.
    pub proposal: Proposal,
    /// Who says so.
    pub actor: Actor,
}

/// A project that stands in the books, with what is doubtful about its plan.
#[derive(Clone, Debug)]
pub struct Created {
    /// As it is read back.
    pub record: Record,
    /// In the order of its fields.
    pub findings: Vec<Doubt>,
}

/// A unit of which nothing but the code is known yet.
#[must_use]
pub fn unit_named(code: UnitCode) -> Unit {
    Unit { code, name: String::new() }
}

/// Records a new project with the first version of its plan.
pub fn create_project(conn: &mut Connection, command: &CreateProject, moment: Moment) -> Result<Created, Error> {
    let CreateProject { year, scope, proposal, actor } = command;
    // What the body says by itself is refused before anything is looked for.
    let (mut draft, findings) = read_proposal(proposal, *year).map_err(Error::ProposalRefused)?;
    backend::lock(conn, &format!("import|{year}"))?;
    lookup::lock(conn, *year, draft.code.as_str())?;
    // Who does not see everything is not told whether a foreign unit exists.
    if !scope.covers(&draft.unit.code) {
        return Err(Error::NotFound(Thing::Unit));
    }
    let unit = units::find(conn, &draft.unit.code)?.ok_or_else(|| Error::UnitUnknown(draft.unit.code.clone()))?;
    if projects::find(conn, *year, &draft.code)?.is_some() {
        return Err(Error::ProjectExists(draft.code.clone()));
    }

    draft.unit = unit;

    let project = import_plan::create(conn, *year, actor, &draft, "create_project", moment.now)?;
    let record = books::record(conn, project, year.nearest(moment.today), moment.now)?;
    Ok(Created { record, findings })
}
