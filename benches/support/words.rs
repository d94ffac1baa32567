//! The words after `cargo bench --bench NAME --`.

use std::time::Duration;

/// The value after a word of the command line, if it was given.
pub fn after<T: std::str::FromStr>(name: &str) -> Option<T> {
    let words: Vec<String> = std::env::args().collect();
    let place = words.iter().position(|word| word == name)?;
    let value = words.get(place + 1).and_then(|word| word.parse().ok());
    assert!(value.is_some(), "{name} asks for a value");
    value
}

/// Whether a word was given.
pub fn given(name: &str) -> bool {
    std::env::args().any(|word| word == name)
}

/// Seconds for a figure: `--seconds`, or the usual.
pub fn lasting(usual: u64) -> Duration {
    Duration::from_secs(after("--seconds").unwrap_or(usual))
}
