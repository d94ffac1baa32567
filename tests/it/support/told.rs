//! What every test of trouble ends with: whatever should be told is told, nobody is told twice, and the outbox and the
//! alerts' events agree.

use super::place::Place;

/// What another alert of the project speaks for is told once that one is over: an indicator's lag while its figures are
/// missing, and an indicator's missing figures while the project lacks all of them.
const HIDDEN: &str = "EXISTS (SELECT 1 FROM alerts h WHERE h.project_id = a.project_id AND h.id <> a.id AND h.rule = 'figures.missing' \
     AND h.state NOT IN ('resolved', 'superseded') AND ((a.rule = 'indicator.behind' AND h.indicator_id = a.indicator_id) \
     OR (a.rule = 'figures.missing' AND a.indicator_id IS NOT NULL AND h.indicator_id IS NULL AND h.point_on = a.point_on)))";

/// Fails unless each standing alert has been told in some letter, no event waits to be told, nobody has two letters
/// about one event, and each letter tells of events that are there. To be asked where somebody answers for all
/// projects, after the last check or digest.
#[track_caller]
pub fn assert_all_told_once(place: &Place) {
    let nothing = Vec::<String>::new();
    let untold = place.words(&format!(
        "SELECT e.change || ' of ' || a.subject AS word FROM untold_events u JOIN alert_events e ON e.id = u.event_id \
         JOIN alerts a ON a.id = e.alert_id WHERE NOT {HIDDEN}",
    ));
    assert_eq!(untold, nothing, "events that nobody was told");
    let never_told = place.words(&format!(
        "SELECT a.subject AS word FROM alerts a WHERE a.state NOT IN ('resolved', 'superseded') AND NOT EXISTS \
         (SELECT 1 FROM alert_events e JOIN letter_events l ON l.event_id = e.id WHERE e.alert_id = a.id) AND NOT {HIDDEN}",
    ));
    assert_eq!(never_told, nothing, "standing alerts that no letter tells of");
    let told_twice = place.words(
        "SELECT l.to_email || ' of ' || t.event_id AS word FROM letters l JOIN letter_events t ON t.letter_id = l.id \
         GROUP BY l.to_email, t.event_id HAVING count(*) > 1",
    );
    assert_eq!(told_twice, nothing, "events that somebody was told twice");
    let of_nothing = place.words(
        "SELECT t.letter_id AS word FROM letter_events t WHERE NOT EXISTS (SELECT 1 FROM alert_events e WHERE e.id = t.event_id) \
         OR NOT EXISTS (SELECT 1 FROM letters l WHERE l.id = t.letter_id)",
    );
    assert_eq!(of_nothing, nothing, "letters and events that do not agree");
}
