//! What the service says about itself while it runs: one subscriber, to standard error, so that standard output
//! carries only a command's answer.

use std::io;

use thiserror::Error;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::config::{Log, LogFormat};

/// Why logging could not be set up.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// `log.level` is not a filter. Settings that were loaded cannot cause it.
    #[error("log.level is not a log filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Something set up logging before us.
    #[error("logging is set up already: {0}")]
    Twice(#[from] TryInitError),
}

/// The metric of panics.
const PANICS: &str = "milepost_panics_total";

/// Counts and logs every panic of this process, in a handler, in a verb or on a thread of its own, in the place of
/// the bare words on standard error that would break a log of JSON lines.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        metrics::counter!(PANICS).increment(1);
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let words = panic.payload_as_str().unwrap_or_default();
        let thread = std::thread::current();
        tracing::error!(place, thread = thread.name(), words, "something panicked");
    }));
}

/// Sends every event that `log.level` lets through to standard error, as text or as one JSON object per line.
/// To be called once, before anything is logged.
pub fn init(log: &Log) -> Result<(), TelemetryError> {
    let registry = tracing_subscriber::registry().with(EnvFilter::try_new(&log.level)?);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    match log.format {
        LogFormat::Text => registry.with(lines.with_ansi(io::IsTerminal::is_terminal(&io::stderr()))).try_init()?,
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init()?,
    }
    Ok(())
}
