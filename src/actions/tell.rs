//! Gathers the events that people are still to be told of into one letter per recipient, rendered into the outbox:
//! what was decided is what is sent.

use super::figures::{Figures, Known, examine};
use super::{Error, Judging, Moment};
use crate::domain::alert::{Alert, Change, State};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::UnitCode;
use crate::domain::contact::Contact;
use crate::domain::letter::{LetterKind, Matter, Recipient, WarningFacts};
use crate::domain::project::Project;
use crate::domain::rule::Severity;
use crate::render::warning_letter::compose;
use crate::storage::alerts::{self, Event};
use crate::storage::letters::{self, NewLetter};
use crate::storage::projects::{self, Selection};
use crate::storage::units::{self, UnitRow};
use crate::storage::{Connection, backend, contacts};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Which events are told now.
#[derive(Clone, Copy, Debug)]
pub enum Telling<'values> {
    /// Everything of the year that is still untold: the digest of a check.
    Digest {
        /// The check.
        run: Uuid,
    },
    /// What a posting, or a file of postings, turned critical, at once.
    Critical {
        /// The projects concerned.
        projects: &'values [Project],
    },
}

/// What telling came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Letters put into the outbox.
    pub letters: i64,
    /// Matters that nobody is there to be told of; they wait for a contact.
    pub without_recipient: i64,
}

/// Puts one letter per recipient into the outbox, and takes the events told off the list.
pub fn tell(
    conn: &mut Connection,
    year: FiscalYear,
    telling: Telling<'_>,
    as_of: NaiveDate,
    judging: &Judging,
    moment: Moment,
) -> Result<Told, Error> {
    // Of two who would tell the same news, the second finds the list emptied.
    backend::lock(conn, &format!("tell|{year}"))?;
    let mut untold = alerts::untold(conn, year)?;
    if let Telling::Critical { projects } = telling {
        untold.retain(|(_, alert)| projects.iter().any(|project| project.id == alert.project));
    }
    let (news, silent) = net_news(untold, matches!(telling, Telling::Critical { .. }));
    for event in silent {
        alerts::mark_told(conn, event)?;
    }
    if news.is_empty() {
        return Ok(Told::default());
    }
    let figures = figures_of(conn, year, &news, as_of, judging, moment)?;
    let units = units::all(conn)?;
    let contacts = contacts::all(conn)?;

    let (parcels, without_recipient) = sort_by_recipient(&news, &figures, &units, &contacts);

    let (kind, run) = match telling {
        Telling::Digest { run } => (LetterKind::Digest, Some(run)),
        Telling::Critical { .. } => (LetterKind::Immediate, None),
    };
    let mut told: BTreeSet<Uuid> = BTreeSet::new();
    let letters = i64::try_from(parcels.len()).unwrap_or(i64::MAX);
    for (recipient, parcel) in parcels {
        put_into_outbox(conn, (kind, run), recipient, &parcel, (year, as_of), judging, moment)?;
        told.extend(parcel.events);
    }
    for event in told {
        alerts::mark_told(conn, event)?;
    }
    Ok(Told { letters, without_recipient })
}

/// What is to be said of one alert: the net of its untold events.
struct News {
    alert: Alert,
    change: Change,
    events: Vec<Uuid>,
}

/// The net news of each alert, and the events that cancel each other out before anybody heard of them.
fn net_news(untold: Vec<(Event, Alert)>, critical_only: bool) -> (Vec<News>, Vec<Uuid>) {
    let mut by_alert: BTreeMap<Uuid, (Alert, Vec<Event>)> = BTreeMap::new();
    for (event, alert) in untold {
        by_alert.entry(alert.id).or_insert_with(|| (alert, Vec::new())).1.push(event);
    }
    let (mut news, mut silent) = (Vec::new(), Vec::new());
    for (alert, events) in by_alert.into_values() {
        let ids: Vec<Uuid> = events.iter().map(|event| event.id).collect();
        let is_new = events.iter().any(|event| event.change == Change::Raised);
        let first = events.first().map_or((Change::Raised, alert.severity), |event| (event.change, event.severity));
        let last = events.last().map_or(Change::Raised, |event| event.change);
        if critical_only && (alert.severity != Severity::Critical || !alert.state.is_active()) {
            continue;
        }
        match alert.state {
            State::Superseded => silent.extend(ids),
            State::Resolved if is_new || first.0 == Change::Reopened => silent.extend(ids),
            State::Resolved => news.push(News { alert, change: Change::Resolved, events: ids }),
            // It was over and came back before anybody heard that it was over: news only if it is graver now.
            _ if !is_new && first.0 == Change::Resolved && alert.severity <= first.1 => silent.extend(ids),
            _ => {
                let change = match (is_new, first.0) {
                    (true, _) => Change::Raised,
                    (false, Change::Resolved) => Change::Worsened,
                    (false, _) => last,
                };
                news.push(News { alert, change, events: ids });
            }
        }
    }
    (news, silent)
}

/// The figures of the projects in the news, and of no others: this is asked while everybody else waits to write.
fn figures_of(
    conn: &mut Connection,
    year: FiscalYear,
    news: &[News],
    as_of: NaiveDate,
    judging: &Judging,
    moment: Moment,
) -> Result<HashMap<Uuid, Figures>, Error> {
    let concerned: BTreeSet<Uuid> = news.iter().map(|item| item.alert.project).collect();
    let codes = projects::codes_of(conn, &concerned)?;
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let mut by_id = HashMap::new();
    for selection in Selection::listed(year, &codes) {
        let figures = examine_whole_or_each(conn, &selection, as_of, judging, moment)?;
        by_id.extend(figures.into_iter().map(|figures| (figures.project.id, figures)));
    }
    Ok(by_id)
}

/// The figures of the projects selected; where one of them cannot be computed, of all the others.
fn examine_whole_or_each(
    conn: &mut Connection,
    selection: &Selection,
    as_of: NaiveDate,
    judging: &Judging,
    moment: Moment,
) -> Result<Vec<Figures>, Error> {
    let known = Known::Now(moment);
    let rules = judging.rules_on(conn, as_of, known)?;
    if let Ok(figures) = examine(conn, selection, as_of, known, &rules) {
        return Ok(figures);
    }
    let projects = projects::select(conn, selection)?;
    let each = |project: &Project| examine(conn, &Selection::one(project), as_of, known, &rules).ok();
    Ok(projects.iter().filter_map(each).flatten().collect())
}

#[derive(Default)]
struct Parcel {
    matters: Vec<Matter>,
    events: Vec<Uuid>,
    units: BTreeSet<UnitCode>,
}

fn sort_by_recipient(
    news: &[News],
    figures: &HashMap<Uuid, Figures>,
    units: &[UnitRow],
    contacts: &[Contact],
) -> (BTreeMap<Recipient, Parcel>, i64) {
    let mut parcels: BTreeMap<Recipient, Parcel> = BTreeMap::new();
    let mut without_recipient = 0;
    for item in news {
        let Some(figures) = figures.get(&item.alert.project) else { continue };
        let project = &figures.project;
        let chain = units::chain(units, &project.unit);
        let mut recipients: BTreeMap<&str, Recipient> = BTreeMap::new();
        for contact in contacts.iter().filter(|contact| contact.answers_for(&project.code, &chain)) {
            let recipient = Recipient { email: contact.email.clone(), name: contact.name.clone(), role: contact.role };
            recipients.entry(contact.email.as_str()).or_insert(recipient);
        }
        if recipients.is_empty() {
            without_recipient += 1;
        }
        for recipient in recipients.into_values() {
            let parcel = parcels.entry(recipient).or_default();
            parcel.matters.push(matter(item, figures, units));
            parcel.events.extend(&item.events);
            parcel.units.insert(project.unit.clone());
        }
    }
    (one_per_address(parcels), without_recipient)
}

/// One letter per address and run, even where a person is named twice, as officer and as head.
fn one_per_address(parcels: BTreeMap<Recipient, Parcel>) -> BTreeMap<Recipient, Parcel> {
    let mut by_address: BTreeMap<String, (Recipient, Parcel)> = BTreeMap::new();
    for (recipient, parcel) in parcels {
        let key = recipient.email.as_str().to_owned();
        let entry = by_address.entry(key).or_insert_with(|| (recipient.clone(), Parcel::default()));
        entry.0.role = entry.0.role.max(recipient.role);
        entry.1.matters.extend(parcel.matters);
        entry.1.events.extend(parcel.events);
        entry.1.units.extend(parcel.units);
    }
    by_address.into_values().collect()
}

fn matter(news: &News, figures: &Figures, units: &[UnitRow]) -> Matter {
    let project = &figures.project;
    let subject = news.alert.subject;
    let verdict = figures.judgement.verdicts.iter().find(|verdict| verdict.subject() == subject);
    let unit_name = units.iter().find(|row| row.unit.code == project.unit).map(|row| row.unit.name.clone());
    let indicator = subject.indicator.and_then(|id| figures.indicators.iter().find(|kept| kept.id == id));
    Matter {
        code: project.code.clone(),
        name: project.name.clone(),
        unit: project.unit.clone(),
        unit_name: unit_name.unwrap_or_default(),
        change: news.change,
        rule: subject.rule,
        severity: news.alert.severity,
        reason: verdict.filter(|_| news.change != Change::Resolved).map(|verdict| verdict.reason.clone()),
        indicator: indicator.map(|kept| (kept.promise.name.clone(), kept.promise.target.clone())),
        standing: figures.judgement.standing,
        comparison: figures.comparison.clone(),
    }
}

fn put_into_outbox(
    conn: &mut Connection,
    (kind, run): (LetterKind, Option<Uuid>),
    recipient: Recipient,
    parcel: &Parcel,
    (year, as_of): (FiscalYear, NaiveDate),
    judging: &Judging,
    moment: Moment,
) -> Result<(), Error> {
    let rules = judging.rules_on(conn, as_of, Known::Now(moment))?;
    let mut matters = parcel.matters.clone();
    matters.sort_by(|one, other| {
        let over = |matter: &Matter| matter.change == Change::Resolved;
        (over(one), other.severity, &one.code, one.rule).cmp(&(over(other), one.severity, &other.code, other.rule))
    });
    let gravest = matters.iter().filter(|matter| matter.change != Change::Resolved).map(|matter| matter.severity).max();
    let facts = WarningFacts {
        recipient,
        year,
        as_of,
        known_at: moment.now,
        rules: (rules.name.clone(), rules.version),
        matters,
    };
    let words = compose(&facts);
    let units: Vec<UnitCode> = parcel.units.iter().cloned().collect();
    let events: BTreeSet<Uuid> = parcel.events.iter().copied().collect();
    let events: Vec<Uuid> = events.into_iter().collect();
    let letter = NewLetter {
        id: Uuid::now_v7(),
        kind,
        run,
        recipient: &facts.recipient,
        severity: gravest.unwrap_or(Severity::Notice),
        words: &words,
        events: &events,
        units: &units,
    };
    letters::insert(conn, &letter, moment.now)?;
    Ok(())
}
