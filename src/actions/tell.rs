//! Gathers the events that people are still to be told of into letters, rendered into the outbox: what was decided is
//! what is sent. One letter per recipient and run, or one per alert for who asked for that.

use super::addressees::AddressBook;
use super::figures::{Figures, Known, examine};
use super::judging::Ruling;
use super::news::{Net, News, net_news};
use super::{Error, Judging, Moment};
use crate::domain::alert::{Alert, Change};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::UnitCode;
use crate::domain::contact::{ContactRole, LetterStyle};
use crate::domain::inhibition::hider;
use crate::domain::letter::{LetterKind, Matter, Recipient, WarningFacts};
use crate::domain::project::Project;
use crate::domain::rule::{Rule, Severity};
use crate::render::warning_letter::compose;
use crate::storage::alert_events;
use crate::storage::alerts;
use crate::storage::letters::{self, NewLetter};
use crate::storage::projects::{self, Selection};
use crate::storage::units::{self, UnitRow};
use crate::storage::{Connection, backend, contacts};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
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

/// Letters that one run makes for one person who asked for a letter per alert; more become one digest.
pub const MOST_SINGLE_LETTERS: usize = 30;
/// Projects examined at once.
const STRETCH: usize = 200;

/// Puts letters into the outbox, and takes the events told off the list.
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
    let mut untold = alert_events::untold(conn, year)?;
    if let Telling::Critical { projects } = telling {
        untold.retain(|(_, alert)| projects.iter().any(|project| project.id == alert.project));
    }
    let Net { news, silent } = net_news(untold, matches!(telling, Telling::Critical { .. }));
    alert_events::mark_told(conn, &silent)?;
    if news.is_empty() {
        return Ok(Told::default());
    }
    let rules = judging.rules_on(conn, as_of, Known::Now(moment))?;

    let (parcels, without_recipient) = parcels(conn, year, news, as_of, &rules, moment)?;

    let run = match telling {
        Telling::Digest { run } => Some(run),
        Telling::Critical { .. } => None,
    };
    let mut told = Told { letters: 0, without_recipient };
    let mut done: BTreeSet<Uuid> = BTreeSet::new();
    for (recipient, parcel) in parcels.into_values() {
        done.extend(parcel.iter().flat_map(|piece| &piece.events));
        let (kind, letters) = letters_of(&recipient, parcel);
        let kind = if run.is_some() { kind } else { LetterKind::Immediate };
        for pieces in letters {
            let facts = (year, as_of, moment);
            put_into_outbox(conn, (run, kind), recipient.clone(), pieces, facts, &rules)?;
            told.letters += 1;
        }
    }
    let done: Vec<Uuid> = done.into_iter().collect();
    alert_events::mark_told(conn, &done)?;
    Ok(told)
}

/// One matter on its way to its recipients, with the events that it tells.
struct Piece {
    matter: Matter,
    events: Vec<Uuid>,
}

/// What goes to whom, by address.
type Parcels = BTreeMap<String, (Recipient, Vec<Rc<Piece>>)>;

/// Sorts the news by recipient, stretch by stretch of the projects concerned and of no others: this is asked while
/// everybody else waits to write. Says too how many matters nobody is there to be told of. What another alert speaks for
/// is left for later.
fn parcels(
    conn: &mut Connection,
    year: FiscalYear,
    news: Vec<News>,
    as_of: NaiveDate,
    rules: &Ruling,
    moment: Moment,
) -> Result<(Parcels, i64), Error> {
    let units = units::all(conn)?;
    let contacts = contacts::all(conn)?;
    let mut book = AddressBook::new(&units, &contacts);
    let mut of_project: HashMap<Uuid, Vec<News>> = HashMap::new();
    for item in news {
        of_project.entry(item.alert.project).or_default().push(item);
    }
    let concerned: BTreeSet<Uuid> = of_project.keys().copied().collect();
    let codes = projects::codes_of(conn, &concerned)?;
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();

    let escalated = of_project.values().flatten().filter(|item| item.change == Change::Escalated);
    let told_before = letters::told_of(conn, &escalated.map(|item| item.alert.id).collect::<Vec<_>>())?;

    let (mut parcels, mut without_recipient) = (Parcels::new(), 0);
    for selection in stretches(year, &codes) {
        let mut hiders = hiders(conn, &selection, &of_project)?;
        for figures in examine_whole_or_each(conn, &selection, as_of, rules, moment)? {
            let Some(news) = of_project.remove(&figures.project.id) else { continue };
            let all = hiders.remove(&figures.project.id).unwrap_or_default();
            for item in news.iter().filter(|item| hider(&all, &item.alert).is_none()) {
                let recipients = book.recipients(&figures.project, item, &rules.policy);
                let told = told_before.get(&item.alert.id).map_or(&[][..], Vec::as_slice);
                without_recipient += i64::from(recipients.is_empty());
                let piece =
                    Rc::new(Piece { matter: matter(item, &figures, &units, told), events: item.events.clone() });
                for recipient in recipients {
                    let key = recipient.email.as_str().to_owned();
                    let (known, parcel) = parcels.entry(key).or_insert_with(|| (recipient.clone(), Vec::new()));
                    // One person in several roles is written to as what he is most.
                    if recipient.role > known.role {
                        *known = recipient;
                    }
                    parcel.push(Rc::clone(&piece));
                }
            }
        }
    }
    Ok((parcels, without_recipient))
}

/// A few projects by name; many by stretches, of which those that are not concerned are passed over.
pub(super) fn stretches(year: FiscalYear, codes: &[&str]) -> Vec<Selection> {
    if codes.len() <= STRETCH {
        return Selection::listed(year, codes);
    }
    let mut codes = codes.to_vec();
    codes.sort_unstable();
    let spans = codes.chunks(STRETCH).filter_map(|chunk| Some(Selection::span(year, chunk.first()?, chunk.last()?)));
    spans.collect()
}

/// Every alert of the projects in which one may speak for another; nothing where no such news is told.
fn hiders(
    conn: &mut Connection,
    selection: &Selection,
    news: &HashMap<Uuid, Vec<News>>,
) -> Result<HashMap<Uuid, Vec<Alert>>, Error> {
    let can_hide = |rule: Rule| matches!(rule, Rule::IndicatorBehind | Rule::FiguresMissing);
    if !news.values().flatten().any(|item| can_hide(item.alert.subject.rule)) {
        return Ok(HashMap::new());
    }
    Ok(alerts::of(conn, selection)?)
}

/// The figures of the projects selected; where one of them cannot be computed, of all the others.
pub(super) fn examine_whole_or_each(
    conn: &mut Connection,
    selection: &Selection,
    as_of: NaiveDate,
    rules: &Ruling,
    moment: Moment,
) -> Result<Vec<Figures>, Error> {
    let known = Known::Now(moment);
    if let Ok(figures) = examine(conn, selection, as_of, known, rules) {
        return Ok(figures);
    }
    let projects = projects::select(conn, selection)?;
    let each = |project: &Project| examine(conn, &Selection::one(project), as_of, known, rules).ok();
    Ok(projects.iter().filter_map(each).flatten().collect())
}

/// The letters that a person's parcel makes, and of what kind they are.
fn letters_of(recipient: &Recipient, parcel: Vec<Rc<Piece>>) -> (LetterKind, Vec<Vec<Rc<Piece>>>) {
    if recipient.style == LetterStyle::Single && parcel.len() <= MOST_SINGLE_LETTERS {
        return (LetterKind::Single, parcel.into_iter().map(|piece| vec![piece]).collect());
    }
    (LetterKind::Digest, vec![parcel])
}

fn matter(news: &News, figures: &Figures, units: &[UnitRow], told_before: &[(String, ContactRole)]) -> Matter {
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
        notes: news.notes.clone(),
        opened_on: news.alert.said.opened_on,
        told_before: told_before.to_vec(),
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
    (run, kind): (Option<Uuid>, LetterKind),
    recipient: Recipient,
    pieces: Vec<Rc<Piece>>,
    (year, as_of, moment): (FiscalYear, NaiveDate, Moment),
    rules: &Ruling,
) -> Result<(), Error> {
    let units: BTreeSet<UnitCode> = pieces.iter().map(|piece| piece.matter.unit.clone()).collect();
    let events: BTreeSet<Uuid> = pieces.iter().flat_map(|piece| &piece.events).copied().collect();
    let mut matters: Vec<Matter> = pieces.iter().map(|piece| piece.matter.clone()).collect();
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
    let units: Vec<UnitCode> = units.into_iter().collect();
    let events: Vec<Uuid> = events.into_iter().collect();
    let letter = NewLetter {
        id: Uuid::now_v7(),
        run,
        kind,
        recipient: &facts.recipient,
        severity: gravest.unwrap_or(Severity::Notice),
        words: &words,
        events: &events,
        units: &units,
    };
    letters::insert(conn, &letter, moment.now)?;
    Ok(())
}
