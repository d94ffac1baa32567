//! `milepost config`: what holds, and from where.

use super::failure::Failure;
use super::out;
use super::setup::working_days;
use crate::config::Settings;
use crate::render::table::plain_table;
use clap::{Args, Subcommand};
use std::path::Path;

/// Arguments of `config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Every key with its value and where that comes from; secrets are masked.
    Show,
    /// Read and check everything; say nothing where it is good.
    Check,
}

/// Shows or checks the settings.
pub fn run(config_file: Option<&Path>, args: &ConfigArgs) -> Result<(), Failure> {
    let settings = Settings::load(config_file).map_err(Failure::refused)?;
    if matches!(args.verb, Verb::Check) {
        working_days(&settings)?;
    } else {
        let rows: Vec<Vec<String>> = settings
            .shown()
            .iter()
            .map(|shown| vec![shown.key.clone(), shown.value.clone(), shown.origin.clone()])
            .collect();
        out::say(&plain_table(&["key", "value", "from"], &rows));
    }
    Ok(())
}
