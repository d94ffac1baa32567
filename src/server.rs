//! Puts the service together: HTTP, the postman and the bell, and ends them in order on SIGTERM or SIGINT.

use crate::actions::{Error, Judging};
use crate::clock::Clock;
use crate::config::Settings;
use crate::delivery::{Post, PostState, Postman};
use crate::heartbeat::Heartbeat;
use crate::http;
use crate::mail::Mailer;
use crate::scheduler::Scheduler;
use crate::storage::{Db, letters};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// Everything that serving needs, opened and checked.
pub struct Service {
    /// The settings.
    pub settings: Settings,
    /// The database.
    pub db: Db,
    /// The one clock.
    pub clock: Clock,
    /// The rules in force.
    pub judging: Arc<Judging>,
    /// The carrier of letters.
    pub mailer: Mailer,
    /// Where it listens.
    pub listener: TcpListener,
}

/// Why serving ended badly.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The operating system refused something.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The database cannot serve.
    #[error(transparent)]
    Database(#[from] crate::storage::OpenError),
    /// Something else in this process counts already.
    #[error(transparent)]
    Metrics(#[from] http::MetricsError),
    /// The first look at the database failed.
    #[error(transparent)]
    Start(#[from] Error),
}

impl Service {
    /// Serves until SIGTERM or SIGINT; `ready` is told the address once connections are accepted.
    pub fn run(self, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
        // Held until the end: one `serve` per SQLite file.
        let place = self.db.claim_service()?;
        self.put_in_order()?;
        let address = self.listener.local_addr()?;
        let limits = &self.settings.http;
        let post = Arc::<PostState>::default();
        let heartbeat = Arc::<Heartbeat>::default();
        let app = http::App {
            db: self.db.clone(),
            callers: Arc::default(),
            clock: self.clock.clone(),
            zone: self.settings.calendar.zone,
            judging: Arc::clone(&self.judging),
            body_limit_bytes: self.settings.http.body_limit_bytes,
            settings: Arc::new(limits.clone()),
            metrics: http::Metrics::start()?,
            post: Arc::clone(&post),
            mail_domain: Arc::from(self.mailer.domain()),
            heartbeat: Arc::clone(&heartbeat),
            logins: Arc::new(http::Logins::new(limits.failed_logins_per_minute, limits.trusted_proxies.clone())),
        };
        let scheduler = Scheduler {
            db: self.db.clone(),
            clock: self.clock.clone(),
            zone: self.settings.calendar.zone,
            judging: Arc::clone(&self.judging),
            schedule: self.settings.schedule.clone(),
            heartbeat,
        };
        let Service { settings, db, clock, mailer, listener, .. } = self;
        let postman = postman(&settings, db, clock, mailer, post)?;
        let outcome = actix_web::rt::System::new().block_on(async move {
            let server = http::server(app, listener)?;
            let handle = server.handle();
            let bell = scheduler.start().await?;
            let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
            actix_web::rt::spawn(async move {
                tokio::select! { _ = term.recv() => {}, _ = interrupt.recv() => {} }
                tracing::info!("stopping: what is under way is finished first");
                handle.stop(true).await;
            });
            ready(address);
            server.await?;
            bell.stop().await?;
            Ok(())
        });
        postman.stop();
        drop(place);
        outcome
    }

    fn put_in_order(&self) -> Result<(), Error> {
        if self.db.nobody_sends() {
            self.db.write(|conn| Ok::<_, Error>(letters::release_leases(conn)?)).wait()?;
        }
        Ok(())
    }
}

fn postman(
    settings: &Settings,
    db: Db,
    clock: Clock,
    mailer: Mailer,
    state: Arc<PostState>,
) -> std::io::Result<Postman> {
    let (zone, quiet_hours) = (settings.calendar.zone, settings.mail.quiet_hours);
    let retry_first_seconds = settings.mail.retry_first_seconds;
    let slowest_seconds = settings.mail.slowest_seconds();
    let post = Post { db, mailer, clock, retry_first_seconds, slowest_seconds, state };
    Postman::start(post, move |now| quiet_hours.is_some_and(|hours| hours.contains(now.with_timezone(&zone).time())))
}
