//! Answers given under an idempotency key: committed together with the effect that they report.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::rows::column;
use super::schema::answers;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

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
    on_either!(conn, |conn| diesel::insert_into(answers::table)
        .values((
            answers::token_id.eq(&key.token),
            answers::method.eq(&key.method),
            answers::path.eq(&key.path),
            answers::idempotency_key.eq(&key.key),
            answers::body_sha256.eq(&answer.body_sha256),
            answers::status.eq(i32::from(answer.status)),
            answers::body.eq(&answer.body),
            answers::location.eq(answer.location.as_ref()),
            answers::recorded_at.eq(column(now)),
        ))
        .execute(conn))?;
    Ok(())
}

/// Forgets answers older than an instant; says how many.
pub fn forget_before(conn: &mut Connection, before: DateTime<Utc>) -> Result<usize, Error> {
    Ok(diesel::delete(answers::table.filter(answers::recorded_at.lt(column(before)))).execute(conn)?)
}
