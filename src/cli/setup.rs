//! What most commands need: settings, clock, rules, database.

use super::failure::Failure;
use super::out;
use crate::actions::adopt_rules::{adopt_bundled, adopt_rules, follows_bundled, is_newest};
use crate::actions::{Judging, Moment};
use crate::clock::Clock;
use crate::config::{Security, Settings, Transport};
use crate::domain::access::Actor;
use crate::domain::calendar::FiscalYear;
use crate::domain::rule::Rules;
use crate::domain::workdays::WorkingDays;
use crate::intake::rule_file::{DEFAULT_RULES, read_rules};
use crate::intake::workdays_file::{BUNDLED_WORKDAYS, read_workdays};
use crate::mail::{self, Folder, Mailer, Sender, Smtp, SmtpOptions};
use crate::storage::{Db, Opening};
use chrono::Datelike;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Settings, read and found good, with what follows from them.
pub struct Setup {
    /// The settings.
    pub settings: Settings,
    /// The one clock.
    pub clock: Clock,
    /// The rule set of the settings, with its document.
    rules: (Rules, String),
    /// The bundled working days, with those of the settings laid over them.
    workdays: Arc<WorkingDays>,
}

/// The level that holds unless somebody sets another.
const USUAL_LEVEL: &str = "info";
/// The level of commands that are no service.
const QUIET_LEVEL: &str = "warn";

impl Setup {
    /// Reads the settings of this process and its rule file.
    ///
    /// A service logs as it is set; a command at a terminal speaks for itself and logs only what went wrong.
    pub fn load(config_file: Option<&Path>, is_service: bool) -> Result<Setup, Failure> {
        let settings = Settings::load(config_file).map_err(Failure::refused)?;
        let mut log = settings.log.clone();
        if !is_service && log.level == USUAL_LEVEL {
            QUIET_LEVEL.clone_into(&mut log.level);
        }
        crate::telemetry::init(&log).map_err(Failure::world)?;
        let clock = Clock::from_setting(settings.clock.fixed_at);
        let document = match &settings.rules.file {
            None => DEFAULT_RULES.to_owned(),
            Some(file) => {
                std::fs::read_to_string(file).map_err(|error| Failure::World(format!("{}: {error}", file.display())))?
            }
        };
        let rules = read_rules(&document).map_err(Failure::refused)?;
        let workdays = Arc::new(working_days(&settings)?);
        Ok(Setup { settings, clock, rules: (rules, document), workdays })
    }

    /// What judging needs: the rule set of the settings goes on record first, unless a newer one stands there.
    pub fn judging(&self, db: &Db) -> Result<Arc<Judging>, Failure> {
        let ((rules, document), moment) = (self.rules.clone(), self.moment());
        let adopt = if self.settings.rules.file.is_some() { adopt_rules } else { adopt_bundled };
        db.write(move |conn| adopt(conn, &rules, &document, &actor(), moment)).wait()?;
        Ok(Arc::new(Judging::by_record(self.year_closes_on(), Arc::clone(&self.workdays))))
    }

    /// What judging on trial needs: the rule set of the settings where it would go on record, else those on record.
    pub fn trial(&self, db: &Db) -> Result<Arc<Judging>, Failure> {
        let rules = self.rules.0.clone();
        let (version, is_newer) =
            (rules.version, if self.settings.rules.file.is_some() { is_newest } else { follows_bundled });
        let would_be_adopted = db.read(move |conn| is_newer(conn, version)).wait()?;
        let (closes_on, workdays) = (self.year_closes_on(), Arc::clone(&self.workdays));
        Ok(Arc::new(if would_be_adopted {
            Judging::by(rules, closes_on, workdays)
        } else {
            Judging::by_record(closes_on, workdays)
        }))
    }

    fn year_closes_on(&self) -> (u32, u32) {
        let day = self.settings.calendar.year_closes_on.in_year(2023);
        day.map_or((1, 31), |day| (day.month(), day.day()))
    }

    /// Now.
    pub fn moment(&self) -> Moment {
        Moment { now: self.clock.now(), today: self.clock.today(self.settings.calendar.zone) }
    }

    /// The years whose working days somebody has to see to, as of today.
    pub fn missing_workdays(&self) -> Vec<i32> {
        self.workdays.missing_on(self.moment().today)
    }

    /// Whether nothing may be sent now (`mail.quiet_hours`).
    pub fn is_quiet(&self) -> bool {
        let local = self.clock.now().with_timezone(&self.settings.calendar.zone).time();
        self.settings.mail.quiet_hours.is_some_and(|hours| hours.contains(local))
    }

    /// Opens the database of the settings; says so where that made one.
    pub fn open(&self, opening: Opening) -> Result<Db, Failure> {
        let url = self.database_url();
        let db = Db::open_with(&url, opening, self.settings.database.max_batch)?;
        if db.was_created() {
            out::note(&format!("已新建数据库 {}  (made a new database)", db.shown()));
        }
        Ok(db)
    }

    fn database_url(&self) -> String {
        match &self.settings.database.url {
            crate::config::DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
            crate::config::DatabaseUrl::Postgres(url) => url.clone(),
        }
    }

    /// The carrier of letters.
    pub fn mailer(&self) -> Result<Mailer, Failure> {
        let mail = &self.settings.mail;
        let sender = match &mail.from {
            Some(from) => Sender::parse(from),
            None => Sender::of_this_machine(),
        };
        let sender = sender.map_err(Failure::refused)?;
        let smtp = match &mail.transport {
            Transport::Folder(folder) => return Ok(Mailer::Folder(Folder::new(folder, sender))),
            Transport::Smtp(smtp) => smtp,
        };
        let options = SmtpOptions {
            host: smtp.host.clone(),
            port: smtp.port,
            security: match smtp.security {
                Security::StartTls => mail::Security::StartTls,
                Security::Tls => mail::Security::Tls,
                Security::None => mail::Security::None,
            },
            username: smtp.login.as_ref().map(|login| login.username.clone()),
            password: smtp.login.as_ref().map(|login| login.password.reveal().to_owned()),
            ca_file: smtp.ca_file.clone(),
            deadline: Duration::from_secs(u64::from(smtp.deadline_seconds)),
        };
        Smtp::new(options, sender).map(Mailer::Smtp).map_err(Failure::world)
    }
}

/// The bundled years, with the file of the settings laid over them year by year.
pub fn working_days(settings: &Settings) -> Result<WorkingDays, Failure> {
    let mut years = read_workdays(BUNDLED_WORKDAYS).map_err(Failure::world)?;
    if let Some(file) = &settings.calendar.workdays_file {
        let text =
            std::fs::read_to_string(file).map_err(|error| Failure::World(format!("{}: {error}", file.display())))?;
        years.extend(read_workdays(&text).map_err(|error| Failure::Refused(format!("{}: {error}", file.display())))?);
    }
    Ok(WorkingDays::new(years))
}

/// Who the command line is in the ledger and the audit trail.
pub fn actor() -> Actor {
    Actor { name: "cli".to_owned(), request_id: None }
}

/// Reads a fiscal year argument.
pub fn year(text: &str) -> Result<FiscalYear, String> {
    let number: i32 = text.parse().map_err(|_| "write the year as 2024".to_owned())?;
    FiscalYear::new(number).map_err(|error| error.to_string())
}
