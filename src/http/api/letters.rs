//! The outbox: who was told what, and where each letter is.

use super::ok;
use crate::actions::watch;
use crate::domain::access::Permission;
use crate::domain::letter::LetterState;
use crate::http::guard::guard;
use crate::http::problem::Problem;
use crate::http::{App, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

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
    let after = query::cursor_of_ids(asked.cursor.as_deref())?;
    let letters = app
        .db
        .read(move |conn| {
            watch::letters(
                conn,
                &caller.scope,
                &watch::LetterFilter { state, ..watch::LetterFilter::default() },
                &after,
                limit,
            )
        })
        .await?;
    let last = letters.last().map(|letter| letter.id.to_string());
    Ok(ok(&query::page(letters.iter().map(views::letter).collect(), limit, last)))
}
