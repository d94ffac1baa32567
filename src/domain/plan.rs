//! The plan: cumulative amounts promised by named days, in versions. It is the yardstick; nothing recomputes it.

use crate::domain::calendar::FiscalYear;
use crate::domain::money::Fen;
use crate::domain::project::Heading;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

/// Plan points a plan may have: twelve months are the most that was ever seen.
pub const MAX_POINTS: usize = 24;

/// One promise: so much is to be paid by the end of that day. A blank cell stays blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanPoint {
    /// The day by whose end the amount is promised.
    pub on: NaiveDate,
    /// Cumulative since 1 January; none where the cell is blank.
    pub planned: Option<Fen>,
}

/// The points of one plan: in order of date, never falling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanPoints(Vec<PlanPoint>);

/// Why points do not make a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Two points on one day, or out of order.
    #[error("plan points must be in order of date and on different days: {0}")]
    PointsOutOfOrder(NaiveDate),
    /// A cumulative figure that falls.
    #[error("a cumulative plan cannot fall: {on} plans {planned} after {before}")]
    PointsFall {
        /// The day of the falling point.
        on: NaiveDate,
        /// What it plans.
        planned: Fen,
        /// What the point before it planned.
        before: Fen,
    },
    /// A planned figure below zero.
    #[error("a plan point cannot be below zero: {0}")]
    Negative(NaiveDate),
    /// A point outside the fiscal year.
    #[error("{0} lies outside the fiscal year")]
    OutsideYear(NaiveDate),
    /// More points than [`MAX_POINTS`].
    #[error("a plan has at most {MAX_POINTS} points")]
    TooManyPoints,
}

impl PlanPoints {
    /// Points in order of date within the year, whose figures never fall; blanks may stand anywhere.
    pub fn new(year: FiscalYear, points: Vec<PlanPoint>) -> Result<PlanPoints, PlanError> {
        if points.len() > MAX_POINTS {
            return Err(PlanError::TooManyPoints);
        }
        let mut last_day = None;
        let mut highest = Fen::ZERO;
        for point in &points {
            if !year.contains(point.on) {
                return Err(PlanError::OutsideYear(point.on));
            }
            if last_day.is_some_and(|day| day >= point.on) {
                return Err(PlanError::PointsOutOfOrder(point.on));
            }
            last_day = Some(point.on);
            let Some(planned) = point.planned else { continue };
            if planned < Fen::ZERO {
                return Err(PlanError::Negative(point.on));
            }
            if planned < highest {
                return Err(PlanError::PointsFall { on: point.on, planned, before: highest });
            }
            highest = planned;
        }
        Ok(PlanPoints(points))
    }

    /// The points in order of date.
    #[must_use]
    pub fn as_slice(&self) -> &[PlanPoint] {
        &self.0
    }

    /// The last point whose day has come: the one that judges.
    #[must_use]
    pub fn last_passed(&self, on: NaiveDate) -> Option<PlanPoint> {
        self.0.iter().rfind(|point| point.on <= on).copied()
    }

    /// The first point still to come.
    #[must_use]
    pub fn next(&self, on: NaiveDate) -> Option<PlanPoint> {
        self.0.iter().find(|point| point.on > on).copied()
    }

    /// The first point still to come that has a figure, and the figure.
    #[must_use]
    pub fn next_figure(&self, on: NaiveDate) -> Option<(NaiveDate, Fen)> {
        self.0.iter().filter(|point| point.on > on).find_map(|point| Some((point.on, point.planned?)))
    }

    /// What is due by that day: the last figure promised. Before the first point, and through leading blanks,
    /// nothing is due; a blank after a figure leaves that figure standing.
    #[must_use]
    pub fn due(&self, on: NaiveDate) -> Fen {
        self.0.iter().filter(|point| point.on <= on).filter_map(|point| point.planned).next_back().unwrap_or(Fen::ZERO)
    }

    /// Linear interpolation from 0 on 1 January through the points that have a figure, leading blanks counting
    /// as 0 on their dates; rounded to fen half away from zero. A second, labelled figure: it judges nothing.
    #[must_use]
    pub fn interpolated(&self, year: FiscalYear, on: NaiveDate) -> Fen {
        let mut before = (year.first_day(), Fen::ZERO);
        let mut any_figure = false;
        for point in &self.0 {
            let Some(figure) = point.planned.or(if any_figure { None } else { Some(Fen::ZERO) }) else { continue };
            any_figure = any_figure || point.planned.is_some();
            if point.on > on {
                return between(before, (point.on, figure), on);
            }
            before = (point.on, figure);
        }
        before.1
    }
}

fn between(before: (NaiveDate, Fen), after: (NaiveDate, Fen), on: NaiveDate) -> Fen {
    let length = Decimal::from((after.0 - before.0).num_days());
    let passed = Decimal::from((on - before.0).num_days().max(0));
    let fen = after.1.decimal().checked_sub(before.1.decimal()).and_then(|rise| {
        let risen = rise.checked_mul(passed)?.checked_div(length)?;
        before.1.decimal().checked_add(risen)
    });
    fen.and_then(|fen| fen.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_i64())
        .map_or(before.1, Fen::new)
}

/// The budget and its parts, in fen; none where the cell is blank, which is a legal state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// 预算数: the whole.
    pub total: Option<Fen>,
    /// 财政资金: what the treasury gives.
    pub fiscal: Option<Fen>,
    /// 本级安排: of it, from this level's own treasury.
    pub fiscal_own: Option<Fen>,
    /// 上级补助: of it, granted from above.
    pub fiscal_upper: Option<Fen>,
    /// 其他资金: from elsewhere.
    pub other: Option<Fen>,
}

/// One version of a project's plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// 1 for the plan of the budget document, then counting up.
    pub version: i32,
    /// The first day on which it is in force.
    pub effective_on: NaiveDate,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// What it says of the project itself.
    pub heading: Heading,
    /// 调整后预算数 of this version (version 1: 年初预算数).
    pub budget: Budget,
    /// What it promises.
    pub points: PlanPoints,
    /// Why it was revised; empty for version 1.
    pub reason: String,
    /// The approving document's number, where one was given.
    pub document_no: Option<String>,
}

/// All versions of one project's plan, in order of version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanHistory(pub Vec<Plan>);

impl PlanHistory {
    /// The version in force on a day, as far as it was known at an instant: the highest version that had been
    /// recorded by then and is effective by that day.
    #[must_use]
    pub fn in_force(&self, as_of: NaiveDate, known_at: DateTime<Utc>) -> Option<&Plan> {
        self.known(known_at).filter(|plan| plan.effective_on <= as_of).max_by_key(|plan| plan.version)
    }

    /// The plan of the year's beginning, as far as it was known at an instant.
    #[must_use]
    pub fn initial(&self, known_at: DateTime<Utc>) -> Option<&Plan> {
        self.known(known_at).min_by_key(|plan| plan.version)
    }

    /// The latest version of all, whether in force yet or not.
    #[must_use]
    pub fn latest(&self) -> Option<&Plan> {
        self.0.iter().max_by_key(|plan| plan.version)
    }

    fn known(&self, known_at: DateTime<Utc>) -> impl Iterator<Item = &Plan> {
        self.0.iter().filter(move |plan| plan.recorded_at <= known_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn points(list: &[(&str, Option<i64>)]) -> Result<PlanPoints, PlanError> {
        let list = list.iter().map(|(on, planned)| PlanPoint { on: day(on), planned: planned.map(Fen::new) }).collect();
        PlanPoints::new(FiscalYear::new(2024).unwrap(), list)
    }

    fn even() -> PlanPoints {
        points(&[
            ("2024-03-31", Some(22_700_000)),
            ("2024-06-30", Some(45_390_000)),
            ("2024-10-31", Some(68_090_000)),
            ("2024-12-31", Some(90_780_000)),
        ])
        .unwrap()
    }

    #[test]
    fn between_points_the_last_one_passed_is_due() {
        for (on, due, next) in [
            ("2024-01-01", 0, Some("2024-03-31")),
            ("2024-03-30", 0, Some("2024-03-31")),
            ("2024-03-31", 22_700_000, Some("2024-06-30")),
            ("2024-07-31", 45_390_000, Some("2024-10-31")),
            ("2024-12-31", 90_780_000, None),
        ] {
            assert_eq!(even().due(day(on)).get(), due, "{on}");
            assert_eq!(even().next(day(on)).map(|point| point.on), next.map(day), "{on}");
        }
    }

    #[test]
    fn leading_blanks_are_due_nothing_and_interpolate_as_zero_on_their_dates() {
        let year = FiscalYear::new(2024).unwrap();
        let plan = points(&[("2024-03-31", None), ("2024-06-30", None), ("2024-10-31", Some(3_000_000))]).unwrap();
        assert_eq!(plan.due(day("2024-09-30")), Fen::ZERO);
        assert_eq!(plan.interpolated(year, day("2024-06-30")), Fen::ZERO);
        assert_eq!(plan.interpolated(year, day("2024-08-31")).get(), 1_512_195);
        assert_eq!(plan.last_passed(day("2024-06-30")).unwrap().planned, None);
    }

    #[test]
    fn interpolation_meets_each_point_and_rounds_once() {
        let year = FiscalYear::new(2024).unwrap();
        assert_eq!(even().interpolated(year, day("2024-06-30")).get(), 45_390_000);
        assert_eq!(even().interpolated(year, day("2024-01-01")), Fen::ZERO);
        assert_eq!(even().interpolated(year, day("2024-07-31")).get(), 45_390_000 + 5_721_138);
    }

    #[test]
    fn a_blank_after_a_figure_leaves_the_figure_standing() {
        let plan = points(&[("2024-03-31", Some(100)), ("2024-06-30", None), ("2024-10-31", Some(300))]).unwrap();
        assert_eq!(plan.due(day("2024-07-31")).get(), 100);
        assert_eq!(plan.last_passed(day("2024-07-31")).unwrap().planned, None);
        assert_eq!(plan.interpolated(FiscalYear::new(2024).unwrap(), day("2024-10-31")).get(), 300);
    }

    #[test]
    fn points_that_fall_or_stand_twice_are_no_plan() {
        let fall = points(&[("2024-03-31", Some(2)), ("2024-06-30", None), ("2024-10-31", Some(1))]);
        assert_eq!(
            fall,
            Err(PlanError::PointsFall { on: day("2024-10-31"), planned: Fen::new(1), before: Fen::new(2) })
        );
        assert!(matches!(points(&[("2024-03-31", None), ("2024-03-31", None)]), Err(PlanError::PointsOutOfOrder(_))));
        assert!(matches!(points(&[("2023-03-31", None)]), Err(PlanError::OutsideYear(_))));
        assert!(matches!(points(&[("2024-03-31", Some(-1))]), Err(PlanError::Negative(_))));
    }
}
