//! What is done about an alert: measures (整改措施) that somebody takes upon himself, and what follows from a grave
//! deviation (处置意见): 财预〔2019〕136号, articles on correcting deviations and on the use of what monitoring finds.

use chrono::NaiveDate;
use uuid::Uuid;

/// What was decided after a grave deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// 继续执行: go on.
    Continue,
    /// 调整目标: adjust the target.
    Adjust,
    /// 调减预算: cut the budget.
    Cut,
    /// 暂缓拨付: suspend payment.
    Suspend,
    /// 收回资金: recover the money.
    Recover,
}

/// Every disposition.
pub const ALL_DISPOSITIONS: [Disposition; 5] =
    [Disposition::Continue, Disposition::Adjust, Disposition::Cut, Disposition::Suspend, Disposition::Recover];

impl Disposition {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Disposition::Continue => "continue",
            Disposition::Adjust => "adjust",
            Disposition::Cut => "cut",
            Disposition::Suspend => "suspend",
            Disposition::Recover => "recover",
        }
    }

    /// The disposition of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Disposition> {
        ALL_DISPOSITIONS.into_iter().find(|disposition| disposition.name() == name)
    }
}

/// Something that is to be done by a day, by somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Ours.
    pub id: Uuid,
    /// The alert that it answers; with the next plan point it passes to the alert that takes this one's place.
    pub alert: Uuid,
    /// What was decided, and by which document; none for a measure.
    pub disposition: Option<(Disposition, String)>,
    /// What is done.
    pub what: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day in time.
    pub due_on: NaiveDate,
    /// When it was carried out, and what shows it.
    pub done: Option<(NaiveDate, String)>,
    /// Whether nothing more is said of it: people were told that its day has passed, or the matter was over before.
    pub is_told_overdue: bool,
}

impl Measure {
    /// Whether it is still to be carried out, and its day has not passed.
    #[must_use]
    pub fn is_under_way(&self, as_of: NaiveDate) -> bool {
        self.done.is_none() && self.due_on >= as_of && !self.is_told_overdue
    }

    /// Whether its day has passed without anything that shows that it was carried out.
    #[must_use]
    pub fn is_overdue(&self, as_of: NaiveDate) -> bool {
        self.done.is_none() && self.due_on < as_of
    }
}
