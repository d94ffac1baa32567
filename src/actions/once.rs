//! A fact is recorded once, however often it is posted: the key's answer and the effect commit together.

use super::Error;
use crate::storage::answers;
pub use crate::storage::answers::{Answer, AnswerKey};
use crate::storage::{Connection, backend};
use chrono::{DateTime, Utc};

/// The answer to a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Once {
    /// The effect took place now.
    New(Answer),
    /// It had taken place before: the first answer again.
    Again(Answer),
}

/// Runs a verb unless its key has been answered before; keeps the answer with the effect.
///
/// Same key and body: the first answer. Same key, other body: [`Error::KeyReused`]. A refusal is not kept.
pub fn once(
    conn: &mut Connection,
    key: &AnswerKey,
    body_sha256: &str,
    now: DateTime<Utc>,
    verb: impl FnOnce(&mut Connection) -> Result<Answer, Error>,
) -> Result<Once, Error> {
    once_or(conn, key, body_sha256, now, verb)
}

/// The same for a verb that says in its own words why it was refused.
pub fn once_or<E: From<Error> + From<crate::storage::Error>>(
    conn: &mut Connection,
    key: &AnswerKey,
    body_sha256: &str,
    now: DateTime<Utc>,
    verb: impl FnOnce(&mut Connection) -> Result<Answer, E>,
) -> Result<Once, E> {
    backend::lock(conn, &key.text())?;
    if let Some(first) = answers::find(conn, key)? {
        return if first.body_sha256 == body_sha256 { Ok(Once::Again(first)) } else { Err(Error::KeyReused.into()) };
    }

    let answer = verb(conn)?;

    answers::insert(conn, key, &answer, now)?;
    Ok(Once::New(answer))
}
