//! Gathers the settings' three layers (bundled defaults, a file, the environment) as text with its place of origin.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::fault::Fault;

/// The defaults, compiled in: the one list of all keys.
pub(super) const DEFAULTS: &str = include_str!("../../config/default.toml");

/// What begins the name of an environment variable that is a setting of ours.
const PREFIX: &str = "MILEPOST__";
/// What ends the name of an environment variable that names a file holding the value.
const FILE_SUFFIX: &str = "_FILE";
/// The largest settings file or secret file that is read, in bytes.
const FILE_LIMIT_BYTES: u64 = 1024 * 1024;

/// A value as it was given.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The value as text; None where a list or a table stands in place of one value.
    pub text: Option<String>,
    /// Where it was given.
    pub origin: String,
}

/// The values that hold, by key, and what could not be read at all.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub entries: BTreeMap<String, Entry>,
    pub faults: Vec<Fault>,
}

/// Lays the file over the defaults, and the environment over both.
pub(super) fn gather(
    config_file: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Layers {
    let mut layers = Layers::default();
    layers.lay_document(DEFAULTS, "default");
    let known: Vec<String> = layers.entries.keys().cloned().collect();
    if let Some(path) = config_file {
        let name = path.display().to_string();
        match read_file(path) {
            Ok(text) => layers.lay_document(&text, &name),
            Err(mend) => layers.fault("", name, mend),
        }
    }
    layers.lay_environment(environment, &known);
    layers
}

impl Layers {
    fn fault(&mut self, key: &str, origin: String, mend: String) {
        self.faults.push(Fault { key: key.to_owned(), value: None, origin, mend });
    }

    fn lay_document(&mut self, text: &str, name: &str) {
        match DeTable::parse(text) {
            Ok(table) => self.lay_table("", table.get_ref(), text, name),
            Err(error) => {
                // Not the error's own text: it quotes the line, and the line may hold a secret.
                let origin = place(name, text, error.span().map_or(0, |span| span.start));
                self.fault("", origin, format!("not TOML: {}", error.message()));
            }
        }
    }

    fn lay_table(&mut self, above: &str, table: &DeTable<'_>, text: &str, name: &str) {
        for (key, value) in table {
            let path = if above.is_empty() { key.get_ref().to_string() } else { format!("{above}.{}", key.get_ref()) };
            match value.get_ref() {
                DeValue::Table(inner) if !inner.is_empty() => self.lay_table(&path, inner, text, name),
                other => {
                    let entry = Entry { text: scalar_text(other), origin: place(name, text, key.span().start) };
                    self.entries.insert(path, entry);
                }
            }
        }
    }

    fn lay_environment(&mut self, environment: impl IntoIterator<Item = (OsString, OsString)>, known: &[String]) {
        let mut taken: BTreeMap<String, String> = BTreeMap::new();
        let mut variables: Vec<_> = environment.into_iter().collect();
        variables.sort();
        for (name, value) in variables {
            let name = name.to_string_lossy().into_owned();
            let Some(path) = name.strip_prefix(PREFIX) else { continue };
            let (key, from_file) = key_of(path, known);
            if let Some(first) = taken.insert(key.clone(), name.clone()) {
                self.fault(&key, name, format!("given twice: {first} says it as well; keep one of them"));
                continue;
            }
            match text_of(value, from_file) {
                Ok((text, said)) => {
                    self.entries.insert(key, Entry { text: Some(text), origin: format!("{name}{said}") });
                }
                Err(mend) => self.fault(&key, name, mend),
            }
        }
    }
}

/// The key that a variable sets, and whether by way of a file. A key that itself ends in `_file` is that key.
fn key_of(path: &str, known: &[String]) -> (String, bool) {
    let key = |path: &str| path.replace("__", ".").to_lowercase();
    let whole = key(path);
    match path.strip_suffix(FILE_SUFFIX).map(key) {
        Some(stem) if !known.contains(&whole) => (stem, true),
        _ => (whole, false),
    }
}

/// A variable's value, and what is to be added to its place of origin.
fn text_of(value: OsString, from_file: bool) -> Result<(String, String), String> {
    if !from_file {
        let text = value.into_string().map_err(|_| "not UTF-8; write it in UTF-8".to_owned())?;
        return Ok((text, String::new()));
    }
    let path = Path::new(&value);
    let mut text = read_file(path)?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok((text, format!(" ({})", path.display())))
}

fn read_file(path: &Path) -> Result<String, String> {
    let cannot = |error| format!("cannot read {}: {error}; name a file that this account may read", path.display());
    let file = File::open(path).map_err(cannot)?;
    let mut text = String::new();
    file.take(FILE_LIMIT_BYTES + 1).read_to_string(&mut text).map_err(cannot)?;
    if text.len() as u64 > FILE_LIMIT_BYTES {
        return Err(format!("{} is larger than {FILE_LIMIT_BYTES} bytes; is it the right file?", path.display()));
    }
    Ok(text)
}

fn scalar_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Datetime(instant) => Some(instant.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

fn place(name: &str, text: &str, offset: usize) -> String {
    let before = text.as_bytes().iter().take(offset);
    format!("{name} line {}", 1 + before.filter(|byte| **byte == b'\n').count())
}

/// The keys of the bundled defaults, for a test that compares them with what is read.
#[cfg(test)]
pub(super) fn default_keys() -> Vec<String> {
    gather(None, []).entries.into_keys().collect()
}
