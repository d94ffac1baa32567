//! The outbox: who was told what, and where each letter is.

use super::ok;
use crate::actions::lookup::Named;
use crate::actions::retry_letter::retry_letter;
use crate::actions::watch::{self, LetterFilter};
use crate::domain::access::Permission;
use crate::domain::contact::EmailAddress;
use crate::domain::letter::LetterState;
use crate::http::guard::{guard, guard_named};
use crate::http::problem::{LETTER_NOT_STUCK, Problem};
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
    /// Only letters to this address.
    #[param(example = "li.si@example.cn")]
    to: Option<String>,
    /// Only letters decided at this instant or later.
    #[param(value_type = Option<views::Instant>)]
    since: Option<String>,
    /// Only letters decided before this instant.
    #[param(value_type = Option<views::Instant>)]
    until: Option<String>,
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
    responses((status = 200, description = "A page of letters.", body = views::Page<views::Letter>)),
    extensions(("x-permission" = json!(Permission::ReadLetters.name()))),
)]
pub async fn list(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadLetters).await?;
    let asked: ListQuery = query::query(&request)?;
    let to = asked.to.as_deref().map(EmailAddress::parse).transpose();
    let filter = LetterFilter {
        state: query::word("state", asked.state.as_deref(), LetterState::from_name)?,
        to: to.map_err(|error| Problem::invalid("to", "不是有效的电子邮箱地址", error.to_string()))?,
        since: query::instant("since", asked.since.as_deref())?,
        until: query::instant("until", asked.until.as_deref())?,
        id: None,
    };
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_ids(asked.cursor.as_deref())?;
    let letters = app.db.read(move |conn| watch::letters(conn, &caller.scope, &filter, &after, limit)).await?;
    let last = letters.last().map(|letter| letter.id.to_string());
    Ok(ok(&query::page(letters.iter().map(views::letter).collect(), limit, last)))
}

/// Reads one letter.
#[utoipa::path(
    get, path = "/api/v1/letters/{id}", tag = "Letters",
    responses((status = 200, description = "The letter, and where it is.", body = views::Letter)),
    extensions(("x-permission" = json!(Permission::ReadLetters.name()))),
)]
pub async fn one(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = query::id(&path);
    let caller = guard_named(&app, &request, Permission::ReadLetters, Named::Letter(id)).await?;
    query::none(&request)?;
    let letter = app.db.read(move |conn| watch::letter(conn, &caller.scope, id)).await?;
    Ok(ok(&views::letter(&letter)))
}

/// Sends a letter on its way again that was given up, was taken back, or waits for its next attempt.
///
/// It is queued and due now; its attempts are kept, and it is tried as often again as a new one. One that is queued,
/// sent, or in a postman's hand is refused with its `state` and `in_hand`. No body, and no key: a second time is refused.
#[utoipa::path(
    post, path = "/api/v1/letters/{id}/retry", tag = "Letters",
    responses((status = 200, description = "The letter, queued.", body = views::Letter)),
    extensions(
        ("x-permission" = json!(Permission::RetryLetters.name())),
        ("x-problems" = json!([LETTER_NOT_STUCK.code])),
    ),
)]
pub async fn retry(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = query::id(&path);
    let caller = guard_named(&app, &request, Permission::RetryLetters, Named::Letter(id)).await?;
    query::none(&request)?;
    let state = app.clone();
    let letter =
        app.db.write(move |conn| retry_letter(conn, id, &caller.scope, &caller.actor, state.moment().now)).await?;
    Ok(ok(&views::letter(&letter)))
}
