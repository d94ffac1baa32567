//! Projects, and the plan in force with its versions.

use super::ok;
use crate::actions::figures::{Figures, Known, day_asked, examine_money};
use crate::actions::{books, lookup};
use crate::domain::access::Permission;
use crate::domain::verdict::Standing;
use crate::http::guard::{guard, guard_project};
use crate::http::problem::Problem;
use crate::http::{App, query, views};
use actix_web::http::header::{ETAG, EntityTag, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
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
    responses((status = 200, description = "TODO")),
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
    let as_of = day_asked(year, None, moment)?;
    let state = app.clone();
    let mut found = app
        .db
        .read(move |conn| {
            let scope = lookup::narrowed(conn, &caller.scope, unit.as_ref())?;
            let rules = state.judging.rules_on(conn, as_of, Known::Now(moment))?;
            examine_money(conn, year, scope, as_of, Known::Now(moment), &rules)
        })
        .await?;
    let words = asked.q.unwrap_or_default().to_lowercase();
    found.retain(|figures| {
        let project = &figures.project;
        let named =
            project.name.to_lowercase().contains(&words) || project.code.as_str().to_lowercase().contains(&words);
        named
            && standing.is_none_or(|standing| figures.judgement.standing == standing)
            && project.code.as_str() > after.as_str()
    });
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let last = found.last().map(|figures| figures.project.code.to_string());
    Ok(ok(&query::page(found.iter().map(listed).collect(), limit, last)))
}

fn listed(figures: &Figures) -> Value {
    let project = &figures.project;
    json!({
        "code": project.code.as_str(), "name": project.name, "unit": project.unit.as_str(),
        "fiscal_year": project.year.number(),
        "budget_yuan": views::yuan(figures.comparison.initial_budget),
        "adjusted_budget_yuan": views::yuan(figures.comparison.adjusted_budget),
        "spent_yuan": figures.comparison.spent.yuan(),
        "standing": figures.judgement.standing.name(),
        "severity": figures.judgement.severity.map(crate::domain::rule::Severity::name),
    })
}

/// Reads a project: the plan in force, the indicators as written and as read.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}", tag = "Projects",
    responses((status = 200, description = "TODO")),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn one(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    query::none(&request)?;
    let moment = app.moment();
    let record = app
        .db
        .read(move |conn| {
            let project = lookup::project(conn, year, &code, &caller.scope)?;
            books::record(conn, project, year.nearest(moment.today), moment.now)
        })
        .await?;
    let project = &record.project;
    let plan = record.in_force.as_ref().map(|kept| views::plan(&kept.plan, &kept.written, &kept.recorded_by));
    let version = record.in_force.as_ref().map_or(0, |kept| kept.plan.version);
    Ok(tagged(
        version,
        &json!({
            "code": project.code.as_str(), "name": project.name, "fiscal_year": year.number(),
            "unit": project.unit.as_str(), "unit_name": record.unit_name,
            "purpose": project.purpose, "goals": project.goals,
            "recorded_at": views::instant(project.recorded_at),
            "plan": plan,
            "indicators": record.indicators.iter().map(views::indicator).collect::<Vec<_>>(),
        }),
    ))
}

/// Lists every version of a project's plan, oldest first.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}/plans", tag = "Projects",
    responses((status = 200, description = "TODO")),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn plans(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    query::none(&request)?;
    let versions = app
        .db
        .read(move |conn| {
            let project = lookup::project(conn, year, &code, &caller.scope)?;
            books::versions(conn, &project)
        })
        .await?;
    let items: Vec<Value> =
        versions.iter().map(|kept| views::plan(&kept.plan, &kept.written, &kept.recorded_by)).collect();
    let latest = versions.iter().map(|kept| kept.plan.version).max().unwrap_or(0);
    Ok(tagged(latest, &json!({ "items": items, "next_cursor": null })))
}

/// An answer that stays the same until the plan has another version.
fn tagged(version: i32, body: &Value) -> HttpResponse {
    let mut response = ok(body);
    let tag = EntityTag::new_strong(format!("plan-{version}"));
    if let Ok(value) = HeaderValue::from_str(&tag.to_string()) {
        response.headers_mut().insert(ETAG, value);
    }
    response
}
