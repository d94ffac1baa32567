//! Values become words here: sentences, letters, terminal tables. Pure; it knows no database, setting or clock.
//!
//! [`words`] names things, [`mod@explain`] says why, [`warning_letter`] puts a letter together, [`table`] shows
//! figures in a terminal. What people read is Chinese unless a [`crate::domain::language::Language`] is asked for.

mod advice;
pub mod attending;
pub mod explain;
mod explain_calendar;
mod figures;
mod letter_labels;
mod letter_view;
mod letter_words;
pub mod monthly_letter;
mod monthly_words;
pub mod observed;
mod paper;
mod subject;
mod subject_phrase;
pub mod table;
mod tally;
pub mod warning_letter;
mod width;
pub mod words;
