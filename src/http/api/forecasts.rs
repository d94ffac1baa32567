//! What people say a project will have spent by the year's end.

use super::{IdempotencyKey, answer_key, created, ok, once as answered};
use crate::actions::give_forecast::{self, GiveForecast, give_forecast};
use crate::actions::once::once;
use crate::actions::{Error, lookup};
use crate::domain::access::Permission;
use crate::domain::text::MAX_MEMO_CHARS;
use crate::http::body::{self, DayGiven, YuanGiven};
use crate::http::guard::guard_project;
use crate::http::problem::Problem;
use crate::http::{App, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// A forecast to record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ForecastBody {
    /// What will have been spent by 31 December.
    year_end_yuan: YuanGiven,
    /// The day from which on it is meant: in the fiscal year, and not in the future.
    as_of: DayGiven,
    /// What it rests on: one line.
    #[schema(min_length = 1, max_length = 2000, example = "尾款待验收，年内只付到进度款")]
    reason: String,
}

/// Records a person's forecast of the year's end.
///
/// From its day on comparisons show it as `forecast`, until a later one takes its place. No rule looks at it.
#[utoipa::path(
    post, path = "/api/v1/years/{year}/projects/{code}/forecasts", tag = "Comparison",
    params(IdempotencyKey),
    request_body = ForecastBody,
    responses((status = 201, description = "The forecast as recorded.", body = views::GivenForecast)),
    extensions(("x-permission" = json!(Permission::RecordActuals.name()))),
)]
pub async fn record(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::RecordActuals, &path.0, &path.1).await?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<ForecastBody>(&request, payload, app.body_limit_bytes).await?;
    let command = GiveForecast {
        year,
        code,
        scope: caller.scope,
        year_end: read.value.year_end_yuan.0,
        as_of: read.value.as_of.0,
        reason: body::line("reason", &read.value.reason, MAX_MEMO_CHARS)?,
        actor: caller.actor,
    };
    let (state, place) = (app.clone(), request.path().to_owned());
    let outcome = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            once(conn, &key, &read.sha256, moment.now, |conn| {
                let (project, given) = give_forecast(conn, &command, moment)?;
                let location = format!("{place}/{}", given.id);
                created(read.sha256.clone(), &views::given_forecast(&project, &given), location)
            })
        })
        .await?;
    Ok(answered(outcome))
}

/// Lists what was said of a project's year's end, in the order in which it was recorded.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}/forecasts", tag = "Comparison",
    params(query::Page),
    responses((status = 200, description = "A page of forecasts.", body = views::Page<views::GivenForecast>)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn list(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    let asked: query::Page = query::query(&request)?;
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_ids(asked.cursor.as_deref())?;
    let (project, given) = app
        .db
        .read(move |conn| {
            let project = lookup::project(conn, year, &code, &caller.scope)?;
            let given = give_forecast::page(conn, &project, &after, limit)?;
            Ok::<_, Error>((project, given))
        })
        .await?;
    let last = given.last().map(|one| one.id.to_string());
    let items = given.iter().map(|one| views::given_forecast(&project, one)).collect();
    Ok(ok(&query::page(items, limit, last)))
}

/// Reads one forecast that a person gave.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}/forecasts/{id}", tag = "Comparison",
    responses((status = 200, description = "The forecast.", body = views::GivenForecast)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn one(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    query::none(&request)?;
    let id = query::id(&path.2);
    let (project, given) = app
        .db
        .read(move |conn| {
            let project = lookup::project(conn, year, &code, &caller.scope)?;
            let given = give_forecast::one(conn, &project, id)?;
            Ok::<_, Error>((project, given))
        })
        .await?;
    Ok(ok(&views::given_forecast(&project, &given)))
}
