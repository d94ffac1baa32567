//! Answers given under an idempotency key: committed together with the effect that they report.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::prepared::statement;
use super::rows::{column, instant};
use super::schema::answers;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text, Timestamp};

/// What an idempotency key belongs to: a token, a method and a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerKey {
    /// The token's public part.
    pub token: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The client's key.
    pub key: String,
}

impl AnswerKey {
    /// One text, for a lock.
    #[must_use]
    pub fn text(&self) -> String {
        format!("answer|{}|{}|{}|{}", self.token, self.method, self.path, self.key)
    }
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// SHA-256 of the request's body, in hex.
    pub body_sha256: String,
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// The `Location`, where there was one.
    pub location: Option<String>,
}

/// The answer that a key got.
pub fn find(conn: &mut Connection, key: &AnswerKey) -> Result<Option<Answer>, Error> {
    let row: Option<(String, i32, String, Option<String>)> = on_either!(conn, |conn| answers::table
        .filter(answers::token_id.eq(&key.token))
        .filter(answers::method.eq(&key.method))
        .filter(answers::path.eq(&key.path))
        .filter(answers::idempotency_key.eq(&key.key))
        .select((answers::body_sha256, answers::status, answers::body, answers::location))
        .get_result(conn)
        .optional())?;
    Ok(row.map(|(body_sha256, status, body, location)| Answer {
        body_sha256,
        status: u16::try_from(status).unwrap_or(500),
        body,
        location,
    }))
}

/// Keeps the answer that a key gets.
pub fn insert(conn: &mut Connection, key: &AnswerKey, answer: &Answer, now: DateTime<Utc>) -> Result<(), Error> {
    let kept = Keep {
        token: &key.token,
        method: &key.method,
        path: &key.path,
        key: &key.key,
        body_sha256: &answer.body_sha256,
        status: &i32::from(answer.status),
        body: &answer.body,
        location: &answer.location,
        recorded_at: &column(now),
    };
    on_either!(conn, |conn| kept.execute(conn))?;
    Ok(())
}

statement! {
    Keep {
        token: str, method: str, path: str, key: str, body_sha256: str, status: i32, body: str,
        location: Option<String>, recorded_at: NaiveDateTime,
    } -> ();
    "INSERT INTO answers (token_id, method, path, idempotency_key, body_sha256, status, body, location, recorded_at) \
     VALUES (", token as Text;
    ", ", method as Text;
    ", ", path as Text;
    ", ", key as Text;
    ", ", body_sha256 as Text;
    ", ", status as Integer;
    ", ", body as Text;
    ", ", location as Nullable<Text>;
    ", ", recorded_at as Timestamp;
    then ")"
}

/// When the newest answer was kept.
pub fn newest(conn: &mut Connection) -> Result<Option<DateTime<Utc>>, Error> {
    let newest: Option<NaiveDateTime> =
        answers::table.select(answers::recorded_at).order(answers::recorded_at.desc()).first(conn).optional()?;
    Ok(newest.map(instant))
}

/// Forgets answers older than an instant, the oldest first and about so many of them; says how many these were, and
/// whether none is left. Answers of one and the same millisecond go together.
pub fn forget_before(conn: &mut Connection, before: DateTime<Utc>, about: i64) -> Result<(usize, bool), Error> {
    let old = answers::table.filter(answers::recorded_at.lt(column(before)));
    let beyond: Option<NaiveDateTime> =
        old.select(answers::recorded_at).order(answers::recorded_at).offset(about).first(conn).optional()?;
    let forgotten = match beyond {
        Some(last) => diesel::delete(answers::table.filter(answers::recorded_at.le(last))).execute(conn)?,
        None => diesel::delete(old).execute(conn)?,
    };
    Ok((forgotten, beyond.is_none()))
}
