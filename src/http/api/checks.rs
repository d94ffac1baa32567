//! Judge now, and the checks that were made.

use super::ok;
use crate::actions::check_all_projects::{CheckAll, check_all_projects, dry_run};
use crate::actions::figures::day_asked;
use crate::actions::watch;
use crate::domain::access::Permission;
use crate::http::guard::guard;
use crate::http::problem::Problem;
use crate::http::{App, body, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckBody {
    as_of: Option<body::Day>,
    dry_run: Option<bool>,
}

/// `POST /years/{year}/checks`: judges every project of the year, whatever units the token sees: there is one check
/// of a year. A dry run tries those that it sees.
pub async fn check(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::Check).await?;
    let year = query::year(&path)?;
    let asked = body::json::<CheckBody>(&request, payload, app.body_limit_bytes).await?.value;
    let moment = app.moment();
    let as_of = day_asked(year, asked.as_of.map(|day| day.0), moment)?;
    let command = CheckAll { year, as_of, cause: "api", actor: caller.actor };
    let state = app.clone();
    if asked.dry_run == Some(true) {
        let scope = caller.scope.clone();
        let tried = app.db.read(move |conn| dry_run(conn, &command, scope, &state.judging, moment)).await?;
        return Ok(ok(&views::checked(&tried, true, &caller.scope)));
    }
    let checked =
        web::block(move || check_all_projects(&state.db, &command, &state.judging, moment, || state.clock.now()))
            .await
            .map_err(|_| Problem::of_status(actix_web::http::StatusCode::SERVICE_UNAVAILABLE))??;
    Ok(ok(&views::checked(&checked, false, &caller.scope)))
}

/// `GET /years/{year}/checks`: oldest first.
pub async fn list(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadFigures).await?;
    let year = query::year(&path)?;
    let asked: query::Page = query::query(&request)?;
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_ids(asked.cursor.as_deref())?;
    let runs = app.db.read(move |conn| watch::runs(conn, year, &watch::RunFilter::default(), &after, limit)).await?;
    let last = runs.last().map(|run| run.id.to_string());
    Ok(ok(&query::page(runs.iter().map(|run| views::run(run, &caller.scope)).collect(), limit, last)))
}
