//! The way in for a plan that comes as values and not as a document: the same readers and the same doubts, each at the
//! field that it is about.

use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::indicator::{Indicator, KeptIndicator};
use crate::domain::language::Language;
use crate::domain::money::Fen;
use crate::domain::plan::{Budget, PlanPoints};
use crate::domain::project::{ProjectDraft, Unit};
use crate::intake::draft::{self, Drafted};
use crate::intake::finding::{Finding, Findings, Severity};
use crate::intake::indicator_rows::{IndicatorRow, IndicatorTable, Located};
use crate::intake::layout::Cell;
use crate::intake::plan_checks;
use crate::intake::table::{Field, Table};
use rust_decimal::Decimal;

/// Indicators that a proposed project may have.
pub const MAX_INDICATORS: usize = 200;
/// Goals that a proposed project may have.
pub const MAX_GOALS: usize = 50;

/// A project as somebody proposes it: amounts and days read, its targets as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// 项目编码.
    pub code: ProjectCode,
    /// 项目名称.
    pub name: String,
    /// The unit that answers for it.
    pub unit: Unit,
    /// 资金用途; may be empty.
    pub purpose: String,
    /// 绩效目标, one line each; may be empty.
    pub goals: Vec<String>,
    /// 预算数 and its parts.
    pub budget: Budget,
    /// 资金支出计划.
    pub points: PlanPoints,
    /// 绩效指标, in order.
    pub indicators: Vec<ProposedIndicator>,
}

/// An indicator as somebody proposes it, every text on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProposedIndicator {
    /// 一级指标.
    pub level1: String,
    /// 二级指标.
    pub level2: String,
    /// 三级指标.
    pub name: String,
    /// 绩效指标描述; may be empty.
    pub description: String,
    /// 指标值 as written.
    pub target: String,
    /// 指标值确定依据; may be empty.
    pub basis: String,
    /// 权重 as written; may be empty.
    pub weight: String,
}

impl ProposedIndicator {
    /// A promise that stands, proposed again.
    #[must_use]
    pub fn again(kept: &KeptIndicator) -> ProposedIndicator {
        let Indicator { level1, level2, name, description, target, basis, weight, .. } = kept.promise.clone();
        let weight = weight.map(|weight| weight.to_string()).unwrap_or_default();
        ProposedIndicator { level1, level2, name, description, target, basis, weight }
    }
}

/// A finding at the field that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The field: `indicators[2].target`.
    pub field: String,
    /// What was found.
    pub finding: Finding,
}

impl Doubt {
    /// Whether it refuses the plan, or only asks a person to look.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.finding.severity == Severity::Error
    }

    /// What is doubtful or wrong, and how to mend it.
    #[must_use]
    pub fn says(&self, language: Language) -> String {
        self.finding.detail.says(language)
    }
}

/// Reads a proposal as a document of one project would be: the draft with its doubts, or what refuses it.
pub fn read_proposal(proposal: &Proposal, year: FiscalYear) -> Result<(ProjectDraft, Vec<Doubt>), Vec<Doubt>> {
    let mut places = Places::default();
    let table = table(proposal, &mut places);
    let mut findings = Findings::new();
    let indicators = draft::read_indicators(&table, year, &mut findings).unwrap_or_default();
    let draft = ProjectDraft {
        code: proposal.code.clone(),
        name: proposal.name.clone(),
        unit: proposal.unit.clone(),
        purpose: proposal.purpose.clone(),
        goals: proposal.goals.clone(),
        budget: proposal.budget,
        points: proposal.points.clone(),
        points_written: table.points.iter().map(|field| field.value.text.clone()).collect(),
        indicators,
    };
    // Amounts come in fen: nothing is rounded.
    let drafted = [Drafted { draft, table, last_point_step: Decimal::ONE }];
    if findings.errors() == 0 {
        plan_checks::check(&drafted, year, &mut findings);
    }
    let [Drafted { draft, .. }] = drafted;
    let settled = findings.settle(draft).map_err(|refused| refused.findings);
    let (draft, found, _) = settled.map_err(|found| places.doubts(found))?;
    Ok((draft, places.doubts(found)))
}

/// The fields by the numbers that stand in for lines of a document.
#[derive(Default)]
struct Places(Vec<String>);

impl Places {
    /// A cell whose findings are about a field.
    fn cell(&mut self, field: &str, text: impl Into<String>) -> Cell {
        self.0.push(field.to_owned());
        Cell { line: u32::try_from(self.0.len()).unwrap_or(u32::MAX), text: text.into() }
    }

    fn doubts(&self, found: Vec<Finding>) -> Vec<Doubt> {
        let field = |finding: &Finding| {
            let place = usize::try_from(finding.row).unwrap_or_default().checked_sub(1);
            place.and_then(|place| self.0.get(place)).cloned().unwrap_or_default()
        };
        found.into_iter().map(|finding| Doubt { field: field(&finding), finding }).collect()
    }
}

/// The table that a document would have, its cells at their fields.
fn table(proposal: &Proposal, places: &mut Places) -> Table {
    let written = |amount: Option<Fen>| amount.map(Fen::yuan).unwrap_or_default();
    let label = |text: &str| Cell { line: 0, text: text.to_owned() };
    let identity = vec![Field { label: label("项目编码"), value: places.cell("code", proposal.code.as_str()) }];
    let budget =
        vec![Field { label: label("预算数"), value: places.cell("budget_yuan", written(proposal.budget.total)) }];
    let points = proposal.points.as_slice().iter().enumerate();
    let points = points
        .map(|(number, point)| Field {
            label: label(&point.on.to_string()),
            value: places.cell(&format!("points[{number}].planned_yuan"), written(point.planned)),
        })
        .collect();
    let heading = places.cell("indicators", "");
    let rows = proposal.indicators.iter().enumerate();
    let rows = rows.map(|(number, indicator)| row(indicator, &format!("indicators[{number}]"), places)).collect();
    Table { number: 1, identity, budget, points, indicators: IndicatorTable { heading, rows }, ..Table::default() }
}

fn row(proposed: &ProposedIndicator, path: &str, places: &mut Places) -> IndicatorRow {
    let mut located = |column: &str, field: &str, text: &str| Located {
        column: column.to_owned(),
        cell: places.cell(&format!("{path}.{field}"), text),
    };
    let target = located("指标值", "target", &proposed.target);
    let basis = located("指标值确定依据", "basis", &proposed.basis);
    let weight = (!proposed.weight.is_empty()).then(|| located("权重", "weight", &proposed.weight));
    let plain = |text: &str| Cell { line: target.cell.line, text: text.to_owned() };
    IndicatorRow {
        level1: plain(&proposed.level1),
        level2: plain(&proposed.level2),
        name: plain(&proposed.name),
        description: plain(&proposed.description),
        target: target.clone(),
        basis: Some(basis),
        weight,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::code::UnitCode;
    use crate::domain::plan::PlanPoint;

    fn proposal() -> Proposal {
        let point = |on: &str, fen: i64| PlanPoint { on: on.parse().unwrap(), planned: Some(Fen::new(fen)) };
        let points = vec![point("2024-06-30", 50_000), point("2024-12-31", 90_000)];
        let indicator = |level1: &str, level2: &str, target: &str, basis: &str| ProposedIndicator {
            level1: level1.to_owned(),
            level2: level2.to_owned(),
            name: "完成率".to_owned(),
            target: target.to_owned(),
            basis: basis.to_owned(),
            ..ProposedIndicator::default()
        };
        Proposal {
            code: ProjectCode::parse("13060524P000002100358").unwrap(),
            name: "道路养护".to_owned(),
            unit: Unit { code: UnitCode::parse("333001").unwrap(), name: "某局".to_owned() },
            purpose: String::new(),
            goals: Vec::new(),
            budget: Budget { total: Some(Fen::new(100_000)), ..Budget::default() },
            points: PlanPoints::new(FiscalYear::new(2024).unwrap(), points).unwrap(),
            indicators: vec![
                indicator("产出指标", "质量指标", "≥95%", "实施方案"),
                indicator("产出指标", "时效指标", "100%", ""),
            ],
        }
    }

    fn found(doubts: &[Doubt]) -> Vec<(&str, &str)> {
        doubts.iter().map(|doubt| (doubt.finding.code.name(), doubt.field.as_str())).collect()
    }

    #[test]
    fn a_proposal_raises_the_doubts_of_a_document_at_its_fields() {
        let (draft, doubts) = read_proposal(&proposal(), FiscalYear::new(2024).unwrap()).unwrap();
        assert_eq!(draft.indicators.len(), 2);
        assert_eq!(draft.points_written, ["500.00", "900.00"]);
        assert_eq!(
            found(&doubts),
            [
                ("check_sign_mismatch", "code"),
                ("last_point_differs_from_budget", "points[1].planned_yuan"),
                ("satisfaction_missing", "indicators"),
                ("comparator_missing", "indicators[1].target"),
                ("basis_missing", "indicators[1].basis"),
            ]
        );
    }

    #[test]
    fn a_number_that_cannot_be_read_refuses_the_proposal() {
        let mut proposal = proposal();
        proposal.indicators[1].target = "≥9O%".to_owned();
        proposal.indicators[0].weight = "viel".to_owned();
        let refused = read_proposal(&proposal, FiscalYear::new(2024).unwrap()).unwrap_err();
        assert_eq!(
            found(&refused),
            [("number_unreadable", "indicators[0].weight"), ("number_unreadable", "indicators[1].target")]
        );
    }
}
