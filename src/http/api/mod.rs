//! The routes of `/api/v1`, a file a resource.

mod alerts;
mod checks;
mod comparison;
mod contacts;
mod disbursements;
mod health;
mod letters;
mod projects;
mod readings;

use crate::actions::once::Once;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, LOCATION};
use actix_web::{HttpResponse, web};
use serde_json::Value;

/// Every route, with the file that serves it.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/healthz", web::get().to(health::alive)).route("/readyz", web::get().to(health::ready)).service(
        web::scope("/api/v1")
            .service(
                web::scope("/years/{year}")
                    .route("/projects", web::get().to(projects::list))
                    .route("/projects/{code}", web::get().to(projects::one))
                    .route("/projects/{code}/plans", web::get().to(projects::plans))
                    .route("/projects/{code}/disbursements", web::get().to(disbursements::list))
                    .route("/projects/{code}/disbursements", web::post().to(disbursements::record))
                    .route("/projects/{code}/disbursements/{id}", web::get().to(disbursements::one))
                    .route("/projects/{code}/disbursements/{id}/reversal", web::post().to(disbursements::reverse))
                    .route("/projects/{code}/indicators/{id}/readings", web::get().to(readings::list))
                    .route("/projects/{code}/indicators/{id}/readings", web::post().to(readings::record))
                    .route("/projects/{code}/comparison", web::get().to(comparison::one))
                    .route("/comparison", web::get().to(comparison::all))
                    .route("/checks", web::get().to(checks::list))
                    .route("/checks", web::post().to(checks::check))
                    .route("/alerts", web::get().to(alerts::list)),
            )
            .route("/alerts/{id}", web::get().to(alerts::one))
            .route("/letters", web::get().to(letters::list))
            .route("/contacts", web::get().to(contacts::list))
            .route("/contacts", web::post().to(contacts::add)),
    );
}

/// A JSON answer.
fn ok(body: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(body.to_string())
}

/// The answer to a post under an idempotency key, new or again.
fn once(outcome: Once) -> HttpResponse {
    let (answer, again) = match outcome {
        Once::New(answer) => (answer, false),
        Once::Again(answer) => (answer, true),
    };
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.insert_header((CONTENT_TYPE, "application/json"));
    if let Some(location) = answer.location {
        response.insert_header((LOCATION, location));
    }
    if again {
        response.insert_header((HeaderName::from_static("idempotent-replayed"), "true"));
    }
    response.body(answer.body)
}
