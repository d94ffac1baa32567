//! Planned against spent: one project, or all of them with totals that say what they leave out.

use super::ok;
use crate::actions::figures::{Known, day_asked, examine_one, examine_year};
use crate::actions::lookup;
use crate::actions::portfolio::{Totals, totals};
use crate::domain::access::Permission;
use crate::domain::verdict::Standing;
use crate::http::guard::{guard, guard_project};
use crate::http::problem::Problem;
use crate::http::respond::language;
use crate::http::{App, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneQuery {
    as_of: Option<String>,
    known_at: Option<String>,
}

/// `GET …/projects/{code}/comparison`.
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllQuery {
    as_of: Option<String>,
    known_at: Option<String>,
    unit: Option<String>,
    standing: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

/// `GET /years/{year}/comparison`: a page of comparisons; the totals cover the whole filter, not the page.
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
    let found = app
        .db
        .read(move |conn| {
            let scope = lookup::narrowed(conn, &caller.scope, unit.as_ref())?;
            let rules = state.judging.rules_on(conn, as_of, known)?;
            examine_year(conn, year, scope, as_of, known, &rules)
        })
        .await?;
    let chosen: Vec<_> =
        found.into_iter().filter(|figures| standing.is_none_or(|one| figures.judgement.standing == one)).collect();
    let totals = totals(&chosen).map_err(crate::actions::Error::from)?;
    let language = language(&request);
    let page: Vec<_> = chosen
        .iter()
        .filter(|figures| figures.project.code.as_str() > after.as_str())
        .take(usize::try_from(limit).unwrap_or(usize::MAX))
        .collect();
    let last = page.last().map(|figures| figures.project.code.to_string());
    let items = page.iter().map(|figures| views::comparison(figures, known.instant(), language)).collect();
    let mut body = query::page(items, limit, last);
    if let Value::Object(members) = &mut body {
        members.insert("fiscal_year".to_owned(), json!(year.number()));
        members.insert("as_of".to_owned(), json!(as_of.to_string()));
        members.insert("known_at".to_owned(), json!(views::instant(known.instant())));
        members.insert("totals".to_owned(), totalled(&totals));
    }
    Ok(ok(&body))
}

fn totalled(totals: &Totals) -> Value {
    let excluded: Vec<Value> =
        totals.excluded.iter().map(|code| json!({ "code": code, "reason": "budget_missing" })).collect();
    json!({
        "projects": totals.projects,
        "budget_yuan": totals.budget.yuan(),
        "planned_yuan": totals.planned.yuan(),
        "spent_yuan": totals.spent.yuan(),
        "excluded": excluded,
    })
}
