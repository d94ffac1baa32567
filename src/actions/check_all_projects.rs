//! One check: every project of a year, as of a day, in stretches of one transaction each; at its end one letter
//! per recipient. A check that breaks off is taken up again; a project that fails is reported and starves nobody.

use super::attend_alerts::{Care, attend_alerts};
use super::check_project::{Occasion, settle};
use super::figures::{Figures, Known, examine};
use super::judging::Ruling;
use super::tell::{Telling, Told, tell};
use super::{Error, Judging, Moment, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::alert::{Alert, Change};
use crate::domain::calendar::FiscalYear;
use crate::domain::decide::{Decision, decide};
use crate::domain::measure::Measure;
use crate::storage::alert_events;
use crate::storage::alerts;
use crate::storage::audit::{self, Deed};
use crate::storage::projects::{self, Reach, Selection};
use crate::storage::runs::{self, Counts, Run};
use crate::storage::{Connection, Db, backend, letters, measures};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// The cause of the check that the service makes by itself.
pub const SCHEDULED: &str = "schedule";
/// Projects judged in one transaction.
const STRETCH: i64 = 200;

/// Which year is checked, for which day, why and by whom.
#[derive(Clone, Debug)]
pub struct CheckAll {
    /// The fiscal year.
    pub year: FiscalYear,
    /// The day for which it is judged.
    pub as_of: NaiveDate,
    /// `api`, `cli`, `schedule` or `demo`.
    pub cause: &'static str,
    /// Who asked.
    pub actor: Actor,
    /// Whether its news is told at its end; otherwise a digest tells it later.
    pub tell: bool,
}

/// Every cause.
pub const ALL_CAUSES: [&str; 4] = ["api", "cli", "schedule", "demo"];

/// What a check came to.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The run; for a dry run what it would have been.
    pub run: Run,
    /// Matters that nobody is there to be told of.
    pub without_recipient: i64,
}

/// Runs a check on threads of the database; blocks until it is done. `ended_at` is asked for the instant when the
/// last project has been judged.
pub fn check_all_projects(
    db: &Db,
    command: &CheckAll,
    judging: &Arc<Judging>,
    moment: Moment,
    ended_at: impl FnOnce() -> DateTime<Utc>,
) -> Result<Checked, Error> {
    if command.as_of > moment.today {
        return Err(Error::DayInFuture { field: "as_of", day: command.as_of, today: moment.today });
    }
    let (mut run, reach) = {
        let (command, judging) = (command.clone(), Arc::clone(judging));
        db.write(move |conn| begin(conn, &command, &judging, moment)).wait()?
    };
    let mut after = String::new();
    loop {
        let (command, judging, mut so_far, from) = (command.clone(), Arc::clone(judging), run.clone(), after.clone());
        let next: Option<(String, Run)> = db
            .write(move |conn| {
                let to = check_stretch(conn, &command, &mut so_far, (reach, &from), &judging, moment)?;
                Ok::<_, Error>(to.map(|to| (to, so_far)))
            })
            .wait()?;
        let Some((to, so_far)) = next else { break };
        (after, run) = (to, so_far);
    }
    let (command, judging) = (command.clone(), Arc::clone(judging));
    run.finished_at = Some(ended_at());
    db.write(move |conn| finish(conn, &command, run, &judging, moment)).wait()
}

fn begin(conn: &mut Connection, command: &CheckAll, judging: &Judging, moment: Moment) -> Result<(Run, Reach), Error> {
    backend::lock(conn, &format!("check|{}", command.year))?;
    if let Some(last) = runs::latest_day(conn, command.year)?.filter(|last| command.as_of < *last) {
        return Err(Error::CheckBackwards { last });
    }
    if let Some(broken_off) = runs::unfinished(conn, command.year, command.as_of)? {
        return Ok((Run { counts: Counts::default(), failures: Vec::new(), ..broken_off }, Reach::All));
    }
    let rules = judging.rules_on(conn, command.as_of, Known::Now(moment))?;
    let last = runs::latest_finished(conn, command.year)?;
    let run = new_run(command, rules.version, moment);
    runs::insert(conn, &run)?;
    let holds = last.is_some_and(|last| still_holds(&last, &run, moment));
    let reach =
        if holds && projects::count_unjudged(conn, command.year)? <= STRETCH { Reach::Unjudged } else { Reach::All };
    Ok((run, reach))
}

/// Whether the last check still holds for all whose plan has not changed since: it was made today, for today, by the
/// same rules and without a failure. Every posting since has judged its project itself, for today, and nothing changes
/// by time alone within a day. The scheduled check looks at all in any case, and so mends the one thing that escapes:
/// a posting by a second service on the database whose clock is still on the day before the check's judges for that
/// day, and is judged for the check's own only when the next scheduled check comes. To ask each posting for the last
/// check would cost all of them a question.
fn still_holds(last: &Run, next: &Run, moment: Moment) -> bool {
    next.cause != SCHEDULED
        && next.as_of == moment.today
        && last.as_of == next.as_of
        && last.started_at <= moment.now
        && last.rule_version == next.rule_version
        && last.failures.is_empty()
}

fn new_run(command: &CheckAll, rule_version: i32, moment: Moment) -> Run {
    Run {
        id: Uuid::now_v7(),
        year: command.year,
        as_of: command.as_of,
        cause: command.cause.to_owned(),
        requested_by: command.actor.name.clone(),
        rule_version,
        started_at: moment.now,
        finished_at: None,
        counts: Counts::default(),
        failures: Vec::new(),
    }
}

/// Judges the next stretch of projects; none where there is no next one.
fn check_stretch(
    conn: &mut Connection,
    command: &CheckAll,
    run: &mut Run,
    (reach, after): (Reach, &str),
    judging: &Judging,
    moment: Moment,
) -> Result<Option<String>, Error> {
    let codes = projects::next_codes(conn, command.year, reach, after, STRETCH)?;
    let (Some(first), Some(last)) = (codes.first(), codes.last()) else { return Ok(None) };
    for code in &codes {
        lookup::lock(conn, command.year, code)?;
    }
    let held: Vec<&str> = codes.iter().map(String::as_str).collect();
    let selections = match reach {
        Reach::All => vec![Selection::span(command.year, first, last)],
        Reach::Unjudged => Selection::listed(command.year, &held),
    };
    let occasion = Occasion { as_of: command.as_of, run: Some(run.id), actor: &command.actor, moment };
    // One run judges by one set, also where another is recorded meanwhile or the run was taken up again.
    let rules = judging.rules_of(conn, run.rule_version)?;
    for selection in selections {
        match at_hand(conn, &selection, &rules, &occasion) {
            Ok(hand) => count(&mut run.counts, check_held(conn, hand, &held, &rules, judging, &occasion)?.into_iter()),
            // Some project of it cannot be read or added up: each by itself, and those are reported.
            Err(Error::Storage(crate::storage::Error::Corrupt(_)) | Error::Money(_)) => {
                let codes = projects::codes(conn, &selection)?;
                check_one_by_one(conn, command, run, &codes, (&held, judging), &occasion)?;
            }
            Err(error) => return Err(error),
        }
    }
    for judged in Selection::listed(command.year, &held) {
        projects::mark_judged(conn, &judged)?;
    }
    run.counts.judged += i64::try_from(codes.len()).unwrap_or(0);
    Ok(Some(last.clone()))
}

/// What judging some projects takes.
struct Hand {
    figures: Vec<Figures>,
    alerts: HashMap<Uuid, Vec<Alert>>,
    measures: HashMap<Uuid, Vec<Measure>>,
}

fn at_hand(
    conn: &mut Connection,
    selection: &Selection,
    rules: &Ruling,
    occasion: &Occasion<'_>,
) -> Result<Hand, Error> {
    Ok(Hand {
        figures: examine(conn, selection, occasion.as_of, Known::Now(occasion.moment), rules)?,
        alerts: alerts::of(conn, selection)?,
        measures: measures::open_of(conn, selection)?,
    })
}

/// Judges the projects held and attends to their alerts. A document may have added one in between: nobody holds it, and
/// it waits for the next check.
fn check_held(
    conn: &mut Connection,
    mut hand: Hand,
    held: &[&str],
    rules: &Ruling,
    judging: &Judging,
    occasion: &Occasion<'_>,
) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    for figures in hand.figures.iter().filter(|one| held.contains(&one.project.code.as_str())) {
        let care = Care::on(occasion, figures.project.year, rules, judging, &hand.measures);
        let known = hand.alerts.remove(&figures.project.id).unwrap_or_default();
        let settled = settle(conn, figures, &known, rules.version, occasion)?;
        attend_alerts(conn, figures, &settled.alerts, &settled.standing, care, occasion)?;
        changes.extend(settled.events.iter().map(|event| event.change));
    }
    Ok(changes)
}

fn check_one_by_one(
    conn: &mut Connection,
    command: &CheckAll,
    run: &mut Run,
    codes: &[String],
    (held, judging): (&[&str], &Judging),
    occasion: &Occasion<'_>,
) -> Result<(), Error> {
    let rules = judging.rules_of(conn, run.rule_version)?;
    for code in codes {
        let selection = Selection::span(command.year, code, code);
        let checked = at_hand(conn, &selection, &rules, occasion)
            .and_then(|hand| check_held(conn, hand, held, &rules, judging, occasion));
        match checked {
            Ok(changes) => count(&mut run.counts, changes.into_iter()),
            Err(error) => {
                tracing::error!(project = %code, %error, "a project could not be judged");
                run.failures.push(format!("{code}: {error}"));
            }
        }
    }
    Ok(())
}

fn count(counts: &mut Counts, changes: impl Iterator<Item = Change>) {
    for change in changes {
        if let Some(place) = place_of(counts, change) {
            *place += 1;
        }
    }
}

/// Where a change is counted; none where it is a person's, or time's alone.
const fn place_of(counts: &mut Counts, change: Change) -> Option<&mut i64> {
    Some(match change {
        Change::Raised => &mut counts.raised,
        Change::Reopened => &mut counts.reopened,
        Change::Worsened => &mut counts.worsened,
        Change::Eased => &mut counts.eased,
        Change::Resolved => &mut counts.resolved,
        Change::Superseded => &mut counts.superseded,
        _ => return None,
    })
}

fn finish(
    conn: &mut Connection,
    command: &CheckAll,
    mut run: Run,
    judging: &Judging,
    moment: Moment,
) -> Result<Checked, Error> {
    let telling = Telling::Digest { run: run.id };
    let Told { without_recipient, .. } =
        if command.tell { tell(conn, command.year, telling, command.as_of, judging, moment)? } else { Told::default() };
    // From what is written, not from what this process remembers: a check may have been taken up after a crash.
    let projects = projects::count(conn, command.year)?;
    run.counts = Counts { projects, judged: run.counts.judged, ..Counts::default() };
    for (change, times) in alert_events::changes_of_run(conn, run.id)? {
        if let Some(place) = place_of(&mut run.counts, change) {
            *place = times;
        }
    }
    run.counts.letters = letters::of_run(conn, run.id)?;
    runs::update(conn, &run)?;
    let id = run.id.to_string();
    let after = json!({ "fiscal_year": run.year.number(), "as_of": run.as_of.to_string(), "projects": run.counts.projects,
        "raised": run.counts.raised, "letters": run.counts.letters, "failures": run.failures });
    let deed =
        Deed { action: "check", entity: "check_run", entity_id: &id, unit: None, before: None, after: Some(after) };
    audit::append(conn, &deed, &command.actor, moment.now)?;
    Ok(Checked { run, without_recipient })
}

/// What a check would change among the projects in a scope, in one question; nothing is written.
pub fn dry_run(
    conn: &mut Connection,
    command: &CheckAll,
    scope: Scope,
    judging: &Judging,
    moment: Moment,
) -> Result<Checked, Error> {
    let selection = Selection::year(command.year, scope);
    let rules = judging.rules_on(conn, command.as_of, Known::Now(moment))?;
    let figures = examine(conn, &selection, command.as_of, Known::Now(moment), &rules)?;
    let mut known = alerts::of(conn, &selection)?;
    let mut run = new_run(command, rules.version, moment);
    run.counts.projects = i64::try_from(figures.len()).unwrap_or(0);
    run.counts.judged = run.counts.projects;
    for figures in &figures {
        let alerts = known.remove(&figures.project.id).unwrap_or_default();
        let changes = decide(&alerts, &figures.judgement.verdicts, command.as_of);
        count(&mut run.counts, changes.iter().filter_map(change_of));
    }
    Ok(Checked { run, without_recipient: 0 })
}

const fn change_of(decision: &Decision) -> Option<Change> {
    match decision {
        Decision::Raise { .. } => Some(Change::Raised),
        Decision::Reopen { .. } => Some(Change::Reopened),
        Decision::Regrade { change, .. } => Some(*change),
        Decision::Resolve { .. } => Some(Change::Resolved),
        Decision::Supersede { .. } => Some(Change::Superseded),
        Decision::Forget { .. } | Decision::Nothing { .. } => None,
    }
}
