//! What was promised to be achieved: an indicator and its target, read into a type with the raw text kept.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

/// How a value is held against its target. Codes of the national system: 1 >, 2 ≥, 3 =, 4 <, 5 ≤.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `>`: more than.
    Above,
    /// `≥`: at least.
    AtLeast,
    /// `=`: exactly.
    Equal,
    /// `<`: less than.
    Below,
    /// `≤`: at most.
    AtMost,
}

impl Comparator {
    /// The sign: `≥`.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Comparator::Above => ">",
            Comparator::AtLeast => "≥",
            Comparator::Equal => "=",
            Comparator::Below => "<",
            Comparator::AtMost => "≤",
        }
    }

    /// The comparator of a sign as [`Comparator::sign`] writes it.
    #[must_use]
    pub fn from_sign(sign: &str) -> Option<Comparator> {
        [Comparator::Above, Comparator::AtLeast, Comparator::Equal, Comparator::Below, Comparator::AtMost]
            .into_iter()
            .find(|comparator| comparator.sign() == sign)
    }

    /// Whether a value satisfies the bound.
    #[must_use]
    pub fn holds(self, value: Decimal, bound: Decimal) -> bool {
        match self {
            Comparator::Above => value > bound,
            Comparator::AtLeast => value >= bound,
            Comparator::Equal => value == bound,
            Comparator::Below => value < bound,
            Comparator::AtMost => value <= bound,
        }
    }

    /// Whether the bound is a cap: lower is better.
    #[must_use]
    pub const fn is_cap(self) -> bool {
        matches!(self, Comparator::Below | Comparator::AtMost)
    }
}

/// A number with its unit, and what it is counted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The number as written, in its unit.
    pub value: Decimal,
    /// The unit's text, such as `人`, `%`, `万元`; may be empty.
    pub unit: String,
    /// The qualifier in brackets, such as `平均每户`: what one unit of the value stands for.
    pub per: Option<String>,
}

/// A target, read. The text as written is kept beside it in [`Indicator::target`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `≤22人`: a comparator, a number, a unit.
    Bound {
        /// As written.
        comparator: Comparator,
        /// What it is held against.
        quantity: Quantity,
    },
    /// `100%`, `1年`, `1一条专网`: a number whose comparator is not stated.
    Stated {
        /// A suggestion only: `≤` for a cost, `=` for the rest.
        suggested: Comparator,
        /// What it is held against.
        quantity: Quantity,
    },
    /// `2024年12月31日前`: done by that day, the day itself included.
    Deadline {
        /// The last day on which it is still in time.
        due_on: NaiveDate,
    },
    /// `每月月底前`: twelve deadlines, one at each month's end.
    MonthlyDeadline,
    /// A sentence: met, partly met or not met, in a person's judgement.
    Qualitative,
}

impl Target {
    /// The kind's name, as the API writes it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Target::Bound { .. } => "bound",
            Target::Stated { .. } => "stated",
            Target::Deadline { .. } => "deadline",
            Target::MonthlyDeadline => "monthly_deadline",
            Target::Qualitative => "qualitative",
        }
    }

    /// The number and the comparator that judge it, stated or suggested.
    #[must_use]
    pub fn bound(&self) -> Option<(Comparator, &Quantity)> {
        match self {
            Target::Bound { comparator, quantity } => Some((*comparator, quantity)),
            Target::Stated { suggested, quantity } => Some((*suggested, quantity)),
            Target::Deadline { .. } | Target::MonthlyDeadline | Target::Qualitative => None,
        }
    }
}

/// An indicator as the budget document promises it; every text as written, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// 一级指标, such as 产出指标; carried down through merged cells.
    pub level1: String,
    /// 二级指标, such as 数量指标.
    pub level2: String,
    /// 三级指标: its name.
    pub name: String,
    /// 绩效指标描述.
    pub description: String,
    /// 指标值 as written.
    pub target: String,
    /// 指标值, read.
    pub target_read: Target,
    /// 指标值确定依据; empty where it is missing.
    pub basis: String,
    /// 权重 as written, where the document has that column.
    pub weight: Option<Decimal>,
}

impl Indicator {
    /// Whether it is a cost (成本指标, whether of the first level, rule of 2021, or of the second).
    #[must_use]
    pub fn is_cost(&self) -> bool {
        self.level1.contains("成本") || self.level2.contains("成本")
    }

    /// Whether it asks people whether they are content (满意度指标).
    #[must_use]
    pub fn is_satisfaction(&self) -> bool {
        self.level1.contains("满意度") || self.level2.contains("满意度")
    }
}

/// An indicator that is kept: it has an identity that survives the revision of its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptIndicator {
    /// Ours, stable over plan versions; readings refer to it.
    pub id: Uuid,
    /// What the plan version in force promises.
    pub promise: Indicator,
}
