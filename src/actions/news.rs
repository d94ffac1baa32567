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
        // It became graver, and eased to where nothing is graver, before anybody heard of it.
        _ if first.change == Change::Worsened && alert.severity == Severity::Notice => of_time,
        // Whatever lay in between, nobody heard that it was over.
        _ if first.change == Change::Worsened => Some(Change::Worsened),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::alert::{Said, Subject};
    use crate::domain::rule::Rule;
    use crate::domain::rule::Severity::{Critical, Notice, Warning};
    use chrono::{DateTime, NaiveDate};

    fn alert(state: State, severity: Severity) -> Alert {
        Alert {
            id: Uuid::from_u128(1),
            project: Uuid::nil(),
            subject: Subject { rule: Rule::BehindPlanPoint, indicator: None, point_on: None },
            state,
            severity,
            opened_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            follows: None,
            settled_by: None,
            said: Said::opened(NaiveDate::MIN),
            waiver: None,
        }
    }

    fn told(state: State, severity: Severity, untold: &[(Change, Severity)]) -> Option<Change> {
        let event = |(change, severity): &(Change, Severity)| Untold {
            id: Uuid::now_v7(),
            change: *change,
            severity: *severity,
            inputs: String::new(),
        };
        let untold = untold.iter().map(|given| (event(given), alert(state, severity))).collect();
        let net = net_news(untold, false);
        net.news.first().map(|news| news.change)
    }

    #[test]
    fn what_cancels_out_before_anybody_heard_of_it_is_not_told() {
        use Change::{Escalated, Raised, Reminded, Reopened, Resolved, Worsened};
        for (state, severity, untold, expected) in [
            (State::Open, Warning, vec![(Raised, Notice), (Worsened, Warning)], Some(Raised)),
            (State::Resolved, Warning, vec![(Raised, Warning), (Resolved, Warning)], None),
            (State::Open, Warning, vec![(Resolved, Warning), (Reopened, Warning)], None),
            (State::Open, Critical, vec![(Resolved, Warning), (Reopened, Critical)], Some(Worsened)),
            // A notice that became a warning and eased again: nothing that people would have to know.
            (State::Open, Notice, vec![(Worsened, Warning)], None),
            (
                State::Open,
                Critical,
                vec![(Worsened, Critical), (Resolved, Critical), (Reopened, Critical)],
                Some(Worsened),
            ),
            (State::Superseded, Warning, vec![(Escalated, Warning)], None),
            (State::Open, Warning, vec![(Reminded, Warning), (Escalated, Warning)], Some(Escalated)),
            (State::Resolved, Warning, vec![(Escalated, Warning), (Resolved, Warning)], Some(Resolved)),
        ] {
            assert_eq!(told(state, severity, &untold), expected, "{untold:?} as {state:?} {severity:?}");
        }
    }
}
