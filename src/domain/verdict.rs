//! What the rules say of a comparison: where a project stands, how grave that is, and why.

use crate::domain::indicator::Comparator;
use crate::domain::money::{Fen, Ratio};
use crate::domain::reading::Observed;
use crate::domain::rule::{Rule, Severity};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

/// Where a project's spending stands against its plan; the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// 超预算: above the adjusted budget.
    Overspent,
    /// 未到节点: nothing planned by the last point passed, and nothing spent.
    NotDue,
    /// 超前: spent with nothing planned, or far above plan.
    Ahead,
    /// 正常: at or above plan, less the tolerance.
    OnPlan,
    /// 滞后: below that.
    Behind,
    /// 无计划: the project has no plan points.
    NoPlan,
}

/// Every standing.
pub const ALL_STANDINGS: [Standing; 6] =
    [Standing::Overspent, Standing::NotDue, Standing::Ahead, Standing::OnPlan, Standing::Behind, Standing::NoPlan];

impl Standing {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Overspent => "overspent",
            Standing::NotDue => "not_due",
            Standing::Ahead => "ahead",
            Standing::OnPlan => "on_plan",
            Standing::Behind => "behind",
            Standing::NoPlan => "no_plan",
        }
    }

    /// The standing of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Standing> {
        ALL_STANDINGS.into_iter().find(|standing| standing.name() == name)
    }
}

/// Where an indicator stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Achievement {
    /// 已达标.
    Met,
    /// 进展正常: not there yet, and no reason for worry.
    OnTrack,
    /// 进度滞后.
    Behind,
    /// 未达标: out of its bound, or done too late.
    Breached,
    /// 逾期: the deadline has passed and nothing says that it was kept.
    Overdue,
    /// 未到期.
    NotDue,
    /// 尚未发生: a cap of which nothing has been used. Not "met".
    NothingYet,
    /// 暂无数据. Not red.
    NoData,
}

impl Achievement {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Achievement::Met => "met",
            Achievement::OnTrack => "on_track",
            Achievement::Behind => "behind",
            Achievement::Breached => "breached",
            Achievement::Overdue => "overdue",
            Achievement::NotDue => "not_due",
            Achievement::NothingYet => "nothing_yet",
            Achievement::NoData => "no_data",
        }
    }
}

/// Why an indicator stands where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AchievementReason {
    /// No reading as of the day.
    NoReading,
    /// The last reading is of another kind than the target asks for.
    ReadingOfOtherKind,
    /// A value held against a bound; `stated` says whether the document wrote the comparator.
    Bound {
        /// The value read.
        value: Decimal,
        /// The comparator, as written or as suggested.
        comparator: Comparator,
        /// The bound.
        bound: Decimal,
        /// Whether the document wrote the comparator.
        stated: bool,
    },
    /// A running count held against the share of the year that has passed.
    RunningCount {
        /// The count so far.
        value: Decimal,
        /// What would be expected by now.
        expected: Decimal,
        /// The year's target.
        bound: Decimal,
        /// Whether it is so far above target that the target may have been too low.
        over_fulfilled: bool,
    },
    /// A deadline, and the day on which the thing was done, if it was.
    Deadline {
        /// The last day in time.
        due_on: NaiveDate,
        /// The day on which it was done.
        done_on: Option<NaiveDate>,
    },
    /// Twelve deadlines: how many were due, kept, late, and without a reading.
    Months {
        /// Months whose end has come.
        due: u32,
        /// Done in time.
        kept: u32,
        /// Done too late.
        late: u32,
        /// Of the months due, those without a reading.
        missing: u32,
    },
    /// A person's judgement.
    Judged,
}

/// One indicator on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorStanding {
    /// Which indicator.
    pub indicator: Uuid,
    /// Where it stands.
    pub standing: Achievement,
    /// The latest reading as of the day.
    pub reading: Option<Observed>,
    /// Why.
    pub reason: AchievementReason,
}

/// The numbers behind a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Spent less than due.
    Behind {
        /// Due by the last point passed.
        due: Fen,
        /// Spent by the day.
        spent: Fen,
        /// Spent ÷ due.
        rate: Option<Ratio>,
        /// At or above this share it would have been less grave; none at the least grave step.
        threshold: Option<Decimal>,
    },
    /// Spent more than the adjusted budget.
    OverBudget {
        /// The adjusted budget.
        budget: Fen,
        /// Spent by the day.
        spent: Fen,
    },
    /// Spent with nothing due, or far above what was due.
    FarAhead {
        /// Due by the last point passed; may be 0.
        due: Fen,
        /// Spent by the day.
        spent: Fen,
        /// Spent ÷ due; none where nothing was due.
        rate: Option<Ratio>,
    },
    /// An indicator's standing.
    Indicator(Box<IndicatorStanding>),
    /// The budget is spent slower, or far faster, than the year passes.
    OffTime {
        /// The adjusted budget.
        budget: Fen,
        /// Spent by the day.
        spent: Fen,
        /// The part of the year that has passed.
        of_year: Ratio,
        /// (spent ÷ budget) ÷ the part of the year.
        rate: Ratio,
        /// The step that was missed, or reached.
        threshold: Decimal,
        /// Whether it is faster.
        ahead: bool,
    },
    /// Spent a smaller share of the budget than the curve asks.
    BehindCurve {
        /// The day of the step.
        on: NaiveDate,
        /// The share asked from that day on.
        least: Decimal,
        /// The adjusted budget.
        budget: Fen,
        /// Spent by the day.
        spent: Fen,
        /// Spent ÷ budget.
        rate: Ratio,
    },
    /// Work and spending lie far apart.
    WorkGap {
        /// The mean of what the running counts have achieved of their targets, each at most the whole.
        work: Ratio,
        /// Spent ÷ adjusted budget.
        spending: Ratio,
        /// Work less spending, in percentage points.
        points: Decimal,
        /// They may lie so many points apart.
        allowed_points: Decimal,
        /// How many running counts have a reading.
        counts: u32,
    },
    /// Nothing has been posted for long though money is due.
    Stale {
        /// The day of the last posting; none where nothing was posted in the year.
        last_paid_on: Option<NaiveDate>,
        /// Days since then, or since the year began.
        days: i64,
        /// Due by the last point passed.
        due: Fen,
        /// Spent by the day.
        spent: Fen,
    },
    /// Figures that were due with a plan point, or a month, have not come.
    Missing {
        /// The point, the month's end or the year's end.
        on: NaiveDate,
        /// How many indicators lack theirs; one where the verdict is about an indicator.
        indicators: u32,
        /// Working days that were waited.
        after_working_days: u32,
    },
    /// A plan point is near, and what it promises is not paid yet.
    Coming {
        /// The point.
        on: NaiveDate,
        /// Working days left, the point's own included.
        working_days: u32,
        /// What it promises.
        planned: Fen,
        /// Spent by the day.
        spent: Fen,
        /// The part that is not paid.
        unpaid: Ratio,
        /// What will have been spent by then at the present pace.
        at_pace: Fen,
        /// What will be missing then; 0 where nothing will.
        short: Fen,
    },
}

/// What one rule says that needs attention. A rule that is content gives no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Which rule.
    pub rule: Rule,
    /// The rule set's version.
    pub rule_version: i32,
    /// The plan version that it was held against.
    pub plan_version: Option<i32>,
    /// The plan point it is about; none where it is about no point.
    pub point_on: Option<NaiveDate>,
    /// The indicator it is about; none where it is about spending.
    pub indicator: Option<Uuid>,
    /// How grave.
    pub severity: Severity,
    /// Why.
    pub reason: Reason,
}

/// Everything the rules say of one project on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Where spending stands.
    pub standing: Standing,
    /// How grave that is; none where it is fine. Indicators have their own verdicts.
    pub severity: Option<Severity>,
    /// What needs attention.
    pub verdicts: Vec<Verdict>,
    /// Where each indicator stands, in the document's order.
    pub indicators: Vec<IndicatorStanding>,
}
