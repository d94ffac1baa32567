//! Who may do what: four roles, and one table that says it all.

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Posts actuals and readings for its units.
    Clerk,
    /// A clerk who also reverses, acknowledges, checks and revises plans.
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
    /// Checks that write.
    Check,
    /// The outbox: who was told what.
    ReadLetters,
    /// Contacts.
    ReadContacts,
    /// Contacts, units, tokens.
    KeepHouse,
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
            Permission::RecordActuals => matches!(self, Role::Clerk | Role::Reviewer | Role::Admin),
            Permission::Reverse | Permission::Check => matches!(self, Role::Reviewer | Role::Admin),
            Permission::ReadLetters | Permission::ReadContacts => {
                matches!(self, Role::Reviewer | Role::Auditor | Role::Admin)
            }
            Permission::KeepHouse => matches!(self, Role::Admin),
        }
    }
}
