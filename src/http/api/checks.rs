//! Judge now, and the checks that were made.

use super::ok;
use crate::actions::check_all_projects::{ALL_CAUSES, CheckAll, check_all_projects, dry_run};
use crate::actions::figures::day_asked;
use crate::actions::watch::{self, RunFilter};
use crate::domain::access::Permission;
use crate::http::guard::guard;
use crate::http::problem::{CHECK_BACKWARDS, Problem};
use crate::http::{App, body, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// What to judge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckBody {
    /// The day judged; today unless given, but not beyond the year's last day.
    as_of: Option<body::DayGiven>,
    /// Only say what would change.
    #[schema(example = true)]
    dry_run: Option<bool>,
}

/// Judges every project of the year, whatever units the token sees: there is one check of a year.
///
/// A dry run tries the projects that the token sees, and writes nothing.
#[utoipa::path(
    post, path = "/api/v1/years/{year}/checks", tag = "Checks",
    request_body = CheckBody,
    responses((status = 200, description = "What the check came to.", body = views::Checked)),
    extensions(
        ("x-permission" = json!(Permission::Check.name())),
        ("x-problems" = json!([CHECK_BACKWARDS.code])),
    ),
)]
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
    let command = CheckAll { year, as_of, cause: "api", actor: caller.actor, tell: true };
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

/// How a list of checks is narrowed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only checks for this day.
    #[param(value_type = Option<views::Day>)]
    as_of: Option<String>,
    /// Only checks that were asked for so.
    #[param(value_type = Option<views::CauseWord>)]
    cause: Option<String>,
    /// Items on a page: 1 to 500, 50 unless given.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500, example = 50)]
    limit: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists the checks that were made, oldest first.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/checks", tag = "Checks",
    params(ListQuery),
    responses((status = 200, description = "A page of checks.", body = views::Page<views::Check>)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn list(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadFigures).await?;
    let year = query::year(&path)?;
    let asked: ListQuery = query::query(&request)?;
    let cause = |name: &str| ALL_CAUSES.into_iter().find(|cause| *cause == name);
    let filter = RunFilter {
        as_of: query::day("as_of", asked.as_of.as_deref())?,
        cause: query::word("cause", asked.cause.as_deref(), cause)?,
    };
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_ids(asked.cursor.as_deref())?;
    let runs = app.db.read(move |conn| watch::runs(conn, year, &filter, &after, limit)).await?;
    let last = runs.last().map(|run| run.id.to_string());
    Ok(ok(&query::page(runs.iter().map(|run| views::run(run, &caller.scope)).collect(), limit, last)))
}
