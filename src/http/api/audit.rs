//! The audit trail: who did what, before and after.

use super::ok;
use crate::actions::lookup;
use crate::actions::watch::{self, AuditFilter};
use crate::domain::access::Permission;
use crate::domain::text::MAX_NAME_CHARS;
use crate::http::guard::guard;
use crate::http::problem::Problem;
use crate::http::{App, body, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// How the trail is narrowed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only this kind of thing.
    #[param(example = "disbursement")]
    entity: Option<String>,
    /// Only this one: an id or a code.
    #[param(example = "01905f6e-2c3b-7d4a-9b1e-0f6a5c7d8e9f")]
    entity_id: Option<String>,
    /// Only this verb.
    #[param(example = "record_disbursement")]
    action: Option<String>,
    /// Only this one's deeds: a token's name, `cli`, `schedule`.
    #[param(example = "clerk")]
    actor: Option<String>,
    /// Only deeds that concern this unit or one below it.
    #[param(value_type = Option<views::UnitCode>)]
    unit: Option<String>,
    /// Only deeds at this instant or later.
    #[param(value_type = Option<views::Instant>)]
    since: Option<String>,
    /// Only deeds before this instant.
    #[param(value_type = Option<views::Instant>)]
    until: Option<String>,
    /// Items on a page: 1 to 500, 50 unless given.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500, example = 50)]
    limit: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists deeds, newest last.
///
/// A token of some units reads what concerns those units. What concerns none in particular (tokens, rules, whole
/// checks) is read by those who see everything.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "Audit",
    params(ListQuery),
    responses((status = 200, description = "A page of the trail.", body = views::Page<views::Deed>)),
    extensions(("x-permission" = json!(Permission::ReadAudit.name()))),
)]
pub async fn list(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadAudit).await?;
    let asked: ListQuery = query::query(&request)?;
    let text = |field: &str, given: &Option<String>| {
        given.as_deref().map(|given| body::line(field, given, MAX_NAME_CHARS)).transpose()
    };
    let filter = AuditFilter {
        entity: text("entity", &asked.entity)?,
        entity_id: text("entity_id", &asked.entity_id)?,
        action: text("action", &asked.action)?,
        actor: text("actor", &asked.actor)?,
        since: query::instant("since", asked.since.as_deref())?,
        until: query::instant("until", asked.until.as_deref())?,
    };
    let unit = query::unit(asked.unit.as_deref())?;
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_ids(asked.cursor.as_deref())?;
    let rows = app
        .db
        .read(move |conn| {
            let scope = lookup::narrowed(conn, &caller.scope, unit.as_ref())?;
            watch::audit(conn, &scope, &filter, &after, limit)
        })
        .await?;
    let last = rows.last().map(|row| row.id.to_string());
    Ok(ok(&query::page(rows.iter().map(views::deed).collect(), limit, last)))
}
