//! The service: routes, and what they all share. Handlers parse at the door, ask an action, and answer.

#[allow(unused_qualifications, reason = "the macro that describes a route writes types out in full")]
mod api;
mod body;
pub mod document;
mod drain;
mod guard;
pub mod problem;
mod query;
mod respond;
pub mod views;

use crate::actions::callers::Callers;
use crate::actions::{Judging, Moment};
use crate::clock::Clock;
use crate::storage::Db;
use actix_web::dev::Server;
use actix_web::{App as ActixApp, HttpServer, middleware, web};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
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

/// Seconds in which a request's headers must arrive.
const HEADERS_SECONDS: u64 = 10;
/// Seconds that requests under way have to finish when the service stops.
const SHUTDOWN_SECONDS: u64 = 30;
/// Connections served at once by each worker.
const MAX_CONNECTIONS: usize = 10_000;

/// The service on a listener, ready to be run. Signals are the caller's.
pub fn server(app: App, listener: TcpListener) -> std::io::Result<Server> {
    let app = web::Data::new(app);
    let server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(app.clone())
            .wrap(middleware::from_fn(respond::respond))
            .wrap(TracingLogger::default())
            .configure(api::routes)
    })
    .client_request_timeout(Duration::from_secs(HEADERS_SECONDS))
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .max_connections(MAX_CONNECTIONS)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}
