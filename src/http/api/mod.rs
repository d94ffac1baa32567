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

use super::metrics;
use crate::actions::once::Once;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, LOCATION};
use actix_web::{HttpResponse, Route, guard, web};
use serde_json::Value;

/// Every route, with the file that serves it. A path is one resource with its methods, so that another method is
/// answered 405 with `Allow`, not 404.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/healthz").route(get().to(health::alive)))
        .service(web::resource("/readyz").route(get().to(health::ready)))
        .service(web::resource("/metrics").route(get().to(metrics::show)))
        .service(
            web::scope("/api/v1")
                .configure(of_years)
                .service(web::resource("/alerts/{id}").route(get().to(alerts::one)))
                .service(web::resource("/letters").route(get().to(letters::list)))
                .service(web::resource("/contacts/{id}").route(get().to(contacts::one)))
                .service(
                    web::resource("/contacts").route(get().to(contacts::list)).route(web::post().to(contacts::add)),
                ),
        );
}

fn of_years(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/years/{year}")
            .service(web::resource("/projects").route(get().to(projects::list)))
            .service(web::resource("/projects/{code}").route(get().to(projects::one)))
            .service(web::resource("/projects/{code}/plans").route(get().to(projects::plans)))
            .service(
                web::resource("/projects/{code}/disbursements")
                    .route(get().to(disbursements::list))
                    .route(web::post().to(disbursements::record)),
            )
            .service(web::resource("/projects/{code}/disbursements/{id}").route(get().to(disbursements::one)))
            .service(
                web::resource("/projects/{code}/disbursements/{id}/reversal")
                    .route(web::post().to(disbursements::reverse)),
            )
            .service(
                web::resource("/projects/{code}/indicators/{id}/readings")
                    .route(get().to(readings::list))
                    .route(web::post().to(readings::record)),
            )
            .service(
                web::resource("/projects/{code}/indicators/{id}/readings/{reading}").route(get().to(readings::one)),
            )
            .service(web::resource("/projects/{code}/comparison").route(get().to(comparison::one)))
            .service(web::resource("/comparison").route(get().to(comparison::all)))
            .service(web::resource("/checks").route(get().to(checks::list)).route(web::post().to(checks::check)))
            .service(web::resource("/alerts").route(get().to(alerts::list))),
    );
}

/// GET, and HEAD for those who only want to know whether it is there.
fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
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
