//! What comes in from outside: documents read into the core's values, with a finding for each doubtful cell.
//!
//! The plan is read in four steps, each a file: bytes to text ([`decode`]), text to rows of cells with their place
//! ([`text_carrier`]), rows to project tables ([`layout`], [`table`]), tables to projects ([`plan`]). A further
//! carrier (docx, xlsx) only has to give the same rows. Indicator values are read by [`indicator_value`], doubts
//! are raised by [`plan_checks`] (of values that come without a document too: [`proposal`]), and the two CSV files by [`actuals_csv`] and [`readings_csv`].

pub mod actuals_csv;
pub mod amounts;
pub mod csv_rows;
pub mod deadline;
pub mod decode;
pub mod detail;
pub mod detail_words;
pub mod draft;
pub mod finding;
pub mod indicator_rows;
pub mod indicator_value;
pub mod layout;
pub mod notation;
pub mod plan;
pub mod plan_checks;
pub mod promised_twice;
pub mod proposal;
pub mod readings_csv;
pub mod rule_file;
mod rule_kinds;
mod rule_policy;
pub mod rule_presets;
pub mod table;
pub mod text_carrier;
pub mod workdays_file;
