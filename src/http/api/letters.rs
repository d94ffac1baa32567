//! The outbox: who was told what, and where each letter is.

use super::ok;
use crate::actions::watch;
use crate::domain::access::Permission;
use crate::domain::letter::LetterState;
use crate::http::guard::guard;
use crate::http::problem::Problem;
use crate::http::views::instant;
use crate::http::{App, query};
use crate::storage::letters::Listed;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    state: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

/// `GET /letters`: oldest first.
pub async fn list(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadLetters).await?;
    let asked: ListQuery = query::query(&request)?;
    let state = query::word("state", asked.state.as_deref(), LetterState::from_name)?;
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor(asked.cursor.as_deref())?;
    let letters = app.db.read(move |conn| watch::letters(conn, &caller.scope, state, &after, limit)).await?;
    let last = letters.last().map(|letter| letter.id.to_string());
    Ok(ok(&query::page(letters.iter().map(letter).collect(), limit, last)))
}

/// A letter of the outbox as JSON.
pub fn letter(letter: &Listed) -> Value {
    json!({
        "id": letter.id.to_string(),
        "check": letter.run.map(|id| id.to_string()),
        "to": { "email": letter.to_email, "name": letter.to_name, "role": letter.role },
        "severity": letter.severity.name(),
        "subject": letter.subject,
        "text": letter.text,
        "state": letter.state.name(),
        "attempts": letter.attempts,
        "next_attempt_at": instant(letter.next_attempt_at),
        "last_words": letter.last_words,
        "created_at": instant(letter.created_at),
        "sent_at": letter.sent_at.map(instant),
    })
}
