//! Planned against spent: one project, or all of them with totals that say what they leave out.

use super::ok;
use crate::actions::figures::{Known, day_asked, examine_further, examine_money, examine_one};
use crate::actions::portfolio::totals;
use crate::actions::{Error, lookup};
use crate::domain::access::Permission;
use crate::domain::verdict::Standing;
use crate::http::guard::{guard, guard_project};
use crate::http::problem::Problem;
use crate::http::respond::language;
use crate::http::{App, body, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// The day, and what was known.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OneQuery {
    /// The day for which it is compared; today unless given, but not beyond the year's last day.
    #[param(value_type = Option<body::DayGiven>)]
    as_of: Option<String>,
    /// What was recorded until then; now unless given.
    #[param(value_type = Option<body::InstantGiven>)]
    known_at: Option<String>,
}

/// Compares one project: planned against spent, with reasons.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}/comparison", tag = "Comparison",
    params(OneQuery),
    responses((status = 200, description = "The comparison.", body = views::Comparison)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn one(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    let asked: OneQuery = query::query(&request)?;
    let moment = app.moment();
    let as_of = day_asked(year, query::day("as_of", asked.as_of.as_deref())?, moment)?;
    let known =
        Known::asked(query::instant("known_at", asked.known_at.as_deref())?.map(|at| app.moment_at(at)), moment);
    let state = app.clone();
    let figures = app
        .db
        .read(move |conn| {
            let project = lookup::project(conn, year, &code, &caller.scope)?;
            let rules = state.judging.rules_on(conn, as_of, known)?;
            examine_one(conn, &project, as_of, known, &rules)
        })
        .await?;
    Ok(ok(&views::comparison(&figures, known.instant(), language(&request))))
}

/// The day, what was known, and how the list is narrowed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AllQuery {
    /// The day for which it is compared; today unless given, but not beyond the year's last day.
    #[param(value_type = Option<body::DayGiven>)]
    as_of: Option<String>,
    /// What was recorded until then; now unless given.
    #[param(value_type = Option<body::InstantGiven>)]
    known_at: Option<String>,
    /// Only this unit and those below it.
    #[param(value_type = Option<views::UnitCode>)]
    unit: Option<String>,
    /// Only projects that stand so.
    #[param(value_type = Option<views::StandingWord>)]
    standing: Option<String>,
    /// Items on a page: 1 to 500, 50 unless given.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500, example = 50)]
    limit: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Compares all projects of the token's units.
///
/// The totals cover the whole filter, not the page, and say what they leave out.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/comparison", tag = "Comparison",
    params(AllQuery),
    responses((status = 200, description = "A page of comparisons, with the totals.", body = views::Portfolio)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn all(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadFigures).await?;
    let year = query::year(&path)?;
    let asked: AllQuery = query::query(&request)?;
    let unit = query::unit(asked.unit.as_deref())?;
    let standing = query::word("standing", asked.standing.as_deref(), Standing::from_name)?;
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_codes(asked.cursor.as_deref())?;
    let moment = app.moment();
    let as_of = day_asked(year, query::day("as_of", asked.as_of.as_deref())?, moment)?;
    let known =
        Known::asked(query::instant("known_at", asked.known_at.as_deref())?.map(|at| app.moment_at(at)), moment);
    let state = app.clone();
    let (page, totals) = app
        .db
        .read(move |conn| {
            let rules = state.judging.rules_on(conn, as_of, known)?;
            // The money of all, for the totals and to find the page; the rest only of those on the page.
            let mut found = examine_money(conn, year, (&caller.scope, unit.as_ref()), as_of, known, &rules)?;
            found.retain(|figures| standing.is_none_or(|one| figures.judgement.standing == one));
            let on_page = found.iter().filter(|figures| figures.project.code.as_str() > after.as_str());
            let on_page: Vec<_> = on_page.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
            let page = examine_further(conn, &on_page, as_of, known, &rules)?;
            Ok::<_, Error>((page, totals(&found)?))
        })
        .await?;
    let language = language(&request);
    let last = page.last().map(|figures| figures.project.code.to_string());
    let items = page.iter().map(|figures| views::comparison(figures, known.instant(), language)).collect();
    let page = query::page(items, limit, last);
    Ok(ok(&views::portfolio(page, (year, as_of, known.instant()), totals)))
}
