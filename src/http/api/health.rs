//! Is it alive, and can it serve: without a token.

use super::ok;
use crate::actions::lookup;
use crate::http::problem::Problem;
use crate::http::{App, views};
use actix_web::{HttpResponse, web};

/// Says that the process answers.
#[utoipa::path(
    get, path = "/healthz", tag = "Service",
    responses((status = 200, description = "The process answers.", body = views::Alive)),
    extensions(("x-permission" = json!("none"))),
)]
pub async fn alive() -> HttpResponse {
    ok(&views::Alive { status: "ok" })
}

/// Says whether the database answers too.
#[utoipa::path(
    get, path = "/readyz", tag = "Service",
    responses((status = 200, description = "The service can answer.", body = views::Ready)),
    extensions(("x-permission" = json!("none"))),
)]
pub async fn ready(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    app.db.read(lookup::ping).await?;
    let missing = app.judging.workdays.missing_on(app.moment().today);
    let warnings = missing.into_iter().map(|year| {
        format!("the working days of {year} are not known: Monday to Friday are counted until calendar.workdays_file has the year")
    });
    Ok(ok(&views::Ready { status: "ready", version: env!("CARGO_PKG_VERSION"), warnings: warnings.collect() }))
}
