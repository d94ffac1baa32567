//! Projects and plan versions just recorded, as JSON.

use super::{Comparison, Finding, Indicator, Plan, Project};
use crate::actions::books::KeptPlan;
use crate::actions::create_project::Created;
use crate::actions::revise_plan::Revised;
use crate::domain::indicator::KeptIndicator;
use crate::domain::language::Language;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// A project just recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectMade {
    #[serde(flatten)]
    project: Project,
    /// What a document of it would have been doubted for.
    findings: Vec<Finding>,
}

/// A plan version, with the indicators that it promises.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanVersion {
    #[serde(flatten)]
    plan: Plan,
    /// The indicators that it promises, in order.
    indicators: Vec<Indicator>,
}

/// A plan version just recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanRevised {
    #[serde(flatten)]
    version: PlanVersion,
    /// What is doubtful about it.
    findings: Vec<Finding>,
    /// Where the project stands now.
    comparison: Comparison,
}

/// `POST /years/{year}/projects`.
#[must_use]
pub fn project_made(made: &Created, language: Language) -> ProjectMade {
    ProjectMade { project: super::project(&made.record), findings: super::findings(&made.findings, language) }
}

/// `GET …/plans/{version}`.
#[must_use]
pub fn plan_version(kept: &KeptPlan, indicators: &[KeptIndicator]) -> PlanVersion {
    PlanVersion {
        plan: super::plan(&kept.plan, &kept.written, &kept.recorded_by),
        indicators: indicators.iter().map(super::indicator).collect(),
    }
}

/// `POST …/plans`.
#[must_use]
pub fn plan_revised(revised: &Revised, now: DateTime<Utc>, language: Language) -> PlanRevised {
    PlanRevised {
        version: plan_version(&revised.kept, &revised.indicators),
        findings: super::findings(&revised.findings, language),
        comparison: super::comparison(&revised.figures, now, language),
    }
}
