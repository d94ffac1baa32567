//! The outermost layer: gives each request its id, catches panics, and turns every failure, whoever made it, into
//! a problem document in the client's language.

use super::App;
use super::connection::Connection;
use super::drain::Rest;
use super::metrics::count_answer;
use super::problem::Problem;
use crate::domain::language::Language;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, ALLOW, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};
use tracing_actix_web::RootSpanBuilder;
use uuid::Uuid;

/// Characters of path and query that are read.
const MAX_URI_CHARS: usize = 4_096;

/// How long a body may take where no settings say otherwise.
pub const BODY_WITHIN: Duration = Duration::from_secs(30);

/// The id of one request: in its logs, its problems and its audit rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// The name of the token that a request showed, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenName(pub String);

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

/// What every line of the log says of the request that it belongs to: the matched route and never the path, a query or
/// what else the client says of itself.
pub struct Span;

impl RootSpanBuilder for Span {
    fn on_request_start(request: &ServiceRequest) -> tracing::Span {
        let id = named_by_the_log(request).unwrap_or_default();
        let route = request.match_pattern();
        let route = route.as_deref().unwrap_or("unmatched");
        tracing::info_span!("request", method = %request.method(), route, request_id = id)
    }

    fn on_request_end<B: MessageBody>(_: tracing::Span, _: &Result<ServiceResponse<B>, Error>) {}
}

/// Wraps every request.
pub async fn respond(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let in_hand = request.conn_data::<Connection>().map(Connection::begin_request);
    let id = named_by_the_log(&request).unwrap_or_else(|| Uuid::now_v7().to_string());
    // Taken now: of a handler that panics no request comes back.
    let (method, route) = (request.method().clone(), request.match_pattern());
    let body_within = request.app_data::<web::Data<App>>().map_or(BODY_WITHIN, |app| app.settings.body);
    let rest = Rest::of(&mut request, begun + body_within);
    let answer = answer(request, next, &id).await;
    if let Some(rest) = rest {
        rest.drain().await;
    }
    let (status, token) = match &answer {
        Ok(response) => (response.status(), response.request().extensions().get::<TokenName>().cloned()),
        Err(error) => (error.as_response_error().status_code(), None),
    };
    let took = begun.elapsed();
    log_answer(&id, &method, route.as_deref(), status, took, token);
    count_answer(&method, route, status, took);
    drop(in_hand);
    answer
}

/// One line for each answer, under the id that the client knows. Never a token's secret, a query or a body.
fn log_answer(
    id: &str,
    method: &Method,
    route: Option<&str>,
    status: StatusCode,
    took: Duration,
    token: Option<TokenName>,
) {
    let (route, status) = (route.unwrap_or("unmatched"), status.as_u16());
    let token = token.as_ref().map(|token| token.0.as_str());
    let ms = took.as_secs_f64() * 1_000.0;
    // Most answers are good ones, and writing a line costs as much as many of them: those are for who asks for them.
    match status {
        500.. => tracing::warn!(request_id = id, %method, route, status, duration_ms = ms, token, "answered"),
        400.. => tracing::info!(request_id = id, %method, route, status, duration_ms = ms, token, "answered"),
        _ => tracing::debug!(request_id = id, %method, route, status, duration_ms = ms, token, "answered"),
    }
}

/// The id under which the log knows the request: its layer lies around this one.
fn named_by_the_log(request: &ServiceRequest) -> Option<String> {
    request.extensions().get::<tracing_actix_web::RequestId>().map(ToString::to_string)
}

async fn answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    id: &str,
) -> Result<ServiceResponse<BoxBody>, Error> {
    request.extensions_mut().insert(RequestId(id.to_owned()));
    let language = language(request.request());
    let too_long = request.uri().path().len() + request.uri().query().map_or(0, str::len) > MAX_URI_CHARS;
    if too_long {
        let problem = Problem::of_status(StatusCode::URI_TOO_LONG);
        return Ok(finished(request.into_response(problem.error_response()), language, id));
    }
    // No clone of the request is kept meanwhile: the router takes it for its own.
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => Ok(finished(response.map_into_boxed_body(), language, id)),
        Ok(Err(error)) => {
            let status = error.as_response_error().status_code();
            Err(InternalError::from_response(error, document(&Problem::of_status(status), language, id)).into())
        }
        Err(_) => {
            tracing::error!(request_id = %id, "a handler panicked");
            let problem = Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR);
            let response = document(&problem, language, id);
            Err(InternalError::from_response(problem, response).into())
        }
    }
}

fn finished(response: ServiceResponse<BoxBody>, language: Language, id: &str) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let carried = response.response().extensions().get::<Problem>().cloned();
        let problem = carried.unwrap_or_else(|| Problem::of_status(status));
        let allow = response.headers().get(ALLOW).cloned();
        let (request, _) = response.into_parts();
        let mut answer = document(&problem, language, id);
        if let Some(allow) = allow {
            answer.headers_mut().insert(ALLOW, allow);
        }
        return ServiceResponse::new(request, answer);
    }
    let mut response = response;
    name(response.headers_mut(), id);
    response
}

/// The problem document as a response.
fn document(problem: &Problem, language: Language, id: &str) -> HttpResponse {
    let status = problem.status_code();
    let mut answer = HttpResponse::build(status);
    answer.insert_header((CONTENT_TYPE, "application/problem+json"));
    if status == StatusCode::UNAUTHORIZED {
        answer.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"milepost\""));
    }
    if let Some(seconds) = problem.retry_after_seconds {
        answer.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    if let Some(tag) = problem.tag() {
        answer.insert_header((ETAG, tag));
    }
    let mut response = answer.body(problem.document(language, id).to_string());
    name(response.headers_mut(), id);
    response
}

fn name(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::{TestRequest, call_and_read_body, init_service, try_call_service};
    use actix_web::{App, middleware};

    async fn breaks() -> HttpResponse {
        panic!("a handler breaks")
    }

    #[test]
    fn a_panic_is_a_problem_and_the_next_request_is_served() {
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, break_twice);
        let counted = recorder.handle().render();
        assert!(counted.contains("route=\"/breaks\",status=\"500\"} 2"), "{counted}");
        assert!(!counted.contains("unmatched"), "{counted}");
    }

    fn break_twice() {
        actix_web::rt::System::new().block_on(async {
            let app = App::new()
                .wrap(middleware::from_fn(respond))
                .route("/breaks", web::post().to(breaks))
                .route("/works", web::get().to(HttpResponse::Ok));
            let app = init_service(app).await;
            for _ in 0..2 {
                let request = TestRequest::post().uri("/breaks").set_payload("{}").to_request();
                let error = try_call_service(&app, request).await.expect_err("a failure");
                let response = error.error_response();
                assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
                assert_eq!(response.headers().get(CONTENT_TYPE).unwrap(), "application/problem+json");
                let named = response.headers().get("x-request-id").unwrap().to_str().unwrap().to_owned();
                let bytes = actix_web::body::to_bytes(response.into_body()).await.unwrap();
                let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                assert_eq!((&document["type"], &document["status"]), (&"/problems/internal".into(), &500.into()));
                assert_eq!(document["request_id"], named);
                assert!(!document.to_string().contains("a handler breaks"), "{document}");
            }
            let body = call_and_read_body(&app, TestRequest::get().uri("/works").to_request()).await;
            assert!(body.is_empty());
        });
    }

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
