//! The API's description, and a page to read and try it: without a token, without any outside address.

use crate::http::document::TEXT;
use crate::http::problem::Problem;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use actix_web::{HttpResponse, web};
use std::sync::Arc;
use utoipa_swagger_ui::{Config, serve};

/// Gives the API's description: this document.
#[utoipa::path(
    get, path = "/openapi.json", tag = "Service",
    responses((status = 200, description = "The description, OpenAPI 3.1.", body = serde_json::Value, example = json!({"openapi": "3.1.0"}))),
    extensions(("x-permission" = json!("none"))),
)]
pub async fn json() -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(TEXT.as_str())
}

/// Leads to the page on which the API can be read and tried.
#[utoipa::path(
    get, path = "/docs", tag = "Service",
    responses((status = 307, description = "The page is at `/docs/index.html`.")),
    extensions(("x-permission" = json!("none"))),
)]
pub async fn docs() -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header((LOCATION, "/docs/index.html")).finish()
}

/// Gives a file of that page.
#[utoipa::path(
    get, path = "/docs/{file}", tag = "Service",
    responses((status = 200, description = "The file.", content_type = "text/html", body = String, example = "<!DOCTYPE html>…")),
    extensions(("x-permission" = json!("none"))),
)]
pub async fn page(path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let file = serve(&path, Arc::new(Config::from("/openapi.json"))).ok().flatten();
    let file = file.ok_or_else(|| Problem::of_status(actix_web::http::StatusCode::NOT_FOUND))?;
    let mut response = HttpResponse::Ok();
    if file.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(response.insert_header((CONTENT_TYPE, file.content_type)).body(file.bytes.into_owned()))
}
