//! Who may do what: four roles, and one table that says it all.

use crate::domain::code::UnitCode;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeSet;

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Posts actuals and readings for its units, and answers for alerts.
    Clerk,
    /// A clerk who also reverses, decides about alerts, checks and revises plans.
    Reviewer,
    /// Reads everything of its units and the audit trail; writes nothing.
    Auditor,
    /// Everything, everywhere.
    Admin,
}

/// Every role.
pub const ALL_ROLES: [Role; 4] = [Role::Clerk, Role::Reviewer, Role::Auditor, Role::Admin];

/// What an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Projects, plans, ledgers, readings, comparisons, checks, alerts.
    ReadFigures,
    /// Disbursements and readings.
    RecordActuals,
    /// Reversals.
    Reverse,
    /// Projects and new versions of their plans.
    RevisePlans,
    /// Checks that write.
    Check,
    /// Answers to alerts: acknowledgements, measures and that they were carried out.
    Acknowledge,
    /// Decisions about alerts: waivers, dispositions, resolutions.
    Decide,
    /// Letters that are stuck, sent on their way again.
    RetryLetters,
    /// The audit trail.
    ReadAudit,
    /// The outbox: who was told what.
    ReadLetters,
    /// Contacts.
    ReadContacts,
    /// Contacts, units, tokens.
    KeepHouse,
}

/// Every permission.
pub const ALL_PERMISSIONS: [Permission; 12] = [
    Permission::ReadFigures,
    Permission::RecordActuals,
    Permission::Reverse,
    Permission::RevisePlans,
    Permission::Check,
    Permission::Acknowledge,
    Permission::Decide,
    Permission::RetryLetters,
    Permission::ReadAudit,
    Permission::ReadLetters,
    Permission::ReadContacts,
    Permission::KeepHouse,
];

impl Permission {
    /// The name in the API's description (`x-permission`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Permission::ReadFigures => "read_figures",
            Permission::RecordActuals => "record_actuals",
            Permission::Reverse => "reverse",
            Permission::RevisePlans => "revise_plans",
            Permission::Check => "check",
            Permission::Acknowledge => "acknowledge",
            Permission::Decide => "decide",
            Permission::RetryLetters => "retry_letters",
            Permission::ReadAudit => "read_audit",
            Permission::ReadLetters => "read_letters",
            Permission::ReadContacts => "read_contacts",
            Permission::KeepHouse => "keep_house",
        }
    }

    /// The permission of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Permission> {
        ALL_PERMISSIONS.into_iter().find(|permission| permission.name() == name)
    }
}

impl Role {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Role::Clerk => "clerk",
            Role::Reviewer => "reviewer",
            Role::Auditor => "auditor",
            Role::Admin => "admin",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Role> {
        ALL_ROLES.into_iter().find(|role| role.name() == name)
    }

    /// Whether the role may do it.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::ReadFigures => true,
            Permission::RecordActuals | Permission::Acknowledge => {
                matches!(self, Role::Clerk | Role::Reviewer | Role::Admin)
            }
            Permission::Reverse
            | Permission::RevisePlans
            | Permission::Check
            | Permission::Decide
            | Permission::RetryLetters => {
                matches!(self, Role::Reviewer | Role::Admin)
            }
            Permission::ReadAudit => matches!(self, Role::Auditor | Role::Admin),
            Permission::ReadLetters | Permission::ReadContacts => {
                matches!(self, Role::Reviewer | Role::Auditor | Role::Admin)
            }
            Permission::KeepHouse => matches!(self, Role::Admin),
        }
    }
}

/// The units whose figures somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    Everything,
    /// These, with those below them already spelled out.
    Units(BTreeSet<UnitCode>),
}

impl Scope {
    /// Whether a unit's figures may be seen.
    #[must_use]
    pub fn covers(&self, unit: &UnitCode) -> bool {
        match self {
            Scope::Everything => true,
            Scope::Units(units) => units.contains(unit),
        }
    }

    /// The scope narrowed to some units.
    #[must_use]
    pub fn narrowed_to(&self, units: &BTreeSet<UnitCode>) -> Scope {
        Scope::Units(units.iter().filter(|unit| self.covers(unit)).cloned().collect())
    }
}

/// Who speaks: a token, the command line or the service itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The name in the ledger and the audit trail: a token's name, `cli`, `schedule`.
    pub name: String,
    /// The request that it came with, where there is one.
    pub request_id: Option<String>,
}

/// A token as it is kept; its secret is kept as a hash only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The public part, letters and digits.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The units it was made for; empty with [`Role::Admin`], which sees everything.
    pub units: Vec<UnitCode>,
    /// SHA-256 of the secret, in hex.
    pub secret_sha256: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The last day on which it is good.
    pub expires_on: Option<NaiveDate>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Token {
    /// Whether it is good on a day.
    #[must_use]
    pub fn is_good(&self, today: NaiveDate) -> bool {
        self.revoked_at.is_none() && self.expires_on.is_none_or(|last| today <= last)
    }
}
