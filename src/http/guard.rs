//! The one place where roles and units are enforced. In the contract's order: 401, then 404 outside the token's
//! units, then 403, then what the handler itself refuses.

use super::problem::{FORBIDDEN, Problem, UNAUTHENTICATED};
use super::respond::request_id;
use super::{App, query};
use crate::actions::Thing;
use crate::actions::authenticate::Authenticated;
use crate::actions::callers::Shown;
use crate::domain::access::{Actor, Permission, Scope, Token};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use std::sync::Arc;

/// A caller who may do what was asked.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The token.
    pub token: Token,
    /// What it may see.
    pub scope: Scope,
    /// The name for the ledger and the audit trail, with the request.
    pub actor: Actor,
    /// The stamp under which they were found to be let in.
    pub stamp: String,
}

/// Characters that an `Authorization` header may have.
const MAX_HEADER_CHARS: usize = 300;

/// Lets a caller with that permission through.
pub async fn guard(app: &App, request: &HttpRequest, permission: Permission) -> Result<Caller, Problem> {
    let (known, _) = known(app, request, None).await?;
    permitted(known, request, permission)
}

/// Lets a caller with that permission through to the project that year and code of the path name, if it lies in the
/// token's units. A project that does not exist is left to the handler, which answers 404 after it has read the body.
pub async fn guard_project(
    app: &App,
    request: &HttpRequest,
    permission: Permission,
    year: &str,
    code: &str,
) -> Result<(Caller, FiscalYear, ProjectCode), Problem> {
    // Segments that name nothing are answered only after the token: a stranger learns nothing from them.
    let place = query::year(year).and_then(|year| Ok((year, query::code(code)?)));
    let (known, outside) = known(app, request, place.as_ref().ok().cloned()).await?;
    let (year, code) = place?;
    if outside {
        return Err(Problem::not_found(Thing::Project));
    }
    Ok((permitted(known, request, permission)?, year, code))
}

/// The same from memory, for a verb that checks in its own transaction that it still holds ([`Caller::stamp`]); none
/// where anything about it must be asked, or is to be refused.
pub fn recall_project(
    app: &App,
    request: &HttpRequest,
    permission: Permission,
    year: &str,
    code: &str,
) -> Option<(Caller, FiscalYear, ProjectCode)> {
    let place = (query::year(year).ok()?, query::code(code).ok()?);
    let known = app.callers.recall(&shown(app, request)?, &place)?;
    Some((permitted(known, request, permission).ok()?, place.0, place.1))
}

/// Who the token belongs to, and whether the project lies outside its units.
async fn known(
    app: &App,
    request: &HttpRequest,
    project: Option<(FiscalYear, ProjectCode)>,
) -> Result<(Authenticated, bool), Problem> {
    let refused = || {
        let english = "send `Authorization: Bearer mp_<id>_<secret>` with a token that is neither expired nor revoked";
        Problem::new(UNAUTHENTICATED, "请在 Authorization 头中提供有效的 Bearer 令牌", english)
    };
    let shown = shown(app, request).ok_or_else(refused)?;
    let callers = Arc::clone(&app.callers);
    let found = app.db.read(move |conn| callers.find(conn, &shown, project.as_ref())).await?;
    found.ok_or_else(refused)
}

fn shown(app: &App, request: &HttpRequest) -> Option<Shown> {
    let (id, secret) = bearer(request)?;
    Some(Shown { id, secret, today: app.moment().today })
}

fn permitted(known: Authenticated, request: &HttpRequest, permission: Permission) -> Result<Caller, Problem> {
    let Authenticated { token, scope, stamp } = known;
    if !token.role.may(permission) {
        let role = token.role.name();
        let english = format!("the role {role} may not do this");
        return Err(Problem::new(FORBIDDEN, format!("角色 {role} 无权执行此操作"), english));
    }
    let actor = Actor { name: token.name.clone(), request_id: Some(request_id(request)) };
    Ok(Caller { token, scope, actor, stamp })
}

fn bearer(request: &HttpRequest) -> Option<(String, String)> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    if header.len() > MAX_HEADER_CHARS {
        return None;
    }
    let (scheme, token) = header.split_once(' ')?;
    let (id, secret) = token.trim().strip_prefix("mp_")?.split_once('_')?;
    let sound = scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty();
    sound.then(|| (id.to_owned(), secret.to_owned()))
}
