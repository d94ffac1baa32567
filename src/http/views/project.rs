//! Projects, their plans and their indicators, as JSON.

use super::{
    ComparatorWord, Day, Id, Instant, ProjectCode, SeverityWord, StandingWord, TargetKindWord, UnitCode, Yuan,
};
use crate::actions::books;
use crate::actions::figures::Figures;
use crate::domain::indicator::{KeptIndicator, Target};
use crate::domain::{plan, project};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

/// A project, named.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectNamed {
    /// Its code; with the year its outward identity.
    code: ProjectCode,
    /// Its name.
    #[schema(example = "城区道路养护")]
    name: String,
    /// The unit that answers for it.
    unit: UnitCode,
}

/// A project in a list, with where it stands today.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectListed {
    #[serde(flatten)]
    project: ProjectNamed,
    /// The fiscal year.
    #[schema(example = 2024)]
    fiscal_year: i32,
    /// The budget at the year's beginning; null where the document has none.
    budget_yuan: Option<Yuan>,
    /// The budget of the plan version in force.
    adjusted_budget_yuan: Option<Yuan>,
    /// Spent until today.
    spent_yuan: Yuan,
    /// Where spending stands.
    standing: StandingWord,
    /// The gravest of the verdicts; null where there is none.
    severity: Option<SeverityWord>,
}

/// A project with its plan and its indicators.
#[derive(Debug, Serialize, ToSchema)]
pub struct Project {
    /// Its code; with the year its outward identity.
    code: ProjectCode,
    /// Its name.
    #[schema(example = "城区道路养护")]
    name: String,
    /// The fiscal year.
    #[schema(example = 2024)]
    fiscal_year: i32,
    /// The unit that answers for it.
    unit: UnitCode,
    /// That unit's name.
    #[schema(example = "住房和城乡建设局")]
    unit_name: String,
    /// What the money is for.
    #[schema(example = "用于城区道路日常养护")]
    purpose: String,
    /// What is to be reached, one a line.
    #[schema(example = json!(["保障城区道路完好"]))]
    goals: Vec<String>,
    /// When it was recorded.
    recorded_at: Instant,
    /// The plan version in force; null where none is yet.
    plan: Option<Plan>,
    /// Its indicators, in the document's order.
    indicators: Vec<Indicator>,
}

/// A plan version.
#[derive(Debug, Serialize, ToSchema)]
pub struct Plan {
    /// 1 for the plan of the budget document, then counting up.
    #[schema(example = 1)]
    version: i32,
    /// The first day on which it is in force.
    effective_on: Day,
    /// The budget of this version; null where the document has none.
    budget_yuan: Option<Yuan>,
    /// Of it, fiscal money.
    fiscal_yuan: Option<Yuan>,
    /// Of that, the own level's.
    fiscal_own_yuan: Option<Yuan>,
    /// Of that, the upper level's.
    fiscal_upper_yuan: Option<Yuan>,
    /// Of it, other money.
    other_yuan: Option<Yuan>,
    /// What is to be spent by which day, cumulative.
    points: Vec<PlanPoint>,
    /// Why it was revised; empty for version 1.
    #[schema(example = "年中预算调整")]
    reason: String,
    /// The approving document's number.
    #[schema(example = "财预〔2024〕17号")]
    document_no: Option<String>,
    /// When it was recorded.
    recorded_at: Instant,
    /// Who recorded it.
    #[schema(example = "cli")]
    recorded_by: String,
}

/// A plan point.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanPoint {
    /// The day.
    point_on: Day,
    /// What is to be spent by then; null where the cell is blank.
    planned_yuan: Option<Yuan>,
    /// The cell as written; null where it was not read from a document.
    #[schema(example = "45.39")]
    written: Option<String>,
}

/// An indicator, as written and as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Indicator {
    /// Ours, stable over plan versions.
    id: Id,
    /// 一级指标.
    #[schema(example = "产出指标")]
    level1: String,
    /// 二级指标.
    #[schema(example = "质量指标")]
    level2: String,
    /// 三级指标: its name.
    #[schema(example = "道路养护合格率")]
    name: String,
    /// 绩效指标描述.
    #[schema(example = "养护合格的道路占比")]
    description: String,
    /// The target as written.
    #[schema(example = "≥95%")]
    target: String,
    /// The target as read.
    target_read: TargetRead,
    /// What the target rests on; empty where it is missing.
    #[schema(example = "行业标准")]
    basis: String,
    /// Its weight, where the document has that column.
    #[schema(example = "10")]
    weight: Option<String>,
}

/// A target as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetRead {
    /// What kind of target it is.
    kind: TargetKindWord,
    /// How it compares, where it says so.
    comparator: Option<ComparatorWord>,
    /// How it is compared, where it does not say so.
    comparator_suggested: Option<ComparatorWord>,
    /// The number.
    #[schema(example = "95")]
    value: Option<String>,
    /// The number's unit; may be empty.
    #[schema(example = "%")]
    unit: Option<String>,
    /// What one unit of the number stands for.
    #[schema(example = "平均每户")]
    basis: Option<String>,
    /// The day by which it is done.
    due_on: Option<Day>,
}

/// A project, named.
#[must_use]
pub fn project_named(project: &project::Project) -> ProjectNamed {
    ProjectNamed {
        code: ProjectCode(project.code.clone()),
        name: project.name.clone(),
        unit: UnitCode(project.unit.clone()),
    }
}

/// A project in a list.
#[must_use]
pub fn project_listed(figures: &Figures) -> ProjectListed {
    ProjectListed {
        project: project_named(&figures.project),
        fiscal_year: figures.project.year.number(),
        budget_yuan: figures.comparison.initial_budget.map(Yuan),
        adjusted_budget_yuan: figures.comparison.adjusted_budget.map(Yuan),
        spent_yuan: Yuan(figures.comparison.spent),
        standing: StandingWord(figures.judgement.standing.name()),
        severity: figures.judgement.severity.map(|severity| SeverityWord(severity.name())),
    }
}

/// A project with its plan and its indicators.
#[must_use]
pub fn project(record: &books::Record) -> Project {
    let project = &record.project;
    Project {
        code: ProjectCode(project.code.clone()),
        name: project.name.clone(),
        fiscal_year: project.year.number(),
        unit: UnitCode(project.unit.clone()),
        unit_name: record.unit_name.clone(),
        purpose: project.purpose.clone(),
        goals: project.goals.clone(),
        recorded_at: Instant(project.recorded_at),
        plan: record.in_force.as_ref().map(|kept| plan(&kept.plan, &kept.written, &kept.recorded_by)),
        indicators: record.indicators.iter().map(indicator).collect(),
    }
}

/// An indicator, as written and as read.
#[must_use]
pub fn indicator(kept: &KeptIndicator) -> Indicator {
    let promise = kept.promise.clone();
    Indicator {
        id: Id(kept.id),
        target_read: target_read(&promise.target_read),
        level1: promise.level1,
        level2: promise.level2,
        name: promise.name,
        description: promise.description,
        target: promise.target,
        basis: promise.basis,
        weight: promise.weight.as_ref().map(Decimal::to_string),
    }
}

fn target_read(target: &Target) -> TargetRead {
    let bound = target.bound();
    let due_on = match target {
        Target::Deadline { due_on } => Some(Day(*due_on)),
        _ => None,
    };
    let stated = matches!(target, Target::Bound { .. });
    let sign = bound.map(|(comparator, _)| ComparatorWord(comparator.sign()));
    TargetRead {
        kind: TargetKindWord(target.kind()),
        comparator: sign.filter(|_| stated),
        comparator_suggested: sign.filter(|_| !stated),
        value: bound.map(|(_, quantity)| quantity.value.to_string()),
        unit: bound.map(|(_, quantity)| quantity.unit.clone()),
        basis: bound.and_then(|(_, quantity)| quantity.per.clone()),
        due_on,
    }
}

/// A plan version.
#[must_use]
pub fn plan(plan: &plan::Plan, written: &[String], recorded_by: &str) -> Plan {
    let points = plan.points.as_slice().iter().enumerate().map(|(place, point)| PlanPoint {
        point_on: Day(point.on),
        planned_yuan: point.planned.map(Yuan),
        written: written.get(place).cloned(),
    });
    let budget = plan.budget;
    Plan {
        version: plan.version,
        effective_on: Day(plan.effective_on),
        budget_yuan: budget.total.map(Yuan),
        fiscal_yuan: budget.fiscal.map(Yuan),
        fiscal_own_yuan: budget.fiscal_own.map(Yuan),
        fiscal_upper_yuan: budget.fiscal_upper.map(Yuan),
        other_yuan: budget.other.map(Yuan),
        points: points.collect(),
        reason: plan.reason.clone(),
        document_no: plan.document_no.clone(),
        recorded_at: Instant(plan.recorded_at),
        recorded_by: recorded_by.to_owned(),
    }
}
