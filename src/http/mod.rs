//! The service: routes, and what they all share. Handlers parse at the door, ask an action, and answer.

#[allow(unused_qualifications, reason = "the macro that describes a route writes types out in full")]
mod api;
mod body;
mod connection;
pub mod document;
mod drain;
mod guard;
mod logins;
mod metrics;
pub mod problem;
mod query;
mod refusal;
mod respond;
pub mod views;

pub use logins::Logins;
pub use metrics::Metrics;
pub use metrics_exporter_prometheus::BuildError as MetricsError;

use crate::actions::callers::Callers;
use crate::actions::post_state::PostState;
use crate::actions::{Judging, Moment};
use crate::clock::Clock;
use crate::config::Http;
use crate::heartbeat::Heartbeat;
use crate::storage::Db;
use actix_http::HttpService;
use actix_http::error::DispatchError;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use actix_web::rt::net::TcpStream;
use actix_web::{App as ActixApp, middleware, web};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use connection::Patient;
use std::future::ready;
use std::net::TcpListener;
use std::sync::Arc;
use tracing_actix_web::TracingLogger;

/// What every handler needs.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Who was let in lately.
    pub callers: Arc<Callers>,
    /// The one clock.
    pub clock: Clock,
    /// The zone of business dates.
    pub zone: Tz,
    /// The rules in force.
    pub judging: Arc<Judging>,
    /// Bytes of a request's body that are read.
    pub body_limit_bytes: usize,
    /// The section `http` of the settings.
    pub settings: Arc<Http>,
    /// What this process counts.
    pub metrics: Metrics,
    /// How the postman of this process is.
    pub post: Arc<PostState>,
    /// The domain after which Message-IDs are named.
    pub mail_domain: Arc<str>,
    /// The scheduler's sign of life.
    pub heartbeat: Arc<Heartbeat>,
    /// Who has shown wrong tokens.
    pub logins: Arc<Logins>,
}

impl App {
    /// Now.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment { now: self.clock.now(), today: self.clock.today(self.zone) }
    }

    /// An earlier moment that a request asks for.
    #[must_use]
    pub fn moment_at(&self, instant: DateTime<Utc>) -> Moment {
        Moment { now: instant, today: instant.with_timezone(&self.zone).date_naive() }
    }
}

/// Connections served at once by each worker.
const MAX_CONNECTIONS: usize = 10_000;

/// The service on a listener, ready to be run. Signals are the caller's. It is put together by hand, and not by the
/// framework's own builder, for that takes no streams but its own.
pub fn server(app: App, listener: TcpListener) -> std::io::Result<Server> {
    actix_web::rt::spawn(app.metrics.clone().keep_tidy());
    let settings = Arc::clone(&app.settings);
    let app = web::Data::new(app);
    let builder = Server::build().max_concurrent_connections(MAX_CONNECTIONS).disable_signals();
    let builder = builder.shutdown_timeout(settings.shutdown_seconds);
    let stopping = builder.graceful_shutdown_signal();
    let service = move || {
        let app = app.clone();
        let routes = ActixApp::new()
            .app_data(app)
            .wrap(middleware::from_fn(respond::respond))
            .wrap(TracingLogger::<respond::Span>::new())
            .configure(api::routes);
        let (stopping, patience) = (stopping.clone(), settings.headers + settings.keep_alive);
        let protocol = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(settings.keep_alive)
            .client_request_timeout(settings.headers)
            .on_connect_ext(|stream: &Patient, of_connection| {
                of_connection.insert(stream.connection());
            })
            .h1(map_config(routes.into_factory().map_err(|error| error.error_response()), |()| AppConfig::default()));
        fn_service(move |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            ready(Ok::<_, DispatchError>((Patient::new(stream, patience), peer)))
        })
        .and_then(protocol)
    };
    Ok(builder.listen("milepost", listener, service)?.run())
}
