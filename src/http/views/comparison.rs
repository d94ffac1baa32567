//! Planned against spent, with the reasons, as JSON.

use super::{
    AchievementWord, Day, Forecast, Id, Inputs, Instant, NamedForecast, ProjectCode, ProjectNamed, Ratio, RuleWord,
    SeverityWord, StandingWord, Yuan,
};
use crate::actions::figures::Figures;
use crate::actions::inputs::{explain, explain_achievement, inputs, observed};
use crate::actions::portfolio;
use crate::domain::calendar::FiscalYear;
use crate::domain::comparison;
use crate::domain::indicator::KeptIndicator;
use crate::domain::language::Language;
use crate::domain::verdict;
use crate::domain::verdict::IndicatorStanding as Standing;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// One project, planned against spent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comparison {
    /// The project.
    project: ProjectNamed,
    /// The fiscal year.
    #[schema(example = 2024)]
    fiscal_year: i32,
    /// The day for which it is compared.
    as_of: Day,
    /// What was recorded until then.
    known_at: Instant,
    /// The budget at the year's beginning; null where the document has none.
    budget_yuan: Option<Yuan>,
    /// The budget of the plan version in force.
    adjusted_budget_yuan: Option<Yuan>,
    /// What the plan version in force asks; null where there is none.
    plan: Option<Planned>,
    /// Spent until that day; `"0.00"` where nothing was posted.
    spent_yuan: Yuan,
    /// Bound and not paid: contracts not released, and applications without a contract. Never counts as spent.
    committed_yuan: Yuan,
    /// Contracts not released.
    contracted_yuan: Yuan,
    /// Applications (支付申请) not released.
    applied_yuan: Yuan,
    /// Spent less what is due; null where nothing can be due.
    gap_yuan: Option<Yuan>,
    /// Spent over what is due.
    rate_of_plan: Option<Ratio>,
    /// Why there is no rate of plan: `nothing_planned_yet` or `no_plan`.
    #[schema(example = "nothing_planned_yet")]
    rate_of_plan_reason: Option<&'static str>,
    /// Spent over the adjusted budget.
    rate_of_budget: Option<Ratio>,
    /// Why there is no rate of budget: `budget_zero` or `budget_missing`.
    #[schema(example = "budget_missing")]
    rate_of_budget_reason: Option<&'static str>,
    /// The part of the year that has passed.
    rate_of_time: Ratio,
    /// Where spending stands.
    standing: StandingWord,
    /// The gravest of the verdicts; null where there is none.
    severity: Option<SeverityWord>,
    /// Where it would end: as a person says, or else if it went on so.
    forecast: Forecast,
    /// Every way to say where it would end, each with its arithmetic.
    forecasts: Vec<NamedForecast>,
    /// What the rules say, each with its reason.
    verdicts: Vec<Verdict>,
    /// Where each indicator stands.
    indicators: Vec<IndicatorStanding>,
}

/// What a plan version asks of a day.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names, reason = "the contract's names")]
pub struct Planned {
    /// The version.
    #[schema(example = 1)]
    version: i32,
    /// How the point was chosen: always `last_point_passed`.
    #[schema(example = "last_point_passed")]
    method: &'static str,
    /// The last point passed; null before the first.
    point_on: Option<Day>,
    /// What that point states; null where its cell is blank.
    planned_yuan: Option<Yuan>,
    /// What is due, blank cells carried.
    due_yuan: Yuan,
    /// Between the points, by days.
    interpolated_yuan: Yuan,
    /// The next point; null after the last.
    next_point_on: Option<Day>,
    /// What the next point states.
    next_planned_yuan: Option<Yuan>,
}

/// What one rule says.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verdict {
    /// The rule.
    rule: RuleWord,
    /// The rule set's version.
    #[schema(example = 1)]
    rule_version: i32,
    /// The plan version that it was held against.
    #[schema(example = 1)]
    plan_version: Option<i32>,
    /// The plan point it is about; null where it is about none.
    point_on: Option<Day>,
    /// How grave.
    severity: SeverityWord,
    /// Why, in words, by `Accept-Language`.
    #[schema(example = "spent 310,000.00 of 453,900.00 yuan due on 2024-06-30")]
    explanation: String,
    /// Why, in numbers.
    inputs: Inputs,
}

/// Where one indicator stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndicatorStanding {
    /// The indicator.
    id: Id,
    /// Its name.
    #[schema(example = "道路养护合格率")]
    name: String,
    /// The target as written.
    #[schema(example = "≥95%")]
    target: String,
    /// The latest reading as of the day: a number, a grade or a day.
    #[schema(example = "96.2")]
    reading: Option<String>,
    /// Where it stands.
    standing: AchievementWord,
    /// Why, in words, by `Accept-Language`.
    #[schema(example = "96.2 is at least 95")]
    explanation: String,
}

/// A page of comparisons, with totals over the whole filter.
#[derive(Debug, Serialize, ToSchema)]
pub struct Portfolio {
    #[serde(flatten)]
    page: super::Page<Comparison>,
    /// The fiscal year.
    #[schema(example = 2024)]
    fiscal_year: i32,
    /// The day for which it is compared.
    as_of: Day,
    /// What was recorded until then.
    known_at: Instant,
    /// The totals of the whole filter, not of the page.
    totals: Totals,
}

/// Totals of a filter, and what they leave out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Totals {
    /// How many projects.
    #[schema(example = 15)]
    projects: usize,
    /// Their budgets, as far as they have one.
    budget_yuan: Yuan,
    /// What is due; projects without a budget included.
    planned_yuan: Yuan,
    /// What is spent; projects without a budget included.
    spent_yuan: Yuan,
    /// Bound and not paid: contracts not released, and applications without a contract.
    committed_yuan: Yuan,
    /// Contracts not released.
    contracted_yuan: Yuan,
    /// Applications not released.
    applied_yuan: Yuan,
    /// What `budget_yuan` lacks.
    excluded: Vec<Excluded>,
}

/// A project that a total lacks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Excluded {
    /// Its code.
    #[schema(value_type = ProjectCode)]
    code: String,
    /// Why: always `budget_missing`.
    #[schema(example = "budget_missing")]
    reason: &'static str,
}

/// `…/comparison`.
#[must_use]
pub fn comparison(figures: &Figures, known_at: DateTime<Utc>, language: Language) -> Comparison {
    let (comparison, judgement) = (&figures.comparison, &figures.judgement);
    let (forecast, forecasts) = super::forecasts(figures);
    let indicators = figures.indicators.iter().zip(&judgement.indicators);
    Comparison {
        project: super::project_named(&figures.project),
        fiscal_year: comparison.year.number(),
        as_of: Day(comparison.as_of),
        known_at: Instant(known_at),
        budget_yuan: comparison.initial_budget.map(Yuan),
        adjusted_budget_yuan: comparison.adjusted_budget.map(Yuan),
        plan: comparison.plan.as_ref().map(planned),
        spent_yuan: Yuan(comparison.spent),
        committed_yuan: Yuan(figures.committed.committed),
        contracted_yuan: Yuan(figures.committed.contracted),
        applied_yuan: Yuan(figures.committed.applied),
        gap_yuan: comparison.gap.map(Yuan),
        rate_of_plan: comparison.rate_of_plan.map(Ratio),
        rate_of_plan_reason: rate_of_plan_reason(comparison),
        rate_of_budget: comparison.rate_of_budget.map(Ratio),
        rate_of_budget_reason: rate_of_budget_reason(comparison),
        rate_of_time: Ratio(comparison.rate_of_time),
        standing: StandingWord(judgement.standing.name()),
        severity: judgement.severity.map(|severity| SeverityWord(severity.name())),
        forecast,
        forecasts,
        verdicts: judgement.verdicts.iter().map(|one| verdict(one, language)).collect(),
        indicators: indicators.map(|(kept, standing)| indicator_standing(kept, standing, language)).collect(),
    }
}

fn planned(plan: &comparison::Planned) -> Planned {
    Planned {
        version: plan.version,
        method: "last_point_passed",
        point_on: plan.point_on.map(Day),
        planned_yuan: plan.stated.filter(|_| plan.has_points).map(Yuan),
        due_yuan: Yuan(plan.due),
        interpolated_yuan: Yuan(plan.interpolated),
        next_point_on: plan.next_point_on.map(Day),
        next_planned_yuan: plan.next_stated.map(Yuan),
    }
}

/// Why there is no rate of plan; none where there is one.
fn rate_of_plan_reason(comparison: &comparison::Comparison) -> Option<&'static str> {
    match (&comparison.rate_of_plan, comparison.gap) {
        (Some(_), _) => None,
        (None, Some(_)) => Some("nothing_planned_yet"),
        (None, None) => Some("no_plan"),
    }
}

fn rate_of_budget_reason(comparison: &comparison::Comparison) -> Option<&'static str> {
    match (&comparison.rate_of_budget, comparison.adjusted_budget) {
        (Some(_), _) => None,
        (None, Some(_)) => Some("budget_zero"),
        (None, None) => Some("budget_missing"),
    }
}

fn verdict(verdict: &verdict::Verdict, language: Language) -> Verdict {
    Verdict {
        rule: RuleWord(verdict.rule.name()),
        rule_version: verdict.rule_version,
        plan_version: verdict.plan_version,
        point_on: verdict.point_on.map(Day),
        severity: SeverityWord(verdict.severity.name()),
        explanation: explain(verdict, language),
        inputs: Inputs(inputs(&verdict.reason)),
    }
}

fn indicator_standing(kept: &KeptIndicator, standing: &Standing, language: Language) -> IndicatorStanding {
    IndicatorStanding {
        id: Id(kept.id),
        name: kept.promise.name.clone(),
        target: kept.promise.target.clone(),
        reading: standing.reading.map(observed),
        standing: AchievementWord(standing.standing.name()),
        explanation: explain_achievement(standing, language),
    }
}

/// `/years/{year}/comparison`.
#[must_use]
pub fn portfolio(
    page: super::Page<Comparison>,
    (year, as_of, known_at): (FiscalYear, NaiveDate, DateTime<Utc>),
    totals: portfolio::Totals,
) -> Portfolio {
    let excluded = totals.excluded.into_iter().map(|code| Excluded { code, reason: "budget_missing" });
    Portfolio {
        page,
        fiscal_year: year.number(),
        as_of: Day(as_of),
        known_at: Instant(known_at),
        totals: Totals {
            projects: totals.projects,
            budget_yuan: Yuan(totals.budget),
            planned_yuan: Yuan(totals.planned),
            spent_yuan: Yuan(totals.spent),
            committed_yuan: Yuan(totals.committed.committed),
            contracted_yuan: Yuan(totals.committed.contracted),
            applied_yuan: Yuan(totals.committed.applied),
            excluded: excluded.collect(),
        },
    }
}
