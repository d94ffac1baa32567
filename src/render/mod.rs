//! Values become words here: sentences, letters, terminal tables. Pure; it knows no database, setting or clock.
//!
//! [`words`] names things, [`explain`] says why, [`warning_letter`] puts a letter together, [`table`] shows
//! figures in a terminal. What people read is Chinese unless a [`crate::domain::language::Language`] is asked for.

pub mod explain;
mod figures;
pub mod observed;

mod width;
pub mod words;
pub mod warning_letter;
