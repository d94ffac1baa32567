//! Alerts as they stand, and the story of one.

use super::ok;
use crate::actions::lookup;
use crate::actions::watch::{self, Event, Filter, Listed};
use crate::domain::access::Permission;
use crate::domain::alert::State;
use crate::domain::rule::Severity;
use crate::http::guard::guard;
use crate::http::problem::Problem;
use crate::http::views::instant;
use crate::http::{App, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
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
    responses((status = 200, description = "TODO")),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn list(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadFigures).await?;
    let year = query::year(&path)?;
    let asked: ListQuery = query::query(&request)?;
    let filter = Filter {
        state: query::word("state", asked.state.as_deref(), State::from_name)?,
        severity: query::word("severity", asked.severity.as_deref(), Severity::from_name)?,
    };
    let unit = query::unit(asked.unit.as_deref())?;
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_ids(asked.cursor.as_deref())?;
    let alerts = app
        .db
        .read(move |conn| {
            let scope = lookup::narrowed(conn, &caller.scope, unit.as_ref())?;
            watch::alerts(conn, year, &scope, &filter, &after, limit)
        })
        .await?;
    let last = alerts.last().map(|(alert, ..)| alert.id.to_string());
    Ok(ok(&query::page(alerts.iter().map(alert).collect(), limit, last)))
}

fn alert((alert, code, name, unit): &Listed) -> Value {
    json!({
        "id": alert.id.to_string(),
        "project": { "code": code, "name": name, "unit": unit },
        "rule": alert.subject.rule.name(),
        "indicator": alert.subject.indicator.map(|id| id.to_string()),
        "point_on": alert.subject.point_on.map(|day| day.to_string()),
        "state": alert.state.name(),
        "severity": alert.severity.name(),
        "opened_at": instant(alert.opened_at),
        "updated_at": instant(alert.updated_at),
        "follows": alert.follows.map(|id| id.to_string()),
    })
}

/// Reads an alert and its story in order.
#[utoipa::path(
    get, path = "/api/v1/alerts/{id}", tag = "Alerts",
    responses((status = 200, description = "TODO")),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn one(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadFigures).await?;
    query::none(&request)?;
    let id = query::id(&path);
    let (listed, year, events) = app.db.read(move |conn| watch::alert(conn, id, &caller.scope)).await?;
    let mut body = alert(&listed);
    if let Value::Object(members) = &mut body {
        members.insert("fiscal_year".to_owned(), json!(year.number()));
        members.insert("events".to_owned(), events.iter().map(event).collect());
    }
    Ok(ok(&body))
}

fn event(event: &Event) -> Value {
    json!({
        "sequence": event.sequence,
        "change": event.change.name(),
        "severity": event.severity.name(),
        "as_of": event.as_of.to_string(),
        "at": instant(event.at),
        "by": event.actor,
        "check": event.run.map(|id| id.to_string()),
        "rule_version": event.rule_version,
        "plan_version": event.plan_version,
        "explanation": event.explanation,
        "inputs": serde_json::from_str::<Value>(&event.inputs).unwrap_or(Value::Null),
    })
}
