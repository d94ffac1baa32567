//! Where the year would end: what a person says, the present pace, and what the plan still has to come. Each stands under
//! its own name with its arithmetic, and says why where it cannot be said. Shown, and judged by nothing.

use crate::domain::comparison::Comparison;
use crate::domain::money::Fen;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

/// A figure that a person gave for the year's end. Never changed: a later one takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenForecast {
    /// Ours.
    pub id: Uuid,
    /// What will have been spent by 31 December.
    pub year_end: Fen,
    /// The day from which on it is meant.
    pub as_of: NaiveDate,
    /// What it rests on.
    pub reason: String,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who recorded it.
    pub recorded_by: String,
}

/// How a forecast comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A person says so.
    Manual,
    /// Spending goes on as it did since 1 January.
    RunRate,
    /// What the plan asks from now on is paid to the fen, and what is behind or ahead stays so.
    RemainingPlan,
}

impl Method {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Method::Manual => "manual",
            Method::RunRate => "run_rate",
            Method::RemainingPlan => "remaining_plan",
        }
    }
}

/// Why a forecast cannot be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsaid {
    /// Nobody has given a figure by that day.
    NotGiven,
    /// No day of the year has passed.
    NoDayPassed,
    /// There is no plan with points in force.
    NoPlan,
    /// Every point of the plan is blank.
    NothingPlanned,
    /// The sum leaves the range of money.
    OutOfRange,
}

impl Unsaid {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Unsaid::NotGiven => "not_given",
            Unsaid::NoDayPassed => "no_day_passed",
            Unsaid::NoPlan => "no_plan",
            Unsaid::NothingPlanned => "nothing_planned",
            Unsaid::OutOfRange => "out_of_range",
        }
    }
}

/// A figure for the year's end, and how it was reckoned: empty where a person gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reckoned {
    /// What will have been spent by 31 December.
    pub year_end: Fen,
    /// The sum as it was done, in yuan: `310000.00 ÷ 182 × 366 = 623406.59`.
    pub arithmetic: String,
}

/// Every forecast of a project on a day, in the order manual, run rate, remaining plan.
pub fn forecasts(on: &Comparison, given: Option<&GivenForecast>) -> [(Method, Result<Reckoned, Unsaid>); 3] {
    [(Method::Manual, manual(given)), (Method::RunRate, run_rate(on)), (Method::RemainingPlan, remaining_plan(on))]
}

/// The forecast that counts: a person's, where there is one, else the run rate.
#[must_use]
pub fn foremost(all: &[(Method, Result<Reckoned, Unsaid>); 3]) -> (Method, Option<Fen>) {
    let [manual, run_rate, _] = all;
    let (method, said) = if manual.1.is_ok() { manual } else { run_rate };
    (*method, said.as_ref().ok().map(|said| said.year_end))
}

fn manual(given: Option<&GivenForecast>) -> Result<Reckoned, Unsaid> {
    let given = given.ok_or(Unsaid::NotGiven)?;
    Ok(Reckoned { year_end: given.year_end, arithmetic: String::new() })
}

/// Spent ÷ days passed × days of the year, rounded once to fen, half away from zero.
fn run_rate(on: &Comparison) -> Result<Reckoned, Unsaid> {
    let (passed, length) = on.year.days(on.as_of);
    if passed == 0 {
        return Err(Unsaid::NoDayPassed);
    }
    let whole = on.spent.decimal().checked_mul(length.into()).and_then(|sum| sum.checked_div(Decimal::from(passed)));
    let year_end = whole
        .and_then(|fen| fen.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_i64())
        .map(Fen::new)
        .ok_or(Unsaid::OutOfRange)?;
    let arithmetic = format!("{} ÷ {passed} × {length} = {}", on.spent.yuan(), year_end.yuan());
    Ok(Reckoned { year_end, arithmetic })
}

/// Spent + (the last figure planned − what is due now).
fn remaining_plan(on: &Comparison) -> Result<Reckoned, Unsaid> {
    let plan = on.plan.as_ref().filter(|plan| plan.has_points).ok_or(Unsaid::NoPlan)?;
    let mut figures = plan.points.as_slice().iter().filter_map(|point| point.planned);
    let last = figures.next_back().ok_or(Unsaid::NothingPlanned)?;
    let year_end = last.minus(plan.due).and_then(|rest| on.spent.plus(rest)).map_err(|_| Unsaid::OutOfRange)?;
    let arithmetic = format!("{} + ({} − {}) = {}", on.spent.yuan(), last.yuan(), plan.due.yuan(), year_end.yuan());
    Ok(Reckoned { year_end, arithmetic })
}
