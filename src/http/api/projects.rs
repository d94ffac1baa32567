//! Projects, and the plan in force with its versions.

use super::etag::{IfNoneMatch, of_record, tagged};
use super::ok;
use crate::actions::Moment;
use crate::actions::figures::{Known, day_asked, examine_further, examine_money};
use crate::actions::{books, lookup};
use crate::domain::access::Permission;
use crate::domain::verdict::Standing;
use crate::http::guard::{guard, guard_project};
use crate::http::problem::{Problem, plan_tag};
use crate::http::{App, body, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;

/// How a list of projects is narrowed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only this unit and those below it.
    #[param(value_type = Option<views::UnitCode>)]
    unit: Option<String>,
    /// Only projects whose name or code contains this.
    #[param(example = "道路")]
    q: Option<String>,
    /// Only projects that stand so.
    #[param(value_type = Option<views::StandingWord>)]
    standing: Option<String>,
    /// The day for which it is judged; today unless given, but not beyond the year's last day.
    #[param(value_type = Option<body::DayGiven>)]
    as_of: Option<String>,
    /// What was recorded until then; now unless given.
    #[param(value_type = Option<body::InstantGiven>)]
    known_at: Option<String>,
    /// Items on a page: 1 to 500, 50 unless given.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500, example = 50)]
    limit: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists projects by code, with where each stands today.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects", tag = "Projects",
    params(ListQuery),
    responses((status = 200, description = "A page of projects.", body = views::Page<views::ProjectListed>)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn list(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadFigures).await?;
    let year = query::year(&path)?;
    let asked: ListQuery = query::query(&request)?;
    let unit = query::unit(asked.unit.as_deref())?;
    let standing = query::word("standing", asked.standing.as_deref(), Standing::from_name)?;
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_codes(asked.cursor.as_deref())?;
    let moment = app.moment();
    let as_of = day_asked(year, query::day("as_of", asked.as_of.as_deref())?, moment)?;
    let known =
        Known::asked(query::instant("known_at", asked.known_at.as_deref())?.map(|at| app.moment_at(at)), moment);
    let state = app.clone();
    let words = asked.q.unwrap_or_default().to_lowercase();
    let found = app
        .db
        .read(move |conn| {
            let rules = state.judging.rules_on(conn, as_of, known)?;
            // The money of all, to find the page; the indicators only of those on it.
            let mut found = examine_money(conn, year, (&caller.scope, unit.as_ref()), as_of, known, &rules)?;
            found.retain(|figures| {
                let project = &figures.project;
                let named = project.name.to_lowercase().contains(&words)
                    || project.code.as_str().to_lowercase().contains(&words);
                named
                    && standing.is_none_or(|standing| figures.judgement.standing == standing)
                    && project.code.as_str() > after.as_str()
            });
            let page: Vec<_> = found.iter().take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
            examine_further(conn, &page, as_of, known, &rules)
        })
        .await?;
    let last = found.last().map(|figures| figures.project.code.to_string());
    Ok(ok(&query::page(found.iter().map(views::project_listed).collect(), limit, last)))
}

/// What was known.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct KnownQuery {
    /// What was recorded until then; now unless given.
    #[param(value_type = Option<body::InstantGiven>)]
    known_at: Option<String>,
}

impl KnownQuery {
    /// The moment asked for, or now, and the instant itself where one was named.
    pub(super) fn read(app: &App, request: &HttpRequest) -> Result<(Moment, Option<DateTime<Utc>>), Problem> {
        let asked: KnownQuery = query::query(request)?;
        known(app, asked.known_at.as_deref())
    }
}

fn known(app: &App, asked: Option<&str>) -> Result<(Moment, Option<DateTime<Utc>>), Problem> {
    let known_at = query::instant("known_at", asked)?;
    let now = app.moment();
    let moment = known_at.map(|at| app.moment_at(at)).filter(|moment| moment.now < now.now);
    Ok((moment.unwrap_or(now), known_at))
}

/// What was known, and the page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PlansQuery {
    /// What was recorded until then; now unless given.
    #[param(value_type = Option<body::InstantGiven>)]
    known_at: Option<String>,
    /// Items on a page: 1 to 500, 50 unless given.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500, example = 50)]
    limit: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Reads a project: the plan in force, the indicators as written and as read.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}", tag = "Projects",
    params(KnownQuery, IfNoneMatch),
    responses(
        (status = 200, description = "The project.", body = views::Project,
            headers(("ETag" = String, description = "Names the latest version; `If-Match` takes it."))),
        (status = 304, description = "It is as `If-None-Match` names it."),
    ),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn one(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    let (moment, known_at) = KnownQuery::read(&app, &request)?;
    let record = app
        .db
        .read(move |conn| {
            let project = lookup::project_known(conn, year, &code, &caller.scope, known_at)?;
            books::record(conn, project, year.nearest(moment.today), moment.now)
        })
        .await?;
    Ok(of_record(&request, &record, &views::project(&record)))
}

/// Lists every version of a project's plan, oldest first.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}/plans", tag = "Projects",
    params(PlansQuery, IfNoneMatch),
    responses(
        (status = 200, description = "Every version.", body = views::Page<views::Plan>,
            headers(("ETag" = String, description = "Names the latest version; `If-Match` takes it."))),
        (status = 304, description = "They are as `If-None-Match` names them."),
    ),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn plans(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    let asked: PlansQuery = query::query(&request)?;
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_places(asked.cursor.as_deref())?;
    let (moment, known_at) = known(&app, asked.known_at.as_deref())?;
    let versions = app
        .db
        .read(move |conn| {
            let project = lookup::project_known(conn, year, &code, &caller.scope, known_at)?;
            books::versions(conn, &project, moment.now)
        })
        .await?;
    let page: Vec<_> = versions
        .iter()
        .filter(|kept| i64::from(kept.plan.version) > after)
        .take(usize::try_from(limit).unwrap_or(usize::MAX))
        .collect();
    let items = page.iter().map(|kept| views::plan(&kept.plan, &kept.written, &kept.recorded_by)).collect();
    let last = page.last().map(|kept| kept.plan.version.to_string());
    let latest = versions.iter().map(|kept| kept.plan.version).max().unwrap_or(0);
    Ok(tagged(&request, &plan_tag(latest), &query::page(items, limit, last)))
}
