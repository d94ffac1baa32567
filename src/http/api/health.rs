//! Is it alive, and can it serve: without a token.

use super::ok;
use crate::actions::lookup;
use crate::http::App;
use crate::http::problem::Problem;
use actix_web::{HttpResponse, web};
use serde_json::json;

/// `GET /healthz`: the process answers.
pub async fn alive() -> HttpResponse {
    ok(&json!({ "status": "ok" }))
}

/// `GET /readyz`: the database answers too.
pub async fn ready(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    app.db.read(lookup::ping).await?;
    Ok(ok(&json!({ "status": "ready", "version": env!("CARGO_PKG_VERSION") })))
}
