//! Who has been told of an alert already: what a step upwards says to the one above.

use crate::domain::contact::ContactRole;
use crate::domain::letter::LetterState;
use crate::storage::Connection;
use crate::storage::error::Error;
use crate::storage::rows::{uuid, word};
use crate::storage::schema::{alert_events, letter_events, letters};
use diesel::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

/// Alerts asked about at once.
const AT_ONCE: usize = 200;

/// Names and roles of those to whom letters about each alert were decided, but for letters that never left.
pub fn told_of(conn: &mut Connection, alerts: &[Uuid]) -> Result<HashMap<Uuid, Vec<(String, ContactRole)>>, Error> {
    let never_left = [LetterState::Dead.name(), LetterState::Cancelled.name()];
    let mut told: HashMap<Uuid, Vec<(String, ContactRole)>> = HashMap::new();
    for chunk in alerts.chunks(AT_ONCE) {
        let ids: Vec<String> = chunk.iter().map(Uuid::to_string).collect();
        let rows: Vec<(String, String, String)> = letter_events::table
            .inner_join(alert_events::table.on(alert_events::id.eq(letter_events::event_id)))
            .inner_join(letters::table.on(letters::id.eq(letter_events::letter_id)))
            .filter(alert_events::alert_id.eq_any(ids))
            .filter(letters::state.ne_all(never_left))
            .select((alert_events::alert_id, letters::role, letters::to_name))
            .distinct()
            .load(conn)?;
        for (alert, role, name) in rows {
            let role = word(ContactRole::from_name(&role), "role", &role)?;
            told.entry(uuid(&alert)?).or_default().push((name, role));
        }
    }
    for names in told.values_mut() {
        names.sort_by(|(one, of_one), (other, of_other)| (of_one, one).cmp(&(of_other, other)));
    }
    Ok(told)
}
