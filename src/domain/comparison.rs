//! What was planned and what was spent, side by side, on one day. Figures only: judging is another function.

use crate::domain::calendar::FiscalYear;
use crate::domain::money::{Fen, MoneyError, Ratio};
use crate::domain::plan::{Plan, PlanPoints};
use chrono::NaiveDate;

/// The plan's side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The plan version in force.
    pub version: i32,
    /// Whether the plan has any point at all.
    pub has_points: bool,
    /// The last point passed; none before the first.
    pub point_on: Option<NaiveDate>,
    /// What that point's cell says: none where it is blank. Before the first point nothing is planned: 0.
    pub stated: Option<Fen>,
    /// What is due: the last figure promised by now, 0 where none was.
    pub due: Fen,
    /// Linear interpolation between points: a second figure that judges nothing.
    pub interpolated: Fen,
    /// The next point to come.
    pub next_point_on: Option<NaiveDate>,
    /// What it promises; none where its cell is blank.
    pub next_stated: Option<Fen>,
    /// All that it promises.
    pub points: PlanPoints,
}

/// When something that counts was last posted by a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastPosting {
    /// Nobody asked: the comparison is of money only.
    NotAsked,
    /// Nothing was posted in the year.
    Never,
    /// On that day.
    On(NaiveDate),
}

/// One project on one day: planned, spent, gap, rates. Amounts in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The fiscal year.
    pub year: FiscalYear,
    /// The day for which it is true.
    pub as_of: NaiveDate,
    /// Whether it is true of the year's last day and known after that day had ended: what was due on it is overdue.
    pub year_is_over: bool,
    /// The day up to which is waited for what was due: the day itself, and past the year's last day the day on which that is
    /// known, for figures of December come in January.
    pub waited_until: NaiveDate,
    /// 年初预算数; none where blank.
    pub initial_budget: Option<Fen>,
    /// 调整后预算数; none where blank.
    pub adjusted_budget: Option<Fen>,
    /// The plan in force; none where no version is in force yet.
    pub plan: Option<Planned>,
    /// Cumulative spending since 1 January; 0 where nothing was posted.
    pub spent: Fen,
    /// When something was last posted, where it was asked for.
    pub last_posting: LastPosting,
    /// Spent less what is due; none without a plan.
    pub gap: Option<Fen>,
    /// Spent ÷ due; none where nothing is due.
    pub rate_of_plan: Option<Ratio>,
    /// 执行率: spent ÷ adjusted budget; none where the budget is blank or zero.
    pub rate_of_budget: Option<Ratio>,
    /// 序时进度: the share of the year passed.
    pub rate_of_time: Ratio,
}

/// Holds what was spent by a day against the plan in force on it.
///
/// `initial` is the plan of the year's beginning, for 年初预算数. Fails only where a sum leaves the range of money.
pub fn compare(
    year: FiscalYear,
    initial: Option<&Plan>,
    plan: Option<&Plan>,
    spent: Fen,
    as_of: NaiveDate,
) -> Result<Comparison, MoneyError> {
    let planned = plan.map(|plan| planned(plan, year, as_of));
    let adjusted_budget = plan.and_then(|plan| plan.budget.total);
    let due = planned.as_ref().filter(|planned| planned.has_points).map(|planned| planned.due);
    Ok(Comparison {
        year,
        as_of,
        year_is_over: false,
        waited_until: as_of,
        initial_budget: initial.and_then(|plan| plan.budget.total),
        adjusted_budget,
        spent,
        last_posting: LastPosting::NotAsked,
        gap: due.map(|due| spent.minus(due)).transpose()?,
        rate_of_plan: due.and_then(|due| Ratio::of(spent.decimal(), due.decimal())),
        rate_of_budget: adjusted_budget.and_then(|budget| Ratio::of(spent.decimal(), budget.decimal())),
        rate_of_time: year.time_progress(as_of),
        plan: planned,
    })
}

impl Comparison {
    /// The same comparison as it is known on a day: of the year's last day, from the next day on, the year is over.
    #[must_use]
    pub fn known_on(self, day: NaiveDate) -> Comparison {
        let last = self.year.last_day();
        let year_is_over = self.as_of >= last && day > last;
        let waited_until = if year_is_over { day } else { self.as_of };
        Comparison { year_is_over, waited_until, ..self }
    }
}

fn planned(plan: &Plan, year: FiscalYear, as_of: NaiveDate) -> Planned {
    let last = plan.points.last_passed(as_of);
    let next = plan.points.next(as_of);
    Planned {
        version: plan.version,
        has_points: !plan.points.as_slice().is_empty(),
        point_on: last.map(|point| point.on),
        stated: last.map_or(Some(Fen::ZERO), |point| point.planned),
        due: plan.points.due(as_of),
        interpolated: plan.points.interpolated(year, as_of),
        next_point_on: next.map(|point| point.on),
        next_stated: next.and_then(|point| point.planned),
        points: plan.points.clone(),
    }
}
