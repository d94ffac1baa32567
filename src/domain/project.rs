//! A project in a year, as a budget document drafts it and as it is kept.

use crate::domain::calendar::FiscalYear;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::indicator::Indicator;
use crate::domain::plan::{Budget, PlanPoints};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A budget unit (预算单位).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its code, such as `333001`.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
}

/// A project as a document promises it, whole and valid: the reader has refused what cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectDraft {
    /// 项目编码.
    pub code: ProjectCode,
    /// 项目名称.
    pub name: String,
    /// The unit that answers for it.
    pub unit: Unit,
    /// 资金用途; may be empty.
    pub purpose: String,
    /// 绩效目标, one a line; may be empty.
    pub goals: Vec<String>,
    /// 预算数 and its parts.
    pub budget: Budget,
    /// 资金支出计划, with the dates of the year.
    pub points: PlanPoints,
    /// The plan's cells as written (`22.70`, `25%`, or nothing), in the order of the points.
    pub points_written: Vec<String>,
    /// 绩效指标, in the document's order.
    pub indicators: Vec<Indicator>,
}

/// What a version of the plan says of the project itself. A revision may rename it or hand it to another unit; what
/// was said of the time before keeps the words of then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 项目名称.
    pub name: String,
    /// The unit that answers for it.
    pub unit: UnitCode,
    /// 资金用途.
    pub purpose: String,
    /// 绩效目标.
    pub goals: Vec<String>,
}

/// A project as it is kept, under the heading of its latest plan version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Ours.
    pub id: Uuid,
    /// The year it belongs to.
    pub year: FiscalYear,
    /// 项目编码; with the year its outward identity.
    pub code: ProjectCode,
    /// 项目名称.
    pub name: String,
    /// The unit that answers for it.
    pub unit: UnitCode,
    /// 资金用途.
    pub purpose: String,
    /// 绩效目标.
    pub goals: Vec<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl Project {
    /// Its heading.
    #[must_use]
    pub fn heading(&self) -> Heading {
        let Project { name, unit, purpose, goals, .. } = self.clone();
        Heading { name, unit, purpose, goals }
    }

    /// The same project under another heading.
    #[must_use]
    pub fn headed(self, heading: &Heading) -> Project {
        let Heading { name, unit, purpose, goals } = heading.clone();
        Project { name, unit, purpose, goals, ..self }
    }
}
