//! Letters, as JSON: where each is, and who got which figures.

use super::{
    ChangeWord, ContactRoleWord, Id, Inputs, Instant, LetterKindWord, LetterStateWord, ProjectCode, SeverityWord,
};
use crate::actions::watch::{ListedLetter, Telling};
use crate::domain::letter::message_id;
use serde::Serialize;
use utoipa::ToSchema;

/// A letter of the outbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct Letter {
    /// Ours.
    id: Id,
    /// What it is.
    kind: LetterKindWord,
    /// The check that caused it; null where a posting did.
    check: Option<Id>,
    /// Who is told.
    to: LetterTo,
    /// The gravest matter in it.
    severity: SeverityWord,
    /// Its subject.
    #[schema(example = "【预警】1 个项目支出落后于计划")]
    subject: String,
    /// The plain-text part.
    #[schema(example = "李四：……")]
    text: String,
    /// Where it is.
    state: LetterStateWord,
    /// Attempts so far.
    #[schema(example = 0)]
    attempts: i32,
    /// When it will be tried next.
    next_attempt_at: Instant,
    /// The server's last words.
    #[schema(example = "451 try again later")]
    last_words: Option<String>,
    /// When it was decided.
    created_at: Instant,
    /// When it was accepted.
    sent_at: Option<Instant>,
}

/// A letter and what it tells: who got which figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterStory {
    #[serde(flatten)]
    letter: Letter,
    /// The Message-ID under which it goes, each time it is sent.
    #[schema(example = "<019078e5-c3a0-7000-8000-000000000001@budget.example>")]
    message_id: String,
    /// The Message-IDs of earlier letters of the same cases to the same address, oldest first.
    #[schema(example = json!([]))]
    references: Vec<String>,
    /// How many events it tells.
    #[schema(example = 1)]
    tells_count: i64,
    /// The events that it tells, in the order in which they happened: the first 500.
    tells: Vec<LetterTelling>,
}

/// What a letter tells of one alert.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterTelling {
    /// The alert.
    alert: Id,
    /// The project.
    project: ProjectTold,
    /// What happened.
    change: ChangeWord,
    /// How grave it was then.
    severity: SeverityWord,
    /// The figures of that moment.
    figures: Inputs,
}

/// The project of which a letter tells.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectTold {
    /// Its code.
    #[schema(value_type = ProjectCode)]
    code: String,
    /// Its name on record.
    #[schema(example = "城区道路养护")]
    name: String,
}

/// Who is told by a letter.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterTo {
    /// Where it goes.
    #[schema(example = "li.si@example.cn")]
    email: String,
    /// The person's name.
    #[schema(example = "李四")]
    name: String,
    /// As what the person is told.
    #[schema(value_type = ContactRoleWord)]
    role: String,
}

/// A letter of the outbox.
#[must_use]
pub fn letter(letter: &ListedLetter) -> Letter {
    let to = LetterTo { email: letter.to_email.clone(), name: letter.to_name.clone(), role: letter.role.clone() };
    Letter {
        id: Id(letter.id),
        kind: LetterKindWord(letter.kind.name()),
        check: letter.run.map(Id),
        to,
        severity: SeverityWord(letter.severity.name()),
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        state: LetterStateWord(letter.state.name()),
        attempts: letter.attempts,
        next_attempt_at: Instant(letter.next_attempt_at),
        last_words: letter.last_words.clone(),
        created_at: Instant(letter.created_at),
        sent_at: letter.sent_at.map(Instant),
    }
}

/// A letter and what it tells; its Message-ID is named after the domain.
#[must_use]
pub fn letter_story(listed: &ListedLetter, (tells, total): &(Vec<Telling>, i64), domain: &str) -> LetterStory {
    LetterStory {
        letter: letter(listed),
        message_id: message_id(listed.id, domain),
        references: listed.references.iter().map(|id| message_id(*id, domain)).collect(),
        tells_count: *total,
        tells: tells.iter().map(telling).collect(),
    }
}

fn telling(told: &Telling) -> LetterTelling {
    LetterTelling {
        alert: Id(told.alert),
        project: ProjectTold { code: told.project_code.clone(), name: told.project_name.clone() },
        change: ChangeWord(told.change.name()),
        severity: SeverityWord(told.severity.name()),
        figures: Inputs(serde_json::from_str(&told.inputs).unwrap_or_default()),
    }
}
