//! Small conversions between columns and values, shared by every table's file.

use super::error::Error;
use crate::domain::code::{ProjectCode, UnitCode};
use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};
use uuid::Uuid;

/// An instant as a column keeps it: UTC, whole milliseconds.
pub fn column(instant: DateTime<Utc>) -> NaiveDateTime {
    instant.naive_utc().trunc_subsecs(3)
}

/// A column as an instant.
pub fn instant(column: NaiveDateTime) -> DateTime<Utc> {
    column.and_utc()
}

/// An id of our own making.
pub fn uuid(text: &str) -> Result<Uuid, Error> {
    Uuid::parse_str(text).map_err(|_| corrupt("id", text))
}

/// An id that may be missing.
pub fn optional_uuid(text: Option<&String>) -> Result<Option<Uuid>, Error> {
    text.map(|text| uuid(text)).transpose()
}

/// A project's code.
pub fn project_code(text: &str) -> Result<ProjectCode, Error> {
    ProjectCode::parse(text).map_err(|_| corrupt("project code", text))
}

/// A unit's code.
pub fn unit_code(text: &str) -> Result<UnitCode, Error> {
    UnitCode::parse(text).map_err(|_| corrupt("unit code", text))
}

/// A word of a closed list.
pub fn word<T>(found: Option<T>, what: &str, text: &str) -> Result<T, Error> {
    found.ok_or_else(|| corrupt(what, text))
}

/// Something that only a change from outside, or damage, can have put there.
pub fn corrupt(what: &str, text: &str) -> Error {
    Error::Corrupt(format!("{what} {text:?}"))
}
