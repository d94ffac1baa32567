//! Gives a project's plan its next version, and judges the project anew in the same breath.

use super::figures::Figures;
pub use super::import_plan::Revision;
use super::import_plan::{self, OnRecord};
use super::record_disbursement::{re_examine, tell_critical};
use super::{Error, Judging, Moment, Thing, books, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::indicator::KeptIndicator;
use crate::domain::plan::{Budget, PlanPoints};
use crate::domain::project::{ProjectDraft, Unit};
use crate::intake::proposal::{Doubt, Proposal, ProposedIndicator, read_proposal};
use crate::storage::Connection;
use crate::storage::plans::KeptPlan;

/// Which versions a client has seen, as `If-Match` says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It does not say.
    Unsaid,
    /// Any will do.
    Any,
    /// One of these.
    Versions(Vec<i32>),
}

/// What changes; none stays as it is.
#[derive(Clone, Debug)]
pub struct Change {
    /// When it takes effect, and why.
    pub revision: Revision,
    /// 项目名称.
    pub name: Option<String>,
    /// 资金用途.
    pub purpose: Option<String>,
    /// 绩效目标.
    pub goals: Option<Vec<String>>,
    /// 调整后预算数 and its parts.
    pub budget: Budget,
    /// 资金支出计划.
    pub points: PlanPoints,
    /// 绩效指标.
    pub indicators: Option<Vec<ProposedIndicator>>,
}

/// A revision on its way into the books.
#[derive(Clone, Debug)]
pub struct RevisePlan {
    /// The fiscal year.
    pub year: FiscalYear,
    /// The project's code.
    pub code: ProjectCode,
    /// What the caller may see.
    pub scope: Scope,
    /// Which version is revised.
    pub seen: Seen,
    /// What changes.
    pub change: Change,
    /// Who says so.
    pub actor: Actor,
}

/// A version that stands in the books.
#[derive(Clone, Debug)]
pub struct Revised {
    /// The version.
    pub kept: KeptPlan,
    /// The indicators that it promises.
    pub indicators: Vec<KeptIndicator>,
    /// What is doubtful about it.
    pub findings: Vec<Doubt>,
    /// Where the project stands today, or on the year's nearest day.
    pub figures: Figures,
}

/// Records the next version of a plan, if the client has seen the latest one.
pub fn revise_plan(
    conn: &mut Connection,
    command: &RevisePlan,
    judging: &Judging,
    moment: Moment,
) -> Result<Revised, Error> {
    let RevisePlan { year, code, scope, seen, change, actor } = command;
    if !year.contains(change.revision.effective_on) {
        return Err(Error::EffectiveTooEarly(year.first_day()));
    }
    lookup::project_for_writing(conn, *year, code, scope)?;
    let known = import_plan::find(conn, *year, code)?.ok_or(Error::NotFound(Thing::Project))?;

    let (draft, findings) = revised(&known, change, *year)?;
    check_seen(seen, known.latest.plan.version)?;

    let project = import_plan::revise(conn, actor, &draft, &known, &change.revision, moment.now)?;
    let examined = re_examine(conn, &project, actor, judging, moment)?;
    tell_critical(conn, &[(project.clone(), examined.turned_critical)], judging, moment)?;
    let (kept, indicators) = books::version(conn, &project, known.latest.plan.version + 1, moment.now)?;
    Ok(Revised { kept, indicators, findings, figures: examined.figures })
}

fn check_seen(seen: &Seen, latest: i32) -> Result<(), Error> {
    match seen {
        Seen::Unsaid => Err(Error::RevisesUnsaid { latest }),
        Seen::Versions(versions) if !versions.contains(&latest) => Err(Error::PlanChanged { latest }),
        Seen::Any | Seen::Versions(_) => Ok(()),
    }
}

/// The project as it will be: what the change does not name stays, promises with the words they were read from.
fn revised(known: &OnRecord, change: &Change, year: FiscalYear) -> Result<(ProjectDraft, Vec<Doubt>), Error> {
    let project = &known.project;
    let proposal = Proposal {
        code: project.code.clone(),
        name: change.name.clone().unwrap_or_else(|| project.name.clone()),
        unit: Unit { code: project.unit.clone(), name: known.unit_name.clone() },
        purpose: change.purpose.clone().unwrap_or_else(|| project.purpose.clone()),
        goals: change.goals.clone().unwrap_or_else(|| project.goals.clone()),
        budget: change.budget,
        points: change.points.clone(),
        indicators: match &change.indicators {
            Some(indicators) => indicators.clone(),
            None => known.indicators.iter().map(ProposedIndicator::again).collect(),
        },
    };
    let (mut draft, findings) = read_proposal(&proposal, year).map_err(Error::ProposalRefused)?;
    if change.indicators.is_none() {
        draft.indicators = known.indicators.iter().map(|kept| kept.promise.clone()).collect();
    }
    Ok((draft, findings))
}
