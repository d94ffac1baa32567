//! What is wrong with the settings, said so that the operator can mend all of it at once.

use std::fmt;

use thiserror::Error;

/// One thing that is wrong with one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The key, such as `http.listen`; empty where a whole file cannot be read.
    pub key: String,
    /// The value as given. None where it is missing, or where it is or may be a secret.
    pub value: Option<String>,
    /// Where it was given, such as `/etc/milepost.toml line 3` or `MILEPOST__HTTP__LISTEN`.
    pub origin: String,
    /// What is wrong, and what to write instead.
    pub mend: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.key.is_empty() {
            write!(f, "{}", self.key)?;
            if let Some(value) = &self.value {
                write!(f, " = {value:?}")?;
            }
            write!(f, " ")?;
        }
        write!(f, "({}): {}", self.origin, self.mend)
    }
}

/// Everything that is wrong with the settings, in the order of the keys. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct ConfigErrors(pub(super) Vec<Fault>);

impl ConfigErrors {
    /// The faults, for output that is not text.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.0
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "the settings have {count} fault{}", if count == 1 { "" } else { "s" })?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}
