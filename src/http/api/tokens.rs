//! Tokens: made, listed, taken back. The secret is in one answer only, and in no row.

use super::{IdempotencyKey, answer_key, created, no_content, ok, once as answered};
use crate::actions::Thing;
use crate::actions::issue_token::{TokenWish, issue_token, page, revoke_token, token};
use crate::actions::once::{Once, once};
use crate::domain::access::{Permission, Role};
use crate::domain::code::UnitCode;
use crate::domain::text::MAX_NAME_CHARS;
use crate::http::guard::guard;
use crate::http::problem::{OWN_TOKEN, Problem};
use crate::http::respond::language;
use crate::http::{App, body, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

/// Units that a token may name.
const MAX_UNITS: usize = 200;

/// What a new token is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TokenBody {
    /// What people call it; it signs the ledger and the audit trail.
    #[schema(min_length = 1, max_length = 200, example = "财政一体化接口")]
    name: String,
    /// What it may do.
    #[schema(value_type = views::RoleWord)]
    role: String,
    /// The units that it may see, with those below them. An admin's names none, every other at least one.
    #[schema(value_type = Option<Vec<views::UnitCode>>)]
    units: Option<Vec<String>>,
    /// The last day on which it is good, today or later; left out where it has no end.
    #[schema(example = "2025-01-31")]
    expires_on: Option<body::DayGiven>,
}

impl TokenBody {
    fn into_wish(self, today: NaiveDate) -> Result<TokenWish, Problem> {
        let role = Role::from_name(&self.role).ok_or_else(|| {
            let english = "one of clerk, reviewer, auditor, admin";
            Problem::invalid("role", "须为 clerk、reviewer、auditor 或 admin", english)
        })?;
        let units = self.units.unwrap_or_default();
        if role == Role::Admin && !units.is_empty() {
            let english = "an admin sees every unit: leave `units` out";
            return Err(Problem::invalid("units", "admin 可见所有单位，请勿填写 units", english));
        }
        if role != Role::Admin && !(1..=MAX_UNITS).contains(&units.len()) {
            let chinese = format!("须指定 1 到 {MAX_UNITS} 个预算单位");
            return Err(Problem::invalid("units", chinese, format!("name 1 to {MAX_UNITS} units")));
        }
        let expires_on = self.expires_on.map(|day| day.0);
        if let Some(day) = expires_on.filter(|day| *day < today) {
            let english = format!("{day} has passed: today is {today}");
            return Err(Problem::invalid("expires_on", format!("{day} 已经过去，今天是 {today}"), english));
        }
        let code = |text: &String| {
            let of_code = |error: crate::domain::code::CodeError| {
                Problem::invalid("units", format!("不是有效的预算单位编码：{text}"), error.to_string())
            };
            UnitCode::parse(text).map_err(of_code)
        };
        Ok(TokenWish {
            name: body::line("name", &self.name, MAX_NAME_CHARS)?,
            role,
            units: units.iter().map(code).collect::<Result<_, _>>()?,
            expires_on,
        })
    }
}

/// Makes a token and shows it, once.
///
/// The secret is kept nowhere: the same request again under the same key gives the same answer with `token` null and a
/// hint. Who has lost it takes the token back and makes another.
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "Tokens",
    params(IdempotencyKey),
    request_body = TokenBody,
    responses((status = 201, description = "The token, with its secret.", body = views::IssuedToken)),
    extensions(("x-permission" = json!(Permission::KeepHouse.name()))),
)]
pub async fn issue(app: web::Data<App>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::KeepHouse).await?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<TokenBody>(&request, payload, app.body_limit_bytes).await?;
    let wish = read.value.into_wish(app.moment().today)?;
    let (state, actor, language) = (app.clone(), caller.actor, language(&request));
    let (outcome, shown) = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            let mut shown = None;
            let kept = once(conn, &key, &read.sha256, moment.now, |conn| {
                let issued = issue_token(conn, wish, &actor, moment.now)?;
                let location = format!("/api/v1/tokens/{}", issued.token.id);
                let answer = |with_secret: bool| {
                    let body = views::issued_token(&issued, moment.today, with_secret, language);
                    created(read.sha256.clone(), &body, location.clone())
                };
                shown = Some(answer(true)?);
                answer(false)
            })?;
            Ok::<_, crate::actions::Error>((kept, shown))
        })
        .await?;
    Ok(answered(match (outcome, shown) {
        (Once::New(_), Some(shown)) => Once::New(shown),
        (outcome, _) => outcome,
    }))
}

/// Lists all tokens, by id; never their secrets.
#[utoipa::path(
    get, path = "/api/v1/tokens", tag = "Tokens",
    params(query::Page),
    responses((status = 200, description = "A page of tokens.", body = views::Page<views::Token>)),
    extensions(("x-permission" = json!(Permission::KeepHouse.name()))),
)]
pub async fn list(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    guard(&app, &request, Permission::KeepHouse).await?;
    let asked: query::Page = query::query(&request)?;
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor(asked.cursor.as_deref(), |key| key.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
    let today = app.moment().today;
    let tokens = app.db.read(move |conn| page(conn, &after, limit)).await?;
    let last = tokens.last().map(|token| token.id.clone());
    Ok(ok(&query::page(tokens.iter().map(|token| views::token(token, today)).collect(), limit, last)))
}

/// Reads one token; never its secret.
#[utoipa::path(
    get, path = "/api/v1/tokens/{token}", tag = "Tokens",
    responses((status = 200, description = "The token.", body = views::Token)),
    extensions(("x-permission" = json!(Permission::KeepHouse.name()))),
)]
pub async fn one(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    guard(&app, &request, Permission::KeepHouse).await?;
    query::none(&request)?;
    let (id, today) = (of_path(&path)?, app.moment().today);
    let found = app.db.read(move |conn| token(conn, &id)).await?;
    Ok(ok(&views::token(&found, today)))
}

/// Takes a token back; it is refused from now on.
///
/// Once more changes nothing and is answered alike. The token that the request itself shows cannot be taken back by it.
#[utoipa::path(
    delete, path = "/api/v1/tokens/{token}", tag = "Tokens",
    responses((status = 204, description = "It is taken back.")),
    extensions(
        ("x-permission" = json!(Permission::KeepHouse.name())),
        ("x-problems" = json!([OWN_TOKEN.code])),
    ),
)]
pub async fn revoke(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::KeepHouse).await?;
    query::none(&request)?;
    let (id, state) = (of_path(&path)?, app.clone());
    app.db
        .write(move |conn| revoke_token(conn, &id, Some(&caller.token.id), &caller.actor, state.moment().now))
        .await?;
    Ok(no_content())
}

/// An id of the path; what cannot be one is none.
fn of_path(text: &str) -> Result<String, Problem> {
    let is_id = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_id { Ok(text.to_owned()) } else { Err(Problem::not_found(Thing::Token)) }
}
