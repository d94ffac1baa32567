//! The outbox: who was told what, and where each letter is.

use super::{IdempotencyKey, answer_key, kept, ok, once as answered};
use crate::actions::Error;
use crate::actions::cancel_letter::cancel_letter;
use crate::actions::lookup::Named;
use crate::actions::once::once;
use crate::actions::retry_letter::retry_letter;
use crate::actions::watch::{self, LetterFilter};
use crate::domain::access::Permission;
use crate::domain::contact::EmailAddress;
use crate::domain::letter::{LetterKind, LetterState};
use crate::domain::text::MAX_MEMO_CHARS;
use crate::http::guard::{guard, guard_named};
use crate::http::problem::{LETTER_NOT_STUCK, LETTER_NOT_WAITING, Problem};
use crate::http::{App, body, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

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
    /// Only letters of this kind.
    #[param(value_type = Option<views::LetterKindWord>)]
    kind: Option<String>,
    /// Only letters that tell something of this alert.
    #[param(value_type = Option<views::Id>)]
    alert: Option<String>,
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
        kind: query::word("kind", asked.kind.as_deref(), LetterKind::from_name)?,
        alert: asked.alert.as_deref().map(alert_id).transpose()?,
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

fn alert_id(text: &str) -> Result<Uuid, Problem> {
    Uuid::parse_str(text).map_err(|_| Problem::invalid("alert", "须为预警的编号", "write the id of an alert"))
}

/// Reads one letter, with what it tells: who got which figures.
#[utoipa::path(
    get, path = "/api/v1/letters/{id}", tag = "Letters",
    responses((status = 200, description = "The letter, and where it is.", body = views::LetterStory)),
    extensions(("x-permission" = json!(Permission::ReadLetters.name()))),
)]
pub async fn one(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = query::id(&path);
    let caller = guard_named(&app, &request, Permission::ReadLetters, Named::Letter(id)).await?;
    query::none(&request)?;
    let (letter, tells) = app
        .db
        .read(move |conn| {
            let letter = watch::letter(conn, &caller.scope, id)?;
            Ok::<_, Error>((letter, watch::letter_tells(conn, id)?))
        })
        .await?;
    Ok(ok(&views::letter_story(&letter, &tells, &app.mail_domain)))
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

/// Why a letter is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CancellationBody {
    /// Why; one line.
    #[schema(min_length = 1, max_length = 2000, example = "金额录入有误，已更正")]
    reason: String,
}

/// Takes a letter back that has not been sent.
///
/// It must be queued or wait for its next attempt, and be in no postman's hand: otherwise it is refused with its `state`
/// and `in_hand`. Its alerts stay told; `retry` sends it on its way all the same.
#[utoipa::path(
    post, path = "/api/v1/letters/{id}/cancellation", tag = "Letters",
    params(IdempotencyKey),
    request_body = CancellationBody,
    responses((status = 200, description = "The letter, taken back.", body = views::Letter)),
    extensions(
        ("x-permission" = json!(Permission::RetryLetters.name())),
        ("x-problems" = json!([LETTER_NOT_WAITING.code])),
    ),
)]
pub async fn cancel(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let id = query::id(&path);
    let caller = guard_named(&app, &request, Permission::RetryLetters, Named::Letter(id)).await?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<CancellationBody>(&request, payload, app.body_limit_bytes).await?;
    let reason = body::line("reason", &read.value.reason, MAX_MEMO_CHARS)?;
    let state = app.clone();
    let outcome = app
        .db
        .write(move |conn| {
            let now = state.moment().now;
            once(conn, &key, &read.sha256, now, |conn| {
                let letter = cancel_letter(conn, id, &reason, &caller.scope, &caller.actor, now)?;
                kept(read.sha256.clone(), &views::letter(&letter))
            })
        })
        .await?;
    Ok(answered(outcome))
}
