//! A letter: first the facts that it tells, then the words that were decided on, then its way to the reader.

use crate::domain::alert::Change;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::comparison::Comparison;
use crate::domain::contact::{Contact, ContactRole, EmailAddress, LetterStyle};
use crate::domain::language::Language;
use crate::domain::note::Note;
use crate::domain::rule::{Rule, Severity};
use crate::domain::verdict::{Reason, Standing};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// Who receives a letter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient {
    /// Where it goes.
    pub email: EmailAddress,
    /// The person's name.
    pub name: String,
    /// As what the person is told.
    pub role: ContactRole,
    /// In which language.
    pub language: Language,
    /// How many letters a run makes for him.
    pub style: LetterStyle,
}

impl Recipient {
    /// A contact as the one to whom a letter goes.
    #[must_use]
    pub fn of(contact: &Contact) -> Recipient {
        Recipient {
            email: contact.email.clone(),
            name: contact.name.clone(),
            role: contact.role,
            language: contact.language,
            style: contact.letters,
        }
    }
}

/// The facts of one warning letter: everything of one run that concerns one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningFacts {
    /// Who is told.
    pub recipient: Recipient,
    /// The fiscal year.
    pub year: FiscalYear,
    /// The day for which the figures are true.
    pub as_of: NaiveDate,
    /// The instant up to which the ledger was read.
    pub known_at: DateTime<Utc>,
    /// The rule set's name and version.
    pub rules: (String, i32),
    /// What is told, gravest first.
    pub matters: Vec<Matter>,
}

/// One alert as a letter tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// The project's code.
    pub code: ProjectCode,
    /// The project's full name.
    pub name: String,
    /// The unit's code.
    pub unit: UnitCode,
    /// The unit's name.
    pub unit_name: String,
    /// What happened: to the matter itself, or what time brought.
    pub change: Change,
    /// What time brought: reminders, steps upwards, ends.
    pub notes: Vec<Note>,
    /// The day for which the alert was last opened.
    pub opened_on: NaiveDate,
    /// Of a step upwards: who was told of the alert before, and as what.
    pub told_before: Vec<(String, ContactRole)>,
    /// Which rule speaks.
    pub rule: Rule,
    /// How grave; of a resolved matter how grave it was.
    pub severity: Severity,
    /// The numbers behind the verdict; none where the matter is over.
    pub reason: Option<Reason>,
    /// The indicator's name and target as written, for matters about indicators.
    pub indicator: Option<(String, String)>,
    /// Where the project's spending stands now.
    pub standing: Standing,
    /// Its figures now.
    pub comparison: Comparison,
}

/// The words of a letter, as they will be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// One line, under 60 characters.
    pub subject: String,
    /// The plain-text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// A letter on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Ours; the Message-ID derives from it.
    pub id: Uuid,
    /// Where it goes.
    pub to: EmailAddress,
    /// The person's name.
    pub to_name: String,
    /// Its words.
    pub words: Composed,
    /// When it was decided.
    pub created_at: DateTime<Utc>,
    /// Earlier letters of the same cases to the same address, oldest first: a mail program keeps them together.
    pub references: Vec<Uuid>,
}

/// The Message-ID of a letter that comes from a sender of that domain: the same each time it is sent.
#[must_use]
pub fn message_id(letter: Uuid, domain: &str) -> String {
    format!("<{letter}@{domain}>")
}

/// What a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterKind {
    /// Everything of one run that concerns one person.
    Digest,
    /// What a posting turned critical, told at once.
    Immediate,
    /// One matter by itself, for people who chose it so.
    Single,
    /// The month in figures.
    Monthly,
}

/// Every kind of letter.
pub const ALL_LETTER_KINDS: [LetterKind; 4] =
    [LetterKind::Digest, LetterKind::Immediate, LetterKind::Single, LetterKind::Monthly];

impl LetterKind {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            LetterKind::Digest => "digest",
            LetterKind::Immediate => "immediate",
            LetterKind::Single => "single",
            LetterKind::Monthly => "monthly",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<LetterKind> {
        ALL_LETTER_KINDS.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where a letter is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterState {
    /// Waits for the postman.
    Queued,
    /// Failed at least once and will be tried again.
    Retrying,
    /// Accepted by the server, or written to the folder.
    Sent,
    /// Given up, with the server's words.
    Dead,
    /// Taken back before it was sent.
    Cancelled,
}

/// Every letter state.
pub const ALL_LETTER_STATES: [LetterState; 5] =
    [LetterState::Queued, LetterState::Retrying, LetterState::Sent, LetterState::Dead, LetterState::Cancelled];

impl LetterState {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            LetterState::Queued => "queued",
            LetterState::Retrying => "retrying",
            LetterState::Sent => "sent",
            LetterState::Dead => "dead",
            LetterState::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<LetterState> {
        ALL_LETTER_STATES.into_iter().find(|state| state.name() == name)
    }
}
