//! Takes the settings out of their layers one by one and collects every fault on the way, instead of the first.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::fault::{ConfigErrors, Fault};
use super::layers::{Entry, Layers};

/// What a fault may repeat of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    Value,
    Nothing,
}

/// A value could not be had; the fault has been recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused;

/// A value, or a fault recorded already.
pub(super) type Read<T> = Result<T, Refused>;

/// The settings that have not been taken yet, the names of those that have, and what was wrong so far.
pub(super) struct Reader {
    entries: BTreeMap<String, Entry>,
    taken: BTreeSet<String>,
    faults: Vec<Fault>,
}

impl Reader {
    pub(super) fn new(layers: Layers) -> Self {
        Self { entries: layers.entries, taken: BTreeSet::new(), faults: layers.faults }
    }

    /// Takes a value and reads it; `parse` answers what is wrong and what to write instead.
    pub(super) fn take<T>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Read<T> {
        self.take_as(key, Show::Value, parse)
    }

    /// Takes a value that no message may repeat.
    pub(super) fn take_secret<T>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Read<T> {
        self.take_as(key, Show::Nothing, parse)
    }

    /// Takes a value that may be left empty.
    pub(super) fn take_optional<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Read<Option<T>> {
        self.take(key, |text| if text.is_empty() { Ok(None) } else { parse(text).map(Some) })
    }

    /// Takes a whole number between two bounds, both included.
    pub(super) fn take_number(&mut self, key: &str, least: u32, most: u32) -> Read<u32> {
        self.take(key, |text| match text.parse::<u32>() {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(format!("write a whole number from {least} to {most}")),
        })
    }

    /// Takes the path of something that must be there, or nothing.
    pub(super) fn take_existing_path(&mut self, key: &str) -> Read<Option<PathBuf>> {
        self.take_optional(key, |text| {
            let path = PathBuf::from(text);
            if path.exists() { Ok(path) } else { Err("there is nothing at this path; name what is there".to_owned()) }
        })
    }

    /// Reports something wrong with a key that was taken already.
    pub(super) fn refuse(&mut self, key: &str, origin: &str, mend: &str) {
        self.faults.push(Fault { key: key.to_owned(), value: None, origin: origin.to_owned(), mend: mend.to_owned() });
    }

    /// Ends the reading: what was never taken is unknown, and what could not be read makes the whole fail.
    pub(super) fn finish<T>(mut self, value: Read<T>) -> Result<T, ConfigErrors> {
        let unknown: Vec<Fault> = self.entries.iter().filter_map(|(key, entry)| self.unknown(key, entry)).collect();
        self.faults.extend(unknown);
        self.faults.sort_by(|one, other| one.key.cmp(&other.key));
        match value {
            Ok(value) if self.faults.is_empty() => Ok(value),
            _ => Err(ConfigErrors(self.faults)),
        }
    }

    fn take_as<T>(&mut self, key: &str, show: Show, parse: impl FnOnce(&str) -> Result<T, String>) -> Read<T> {
        self.taken.insert(key.to_owned());
        let entry = self.entries.remove(key).ok_or(Refused)?;
        let Some(text) = entry.text else {
            self.refuse(key, &entry.origin, "one value is wanted, not a list or a table");
            return Err(Refused);
        };
        match parse(&text) {
            Ok(value) => Ok(value),
            Err(mend) => {
                let value = (show == Show::Value).then_some(text);
                self.faults.push(Fault { key: key.to_owned(), value, origin: entry.origin, mend });
                Err(Refused)
            }
        }
    }

    /// The fault of a key that nothing reads. Its value is not repeated: it may be a secret under a mistyped name.
    fn unknown(&self, key: &str, entry: &Entry) -> Option<Fault> {
        let is_above = |known: &&String| known.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
        if entry.text.is_none() && self.taken.iter().any(|known| is_above(&known)) {
            return None; // an empty table of ours, such as a lone [mail]
        }
        let section = key.rsplit_once('.').map_or("", |(section, _)| section);
        let beside = |known: &&String| known.rsplit_once('.').is_some_and(|(above, _)| above == section);
        let near: Vec<&str> = self.taken.iter().filter(beside).map(String::as_str).collect();
        let mend = if near.is_empty() {
            "no setting has this name; config/default.toml lists them all".to_owned()
        } else {
            format!("no setting has this name; in {section} there are {}", near.join(", "))
        };
        Some(Fault { key: key.to_owned(), value: None, origin: entry.origin.clone(), mend })
    }
}
