//! Letters of one case to one person stay together: each names the earlier ones that told events of the same alerts.

use crate::storage::Connection;
use crate::storage::error::Error;
use crate::storage::rows::{corrupt, uuid};
use crate::storage::schema::{alert_events, letter_events, letters};
use diesel::prelude::*;
use uuid::Uuid;

/// Earlier letters named beside the first one, the newest of them.
const NEWEST: i64 = 9;

/// Notes for a letter just put into the outbox which earlier ones it follows: the first and the newest.
///
/// An alert's first event cannot have been told before, so that a digest of news alone asks about nothing.
pub fn join(conn: &mut Connection, letter: &str, address: &str) -> Result<(), Error> {
    let (told_here, before) = diesel::alias!(alert_events as told_here, letter_events as before);
    let alerts = letter_events::table
        .inner_join(told_here.on(told_here.field(alert_events::id).eq(letter_events::event_id)))
        .filter(letter_events::letter_id.eq(letter))
        .filter(told_here.field(alert_events::sequence).gt(1))
        .select(told_here.field(alert_events::alert_id));
    let told_before = before
        .inner_join(alert_events::table.on(alert_events::id.eq(before.field(letter_events::event_id))))
        .filter(alert_events::alert_id.eq_any(alerts))
        .select(before.field(letter_events::letter_id));
    let earlier = letters::table
        .filter(letters::to_email.eq(address))
        .filter(letters::id.lt(letter))
        .filter(letters::id.eq_any(told_before))
        .select(letters::id);

    let mut ids: Vec<String> = earlier.order(letters::id.desc()).limit(NEWEST).load(conn)?;
    if ids.is_empty() {
        return Ok(());
    }
    ids.extend(earlier.order(letters::id).limit(1).load::<String>(conn)?);
    ids.sort();
    ids.dedup();

    diesel::update(letters::table.filter(letters::id.eq(letter)))
        .set(letters::references_ids.eq(ids.join(" ")))
        .execute(conn)?;
    Ok(())
}

/// The ids that a letter names, oldest first.
pub fn read(names: &str) -> Result<Vec<Uuid>, Error> {
    names
        .split(' ')
        .filter(|name| !name.is_empty())
        .map(|name| uuid(name).map_err(|_| corrupt("references", names)))
        .collect()
}
