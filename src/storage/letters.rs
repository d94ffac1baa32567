//! The outbox: what was decided is what is sent, and the archive of it. A letter is claimed under a lease with a
//! fencing token, so that of two postmen only the later one's word counts.

mod listed;
mod threads;

pub use listed::{Filter, Listed, count_by_state, find, last_sent_at, page, units_of};

use super::Connection;
use super::error::Error;
use super::rows::{column, instant, uuid};
use super::schema::{letter_events, letter_units, letters};
use crate::domain::code::UnitCode;
use crate::domain::contact::EmailAddress;
use crate::domain::letter::{Composed, Letter, LetterKind, LetterState, Recipient};
use crate::domain::rule::Severity;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = letters)]
struct Row {
    id: String,
    run_id: Option<String>,
    to_email: String,
    to_name: String,
    role: String,
    severity: String,
    subject: String,
    text_body: String,
    html_body: String,
    state: String,
    attempts: i32,
    next_attempt_at: NaiveDateTime,
    lease_until: Option<NaiveDateTime>,
    lease_token: i64,
    last_words: Option<String>,
    created_at: NaiveDateTime,
    sent_at: Option<NaiveDateTime>,
    attempts_allowed: i32,
    kind: String,
    references_ids: String,
}

/// Attempts that a letter is worth, until it is given up or sent on its way again by hand.
const ATTEMPTS: i32 = 12;

/// A letter on its way into the outbox.
pub struct NewLetter<'values> {
    /// Ours; the Message-ID derives from it.
    pub id: Uuid,
    /// What it is.
    pub kind: LetterKind,
    /// The check that caused it; none where a posting did.
    pub run: Option<Uuid>,
    /// Who is told.
    pub recipient: &'values Recipient,
    /// The gravest matter in it.
    pub severity: Severity,
    /// Its words.
    pub words: &'values Composed,
    /// The events that it tells.
    pub events: &'values [Uuid],
    /// The units whose figures it shows.
    pub units: &'values [UnitCode],
}

/// Puts a letter into the outbox.
pub fn insert(conn: &mut Connection, new: &NewLetter<'_>, now: DateTime<Utc>) -> Result<(), Error> {
    let id = new.id.to_string();
    diesel::insert_into(letters::table)
        .values(Row {
            id: id.clone(),
            run_id: new.run.map(|run| run.to_string()),
            to_email: new.recipient.email.as_str().to_owned(),
            to_name: new.recipient.name.clone(),
            role: new.recipient.role.name().to_owned(),
            severity: new.severity.name().to_owned(),
            subject: new.words.subject.clone(),
            text_body: new.words.text.clone(),
            html_body: new.words.html.clone(),
            state: LetterState::Queued.name().to_owned(),
            attempts: 0,
            next_attempt_at: column(now),
            lease_until: None,
            lease_token: 0,
            last_words: None,
            created_at: column(now),
            sent_at: None,
            attempts_allowed: ATTEMPTS,
            kind: new.kind.name().to_owned(),
            references_ids: String::new(),
        })
        .execute(conn)?;
    for event in new.events {
        diesel::insert_into(letter_events::table)
            .values((letter_events::letter_id.eq(&id), letter_events::event_id.eq(event.to_string())))
            .execute(conn)?;
    }
    for unit in new.units {
        diesel::insert_into(letter_units::table)
            .values((letter_units::letter_id.eq(&id), letter_units::unit_code.eq(unit.as_str())))
            .execute(conn)?;
    }
    threads::join(conn, &id, new.recipient.email.as_str())
}

/// How many letters a check caused.
pub fn of_run(conn: &mut Connection, run: Uuid) -> Result<i64, Error> {
    Ok(letters::table.filter(letters::run_id.eq(run.to_string())).count().get_result(conn)?)
}

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

const WAITING: [&str; 2] = [LetterState::Queued.name(), LetterState::Retrying.name()];

/// Claims letters that are due, oldest first, until an instant.
pub fn claim(
    conn: &mut Connection,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Claimed>, Error> {
    let due: Vec<Row> = letters::table
        .filter(letters::state.eq_any(WAITING))
        .filter(letters::next_attempt_at.le(column(now)))
        .filter(letters::lease_until.is_null().or(letters::lease_until.lt(column(now))))
        .order((letters::next_attempt_at, letters::id))
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    let mut claimed = Vec::new();
    for row in due {
        let token = row.lease_token + 1;
        let won = diesel::update(
            letters::table.filter(letters::id.eq(&row.id)).filter(letters::lease_token.eq(row.lease_token)),
        )
        .set((letters::lease_token.eq(token), letters::lease_until.eq(column(lease_until))))
        .execute(conn)?;
        if won == 1 {
            let (attempts, attempts_left) = (row.attempts, row.attempts_allowed - row.attempts - 1);
            let attempts_lately = attempts - (row.attempts_allowed - ATTEMPTS);
            claimed.push(Claimed { letter: row.into_letter()?, token, attempts, attempts_left, attempts_lately });
        }
    }
    Ok(claimed)
}

impl Row {
    fn into_letter(self) -> Result<Letter, Error> {
        Ok(Letter {
            id: uuid(&self.id)?,
            to: EmailAddress::parse(&self.to_email).map_err(|_| super::rows::corrupt("address", &self.to_email))?,
            to_name: self.to_name,
            words: Composed { subject: self.subject, text: self.text_body, html: self.html_body },
            created_at: instant(self.created_at),
            references: threads::read(&self.references_ids)?,
        })
    }
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
    /// Not the letter's fault (the channel is paused): no attempt is counted; to be tried again at an instant.
    Postponed(DateTime<Utc>),
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
        Outcome::Postponed(next) => (LetterState::Retrying, *next, None, 0),
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

/// Puts a letter back into the queue, due now and worth as many attempts as a new one. False where a postman holds it. Whoever held it before and still comes
/// to settle finds that his word no longer counts.
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
