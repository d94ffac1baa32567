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
use utoipa::IntoParams;

/// How the outbox is narrowed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only letters in this state.
    #[param(value_type = Option<views::LetterStateWord>)]
    state: Option<String>,
    /// Items on a page: 1 to 500, 50 unless given.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500, example = 50)]
    limit: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists letters, oldest first.
#[utoipa::path(
    get, path = "/api/v1/letters", tag = "Letters",
    params(ListQuery),
    responses((status = 200, description = "TODO")),
    extensions(("x-permission" = json!(Permission::ReadLetters.name()))),
)]
pub async fn list(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadLetters).await?;
    let asked: ListQuery = query::query(&request)?;
    let state = query::word("state", asked.state.as_deref(), LetterState::from_name)?;
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_ids(asked.cursor.as_deref())?;
    let letters = app.db.read(move |conn| watch::letters(conn, &caller.scope, state, &after, limit)).await?;
    let last = letters.last().map(|letter| letter.id.to_string());
    Ok(ok(&query::page(letters.iter().map(views::letter).collect(), limit, last)))
}
