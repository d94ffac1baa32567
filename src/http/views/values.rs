//! The values that every answer is made of, each written in one way and described once: amounts, days, instants,
//! ratios, ids and codes.

use crate::domain::code;
use crate::domain::money::{self, Fen};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use std::fmt::Display;
use utoipa::ToSchema;

/// Writes a value as the text that it shows.
macro_rules! written {
    ($($name:ident),*) => { $(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.text())
            }
        }
    )* };
}

/// An amount in yuan: a decimal string with two decimals, never a number. Refunds and reversals are negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = r"^-?\d{1,17}\.\d{2}$", example = "226950.00")]
pub struct Yuan(pub Fen);

/// A calendar day in the configured zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = Date, pattern = r"^\d{4}-\d{2}-\d{2}$", example = "2024-06-30")]
pub struct Day(pub NaiveDate);

/// An instant in UTC with milliseconds (RFC 3339).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(
    value_type = String, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$",
    example = "2024-06-30T01:12:05.123Z"
)]
pub struct Instant(pub DateTime<Utc>);

/// A share of something: a decimal string with four decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = r"^-?\d+\.\d{4}$", example = "0.8813")]
pub struct Ratio(pub money::Ratio);

/// An id that the service gave: a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", example = "01905f6e-2c3b-7d4a-9b1e-0f6a5c7d8e9f")]
pub struct Id(pub uuid::Uuid);

/// A project's code, as the treasury writes it: letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9A-Za-z]{1,40}$", example = "13060524P000002100357")]
pub struct ProjectCode(pub code::ProjectCode);

/// A budget unit's code: letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9A-Za-z]{1,20}$", example = "333001")]
pub struct UnitCode(pub code::UnitCode);

written!(Yuan, Day, Instant, Ratio, Id, ProjectCode, UnitCode);

impl Yuan {
    fn text(self) -> impl Display {
        self.0
    }
}

impl Day {
    fn text(self) -> impl Display {
        self.0
    }
}

impl Instant {
    fn text(self) -> impl Display {
        self.0.to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

impl Ratio {
    fn text(self) -> impl Display {
        self.0
    }
}

impl Id {
    fn text(self) -> impl Display {
        self.0
    }
}

impl ProjectCode {
    fn text(&self) -> impl Display {
        &self.0
    }
}

impl UnitCode {
    fn text(&self) -> impl Display {
        &self.0
    }
}
