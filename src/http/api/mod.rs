//! The routes of `/api/v1`, a file a resource.

mod alerts;
mod answers;
mod audit;
mod batch;
mod checks;
mod commitments;
mod comparison;
mod contacts;
mod description;
mod disbursements;
mod etag;
mod forecasts;
mod health;
mod letters;
mod projects;
mod readings;
mod revisions;
mod rules;
mod tokens;
mod units;

use super::body;
use super::guard::Caller;
use super::metrics;
use super::problem::Problem;
use crate::actions::Error;
use crate::actions::once::{Answer, AnswerKey, Once};
use crate::storage::Error as StorageError;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, LOCATION};
use actix_web::{HttpRequest, HttpResponse, ResponseError, Route, guard, web};
use serde::Serialize;
use utoipa::{IntoParams, OpenApi};

/// A route as it is registered.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Its path.
    pub path: &'static str,
    /// Its method: `get`, `post`, ….
    pub method: &'static str,
    /// Its name in the description: the file and the function that serve it.
    pub id: &'static str,
}

/// One table of every route: what the service registers and what its description names both come from it.
///
/// A path is one resource with its methods, so that another method is answered 405 with `Allow`, not 404.
macro_rules! resources {
    ($($path:literal { $($method:ident $file:ident :: $function:ident),+ })*) => {
        /// Registers every route.
        pub fn routes(config: &mut web::ServiceConfig) {
            $( config.service(web::resource($path)$(.route($method().to($file::$function)))+); )*
        }

        /// Every route.
        pub const OPERATIONS: &[Operation] = &[$($(Operation {
            path: $path,
            method: stringify!($method),
            id: concat!(stringify!($file), "_", stringify!($function)),
        }),+),*];

        /// What `#[utoipa::path]` says of every route.
        #[derive(OpenApi)]
        // Types that only queries name are not found by themselves.
        #[openapi(paths($($($file::$function),+),*), components(schemas(body::InstantGiven, super::views::CauseWord)))]
        pub struct Described;
    };
}

// The busiest come first: they are tried in this order.
resources! {
    "/api/v1/years/{year}/projects/{code}/disbursements" { get disbursements::list, post disbursements::record }
    "/api/v1/years/{year}/projects/{code}/disbursements/{id}" { get disbursements::one }
    "/api/v1/years/{year}/projects/{code}/disbursements/{id}/reversal" { post disbursements::reverse }
    "/api/v1/years/{year}/projects" { get projects::list, post revisions::create }
    "/api/v1/years/{year}/projects/{code}" { get projects::one }
    "/api/v1/years/{year}/projects/{code}/plans" { get projects::plans, post revisions::revise }
    "/api/v1/years/{year}/projects/{code}/plans/{version}" { get revisions::version }
    "/api/v1/years/{year}/disbursements:batch" { post batch::record }
    "/api/v1/years/{year}/projects/{code}/commitments" { get commitments::list, post commitments::commit }
    "/api/v1/years/{year}/projects/{code}/commitments/{id}" { get commitments::one }
    "/api/v1/years/{year}/projects/{code}/commitments/{id}/release" { post commitments::release }
    "/api/v1/years/{year}/projects/{code}/forecasts" { get forecasts::list, post forecasts::record }
    "/api/v1/years/{year}/projects/{code}/forecasts/{id}" { get forecasts::one }
    "/api/v1/years/{year}/projects/{code}/indicators/{id}/readings" { get readings::list, post readings::record }
    "/api/v1/years/{year}/projects/{code}/indicators/{id}/readings/{reading}" { get readings::one }
    "/api/v1/years/{year}/projects/{code}/comparison" { get comparison::one }
    "/api/v1/years/{year}/comparison" { get comparison::all }
    "/api/v1/years/{year}/checks" { get checks::list, post checks::check }
    "/api/v1/years/{year}/alerts" { get alerts::list }
    "/api/v1/alerts/{id}" { get alerts::one }
    "/api/v1/alerts/{id}/acknowledgement" { post answers::acknowledge }
    "/api/v1/alerts/{id}/measures" { post answers::set_measure }
    "/api/v1/alerts/{id}/measures/{measure}/completion" { post answers::carry_out }
    "/api/v1/alerts/{id}/disposition" { post answers::dispose }
    "/api/v1/alerts/{id}/waiver" { post answers::waive }
    "/api/v1/alerts/{id}/resolution" { post answers::resolve }
    "/api/v1/letters" { get letters::list }
    "/api/v1/letters/{id}" { get letters::one }
    "/api/v1/letters/{id}/retry" { post letters::retry }
    "/api/v1/letters/{id}/cancellation" { post letters::cancel }
    "/api/v1/contacts" { get contacts::list, post contacts::add }
    "/api/v1/contacts/{id}" { get contacts::one, delete contacts::remove }
    "/api/v1/units" { get units::list, post units::record }
    "/api/v1/units/{unit}" { get units::one, put units::change }
    "/api/v1/tokens" { get tokens::list, post tokens::issue }
    "/api/v1/tokens/{token}" { get tokens::one, delete tokens::revoke }
    "/api/v1/audit" { get audit::list }
    "/api/v1/rules" { get rules::read, put rules::put }
    "/api/v1/rules/rehearsal" { post rules::rehearsal }
    "/healthz" { get health::alive }
    "/readyz" { get health::ready }
    "/metrics" { get metrics::show }
    "/openapi.json" { get description::json }
    "/docs" { get description::docs }
    "/docs/{file}" { get description::page }
}

/// The header of each POST that records a fact.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
struct IdempotencyKey {
    /// Made by the client for each fact; the same key with the same body gives the first answer again.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 200,
        pattern = "^[!-~]([ -~]{0,198}[!-~])?$",
        example = "2024-03-0117"
    )]
    _key: String,
}

/// GET, and HEAD for those who only want to know whether it is there.
fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// POST.
fn post() -> Route {
    web::post()
}

/// PUT.
fn put() -> Route {
    web::put()
}

/// DELETE.
fn delete() -> Route {
    web::delete()
}

/// Done, and nothing to say.
fn no_content() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// A JSON answer.
fn ok(body: &impl Serialize) -> HttpResponse {
    match serde_json::to_string(body) {
        Ok(text) => HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(text),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).error_response()
        }
    }
}

/// A 201 with its `Location`, to be kept.
fn created(body_sha256: String, body: &impl Serialize, location: String) -> Result<Answer, Error> {
    let body = serde_json::to_string(body).map_err(|error| StorageError::Corrupt(error.to_string()))?;
    Ok(Answer { body_sha256, status: 201, body, location: Some(location) })
}

/// A 200, to be kept.
fn kept(body_sha256: String, body: &impl Serialize) -> Result<Answer, Error> {
    let body = serde_json::to_string(body).map_err(|error| StorageError::Corrupt(error.to_string()))?;
    Ok(Answer { body_sha256, status: 200, body, location: None })
}

/// The idempotency key of a request, with what it belongs to.
fn answer_key(caller: &Caller, request: &HttpRequest) -> Result<AnswerKey, Problem> {
    Ok(AnswerKey {
        token: caller.token.id.clone(),
        method: request.method().to_string(),
        path: request.path().to_owned(),
        key: body::idempotency_key(request)?,
    })
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
