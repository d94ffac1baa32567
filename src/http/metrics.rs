//! `GET /metrics` in Prometheus text. What this process counts comes from its recorder; what the database knows is
//! asked at every reading, so that no number is older than the answer, and none is there when the database is not.

use super::App;
use super::problem::{Problem, UNAUTHENTICATED};
use crate::actions::gauges::{Gauges, gauges};
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use metrics::{Counter, Histogram, counter, describe_counter, describe_histogram, histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write;
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

/// Requests answered, by method, route and status.
const REQUESTS: &str = "milepost_http_requests_total";
/// How long they took, by route.
const DURATIONS: &str = "milepost_http_request_duration_seconds";
/// Panics anywhere in the process; `telemetry` counts them.
const PANICS: &str = "milepost_panics_total";
/// Requests without a valid token.
const FAILED_LOGINS: &str = "milepost_failed_logins_total";
/// The histogram's bounds in seconds: from a question in memory to the deadline of an answer.
const BOUNDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// Seconds between two tidyings of the recorder: what the histograms were told waits in memory until then.
const TIDY_SECONDS: u64 = 2;
/// The route of a request that no route matches.
const UNMATCHED: &str = "unmatched";

/// What this process counts.
#[derive(Clone)]
pub struct Metrics {
    recorder: PrometheusHandle,
    started: Instant,
}

impl Metrics {
    /// Begins to count. To be called once, before anything is counted.
    pub fn start() -> Result<Metrics, BuildError> {
        let recorder = PrometheusBuilder::new().set_buckets(&BOUNDS)?.install_recorder()?;
        describe_counter!(REQUESTS, "Requests answered, by method, route and status.");
        describe_histogram!(DURATIONS, "Seconds from a request's head to its answer, by route.");
        describe_counter!(PANICS, "Panics anywhere in the process; each was caught or ended one thread.");
        describe_counter!(FAILED_LOGINS, "Requests that showed no valid token.");
        // They are there from the beginning, so that the first increase is seen as one.
        counter!(PANICS).increment(0);
        counter!(FAILED_LOGINS).increment(0);
        Ok(Metrics { recorder, started: Instant::now() })
    }

    /// Keeps the recorder small for as long as the service runs.
    pub async fn keep_tidy(self) {
        loop {
            actix_web::rt::time::sleep(Duration::from_secs(TIDY_SECONDS)).await;
            self.recorder.run_upkeep();
        }
    }
}

/// Counts one request that showed no valid token.
pub fn count_failed_login() {
    counter!(FAILED_LOGINS).increment(1);
}

/// The counters of one route.
struct Route {
    durations: Histogram,
    requests: Vec<(&'static str, StatusCode, Counter)>,
}

thread_local! {
    // Each worker keeps the handles that it has used: a request costs two look-ups and no text.
    static ROUTES: RefCell<HashMap<String, Route>> = RefCell::default();
}

/// Counts one answer. The route is the pattern that matched, never the path.
pub fn count_answer(method: &Method, route: Option<String>, status: StatusCode, took: Duration) {
    let (method, name) = (method_name(method), route.unwrap_or_else(|| UNMATCHED.to_owned()));
    ROUTES.with_borrow_mut(|routes| {
        if !routes.contains_key(&name) {
            let durations = histogram!(DURATIONS, "route" => name.clone());
            routes.insert(name.clone(), Route { durations, requests: Vec::new() });
        }
        let Some(route) = routes.get_mut(&name) else { return };
        route.durations.record(took.as_secs_f64());
        let known = route.requests.iter().find(|(known, code, _)| *known == method && *code == status);
        if let Some((_, _, counter)) = known {
            return counter.increment(1);
        }
        let counter = counter!(REQUESTS, "method" => method, "route" => name, "status" => status.as_str().to_owned());
        counter.increment(1);
        route.requests.push((method, status, counter));
    });
}

/// The methods that have a series of their own; a client may invent others without end.
fn method_name(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// Gives the service's numbers, in Prometheus text. It asks for a token only where `http.metrics_token` is set.
#[utoipa::path(
    get, path = "/metrics", tag = "Service",
    responses((
        status = 200, description = "The numbers of now.", content_type = "text/plain", body = String,
        example = "# HELP milepost_panics_total Panics.\n# TYPE milepost_panics_total counter\nmilepost_panics_total 0\n"
    )),
    extensions(("x-permission" = json!("none")), ("x-problems" = json!(["unauthenticated"]))),
)]
pub async fn show(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let shows_one = app.settings.metrics_token.is_some() && request.headers().contains_key(AUTHORIZATION);
    if shows_one {
        app.logins.admit(&request)?;
    }
    if !may_read(&app, &request) {
        if shows_one {
            count_failed_login();
            app.logins.note_failure(&request);
        }
        let english = "send `Authorization: Bearer` with the token of http.metrics_token";
        return Err(Problem::new(UNAUTHENTICATED, "请在 Authorization 头中提供 http.metrics_token 的令牌", english));
    }
    let now = app.clock.now();
    let known = app.db.read(move |conn| gauges(conn, now)).await;
    if let Err(error) = &known {
        tracing::warn!(%error, "the database's gauges are left out");
    }
    let mut text = app.metrics.recorder.render();
    // Writing to a String does not fail.
    let _ = write_own(&mut text, &app, known.ok().as_ref());
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")).body(text))
}

fn may_read(app: &App, request: &HttpRequest) -> bool {
    let Some(wanted) = &app.settings.metrics_token else { return true };
    let shown = request.headers().get(AUTHORIZATION).and_then(|header| header.to_str().ok());
    let shown =
        shown.and_then(|header| header.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    shown.is_some_and(|(_, token)| token.trim().as_bytes().ct_eq(wanted.reveal().as_bytes()).into())
}

/// What no recorder keeps: the writer's tally, the process and the database.
fn write_own(text: &mut String, app: &App, known: Option<&Gauges>) -> std::fmt::Result {
    let (batches, verbs) = app.db.write_tally();
    head(text, "milepost_write_batches_total", "counter", "Commits.")?;
    writeln!(text, "milepost_write_batches_total {batches}")?;
    head(text, "milepost_write_batch_verbs", "summary", "Verbs that the commits carried.")?;
    writeln!(text, "milepost_write_batch_verbs_sum {verbs}\nmilepost_write_batch_verbs_count {batches}")?;
    head(text, "milepost_build_info", "gauge", "The version that runs; always 1.")?;
    writeln!(text, "milepost_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))?;
    head(text, "milepost_uptime_seconds", "gauge", "Seconds since the service started.")?;
    writeln!(text, "milepost_uptime_seconds {:.3}", app.metrics.started.elapsed().as_secs_f64())?;
    if let Some(bytes) = resident_bytes() {
        head(text, "process_resident_memory_bytes", "gauge", "Memory of the process.")?;
        writeln!(text, "process_resident_memory_bytes {bytes}")?;
    }
    let post = app.post.seen();
    head(text, "milepost_mail_paused", "gauge", "Whether letters wait for somebody to mend the mail channel.")?;
    writeln!(text, "milepost_mail_paused {}", u8::from(post.paused.is_some()))?;
    head(
        text,
        "milepost_letters_poisoned_total",
        "counter",
        "Letters set aside by this process: they cannot be read.",
    )?;
    writeln!(text, "milepost_letters_poisoned_total {}", post.unreadable)?;
    if let Some(since) = post.since_last_look {
        head(text, "milepost_postman_last_look_seconds", "gauge", "Seconds since the postman last looked or sent.")?;
        writeln!(text, "milepost_postman_last_look_seconds {:.3}", since.as_secs_f64())?;
    }
    let name = "milepost_scheduler_last_ring_timestamp_seconds";
    head(text, name, "gauge", "When the schedule was looked at last.")?;
    if let Some(at) = app.heartbeat.pulse().last_ring_at {
        writeln!(text, "{name} {}", at.timestamp())?;
    }
    head(text, "milepost_database_up", "gauge", "Whether the database answered this reading.")?;
    writeln!(text, "milepost_database_up {}", u8::from(known.is_some()))?;
    known.map_or(Ok(()), |known| write_gauges(text, known))
}

fn write_gauges(text: &mut String, known: &Gauges) -> std::fmt::Result {
    head(text, "milepost_letters", "gauge", "Letters in the outbox, by state.")?;
    for (state, count) in &known.letters {
        writeln!(text, "milepost_letters{{state=\"{}\"}} {count}", state.name())?;
    }
    head(text, "milepost_last_check_timestamp_seconds", "gauge", "When a check of the year ended last.")?;
    for (year, at) in &known.last_checks {
        writeln!(text, "milepost_last_check_timestamp_seconds{{year=\"{year}\"}} {}", at.timestamp())?;
    }
    head(text, "milepost_last_delivery_timestamp_seconds", "gauge", "When a letter was accepted last.")?;
    if let Some(at) = known.last_delivery {
        writeln!(text, "milepost_last_delivery_timestamp_seconds {}", at.timestamp())?;
    }
    let name = "milepost_scheduled_run_last_success_timestamp_seconds";
    head(text, name, "gauge", "When a scheduled run of the job was done last.")?;
    for run in &known.last_runs {
        writeln!(text, "{name}{{job=\"{}\"}} {}", run.job, run.finished_at.timestamp())?;
    }
    Ok(())
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) -> std::fmt::Result {
    writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

/// What the process has in memory, where the system tells.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_method_makes_no_series_of_its_own() {
        assert_eq!(method_name(&Method::POST), "POST");
        assert_eq!(method_name(&Method::from_bytes(b"BREW").unwrap()), "other");
    }
}
