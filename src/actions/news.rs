//! What is to be said of each alert: the net of its events that nobody has been told of.

use super::noted;
use crate::domain::alert::{Alert, Change, State};
use crate::domain::note::Note;
use crate::domain::rule::Severity;
use crate::storage::alert_events::Untold;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is to be said of one alert.
#[derive(Clone, Debug)]
pub struct News {
    /// The alert as it stands.
    pub alert: Alert,
    /// What happened, in one word.
    pub change: Change,
    /// What time brought: reminders, steps upwards, ends.
    pub notes: Vec<Note>,
    /// The events that are told with it.
    pub events: Vec<Uuid>,
}

/// The net of what is untold.
#[derive(Debug, Default)]
pub struct Net {
    /// What is told now.
    pub news: Vec<News>,
    /// Events that nobody needs to hear of: they cancel each other out, or a person's decision has overtaken them.
    pub silent: Vec<Uuid>,
}

/// The net news of each alert; only of what is critical and not over, where only that is told.
#[must_use]
pub fn net_news(untold: Vec<(Untold, Alert)>, critical_only: bool) -> Net {
    let mut by_alert: BTreeMap<Uuid, (Alert, Vec<Untold>)> = BTreeMap::new();
    for (event, alert) in untold {
        by_alert.entry(alert.id).or_insert_with(|| (alert, Vec::new())).1.push(event);
    }
    let mut net = Net::default();
    for (alert, events) in by_alert.into_values() {
        if critical_only && (alert.severity != Severity::Critical || !alert.state.is_active()) {
            continue;
        }
        let ids: Vec<Uuid> = events.iter().map(|event| event.id).collect();
        match said(&alert, &events) {
            None => net.silent.extend(ids),
            Some(change) => {
                let notes = if change == Change::Resolved { Vec::new() } else { notes(&events) };
                net.news.push(News { alert, change, notes, events: ids });
            }
        }
    }
    net
}

/// What is said of an alert in one word; none where nothing is.
fn said(alert: &Alert, events: &[Untold]) -> Option<Change> {
    let news: Vec<&Untold> = events.iter().filter(|event| event.change.is_news()).collect();
    let of_time = events
        .iter()
        .map(|event| event.change)
        .filter(|change| change.is_of_time())
        .max_by_key(|change| weight(*change));
    let Some(first) = news.first() else { return of_time.filter(|_| alert.state.is_active()) };
    let is_new = news.iter().any(|event| event.change == Change::Raised);
    match alert.state {
        State::Superseded => None,
        State::Resolved if is_new || first.change == Change::Reopened => None,
        State::Resolved => Some(Change::Resolved),
        _ if is_new => Some(Change::Raised),
        // It was over and came back before anybody heard that it was over: news only if it is graver now.
        _ if first.change == Change::Resolved && alert.severity <= first.severity => of_time,
        _ if first.change == Change::Resolved => Some(Change::Worsened),
        _ => news.last().map(|event| event.change),
    }
}

/// Of several things that time brought, the gravest names them all.
const fn weight(change: Change) -> u8 {
    match change {
        Change::Escalated => 5,
        Change::WaiverEnded => 4,
        Change::MeasureOverdue => 3,
        Change::WaiverEnding => 2,
        _ => 1,
    }
}

fn notes(events: &[Untold]) -> Vec<Note> {
    events.iter().filter_map(|event| noted::read(event.change, &event.inputs)).collect()
}
