//! Who is told: officers of projects, heads of offices, leaders of bureaus.

use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::language::Language;
use crate::domain::text;
use uuid::Uuid;

/// What a person answers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContactRole {
    /// 项目负责人: its projects.
    Officer,
    /// 科室/单位负责人: the whole unit.
    Head,
    /// 局领导: told by escalation.
    Leader,
}

/// Every role, from below.
pub const ALL_CONTACT_ROLES: [ContactRole; 3] = [ContactRole::Officer, ContactRole::Head, ContactRole::Leader];

impl ContactRole {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ContactRole::Officer => "officer",
            ContactRole::Head => "head",
            ContactRole::Leader => "leader",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<ContactRole> {
        [ContactRole::Officer, ContactRole::Head, ContactRole::Leader].into_iter().find(|role| role.name() == name)
    }
}

/// How a person wants to be written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LetterStyle {
    /// One letter a run, with everything in it.
    #[default]
    Digest,
    /// A letter for each alert, so that each case is a thread of its own.
    Single,
}

impl LetterStyle {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            LetterStyle::Digest => "digest",
            LetterStyle::Single => "single",
        }
    }

    /// The style of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<LetterStyle> {
        [LetterStyle::Digest, LetterStyle::Single].into_iter().find(|style| style.name() == name)
    }
}

/// An e-mail address, checked for shape only: whether it exists, the mail server says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

/// Not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address: write it as name@host.example")]
pub struct EmailError;

impl EmailAddress {
    /// `local@domain`, ASCII, at most 254 signs, without white space, quotes or brackets.
    pub fn parse(text: &str) -> Result<EmailAddress, EmailError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        let sound = |part: &str, also: &str| {
            !part.is_empty() && part.chars().all(|sign| sign.is_ascii_alphanumeric() || also.contains(sign))
        };
        let dots = |part: &str| !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
        let fits = text.len() <= 254 && local.len() <= 64;
        if fits && sound(local, ".!#$%&'*+/=?^_`{|}~-") && sound(domain, ".-") && dots(local) && dots(domain) {
            Ok(EmailAddress(text.to_owned()))
        } else {
            Err(EmailError)
        }
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A person who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Ours.
    pub id: Uuid,
    /// The unit; it covers those below it.
    pub unit: UnitCode,
    /// Only this project; none for all of the unit's.
    pub project: Option<ProjectCode>,
    /// What the person answers for.
    pub role: ContactRole,
    /// Where letters go.
    pub email: EmailAddress,
    /// The person's name.
    pub name: String,
    /// In which language letters are written.
    pub language: Language,
    /// How many letters a run makes.
    pub letters: LetterStyle,
}

impl Contact {
    /// Whether the person answers for a project of his unit, or of one below it.
    #[must_use]
    pub fn covers(&self, project: &ProjectCode) -> bool {
        self.project.as_ref().is_none_or(|own| own == project)
    }
}

/// Reads a person's name.
pub fn person_name(name: &str) -> Result<String, text::TextError> {
    text::line(name, text::MAX_NAME_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_shape() {
        for text in ["li.si@example.cn", "a+b@x-y.example"] {
            assert!(EmailAddress::parse(text).is_ok(), "{text}");
        }
        for text in ["", "a", "a@", "@b", "a b@c", "a@b\r\nBcc: x@y", "张三@example.cn", "a..b@c", "<a@b>", "a@b."] {
            assert!(EmailAddress::parse(text).is_err(), "{text}");
        }
    }
}
