//! The one place where roles and units are enforced. In the contract's order: 401, then 404 outside the token's
//! units, then 403, then what the handler itself refuses.

use super::metrics::count_failed_login;
use super::problem::{FORBIDDEN, Problem, UNAUTHENTICATED};
use super::respond::{TokenName, request_id};
use super::{App, query};
use crate::actions::Thing;
use crate::actions::authenticate::Authenticated;
use crate::actions::callers::Shown;
use crate::actions::lookup::Named;
use crate::domain::access::{Actor, Permission, Scope, Token};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpMessage, HttpRequest};
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
/// token's units. For who sees everything, a project that does not exist is left to the handler, which answers 404 after
/// it has read the body; for all others it is outside.
pub async fn guard_project(
    app: &App,
    request: &HttpRequest,
    permission: Permission,
    year: &str,
    code: &str,
) -> Result<(Caller, FiscalYear, ProjectCode), Problem> {
    // Segments that name nothing are answered only after the token: a stranger learns nothing from them.
    let place = query::year(year).and_then(|year| Ok((year, query::code(code)?)));
    let named = place.as_ref().ok().map(|(year, code)| Named::Project(*year, code.clone()));
    let (known, outside) = known(app, request, named).await?;
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
    request.extensions_mut().insert(TokenName(known.token.name.clone()));
    Some((permitted(known, request, permission).ok()?, place.0, place.1))
}

/// Lets a caller with that permission through to a thing, if it lies in the token's units. One that does not exist is
/// left to the handler for who sees everything, and outside for all others.
pub async fn guard_named(
    app: &App,
    request: &HttpRequest,
    permission: Permission,
    named: Named,
) -> Result<Caller, Problem> {
    let thing = named.thing();
    let (known, outside) = known(app, request, Some(named)).await?;
    if outside {
        return Err(Problem::not_found(thing));
    }
    permitted(known, request, permission)
}

/// Who the token belongs to, and whether the thing named lies outside its units.
async fn known(app: &App, request: &HttpRequest, named: Option<Named>) -> Result<(Authenticated, bool), Problem> {
    let refused = || {
        let english = "send `Authorization: Bearer mp_<id>_<secret>` with a token that is neither expired nor revoked";
        Problem::new(UNAUTHENTICATED, "请在 Authorization 头中提供有效的 Bearer 令牌", english)
    };
    if !request.headers().contains_key(AUTHORIZATION) {
        return Err(refused());
    }
    app.logins.admit(request)?;
    let Some(shown) = shown(app, request) else {
        return Err(failed(app, request, refused()));
    };
    let callers = Arc::clone(&app.callers);
    let found = app.db.read(move |conn| callers.find(conn, &shown, named.as_ref())).await?;
    let Some((known, outside)) = found else {
        return Err(failed(app, request, refused()));
    };
    request.extensions_mut().insert(TokenName(known.token.name.clone()));
    Ok((known, outside))
}

/// A wrong token was shown; whoever showed none has not tried anything.
fn failed(app: &App, request: &HttpRequest, problem: Problem) -> Problem {
    count_failed_login();
    app.logins.note_failure(request);
    problem
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
