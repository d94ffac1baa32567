//! Which database: chosen by the scheme of its address, and never printed with its password.

use std::fmt;
use std::path::PathBuf;

use super::reader::{Read, Reader, Refused};

/// The database's address.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The file of an embedded SQLite database.
    Sqlite(PathBuf),
    /// The whole address of a PostgreSQL database, password included.
    Postgres(String),
}

/// The section `database`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// `database.url`: where everything is kept.
    pub url: DatabaseUrl,
    /// `database.max_batch`: posts that one commit of SQLite may carry.
    pub max_batch: usize,
}

impl Database {
    pub(super) fn read(reader: &mut Reader) -> Read<Self> {
        let url = reader.take_secret("database.url", DatabaseUrl::parse);
        let max_batch = reader.take_number("database.max_batch", 1, 4096);
        Ok(Self { url: url?, max_batch: usize::try_from(max_batch?).map_err(|_| Refused)? })
    }
}

impl DatabaseUrl {
    /// Reads `sqlite://PATH` or `postgres://…`; the error says what to write instead and repeats nothing.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.chars().any(|sign| sign.is_control() || sign.is_whitespace()) {
            return Err("the address holds a space or a control character; write them as %20".to_owned());
        }
        match text.split_once("://") {
            Some(("sqlite", "" | ":memory:")) => Err("name a file: sqlite://milepost.db".to_owned()),
            Some(("sqlite", path)) if path.contains('?') => {
                Err("a SQLite address takes no parameters; write sqlite://PATH alone".to_owned())
            }
            Some(("sqlite", path)) => Ok(Self::Sqlite(PathBuf::from(path))),
            Some(("postgres" | "postgresql", "")) => Err("write postgres://user@host/name".to_owned()),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            _ => Err("begin with sqlite:// or postgres://".to_owned()),
        }
    }
}

impl std::str::FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => write!(f, "{}", without_passwords(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// Masks `user:password@` and every parameter whose name speaks of a password. Where a sign could belong to either
/// part, it masks rather more than less.
fn without_passwords(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "***".to_owned() };
    let masked = match rest.rsplit_once('@') {
        Some((account, place)) => match account.split_once(':') {
            Some((user, _)) => format!("{user}:***@{place}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let Some((place, parameters)) = masked.split_once('?') else { return format!("{scheme}://{masked}") };
    let parameters: Vec<String> = parameters.split('&').map(without_secret_parameter).collect();
    format!("{scheme}://{place}?{}", parameters.join("&"))
}

fn without_secret_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, _)) if name.to_lowercase().contains("pass") || name.contains('%') => format!("{name}=***"),
        _ => parameter.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_database() {
        let sqlite = |path: &str| DatabaseUrl::Sqlite(PathBuf::from(path));
        assert_eq!(DatabaseUrl::parse("sqlite://milepost.db"), Ok(sqlite("milepost.db")));
        assert_eq!(DatabaseUrl::parse("sqlite:///var/lib/a.db"), Ok(sqlite("/var/lib/a.db")));
        for text in ["postgres://a@b/c", "postgresql://a@b/c"] {
            assert_eq!(DatabaseUrl::parse(text), Ok(DatabaseUrl::Postgres(text.to_owned())));
        }
    }

    #[test]
    fn what_is_no_database_is_refused_without_being_repeated() {
        for text in [
            "",
            "milepost.db",
            "sqlite://",
            "sqlite://:memory:",
            "sqlite://a.db?mode=ro",
            "mysql://u:hush@h/d",
            "postgres://",
            "postgres://u:hu sh@h/d",
        ] {
            let mend = DatabaseUrl::parse(text).unwrap_err();
            assert!(!mend.contains("hush") && !mend.contains("hu sh"), "{mend}");
        }
    }

    #[test]
    fn neither_display_nor_debug_shows_a_password() {
        for (url, shown) in [
            ("postgres://me:hush@host:5432/db", "postgres://me:***@host:5432/db"),
            ("postgres://me:hu@sh/hush?@host/db", "postgres://me:***@host/db"),
            ("postgres://me@host/db", "postgres://me@host/db"),
            ("postgres:///db?host=/run&user=me&password=hush", "postgres:///db?host=/run&user=me&password=***"),
            ("postgres:///db?sslpassword=hush&sslmode=require", "postgres:///db?sslpassword=***&sslmode=require"),
            ("postgres:///db?p%61ssword=hush", "postgres:///db?p%61ssword=***"),
        ] {
            let parsed = DatabaseUrl::parse(url).unwrap();
            assert_eq!(parsed.to_string(), shown);
            assert_eq!(format!("{parsed:?}"), format!("DatabaseUrl({shown})"));
        }
    }
}
