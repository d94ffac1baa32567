//! The settings: typed sections that validate themselves. The only room that reads the environment.
//!
//! Three layers, each laid over the one before: the bundled `config/default.toml`, which lists every key; a file;
//! the environment (`MILEPOST__HTTP__LISTEN`, or `…_FILE` for a file that holds the value). Whatever is wrong with
//! them is reported together.

mod database;
mod fault;
mod http;
mod layers;
mod mail;
mod ping;
mod reader;
mod sections;
mod shown;
mod values;

use std::ffi::OsString;
use std::path::Path;

pub use database::{Database, DatabaseUrl};
pub use fault::{ConfigErrors, Fault};
pub use http::Http;
pub use mail::{Login, Mail, Security, Smtp, Transport};
pub use ping::PingUrl;
pub use sections::{Calendar, FixedClock, Log, LogFormat, Report, Rules, Schedule};
pub use shown::Shown;
pub use values::{MonthDay, QuietHours, Secret};

use reader::{Read, Reader};

/// Every setting, read and found good.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where everything is kept.
    pub database: Database,
    /// The service's address and limits.
    pub http: Http,
    /// How letters leave.
    pub mail: Mail,
    /// Zone, working days, the closing of years.
    pub calendar: Calendar,
    /// When the service acts of itself.
    pub schedule: Schedule,
    /// By which rules it judges.
    pub rules: Rules,
    /// What reports need.
    pub report: Report,
    /// What is logged, and how.
    pub log: Log,
    /// The clock that stands still, for tests and rehearsals.
    pub clock: FixedClock,
    shown: Vec<Shown>,
}

impl Settings {
    /// Reads the settings of this process.
    #[allow(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub fn load(config_file: Option<&Path>) -> Result<Self, ConfigErrors> {
        Self::from_layers(config_file, std::env::vars_os())
    }

    /// Reads settings with an environment of the caller's own: for tests, and for programs inside programs.
    pub fn from_layers(
        config_file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigErrors> {
        let layers = layers::gather(config_file, environment);
        let shown = shown::of(&layers);
        let mut reader = Reader::new(layers);
        let settings = Self::read(&mut reader, shown);
        reader.finish(settings)
    }

    /// Every key with the value that holds and its place of origin, secrets masked: what `config show` prints.
    #[must_use]
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// Reads every section before it gives up on one, so that all faults are found.
    fn read(reader: &mut Reader, shown: Vec<Shown>) -> Read<Self> {
        let database = Database::read(reader);
        let http = Http::read(reader);
        let mail = Mail::read(reader);
        let calendar = Calendar::read(reader);
        let schedule = Schedule::read(reader);
        let rules = Rules::read(reader);
        let report = Report::read(reader);
        let log = Log::read(reader);
        let clock = FixedClock::read(reader);
        Ok(Self {
            database: database?,
            http: http?,
            mail: mail?,
            calendar: calendar?,
            schedule: schedule?,
            rules: rules?,
            report: report?,
            log: log?,
            clock: clock?,
            shown,
        })
    }
}

#[cfg(test)]
mod tests;
