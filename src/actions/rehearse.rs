//! A rule set on trial: the recorded year is checked day by day once more, by the candidate and by the sets on record, each
//! in a scratch database that is thrown away. The verbs are the real ones; nothing is written to the books themselves.

use super::check_all_projects::{CheckAll, check_all_projects};
use super::rehearsal_copy::{Copied, gather};
use super::{Error, Judging, Moment};
use crate::domain::access::{Actor, Scope};
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::rule::{Rule, Rules, Severity};
use crate::intake::rule_file::read_rules;
use crate::storage::letters::{self, Filter};
use crate::storage::projects::Selection;
use crate::storage::rule_sets::RuleSet;
use crate::storage::{Connection, Db, Opening, alerts, projects};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use std::collections::HashMap;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, TryLockError};
use uuid::Uuid;

/// Projects times days that one rehearsal may judge.
pub const MAX_PROJECT_DAYS: usize = 500_000;
/// Letters that are read back at most.
const MAX_LETTERS: i64 = 100_000;
/// Letters that are read back at a time.
const PAGE: i64 = 500;
/// When a rehearsed check is made: half past eight in Beijing, in UTC.
const CHECKED_AT: (u32, u32) = (0, 30);

/// One at a time: a rehearsal is a year's work in one go.
static STAGE: Mutex<()> = Mutex::new(());

/// What is rehearsed.
#[derive(Clone, Debug)]
pub struct Rehearse {
    /// The candidate's document.
    pub document: String,
    /// The fiscal year.
    pub year: FiscalYear,
    /// The first day that is checked.
    pub from: NaiveDate,
    /// The last day that is checked.
    pub to: NaiveDate,
    /// Whose projects.
    pub scope: Scope,
}

/// What a rehearsal showed.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// What was rehearsed.
    pub command: Rehearse,
    /// How many projects were judged each day.
    pub projects: usize,
    /// What the candidate would have made.
    pub candidate: Course,
    /// What the sets on record make, checked the same way.
    pub on_record: Course,
}

/// The alerts and letters of one course of checks, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// The alerts.
    pub alerts: Vec<RehearsedAlert>,
    /// The letters.
    pub letters: Vec<RehearsedLetter>,
}

/// An alert that a rehearsal raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RehearsedAlert {
    /// The project.
    pub code: ProjectCode,
    /// The rule.
    pub rule: Rule,
    /// The indicator.
    pub indicator: Option<Uuid>,
    /// The plan point.
    pub point_on: Option<NaiveDate>,
    /// How grave it was last.
    pub severity: Severity,
    /// The day on which it was first raised.
    pub raised_on: NaiveDate,
    /// The day on which it was over; none where it still stands.
    pub over_on: Option<NaiveDate>,
}

/// A letter that a rehearsal wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RehearsedLetter {
    /// The day.
    pub on: NaiveDate,
    /// Where it would have gone.
    pub to: String,
    /// Its subject.
    pub subject: String,
}

impl Rehearsal {
    /// Alerts that only one of the two courses raised, or that ended graver or milder: first the candidate's, then those
    /// of the record.
    #[must_use]
    pub fn differences(&self) -> (Vec<&RehearsedAlert>, Vec<&RehearsedAlert>) {
        (
            without(&self.candidate.alerts, &self.on_record.alerts),
            without(&self.on_record.alerts, &self.candidate.alerts),
        )
    }
}

fn without<'course>(these: &'course [RehearsedAlert], others: &[RehearsedAlert]) -> Vec<&'course RehearsedAlert> {
    let key =
        |alert: &RehearsedAlert| (alert.code.clone(), alert.rule, alert.indicator, alert.point_on, alert.severity);
    let known: std::collections::BTreeSet<_> = others.iter().map(key).collect();
    these.iter().filter(|alert| !known.contains(&key(alert))).collect()
}

/// Rehearses a rule set over recorded days; blocks until it is done.
///
/// What is on record today counts on each day by the day for which it is true; who answered what is not replayed, so nobody
/// acknowledges, waives or resolves anything, and what a posting would have told at once is told by that day's check.
pub fn rehearse(db: &Db, command: Rehearse, judging: &Judging, moment: Moment) -> Result<Rehearsal, Error> {
    let rules = read_rules(&command.document)?;
    let days = days(&command, moment)?;
    let _stage = match STAGE.try_lock() {
        Ok(stage) => stage,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return Err(Error::RehearsalBusy),
    };
    let (year, scope) = (command.year, command.scope.clone());
    let count = {
        let scope = scope.clone();
        db.read(move |conn| Ok::<_, Error>(projects::codes(conn, &Selection::year(year, scope))?.len())).wait()?
    };
    if count.saturating_mul(days.len()) > MAX_PROJECT_DAYS {
        return Err(Error::RehearsalTooLarge { projects: count, days: days.len(), most: MAX_PROJECT_DAYS });
    }

    let copied = db.read(move |conn| gather(conn, year, scope)).wait()?;
    let copied = Arc::new(copied);
    let candidate = vec![on_trial(&rules, &command.document, moment.now)];
    let candidate = play(&copied, candidate, year, &days, judging)?;
    let on_record = play(&copied, copied.rule_sets.clone(), year, &days, judging)?;
    Ok(Rehearsal { command, projects: count, candidate, on_record })
}

/// The days, each of the year and none to come.
fn days(command: &Rehearse, moment: Moment) -> Result<Vec<NaiveDate>, Error> {
    let Rehearse { year, from, to, .. } = *command;
    for (field, day) in [("from", from), ("to", to)] {
        if !year.contains(day) {
            return Err(Error::DayOutsideYear { field, day, year });
        }
    }
    if to > moment.today {
        return Err(Error::DayInFuture { field: "to", day: to, today: moment.today });
    }
    if from > to {
        return Err(Error::DayUnfit { field: "to", day: to, from, to: year.last_day() });
    }
    Ok(from.iter_days().take_while(|day| *day <= to).collect())
}

/// The candidate as the only set of the scratch books: it judges each of their days.
fn on_trial(rules: &Rules, document: &str, now: DateTime<Utc>) -> RuleSet {
    RuleSet {
        version: rules.version,
        name: rules.name.clone(),
        source: rules.source.clone(),
        document: document.to_owned(),
        effective_on: None,
        recorded_at: now,
        recorded_by: "rehearsal".to_owned(),
    }
}

fn play(
    copied: &Arc<Copied>,
    rule_sets: Vec<RuleSet>,
    year: FiscalYear,
    days: &[NaiveDate],
    judging: &Judging,
) -> Result<Course, Error> {
    let scratch = Scratch::new()?;
    let db = Db::open(&scratch.url(), Opening::MayCreate)
        .map_err(|error| crate::storage::Error::Unavailable(error.to_string()))?;
    let books = Arc::clone(copied);
    db.write(move |conn| books.write(conn, &rule_sets)).wait()?;
    let judging = Arc::new(Judging::by_record(judging.year_closes_on, Arc::clone(&judging.workdays)));
    let actor = Actor { name: "rehearsal".to_owned(), request_id: None };
    for day in days {
        let at = NaiveTime::from_hms_opt(CHECKED_AT.0, CHECKED_AT.1, 0).unwrap_or_default();
        let moment = Moment { now: day.and_time(at).and_utc(), today: *day };
        let command = CheckAll { year, as_of: *day, cause: "cli", actor: actor.clone(), tell: true };
        check_all_projects(&db, &command, &judging, moment, || moment.now)?;
    }
    db.read(move |conn| course(conn, year)).wait()
}

fn course(conn: &mut Connection, year: FiscalYear) -> Result<Course, Error> {
    let selection = Selection::year(year, Scope::Everything);
    let codes: HashMap<Uuid, ProjectCode> =
        projects::select(conn, &selection)?.into_iter().map(|project| (project.id, project.code)).collect();
    let known = alerts::of(conn, &selection)?;
    let mut raised = Vec::new();
    for (project, alerts) in known {
        let Some(code) = codes.get(&project) else { continue };
        raised.extend(alerts.into_iter().map(|alert| RehearsedAlert {
            code: code.clone(),
            rule: alert.subject.rule,
            indicator: alert.subject.indicator,
            point_on: alert.subject.point_on,
            severity: alert.severity,
            raised_on: alert.opened_at.date_naive(),
            over_on: (!alert.state.is_active()).then(|| alert.updated_at.date_naive()),
        }));
    }
    raised.sort_by(|one, other| {
        let key = |alert: &RehearsedAlert| (alert.raised_on, alert.code.clone(), alert.rule, alert.indicator);
        key(one).cmp(&key(other))
    });
    let (mut written, mut after) = (Vec::new(), String::new());
    while i64::try_from(written.len()).is_ok_and(|count| count < MAX_LETTERS) {
        let page = letters::page(conn, &Scope::Everything, &Filter::default(), &after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.id.to_string();
        written.extend(page.into_iter().map(|letter| RehearsedLetter {
            on: letter.created_at.date_naive(),
            to: letter.to_email,
            subject: letter.subject,
        }));
    }
    written.sort_by(|one, other| (one.on, &one.to, &one.subject).cmp(&(other.on, &other.to, &other.subject)));
    Ok(Course { alerts: raised, letters: written })
}

/// A folder that only this account reads, gone at the end whatever happened.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Scratch, Error> {
        let folder = std::env::temp_dir().join(format!("milepost-rehearsal-{}", Uuid::now_v7()));
        let made = std::fs::DirBuilder::new().mode(0o700).create(&folder);
        made.map_err(|error| crate::storage::Error::Unavailable(format!("{}: {error}", folder.display())))?;
        Ok(Scratch(folder))
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.0.join("scratch.db").display())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "a rehearsal's scratch folder stays behind");
        }
    }
}
