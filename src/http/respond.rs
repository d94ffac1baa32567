//! The outermost layer: gives each request its id, catches panics, and turns every failure, whoever made it, into
//! a problem document in the client's language.

use super::problem::{Problem, RETRY_AFTER_SECONDS};
use crate::domain::language::Language;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use uuid::Uuid;

/// Characters of path and query that are read.
const MAX_URI_CHARS: usize = 4_096;

/// The id of one request: in its logs, its problems and its audit rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// The request's id.
#[must_use]
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// The language that the client asks for: Chinese where it comes before English, else English.
#[must_use]
pub fn language(request: &HttpRequest) -> Language {
    let asked = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best: Option<(Language, u32)> = None;
    for range in asked.split(',') {
        let (tag, weight) = range.split_once(';').map_or((range, 1_000), |(tag, rest)| (tag, thousandths(rest)));
        let language = match tag.trim().to_ascii_lowercase() {
            tag if tag.starts_with("zh") => Language::Chinese,
            tag if tag.starts_with("en") => Language::English,
            _ => continue,
        };
        if weight > 0 && best.is_none_or(|(_, known)| weight > known) {
            best = Some((language, weight));
        }
    }
    best.map_or(Language::English, |(language, _)| language)
}

/// `q=0.8` as 800.
fn thousandths(parameter: &str) -> u32 {
    let Some((_, value)) = parameter.split_once("q=") else { return 1_000 };
    let digits: String = value.trim().chars().filter(char::is_ascii_digit).chain("000".chars()).take(4).collect();
    digits.parse().unwrap_or(0)
}

/// Wraps every request.
pub async fn respond(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = Uuid::now_v7().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let language = language(request.request());
    let outer = request.request().clone();
    let too_long = request.uri().path().len() + request.uri().query().map_or(0, str::len) > MAX_URI_CHARS;

    let response = if too_long {
        let response =
            actix_web::ResponseError::error_response(&Problem::of_status(actix_web::http::StatusCode::URI_TOO_LONG));
        ServiceResponse::new(outer, response)
    } else {
        match AssertUnwindSafe(next.call(request)).catch_unwind().await {
            Ok(Ok(response)) => response.map_into_boxed_body(),
            Ok(Err(error)) => ServiceResponse::new(outer, error.error_response()),
            Err(_) => {
                tracing::error!(request_id = %id, "a handler panicked");
                let status = actix_web::http::StatusCode::INTERNAL_SERVER_ERROR;
                ServiceResponse::new(outer, actix_web::ResponseError::error_response(&Problem::of_status(status)))
            }
        }
    };
    Ok(finished(response, language, &id))
}

fn finished(response: ServiceResponse<BoxBody>, language: Language, id: &str) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let mut response = if failed { as_problem(response, language, id) } else { response };
    if let Ok(value) = HeaderValue::from_str(id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

fn as_problem(response: ServiceResponse<BoxBody>, language: Language, id: &str) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let carried = response.response().extensions().get::<Problem>().cloned();
    let problem = carried.unwrap_or_else(|| Problem::of_status(status));
    let (request, _) = response.into_parts();
    let mut answer = HttpResponse::build(status);
    answer.insert_header((CONTENT_TYPE, "application/problem+json"));
    match status.as_u16() {
        401 => drop(answer.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"milepost\""))),
        429 | 503 => drop(answer.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS.to_string()))),
        _ => {}
    }
    ServiceResponse::new(request, answer.body(problem.document(language, id).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_language_is_the_one_that_weighs_most() {
        for (asked, language_expected) in [
            ("", Language::English),
            ("zh-CN", Language::Chinese),
            ("en, zh;q=0.9", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("fr, zh;q=0.1", Language::Chinese),
            ("zh;q=0", Language::English),
        ] {
            let request = TestRequest::default().insert_header((ACCEPT_LANGUAGE, asked)).to_http_request();
            assert_eq!(language(&request), language_expected, "{asked}");
        }
    }
}
