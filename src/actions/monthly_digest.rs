//! The monthly letter: each head and leader reads where the unit and those below it stand at a month's end. Once a month,
//! whoever asks and however often; nothing active and nothing changed, no letter.

use super::figures::{Figures, Known};
use super::tell::{examine_whole_or_each, stretches};
use super::{Error, Judging, Moment};
use crate::domain::access::Scope;
use crate::domain::alert::{Alert, Change, State};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::UnitCode;
use crate::domain::contact::{Contact, ContactRole};
use crate::domain::inhibition::hider;
use crate::domain::letter::{LetterKind, Recipient};
use crate::domain::money::Fen;
use crate::domain::monthly::{ComingPoint, MonthlyCounts, MonthlyFacts, MonthlyTotals, Shortfall, Unanswered};
use crate::domain::project::Project;
use crate::domain::rule::Severity;
use crate::domain::verdict::{ALL_STANDINGS, Standing};
use crate::domain::workdays::WorkingDays;
use crate::render::monthly_letter::compose;
use crate::storage::letters::{self, NewLetter};
use crate::storage::projects::{self, Selection};
use crate::storage::units::{self, UnitRow};
use crate::storage::{Connection, Db, alert_events, alerts, backend, claims, contacts};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// Shortfalls that a letter lists.
const LISTED_SHORTFALLS: usize = 10;
/// Unanswered alerts that a letter lists.
const LISTED_UNANSWERED: usize = 10;
/// The name under which a month's letters are claimed, together with the month's last day.
const MONTH_TOLD: &str = "monthly_letters";

/// Puts the letters about the month that ends on `until` into the outbox, and says how many; 0 where that was done before.
///
/// The figures are gathered while others write; only what was composed is written, all of it or nothing.
pub fn monthly_digest(
    db: &Db,
    year: FiscalYear,
    until: NaiveDate,
    judging: &Arc<Judging>,
    moment: Moment,
) -> Result<i64, Error> {
    let month = until.and_time(NaiveTime::MIN).and_utc();
    let judging = Arc::clone(judging);
    let gathered = db.read(move |conn| {
        if claims::find(conn, MONTH_TOLD, month)?.is_some() {
            return Ok::<_, Error>(None);
        }
        gather(conn, year, until, &judging, moment).map(Some)
    });
    let Some(letters) = gathered.wait()? else { return Ok(0) };

    db.write(move |conn| post(conn, month, &letters, moment)).wait()
}

fn post(conn: &mut Connection, month: DateTime<Utc>, letters: &[MonthlyFacts], moment: Moment) -> Result<i64, Error> {
    backend::lock(conn, MONTH_TOLD)?;
    if claims::find(conn, MONTH_TOLD, month)?.is_some() {
        return Ok(0);
    }
    let mut posted = 0;
    for facts in letters {
        let words = compose(facts);
        let gravest = facts.counts.active.iter().map(|(severity, ..)| *severity).max();
        let letter = NewLetter {
            id: Uuid::now_v7(),
            run: None,
            kind: LetterKind::Monthly,
            recipient: &facts.recipient,
            severity: gravest.unwrap_or(Severity::Notice),
            words: &words,
            events: &[],
            units: &facts.covered,
        };
        letters::insert(conn, &letter, moment.now)?;
        posted += 1;
    }
    claims::insert(conn, MONTH_TOLD, month, moment.now)?;
    claims::finish(conn, MONTH_TOLD, month, moment.now)?;
    Ok(posted)
}

/// One project as the letters count it.
struct Line {
    project: Project,
    standing: Standing,
    budget: Option<Fen>,
    due: Option<Fen>,
    spent: Fen,
    next: Option<(NaiveDate, Fen)>,
    active: Vec<Alert>,
}

impl Line {
    fn of(figures: Figures, known: Vec<Alert>) -> Line {
        let plan = figures.comparison.plan.as_ref().filter(|plan| plan.has_points);
        // What another alert speaks for, no letter counts.
        let spoken: Vec<Uuid> =
            known.iter().filter(|alert| hider(&known, alert).is_none()).map(|alert| alert.id).collect();
        Line {
            standing: figures.judgement.standing,
            budget: figures.comparison.adjusted_budget,
            due: plan.map(|plan| plan.due),
            spent: figures.comparison.spent,
            next: plan.and_then(|plan| plan.next_point_on.zip(plan.next_stated)),
            active: known.into_iter().filter(|alert| alert.state.is_active() && spoken.contains(&alert.id)).collect(),
            project: figures.project,
        }
    }
}

/// What happened to alerts during the month, by project: raised or raised again, and over.
type Happened = HashMap<Uuid, (usize, usize)>;

fn gather(
    conn: &mut Connection,
    year: FiscalYear,
    until: NaiveDate,
    judging: &Judging,
    moment: Moment,
) -> Result<Vec<MonthlyFacts>, Error> {
    let rules = judging.rules_on(conn, until, Known::Now(moment))?;
    let (units, contacts) = (units::all(conn)?, contacts::all(conn)?);
    let readers = readers(&contacts);
    if readers.is_empty() {
        return Ok(Vec::new());
    }
    let codes = projects::codes(conn, &Selection::year(year, Scope::Everything))?;
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let (mut lines, mut uncounted) = (Vec::with_capacity(codes.len()), Vec::new());
    for selection in stretches(year, &codes) {
        let mut known = alerts::of(conn, &selection)?;
        let mut there: BTreeMap<Uuid, UnitCode> =
            projects::select(conn, &selection)?.into_iter().map(|project| (project.id, project.unit)).collect();
        for figures in examine_whole_or_each(conn, &selection, until, &rules, moment)? {
            there.remove(&figures.project.id);
            let alerts = known.remove(&figures.project.id).unwrap_or_default();
            lines.push(Line::of(figures, alerts));
        }
        uncounted.extend(there.into_values());
    }
    let happened = happened(conn, year, until)?;

    let mut letters = Vec::new();
    for (recipient, named) in readers.into_values() {
        let named: Vec<UnitCode> = named.into_iter().collect();
        let covered = units::with_those_below(&units, &named);
        let own: Vec<&Line> = lines.iter().filter(|line| covered.contains(&line.project.unit)).collect();
        let counts = counted(&own, &happened)?;
        if !counts.is_news() {
            continue;
        }
        let (unanswered, more_unanswered) = unanswered(conn, &own, until, &rules.workdays)?;
        letters.push(MonthlyFacts {
            recipient,
            year,
            until,
            known_at: moment.now,
            rules: (rules.name.clone(), rules.version),
            units: named.into_iter().map(|code| (code.clone(), name_of(&units, &code))).collect(),
            uncounted: uncounted.iter().filter(|unit| covered.contains(unit)).count(),
            covered: covered.into_iter().collect(),
            counts,
            unanswered,
            more_unanswered,
        });
    }
    Ok(letters)
}

/// Heads and leaders by address, each with the units that he answers for; one person in several roles is written to as
/// what he is most.
fn readers(contacts: &[Contact]) -> BTreeMap<&str, (Recipient, BTreeSet<UnitCode>)> {
    let mut readers: BTreeMap<&str, (Recipient, BTreeSet<UnitCode>)> = BTreeMap::new();
    for contact in contacts.iter().filter(|contact| contact.role >= ContactRole::Head) {
        let (known, units) =
            readers.entry(contact.email.as_str()).or_insert_with(|| (Recipient::of(contact), BTreeSet::new()));
        units.insert(contact.unit.clone());
        if contact.role > known.role {
            *known = Recipient::of(contact);
        }
    }
    readers
}

fn name_of(units: &[UnitRow], code: &UnitCode) -> String {
    units.iter().find(|row| row.unit.code == *code).map(|row| row.unit.name.clone()).unwrap_or_default()
}

fn happened(conn: &mut Connection, year: FiscalYear, until: NaiveDate) -> Result<Happened, Error> {
    let from = until.with_day(1).unwrap_or(until);
    let mut happened = Happened::new();
    for (project, change) in alert_events::changes_between(conn, year, from, until)? {
        let (raised, resolved) = happened.entry(project).or_default();
        match change {
            Change::Raised | Change::Reopened => *raised += 1,
            Change::Resolved => *resolved += 1,
            _ => {}
        }
    }
    Ok(happened)
}

fn counted(own: &[&Line], happened: &Happened) -> Result<MonthlyCounts, Error> {
    let standing = |standing| (standing, own.iter().filter(|line| line.standing == standing).count());
    let mut active: BTreeMap<(Severity, &str), (State, usize)> = BTreeMap::new();
    for alert in own.iter().flat_map(|line| &line.active) {
        active.entry((alert.severity, alert.state.name())).or_insert((alert.state, 0)).1 += 1;
    }
    let changes = || own.iter().filter_map(|line| happened.get(&line.project.id));
    Ok(MonthlyCounts {
        standings: ALL_STANDINGS.map(standing).into_iter().filter(|(_, count)| *count > 0).collect(),
        totals: totals(own)?,
        active: active.into_iter().map(|((severity, _), (state, count))| (severity, state, count)).collect(),
        raised: changes().map(|(raised, _)| raised).sum(),
        resolved: changes().map(|(_, resolved)| resolved).sum(),
        shortfalls: shortfalls(own),
        coming: coming(own)?,
    })
}

fn totals(own: &[&Line]) -> Result<MonthlyTotals, Error> {
    let with_plan = || own.iter().filter(|line| line.due.is_some());
    let without_plan = || own.iter().filter(|line| line.due.is_none());
    Ok(MonthlyTotals {
        projects: own.len(),
        budget: Fen::total(own.iter().filter_map(|line| line.budget))?,
        without_budget: own.iter().filter(|line| line.budget.is_none()).count(),
        planned: Fen::total(with_plan().filter_map(|line| line.due))?,
        spent: Fen::total(with_plan().map(|line| line.spent))?,
        without_plan: without_plan().count(),
        spent_without_plan: Fen::total(without_plan().map(|line| line.spent))?,
    })
}

fn shortfalls(own: &[&Line]) -> Vec<Shortfall> {
    let lacking = |line: &&&Line| line.due.is_some_and(|due| line.spent < due);
    let mut all: Vec<Shortfall> = own
        .iter()
        .filter(lacking)
        .map(|line| Shortfall {
            code: line.project.code.clone(),
            name: line.project.name.clone(),
            unit: line.project.unit.clone(),
            due: line.due.unwrap_or(Fen::ZERO),
            spent: line.spent,
        })
        .collect();
    all.sort_by_key(|one| (one.spent.minus(one.due).unwrap_or(Fen::ZERO), one.code.clone()));
    all.truncate(LISTED_SHORTFALLS);
    all
}

fn coming(own: &[&Line]) -> Result<Vec<ComingPoint>, Error> {
    let mut by_day: BTreeMap<NaiveDate, ComingPoint> = BTreeMap::new();
    for (line, (on, planned)) in own.iter().filter_map(|line| Some((line, line.next?))) {
        let nothing = ComingPoint { on, projects: 0, planned: Fen::ZERO, unpaid: Fen::ZERO };
        let point = by_day.entry(on).or_insert(nothing);
        point.projects += 1;
        point.planned = point.planned.plus(planned)?;
        point.unpaid = point.unpaid.plus(planned.minus(line.spent)?.max(Fen::ZERO))?;
    }
    Ok(by_day.into_values().collect())
}

/// Who has not answered, longest first, and how many more of these there are.
fn unanswered(
    conn: &mut Connection,
    own: &[&Line],
    until: NaiveDate,
    workdays: &WorkingDays,
) -> Result<(Vec<Unanswered>, usize), Error> {
    let all = own.iter().flat_map(|line| line.active.iter().map(move |alert| (*line, alert)));
    let open = all.filter(|(_, alert)| alert.state == State::Open && alert.said.opened_on < until);
    let mut open: Vec<(u32, &Line, &Alert)> =
        open.map(|(line, alert)| (workdays.between(alert.said.opened_on, until), line, alert)).collect();
    open.retain(|(days, ..)| *days > 0);
    open.sort_by(|(one, _, of_one), (other, _, of_other)| {
        (other, of_other.severity, of_one.id).cmp(&(one, of_one.severity, of_other.id))
    });
    let more = open.len().saturating_sub(LISTED_UNANSWERED);
    open.truncate(LISTED_UNANSWERED);

    let told = letters::told_of(conn, &open.iter().map(|(.., alert)| alert.id).collect::<Vec<_>>())?;
    let named = open.into_iter().map(|(working_days, line, alert)| Unanswered {
        code: line.project.code.clone(),
        name: line.project.name.clone(),
        rule: alert.subject.rule,
        severity: alert.severity,
        working_days,
        told: told.get(&alert.id).into_iter().flatten().map(|(name, _)| name.clone()).collect(),
    });
    Ok((named.collect(), more))
}
