//! The outbox: what was decided is what is sent, and the archive of it. A letter is claimed under a lease with a
//! fencing token, so that of two postmen only the later one's word counts.

mod held;
mod listed;
mod threads;
mod told;

pub use held::{
    Claimed, Outcome, Taken, UnreadableLetter, cancel, claim, release, release_leases, renew, requeue,
    set_aside_strange, settle,
};
pub use listed::{Filter, Listed, Telling, count_by_state, find, last_sent_at, page, tells, units_of};
pub use told::told_of;

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::rows::column;
use super::schema::{letter_events, letter_units, letters};
use crate::domain::code::UnitCode;
use crate::domain::letter::{Composed, LetterKind, LetterState, Recipient};
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

/// Events that one statement notes for a letter.
const EVENTS_AT_ONCE: usize = 200;

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
    for some in new.events.chunks(EVENTS_AT_ONCE) {
        let told = |event: &Uuid| (letter_events::letter_id.eq(&id), letter_events::event_id.eq(event.to_string()));
        let rows: Vec<_> = some.iter().map(told).collect();
        on_either!(conn, |conn| diesel::insert_into(letter_events::table).values(&rows).execute(conn))?;
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
