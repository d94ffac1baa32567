//! Where words go: answers to standard output, notes to standard error. A reader who went away is no error.

use serde::Serialize;
use std::io::{IsTerminal, Write};

/// Writes a command's answer.
pub fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}

/// Writes a command's answer for machines.
pub fn say_json(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => say(&text),
        Err(error) => note(&format!("无法输出 JSON (cannot be written): {error}")),
    }
}

/// Writes a note for the person at the terminal.
pub fn note(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}

/// Whether the answer goes to a terminal.
pub fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// The terminal's width in columns, if the answer goes to one.
pub fn width() -> Option<u16> {
    comfy_table::Table::new().width()
}

/// A moving sign on standard error while long work is under way; invisible where that is no terminal.
pub fn busy(text: &str) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new_spinner().with_message(text.to_owned());
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    bar
}
