//! The one place where roles and units are enforced. In the contract's order: 401, then 404 outside the token's
//! units, then 403, then what the handler itself refuses.

use super::App;
use super::problem::{FORBIDDEN, Problem, UNAUTHENTICATED};
use super::respond::request_id;
use crate::actions::authenticate::authenticate;
use crate::actions::{Error, Thing};
use crate::domain::access::{Actor, Permission, Scope, Token};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;

/// A caller who may do what was asked.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The token.
    pub token: Token,
    /// What it may see.
    pub scope: Scope,
    /// The name for the ledger and the audit trail, with the request.
    pub actor: Actor,
}

/// Characters that an `Authorization` header may have.
const MAX_HEADER_CHARS: usize = 300;

/// Lets a caller with that permission through.
pub async fn guard(app: &App, request: &HttpRequest, permission: Permission) -> Result<Caller, Problem> {
    admit(app, request, permission, None).await
}

/// Lets a caller with that permission through to a project of its units. A project that does not exist is left to
/// the handler, which answers 404 after it has read the body.
pub async fn guard_project(
    app: &App,
    request: &HttpRequest,
    permission: Permission,
    year: FiscalYear,
    code: &ProjectCode,
) -> Result<Caller, Problem> {
    admit(app, request, permission, Some((year, code.clone()))).await
}

async fn admit(
    app: &App,
    request: &HttpRequest,
    permission: Permission,
    project: Option<(FiscalYear, ProjectCode)>,
) -> Result<Caller, Problem> {
    let refused = || {
        let english = "send `Authorization: Bearer mp_<id>_<secret>` with a token that is neither expired nor revoked";
        Problem::new(UNAUTHENTICATED, "请在 Authorization 头中提供有效的 Bearer 令牌", english)
    };
    let (id, secret) = bearer(request).ok_or_else(refused)?;
    let today = app.moment().today;
    let found = app
        .db
        .read(move |conn| {
            let known = authenticate(conn, &id, &secret, today)?;
            let outside = match (&known, &project) {
                (Some(known), Some((year, code))) => {
                    crate::actions::lookup::is_outside(conn, *year, code, &known.scope)?
                }
                _ => false,
            };
            Ok::<_, Error>(known.map(|known| (known, outside)))
        })
        .await?;
    let (known, outside) = found.ok_or_else(refused)?;
    if outside {
        return Err(Problem::not_found(Thing::Project));
    }
    if !known.token.role.may(permission) {
        let role = known.token.role.name();
        return Err(Problem::new(
            FORBIDDEN,
            format!("角色 {role} 无权执行此操作"),
            format!("the role {role} may not do this"),
        ));
    }
    let actor = Actor { name: known.token.name.clone(), request_id: Some(request_id(request)) };
    Ok(Caller { token: known.token, scope: known.scope, actor })
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
