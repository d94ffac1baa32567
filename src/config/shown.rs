//! The settings as an operator may see them: every key, the value that holds, where it comes from; no secret.

use super::database::DatabaseUrl;
use super::layers::{Entry, Layers};
use super::ping::PingUrl;

/// One setting as `config show` prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The key, such as `http.listen`.
    pub key: String,
    /// The value that holds; a secret is `***`, and an address of a database has its password masked.
    pub value: String,
    /// Where it was given: the default, a file with its line, or a variable of the environment.
    pub origin: String,
}

pub(super) fn of(layers: &Layers) -> Vec<Shown> {
    layers.entries.iter().map(|(key, entry)| shown(key, entry)).collect()
}

fn shown(key: &str, entry: &Entry) -> Shown {
    let text = entry.text.as_deref().unwrap_or_default();
    let value = match key {
        "database.url" => DatabaseUrl::parse(text).map_or_else(|_| "***".to_owned(), |url| url.to_string()),
        "schedule.ping_url" if !text.is_empty() => {
            PingUrl::parse(text).map_or_else(|_| "***".to_owned(), |url| url.to_string())
        }
        "mail.smtp.password" | "http.metrics_token" if !text.is_empty() => "***".to_owned(),
        _ => text.to_owned(),
    };
    Shown { key: key.to_owned(), value, origin: entry.origin.clone() }
}
