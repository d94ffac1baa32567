//! A place of its own for each test: a temporary folder, a database in it (or a fresh one on the PostgreSQL server),
//! and the real binary as a child process.

use super::eml::Eml;
use super::shared::postgres_url;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use milepost::storage::Connection;
use milepost::storage::backend::{Address, establish};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// The binary under test.
pub const MILEPOST: &str = env!("CARGO_BIN_EXE_milepost");

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A folder, a database and the settings that name them.
pub struct Place {
    folder: TempDir,
    url: String,
    #[allow(dead_code, reason = "dropped with the place, and the database with it")]
    fresh: Option<FreshDatabase>,
    settings: RefCell<Vec<(String, String)>>,
}

/// A database on the PostgreSQL server, dropped at the end.
struct FreshDatabase {
    server: String,
    name: String,
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        if let Ok(mut server) = PgConnection::establish(&self.server) {
            drop(server.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)));
        }
    }
}

impl Place {
    /// A place with a SQLite file.
    pub fn sqlite() -> Place {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("milepost.db").display());
        Place { folder, url, fresh: None, settings: RefCell::default() }
    }

    /// A place with a fresh PostgreSQL database; none where there is no server (counted as skipped, fails in CI).
    pub fn postgres() -> Option<Place> {
        let server = postgres_url()?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("milepost_test_{}_{number}", std::process::id());
        let mut connection = PgConnection::establish(&server).expect("the PostgreSQL server answers");
        connection.batch_execute(&format!("CREATE DATABASE {name}")).expect("a fresh database");
        let (before, _) = server.rsplit_once('/').expect("a URL with a database name");
        let url = format!("{before}/{name}");
        let folder = tempfile::tempdir().expect("a temporary folder");
        Some(Place { folder, url, fresh: Some(FreshDatabase { server, name }), settings: RefCell::default() })
    }

    /// A place with a database that somebody else made and will remove.
    pub fn with_url(url: &str) -> Place {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Place { folder, url: url.to_owned(), fresh: None, settings: RefCell::default() }
    }

    /// Runs a test on SQLite and on PostgreSQL.
    pub fn each(test: impl Fn(&Place)) {
        test(&Place::sqlite());
        if let Some(place) = Place::postgres() {
            test(&place);
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where services of this place write their logs.
    pub fn log_file(&self) -> PathBuf {
        self.file("service.log")
    }

    /// What services of this place have logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// The database's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether the database is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// Lets the clock stand still at an instant, such as `2024-07-01T09:00:00+08:00`, for what is started from now on.
    pub fn at(&self, instant: &str) -> &Place {
        self.set("clock.fixed_at", instant)
    }

    /// Sets a setting for what is started from now on.
    pub fn set(&self, key: &str, value: &str) -> &Place {
        let name = format!("MILEPOST__{}", key.to_uppercase().replace('.', "__"));
        let mut settings = self.settings.borrow_mut();
        settings.retain(|(known, _)| *known != name);
        settings.push((name, value.to_owned()));
        self
    }

    /// Judges by a preset in place of the bundled set, for what is started from now on.
    pub fn with_rules(&self, preset: &str) -> &Place {
        self.set("rules.file", &format!("{}/config/presets/{preset}.toml", env!("CARGO_MANIFEST_DIR")))
    }

    /// The binary with this place's settings, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(MILEPOST);
        command.args(arguments).current_dir(self.path());
        command.env("MILEPOST__DATABASE__URL", &self.url);
        command.env("MILEPOST__HTTP__LISTEN", "127.0.0.1:0");
        command.env("MILEPOST__MAIL__FOLDER", self.file("letters"));
        command.envs(self.settings.borrow().iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("the binary runs"))
    }

    /// Runs a command that must succeed, and gives its answer.
    pub fn done(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}\n{}\n{}", ran.out, ran.err);
        ran.out
    }

    /// Runs a command with `--json` that must succeed, and gives its answer.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        serde_json::from_str(&self.done(&arguments)).expect("an answer in JSON")
    }

    /// Makes a token.
    pub fn token(&self, role: &str, units: &[&str]) -> String {
        let mut arguments = vec!["token", "create", "--name", role, "--role", role];
        arguments.extend(units.iter().flat_map(|unit| ["--unit", unit]));
        self.json(&arguments)["token"].as_str().expect("a token").to_owned()
    }

    /// A connection past the program, as whoever can reach the database has it.
    pub fn connection(&self) -> Connection {
        establish(&Address::parse(&self.url).expect("an address"), false).expect("a connection")
    }

    /// Runs statements past the program; an error in the database's words.
    pub fn sql(&self, statements: &str) -> Result<(), String> {
        self.connection().batch_execute(statements).map_err(|error| error.to_string())
    }

    /// What a query past the program finds, one text column named `word` per row.
    pub fn words(&self, query: &str) -> Vec<String> {
        let rows: Vec<Word> = match self.connection() {
            Connection::Sqlite(mut inner) => sql_query(query).load(&mut inner),
            Connection::Postgres(mut inner) => sql_query(query).load(&mut inner),
        }
        .expect("a query that works");
        rows.into_iter().map(|row| row.word).collect()
    }

    /// The letters in the folder, parsed back, in the order in which they were decided.
    pub fn mail(&self) -> Vec<Eml> {
        self.letters().iter().map(|letter| Eml::parse(letter.as_bytes())).collect()
    }

    /// The letters in the folder, in the order in which they were decided.
    pub fn letters(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.file("letters")) else { return Vec::new() };
        let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry").path()).collect();
        files.retain(|file| file.extension().is_some_and(|end| end == "eml"));
        files.sort();
        files.iter().map(|file| std::fs::read_to_string(file).expect("a readable letter")).collect()
    }
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// A command that has ended.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; -1 where a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
