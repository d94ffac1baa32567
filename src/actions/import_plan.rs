//! Takes a budget document into the books: new projects, unchanged ones, and changed ones that become plan
//! versions. A document is applied whole or not at all.

use super::{Error, lookup};
use crate::domain::access::Actor;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::indicator::{Indicator, KeptIndicator};
use crate::domain::money::Fen;
use crate::domain::plan::{Budget, Plan};
use crate::domain::project::{Project, ProjectDraft};
use crate::storage::audit::{self, Deed};
use crate::storage::plans::{self, KeptPlan, NewPlan};
use crate::storage::projects::{self, Selection};
use crate::storage::units::{self, UnitRow};
use crate::storage::{Connection, backend};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// A document on its way into the books.
#[derive(Clone, Debug)]
pub struct ImportPlan {
    /// The fiscal year.
    pub year: FiscalYear,
    /// What the document says, read and found sound.
    pub drafts: Vec<ProjectDraft>,
    /// How changes take effect; none where no change is expected.
    pub revision: Option<Revision>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Who says so.
    pub actor: Actor,
}

/// How a changed plan takes effect.
#[derive(Clone, Debug)]
pub struct Revision {
    /// The first day on which it is in force.
    pub effective_on: NaiveDate,
    /// Why (追加, 调减 …).
    pub reason: String,
    /// The approving document's number.
    pub document_no: Option<String>,
}

/// One cell in which the document differs from the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The project's code.
    pub project: String,
    /// What differs, in the document's words.
    pub field: String,
    /// What the books say.
    pub before: String,
    /// What the document says.
    pub after: String,
}

/// What importing came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Projects that are new.
    pub new: usize,
    /// Projects that the books know just so.
    pub unchanged: usize,
    /// Projects that the document changes.
    pub changed: usize,
    /// Where it changes them.
    pub differences: Vec<Difference>,
    /// Whether the books now say what the document says.
    pub applied: bool,
}

/// Imports a document. Changes without a [`Revision`] are told and nothing is applied, new projects included.
pub fn import_plan(conn: &mut Connection, command: &ImportPlan, now: DateTime<Utc>) -> Result<Imported, Error> {
    backend::lock(conn, &format!("import|{}", command.year))?;
    let known = on_record(conn, command)?;

    let mut outcome = Imported::default();
    let mut works = Vec::new();
    for (draft, known) in command.drafts.iter().zip(known) {
        let Some(known) = known else {
            outcome.new += 1;
            works.push((draft, None));
            continue;
        };
        let differences = differences(draft, &known);
        if differences.is_empty() {
            outcome.unchanged += 1;
        } else {
            outcome.changed += 1;
            outcome.differences.extend(differences);
            works.push((draft, Some(known)));
        }
    }
    let undecided = outcome.changed > 0 && command.revision.is_none();
    if command.dry_run || undecided {
        return Ok(outcome);
    }

    for (draft, known) in works {
        match (known, &command.revision) {
            (Some(known), Some(revision)) => {
                revise(conn, &command.actor, draft, &known, revision, now)?;
            }
            _ => {
                create(conn, command.year, &command.actor, draft, "import_plan", now)?;
            }
        }
    }
    outcome.applied = true;
    Ok(outcome)
}

/// What the books know of each draft's project. Those that the document changes are held and read again: a check that
/// is judging one of them, or a revision of it, comes before this or after it. New ones cannot come up meanwhile.
fn on_record(conn: &mut Connection, command: &ImportPlan) -> Result<Vec<Option<OnRecord>>, Error> {
    let ImportPlan { year, drafts, .. } = command;
    let mut known: Vec<Option<OnRecord>> =
        drafts.iter().map(|draft| find(conn, *year, &draft.code)).collect::<Result<_, _>>()?;
    let mut changed: Vec<(&ProjectDraft, &mut Option<OnRecord>)> = drafts
        .iter()
        .zip(&mut known)
        .filter(|(draft, known)| known.as_ref().is_some_and(|known| !differences(draft, known).is_empty()))
        .collect();
    // In one order, or two who hold what the other waits for would wait for ever.
    changed.sort_by(|(one, _), (other, _)| one.code.as_str().cmp(other.code.as_str()));
    for (draft, known) in changed {
        lookup::lock(conn, *year, draft.code.as_str())?;
        *known = find(conn, *year, &draft.code)?;
    }
    Ok(known)
}

/// What the books know of a project.
pub(super) struct OnRecord {
    pub(super) project: Project,
    pub(super) unit_name: String,
    pub(super) latest: KeptPlan,
    pub(super) indicators: Vec<KeptIndicator>,
}

/// The project with the latest version of its plan.
pub(super) fn find(conn: &mut Connection, year: FiscalYear, code: &ProjectCode) -> Result<Option<OnRecord>, Error> {
    let Some(project) = projects::find(conn, year, code)? else { return Ok(None) };
    let selection = Selection::one(&project);
    let versions = plans::kept(conn, &selection)?.remove(&project.id).unwrap_or_default();
    let Some(latest) = versions.into_iter().max_by_key(|kept| kept.plan.version) else { return Ok(None) };
    let indicators = plans::targets(conn, &selection)?.remove(&(project.id, latest.plan.version)).unwrap_or_default();
    let unit_name = units::find(conn, &project.unit)?.map(|unit| unit.name).unwrap_or_default();
    Ok(Some(OnRecord { project, unit_name, latest, indicators }))
}

fn differences(draft: &ProjectDraft, known: &OnRecord) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut hold = |field: &str, before: String, after: String| {
        if before != after {
            let (project, field) = (draft.code.to_string(), field.to_owned());
            found.push(Difference { project, field, before, after });
        }
    };
    hold("项目名称", known.project.name.clone(), draft.name.clone());
    hold(
        "预算单位",
        format!("{} {}", known.project.unit, known.unit_name),
        format!("{} {}", draft.unit.code, draft.unit.name),
    );
    hold("资金用途", known.project.purpose.clone(), draft.purpose.clone());
    hold("绩效目标", known.project.goals.join("\n"), draft.goals.join("\n"));
    let (before, after) = (known.latest.plan.budget, draft.budget);
    for (field, before, after) in [
        ("预算数", before.total, after.total),
        ("财政资金", before.fiscal, after.fiscal),
        ("本级安排", before.fiscal_own, after.fiscal_own),
        ("上级补助", before.fiscal_upper, after.fiscal_upper),
        ("其他资金", before.other, after.other),
    ] {
        hold(field, shown(before), shown(after));
    }
    let days: std::collections::BTreeSet<NaiveDate> =
        known.latest.plan.points.as_slice().iter().chain(draft.points.as_slice()).map(|point| point.on).collect();
    for day in days {
        let at = |points: &crate::domain::plan::PlanPoints| {
            points
                .as_slice()
                .iter()
                .find(|point| point.on == day)
                .map_or("（无此节点）".to_owned(), |point| shown(point.planned))
        };
        hold(&format!("资金支出计划 {day}"), at(&known.latest.plan.points), at(&draft.points));
    }
    for (place, (before, after)) in pairs(&known.indicators, &draft.indicators).into_iter().enumerate() {
        hold(
            &format!("绩效指标 {}", place + 1),
            before.map_or_else(String::new, told),
            after.map_or_else(String::new, told),
        );
    }
    found
}

fn shown(amount: Option<Fen>) -> String {
    amount.map_or("（空）".to_owned(), |amount| format!("{}元", amount.yuan()))
}

fn told(indicator: &Indicator) -> String {
    let Indicator { level1, level2, name, description, target, basis, .. } = indicator;
    format!("{level1}/{level2}/{name}：{description}；{target}；{basis}")
}

fn pairs<'a>(
    before: &'a [KeptIndicator],
    after: &'a [Indicator],
) -> Vec<(Option<&'a Indicator>, Option<&'a Indicator>)> {
    let length = before.len().max(after.len());
    (0..length).map(|place| (before.get(place).map(|kept| &kept.promise), after.get(place))).collect()
}

/// A target may change and the indicator stay the same: identity goes by level and name, in order.
fn identified(known: &[KeptIndicator], drafted: &[Indicator]) -> Vec<KeptIndicator> {
    let mut free: Vec<&KeptIndicator> = known.iter().collect();
    let same = |kept: &KeptIndicator, promise: &Indicator| {
        let one = &kept.promise;
        (&one.level1, &one.level2, &one.name) == (&promise.level1, &promise.level2, &promise.name)
    };
    drafted
        .iter()
        .map(|promise| {
            let place = free.iter().position(|kept| same(kept, promise));
            let id = place.map_or_else(Uuid::now_v7, |place| free.remove(place).id);
            KeptIndicator { id, promise: promise.clone() }
        })
        .collect()
}

/// Records a project that is new, with the first version of its plan.
pub(super) fn create(
    conn: &mut Connection,
    year: FiscalYear,
    actor: &Actor,
    draft: &ProjectDraft,
    action: &str,
    now: DateTime<Utc>,
) -> Result<Project, Error> {
    put_unit(conn, draft, now)?;
    let project = Project {
        id: Uuid::now_v7(),
        year,
        code: draft.code.clone(),
        name: draft.name.clone(),
        unit: draft.unit.code.clone(),
        purpose: draft.purpose.clone(),
        goals: draft.goals.clone(),
        recorded_at: now,
    };
    projects::insert(conn, &project)?;
    let plan = Plan {
        version: 1,
        effective_on: year.first_day(),
        recorded_at: now,
        heading: project.heading(),
        budget: draft.budget,
        points: draft.points.clone(),
        reason: String::new(),
        document_no: None,
    };
    write_version(conn, actor, &project, draft, &plan, &[], (action, None))?;
    Ok(project)
}

/// Records the next version of a project's plan.
pub(super) fn revise(
    conn: &mut Connection,
    actor: &Actor,
    draft: &ProjectDraft,
    known: &OnRecord,
    revision: &Revision,
    now: DateTime<Utc>,
) -> Result<Project, Error> {
    let before = &known.latest.plan;
    if revision.effective_on < before.effective_on || !known.project.year.contains(revision.effective_on) {
        return Err(Error::EffectiveTooEarly(before.effective_on));
    }
    put_unit(conn, draft, now)?;
    let project = Project {
        name: draft.name.clone(),
        unit: draft.unit.code.clone(),
        purpose: draft.purpose.clone(),
        goals: draft.goals.clone(),
        ..known.project.clone()
    };
    projects::update(conn, &project)?;
    let plan = Plan {
        version: before.version + 1,
        effective_on: revision.effective_on,
        recorded_at: now,
        heading: project.heading(),
        budget: draft.budget,
        points: draft.points.clone(),
        reason: revision.reason.clone(),
        document_no: revision.document_no.clone(),
    };
    let was = as_json(&known.project.name, before);
    write_version(conn, actor, &project, draft, &plan, &known.indicators, ("revise_plan", Some(was)))?;
    Ok(project)
}

fn put_unit(conn: &mut Connection, draft: &ProjectDraft, now: DateTime<Utc>) -> Result<(), Error> {
    let known = units::all(conn)?.into_iter().find(|row| row.unit.code == draft.unit.code);
    if known.as_ref().is_none_or(|row| row.unit != draft.unit) {
        let parent = known.and_then(|row| row.parent);
        units::put(conn, &UnitRow { unit: draft.unit.clone(), parent }, now)?;
    }
    Ok(())
}

fn write_version(
    conn: &mut Connection,
    actor: &Actor,
    project: &Project,
    draft: &ProjectDraft,
    plan: &Plan,
    known: &[KeptIndicator],
    (action, before): (&str, Option<Value>),
) -> Result<(), Error> {
    let indicators = identified(known, &draft.indicators);
    let new = NewPlan {
        id: Uuid::now_v7(),
        project: project.id,
        plan,
        written: &draft.points_written,
        indicators: &indicators,
        recorded_by: &actor.name,
    };
    plans::insert(conn, &new)?;
    let after = Some(as_json(&project.name, plan));
    let unit = Some(&project.unit);
    let deed = Deed { action, entity: "project", entity_id: project.code.as_str(), unit, before, after };
    audit::append(conn, &deed, actor, plan.recorded_at)?;
    Ok(())
}

fn as_json(name: &str, plan: &Plan) -> Value {
    let points: Vec<Value> = plan
        .points
        .as_slice()
        .iter()
        .map(|point| json!({ "point_on": point.on.to_string(), "planned_yuan": point.planned.map(Fen::yuan) }))
        .collect();
    let Budget { total, .. } = plan.budget;
    json!({ "name": name, "version": plan.version, "effective_on": plan.effective_on.to_string(),
        "budget_yuan": total.map(Fen::yuan), "points": points, "reason": plan.reason, "document_no": plan.document_no })
}
