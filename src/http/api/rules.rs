//! The thresholds by which is judged.

use super::ok;
use crate::actions::rule_book::rule_book;
use crate::domain::access::Permission;
use crate::http::guard::guard;
use crate::http::problem::Problem;
use crate::http::{App, query, views};
use actix_web::http::header::{ETAG, EntityTag, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

/// Reads the rule set in force today with its values and their source, and the sets on record.
///
/// The `ETag` names the version in force and the latest on record.
#[utoipa::path(
    get, path = "/api/v1/rules", tag = "Rules",
    responses((status = 200, description = "The rules.", body = views::Book)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn read(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    guard(&app, &request, Permission::ReadFigures).await?;
    query::none(&request)?;
    let (state, moment) = (app.clone(), app.moment());
    let book = app.db.read(move |conn| rule_book(conn, &state.judging, moment)).await?;
    let latest = book.sets.last().map_or(0, |set| set.version);
    let tag = EntityTag::new_strong(format!("rules-{}-{latest}", book.in_force.version));
    let mut response = ok(&views::book(&book));
    if let Ok(value) = HeaderValue::from_str(&tag.to_string()) {
        response.headers_mut().insert(ETAG, value);
    }
    Ok(response)
}
