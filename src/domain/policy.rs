//! Who is told of an alert, how often again, and who above them: the part of a rule set that governs letters.

use crate::domain::contact::ContactRole;
use crate::domain::rule::Severity;

/// How people are told. Days are working days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Who is told of a notice, of a warning and of something critical, from the first.
    pub told: [Vec<ContactRole>; 3],
    /// Working days after which an alert that stands is told again, by severity; none for never.
    pub remind_every: [Option<u32>; 3],
    /// Reminders of one alert at most, until it becomes graver or opens again.
    pub reminders_at_most: u32,
    /// Steps upwards, in the order in which they are taken.
    pub escalation: Vec<EscalationStep>,
    /// Working days before a waiver's end on which that end is announced.
    pub waiver_notice: u32,
}

/// One step upwards: an alert of some gravity that nobody has answered for so long is told to one more role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EscalationStep {
    /// Only alerts at least so grave.
    pub from: Severity,
    /// Working days since it was opened without anybody having answered.
    pub after_working_days: u32,
    /// Who is told.
    pub to: ContactRole,
}

impl Policy {
    /// What holds where a rule set says nothing of it: officers and heads are told once, and nobody above them.
    #[must_use]
    pub fn of_old() -> Policy {
        let both = || vec![ContactRole::Officer, ContactRole::Head];
        Policy {
            told: [both(), both(), both()],
            remind_every: [None; 3],
            reminders_at_most: 0,
            escalation: Vec::new(),
            waiver_notice: 5,
        }
    }

    /// Who is told of something so grave, from the first.
    #[must_use]
    pub fn told(&self, severity: Severity) -> &[ContactRole] {
        let [notice, warning, critical] = &self.told;
        match severity {
            Severity::Notice => notice,
            Severity::Warning => warning,
            Severity::Critical => critical,
        }
    }

    /// Working days after which something so grave is told again; none for never.
    #[must_use]
    pub const fn remind_every(&self, severity: Severity) -> Option<u32> {
        let [notice, warning, critical] = self.remind_every;
        match severity {
            Severity::Notice => notice,
            Severity::Warning => warning,
            Severity::Critical => critical,
        }
    }
}
