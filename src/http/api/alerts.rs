//! Alerts as they stand, and the story of one.

use super::ok;
use crate::actions::lookup::{self, Named};
use crate::actions::watch::{self, Filter};
use crate::domain::access::Permission;
use crate::domain::alert::State;
use crate::domain::rule::{Rule, Severity};
use crate::http::guard::{guard, guard_named};
use crate::http::problem::Problem;
use crate::http::{App, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// How a list of alerts is narrowed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only alerts in this state.
    #[param(value_type = Option<views::AlertStateWord>)]
    state: Option<String>,
    /// Only alerts of this severity.
    #[param(value_type = Option<views::SeverityWord>)]
    severity: Option<String>,
    /// Only alerts of this rule.
    #[param(value_type = Option<views::RuleWord>)]
    rule: Option<String>,
    /// Only alerts of this project.
    #[param(value_type = Option<views::ProjectCode>)]
    project: Option<String>,
    /// Only this unit and those below it.
    #[param(value_type = Option<views::UnitCode>)]
    unit: Option<String>,
    /// Items on a page: 1 to 500, 50 unless given.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500, example = 50)]
    limit: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists alerts, oldest first.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/alerts", tag = "Alerts",
    params(ListQuery),
    responses((status = 200, description = "A page of alerts.", body = views::Page<views::Alert>)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn list(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadFigures).await?;
    let year = query::year(&path)?;
    let asked: ListQuery = query::query(&request)?;
    let filter = Filter {
        state: query::word("state", asked.state.as_deref(), State::from_name)?,
        severity: query::word("severity", asked.severity.as_deref(), Severity::from_name)?,
        rule: query::word("rule", asked.rule.as_deref(), Rule::from_name)?,
        project: query::project(asked.project.as_deref())?,
    };
    let unit = query::unit(asked.unit.as_deref())?;
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_ids(asked.cursor.as_deref())?;
    let moment = app.moment();
    let alerts = app
        .db
        .read(move |conn| {
            let scope = lookup::narrowed(conn, &caller.scope, unit.as_ref())?;
            watch::alerts(conn, year, &scope, &filter, (&after, limit), moment)
        })
        .await?;
    let last = alerts.last().map(|(alert, ..)| alert.id.to_string());
    Ok(ok(&query::page(alerts.iter().map(views::alert).collect(), limit, last)))
}

/// Reads an alert and its story in order.
#[utoipa::path(
    get, path = "/api/v1/alerts/{id}", tag = "Alerts",
    responses((status = 200, description = "The alert and its story.", body = views::AlertStory)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn one(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = query::id(&path);
    let caller = guard_named(&app, &request, Permission::ReadFigures, Named::Alert(id)).await?;
    query::none(&request)?;
    let moment = app.moment();
    let told = app.db.read(move |conn| watch::alert(conn, id, &caller.scope, moment)).await?;
    Ok(ok(&views::alert_story(&told)))
}
