//! A letter in a postman's hand: claimed under a lease with a fencing token, renewed before it is sent, settled after.
//! What cannot be read is set aside with words that say why, and holds up nobody else's letters.

use super::{ATTEMPTS, Row, threads};
use crate::domain::contact::EmailAddress;
use crate::domain::letter::{ALL_LETTER_STATES, Composed, Letter, LetterState};
use crate::storage::Connection;
use crate::storage::error::Error;
use crate::storage::in_savepoint;
use crate::storage::rows::{column, corrupt, instant, uuid};
use crate::storage::schema::letters;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use uuid::Uuid;

/// A letter held by a postman.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The letter.
    pub letter: Letter,
    /// The fencing token: only who shows the newest may settle.
    pub token: i64,
    /// Attempts before this one.
    pub attempts: i32,
    /// Attempts that are left after this one.
    pub attempts_left: i32,
    /// Attempts before this one since it was decided or last sent on its way again by hand.
    pub attempts_lately: i32,
}

/// What one look into the outbox brought.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Letters to be sent.
    pub letters: Vec<Claimed>,
    /// Letters that nobody can read.
    pub unreadable: Vec<UnreadableLetter>,
    /// Letters that were due and that another postman took first.
    pub lost: usize,
}

/// A row that says what no letter can say: the database was changed from outside, or is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableLetter {
    /// What stands where its id should.
    pub id: String,
    /// What is wrong with it.
    pub words: String,
}

const WAITING: [&str; 2] = [LetterState::Queued.name(), LetterState::Retrying.name()];

/// Claims letters that are due, until an instant: of each state that waits so many at most, those due longest first.
pub fn claim(
    conn: &mut Connection,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: i64,
) -> Result<Taken, Error> {
    let (mut taken, mut won) = (Taken::default(), Vec::new());
    for state in WAITING {
        // Only what finds a row is read of all of them: one that cannot be read must not hide the others.
        let due: Vec<(String, i64)> = letters::table
            .filter(letters::state.eq(state))
            .filter(letters::next_attempt_at.le(column(now)))
            .filter(letters::lease_until.is_null().or(letters::lease_until.lt(column(now))))
            .order((letters::next_attempt_at, letters::id))
            .limit(limit)
            .select((letters::id, letters::lease_token))
            .load(conn)?;
        for (id, token) in due {
            // Asked again in full: since it was found, its holder may have settled it under the same token.
            let is_won = diesel::update(
                letters::table
                    .filter(letters::id.eq(&id))
                    .filter(letters::lease_token.eq(token))
                    .filter(letters::state.eq_any(WAITING))
                    .filter(letters::lease_until.is_null().or(letters::lease_until.lt(column(now)))),
            )
            .set((letters::lease_token.eq(token + 1), letters::lease_until.eq(column(lease_until))))
            .execute(conn)?;
            if is_won == 1 {
                won.push(id);
            } else {
                taken.lost += 1;
            }
        }
    }
    // All at once, and where that fails one by one.
    let rows = letters::table.filter(letters::id.eq_any(&won)).order((letters::next_attempt_at, letters::id));
    let whole: Option<Vec<Claimed>> = match rows.select(Row::as_select()).load(conn) {
        Ok(rows) => rows.into_iter().map(Row::into_claimed).collect::<Result<_, _>>().ok(),
        Err(DieselError::DeserializationError(_)) => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(letters) = whole {
        return Ok(Taken { letters, ..taken });
    }
    for id in won {
        match held(conn, &id) {
            Ok(claimed) => taken.letters.push(claimed),
            Err(words) => taken.unreadable.push(set_aside(conn, id, words?)),
        }
    }
    Ok(taken)
}

/// The letter just claimed; where it cannot be read, the words for that, or the database's own failure.
fn held(conn: &mut Connection, id: &str) -> Result<Claimed, Result<String, Error>> {
    let row: Row = match letters::table.filter(letters::id.eq(id)).select(Row::as_select()).first(conn) {
        Ok(row) => row,
        Err(DieselError::DeserializationError(fault)) => return Err(Ok(fault.to_string())),
        Err(error) => return Err(Err(error.into())),
    };
    row.into_claimed().map_err(|error| Ok(error.to_string()))
}

/// Gives a letter up that cannot be read. Where even that fails it stays under its lease, and is reported all the same.
fn set_aside(conn: &mut Connection, id: String, words: String) -> UnreadableLetter {
    let words = format!("set aside, for it cannot be read: {words}");
    let marked: Result<usize, Error> = in_savepoint(conn, |conn| {
        let set_aside = diesel::update(letters::table.filter(letters::id.eq(&id)))
            .set((
                letters::state.eq(LetterState::Dead.name()),
                letters::lease_until.eq(None::<NaiveDateTime>),
                letters::last_words.eq(&words),
            ))
            .execute(conn)?;
        Ok(set_aside)
    });
    let words = match marked {
        Ok(_) => words,
        Err(error) => format!("{words}; nor can that be written down: {error}"),
    };
    UnreadableLetter { id, words }
}

/// How many letters of a state that is none are set aside at once.
const STRANGE_AT_ONCE: i64 = 100;

/// Sets letters aside whose state is none that we know: no look into the outbox would ever find them.
pub fn set_aside_strange(conn: &mut Connection) -> Result<Vec<UnreadableLetter>, Error> {
    let found: Vec<(String, String)> = letters::table
        .filter(letters::state.ne_all(ALL_LETTER_STATES.map(LetterState::name)))
        .limit(STRANGE_AT_ONCE)
        .select((letters::id, letters::state))
        .load(conn)?;
    Ok(found.into_iter().map(|(id, state)| set_aside(conn, id, format!("its state was {state:?}"))).collect())
}

impl Row {
    fn into_claimed(self) -> Result<Claimed, Error> {
        let (token, attempts, attempts_left) =
            (self.lease_token, self.attempts, self.attempts_allowed - self.attempts - 1);
        let attempts_lately = attempts - (self.attempts_allowed - ATTEMPTS);
        Ok(Claimed { letter: self.into_letter()?, token, attempts, attempts_left, attempts_lately })
    }

    fn into_letter(self) -> Result<Letter, Error> {
        Ok(Letter {
            id: uuid(&self.id)?,
            to: EmailAddress::parse(&self.to_email).map_err(|_| corrupt("address", &self.to_email))?,
            to_name: self.to_name,
            words: Composed { subject: self.subject, text: self.text_body, html: self.html_body },
            created_at: instant(self.created_at),
            references: threads::read(&self.references_ids)?,
        })
    }
}

/// Lengthens the lease of the letter that is sent next. False where it is no longer this postman's: then he leaves it
/// to whoever took it over.
pub fn renew(conn: &mut Connection, claimed: &Claimed, lease_until: DateTime<Utc>) -> Result<bool, Error> {
    let renewed = diesel::update(
        letters::table
            .filter(letters::id.eq(claimed.letter.id.to_string()))
            .filter(letters::lease_token.eq(claimed.token))
            .filter(letters::state.eq_any(WAITING)),
    )
    .set(letters::lease_until.eq(column(lease_until)))
    .execute(conn)?;
    Ok(renewed == 1)
}

/// Puts letters back that were claimed and not tried: they are as they were.
pub fn release(conn: &mut Connection, held: &[(Uuid, i64)]) -> Result<(), Error> {
    for (id, token) in held {
        diesel::update(letters::table.filter(letters::id.eq(id.to_string())).filter(letters::lease_token.eq(token)))
            .set(letters::lease_until.eq(None::<NaiveDateTime>))
            .execute(conn)?;
    }
    Ok(())
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted.
    Sent,
    /// Failed; to be tried again at an instant.
    Retry(DateTime<Utc>),
    /// Given up.
    Dead,
    /// Not the letter's fault (the channel must be mended): no attempt is counted, and it stays due.
    Postponed,
}

/// Settles an attempt. False where a later claim has taken the letter over: then this word does not count.
pub fn settle(
    conn: &mut Connection,
    claimed: &Claimed,
    outcome: &Outcome,
    words: &str,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let (state, next, sent_at, tried) = match outcome {
        Outcome::Sent => (LetterState::Sent, now, Some(column(now)), 1),
        Outcome::Retry(next) => (LetterState::Retrying, *next, None, 1),
        Outcome::Dead => (LetterState::Dead, now, None, 1),
        Outcome::Postponed => (LetterState::Retrying, now, None, 0),
    };
    let settled = diesel::update(
        letters::table
            .filter(letters::id.eq(claimed.letter.id.to_string()))
            .filter(letters::lease_token.eq(claimed.token)),
    )
    .set((
        letters::state.eq(state.name()),
        letters::attempts.eq(claimed.attempts + tried),
        letters::next_attempt_at.eq(column(next)),
        letters::lease_until.eq(None::<NaiveDateTime>),
        letters::last_words.eq(words),
        letters::sent_at.eq(sent_at),
    ))
    .execute(conn)?;
    Ok(settled == 1)
}

/// Lets the leases of dead processes lapse. Only where nobody is sending now.
pub fn release_leases(conn: &mut Connection) -> Result<usize, Error> {
    let released = diesel::update(letters::table.filter(letters::lease_until.is_not_null()))
        .set(letters::lease_until.eq(None::<NaiveDateTime>))
        .execute(conn)?;
    Ok(released)
}

/// Puts a letter back into the queue, due now and worth as many attempts as a new one. False where a postman holds it.
/// Whoever held it before and still comes to settle finds that his word no longer counts.
pub fn requeue(conn: &mut Connection, id: Uuid, now: DateTime<Utc>) -> Result<bool, Error> {
    let requeued = diesel::update(
        letters::table
            .filter(letters::id.eq(id.to_string()))
            .filter(letters::state.ne_all([LetterState::Queued.name(), LetterState::Sent.name()]))
            .filter(letters::lease_until.is_null().or(letters::lease_until.lt(column(now)))),
    )
    .set((
        letters::state.eq(LetterState::Queued.name()),
        letters::next_attempt_at.eq(column(now)),
        letters::lease_until.eq(None::<NaiveDateTime>),
        letters::lease_token.eq(letters::lease_token + 1),
        letters::attempts_allowed.eq(letters::attempts + ATTEMPTS),
    ))
    .execute(conn)?;
    Ok(requeued == 1)
}

/// Takes a letter back that waits and that no postman holds. False where that is not so. Whoever held it before finds
/// that it is his no longer.
pub fn cancel(conn: &mut Connection, id: Uuid, now: DateTime<Utc>) -> Result<bool, Error> {
    let cancelled = diesel::update(
        letters::table
            .filter(letters::id.eq(id.to_string()))
            .filter(letters::state.eq_any(WAITING))
            .filter(letters::lease_until.is_null().or(letters::lease_until.lt(column(now)))),
    )
    .set((
        letters::state.eq(LetterState::Cancelled.name()),
        letters::lease_until.eq(None::<NaiveDateTime>),
        letters::lease_token.eq(letters::lease_token + 1),
    ))
    .execute(conn)?;
    Ok(cancelled == 1)
}
