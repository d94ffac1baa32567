//! Tells an outside watcher (a dead-man's switch) that a scheduled run was done: it raises the alarm when nobody calls, which
//! a service that is down cannot do for itself. On a thread of its own, so that nobody waits for the watcher; and what
//! becomes of it harms nothing here.

use crate::config::PingUrl;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// In which the watcher must have answered, from the name's resolution to the end of its answer's head.
const DEADLINE: Duration = Duration::from_secs(10);

/// Who is told that the schedule lives.
pub struct Watcher {
    url: PingUrl,
    /// Whether a call is under way: one that hangs is enough.
    is_calling: Arc<AtomicBool>,
}

impl Watcher {
    /// The watcher at an address.
    #[must_use]
    pub fn new(url: PingUrl) -> Watcher {
        Watcher { url, is_calling: Arc::default() }
    }

    /// Calls the watcher on a thread of its own, and returns at once. The thread is never waited for: it ends by its
    /// deadline, or with the process.
    pub fn call(&self, job: &'static str) {
        let (url, is_calling) = (self.url.clone(), Arc::clone(&self.is_calling));
        if is_calling.swap(true, Ordering::AcqRel) {
            tracing::debug!(job, host = url.host(), "the last ping is still under way");
            return;
        }
        let call = move || {
            match get(&url) {
                Ok(status) if (200..300).contains(&status) => tracing::debug!(job, host = url.host(), status, "pinged"),
                Ok(status) => tracing::warn!(job, host = url.host(), status, "the ping was answered with an error"),
                Err(why) => tracing::warn!(job, host = url.host(), why, "the ping failed"),
            }
            is_calling.store(false, Ordering::Release);
        };
        if let Err(error) = std::thread::Builder::new().name("ping".to_owned()).spawn(call) {
            self.is_calling.store(false, Ordering::Release);
            tracing::warn!(job, %error, "no thread for the ping");
        }
    }
}

/// Asks for the address; gives the status, or why there is none, in words that do not repeat the address.
fn get(url: &PingUrl) -> Result<u16, &'static str> {
    let config = Agent::config_builder()
        .timeout_global(Some(DEADLINE))
        .http_status_as_error(false)
        .max_redirects(0)
        .user_agent("milepost")
        .tls_config(if url.is_https() { trusting_the_system() } else { TlsConfig::default() })
        .build();
    let answer = Agent::new_with_config(config).get(url.reveal()).call();
    answer.map(|answer| answer.status().as_u16()).map_err(|error| reason(&error))
}

/// TLS by the system's authorities, as for mail.
fn trusting_the_system() -> TlsConfig {
    let found = rustls_native_certs::load_native_certs();
    let roots: Vec<Certificate<'static>> =
        found.certs.iter().map(|one| Certificate::from_der(one.as_ref()).to_owned()).collect();
    TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}

/// Why no answer came, in a few words: the error's own may repeat the address, whose path is a secret.
fn reason(error: &ureq::Error) -> &'static str {
    match error {
        ureq::Error::Timeout(_) => "no answer within ten seconds",
        ureq::Error::HostNotFound => "the host's name is not known",
        ureq::Error::Io(_) | ureq::Error::ConnectionFailed => "the connection failed",
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => "no trusted connection (TLS)",
        _ => "the answer is not HTTP as it should be",
    }
}
