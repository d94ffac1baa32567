//! People who are told, as JSON.

use super::{ContactRoleWord, Id, LanguageWord, LetterStyleWord, ProjectCode, UnitCode};
use crate::domain::contact;
use serde::Serialize;
use utoipa::ToSchema;

/// A person who is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contact {
    /// Ours.
    id: Id,
    /// The unit; the contact covers those below it.
    unit: UnitCode,
    /// Only this project; null for all of the unit's.
    project: Option<ProjectCode>,
    /// What the person answers for.
    role: ContactRoleWord,
    /// Where letters go.
    #[schema(example = "li.si@example.cn")]
    email: String,
    /// The person's name.
    #[schema(example = "李四")]
    name: String,
    /// In which language letters are written.
    language: LanguageWord,
    /// One letter a run, or one for each alert.
    letters: LetterStyleWord,
}

/// A contact.
#[must_use]
pub fn contact(contact: &contact::Contact) -> Contact {
    Contact {
        id: Id(contact.id),
        unit: UnitCode(contact.unit.clone()),
        project: contact.project.clone().map(ProjectCode),
        role: ContactRoleWord(contact.role.name()),
        email: contact.email.as_str().to_owned(),
        name: contact.name.clone(),
        language: LanguageWord(contact.language.name()),
        letters: LetterStyleWord(contact.letters.name()),
    }
}
