//! Checks that were run.

use super::Connection;
use super::error::Error;
use super::rows::{column, corrupt, instant, uuid};
use super::schema::check_runs;
use crate::domain::calendar::FiscalYear;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use uuid::Uuid;

/// How many alerts a check changed, by what happened to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Projects of the year.
    pub projects: i64,
    /// Of them, projects that had to be looked at: the others stand as they were judged last.
    pub judged: i64,
    /// Alerts raised.
    pub raised: i64,
    /// Alerts reopened.
    pub reopened: i64,
    /// Alerts that became graver.
    pub worsened: i64,
    /// Alerts that became less grave.
    pub eased: i64,
    /// Alerts that are over.
    pub resolved: i64,
    /// Alerts whose place a later point's took.
    pub superseded: i64,
    /// Letters put into the outbox.
    pub letters: i64,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Ours, growing with time.
    pub id: Uuid,
    /// The fiscal year judged.
    pub year: FiscalYear,
    /// The day for which it was judged.
    pub as_of: NaiveDate,
    /// `api`, `cli`, `schedule` or `demo`.
    pub cause: String,
    /// Who asked.
    pub requested_by: String,
    /// The rule set's version.
    pub rule_version: i32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; none while it is under way, or where it broke off.
    pub finished_at: Option<DateTime<Utc>>,
    /// What it changed.
    pub counts: Counts,
    /// Codes of projects that could not be judged, each with the reason.
    pub failures: Vec<String>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = check_runs)]
struct Row {
    id: String,
    fiscal_year: i32,
    as_of: NaiveDate,
    cause: String,
    requested_by: String,
    rule_version: i32,
    started_at: NaiveDateTime,
    finished_at: Option<NaiveDateTime>,
    projects: i64,
    raised: i64,
    reopened: i64,
    worsened: i64,
    eased: i64,
    resolved: i64,
    superseded: i64,
    letters: i64,
    failures: String,
    judged: i64,
}

impl Row {
    fn of(run: &Run) -> Row {
        let counts = run.counts;
        Row {
            id: run.id.to_string(),
            fiscal_year: run.year.number(),
            as_of: run.as_of,
            cause: run.cause.clone(),
            requested_by: run.requested_by.clone(),
            rule_version: run.rule_version,
            started_at: column(run.started_at),
            finished_at: run.finished_at.map(column),
            projects: counts.projects,
            raised: counts.raised,
            reopened: counts.reopened,
            worsened: counts.worsened,
            eased: counts.eased,
            resolved: counts.resolved,
            superseded: counts.superseded,
            letters: counts.letters,
            failures: run.failures.join("\n"),
            judged: counts.judged,
        }
    }

    fn into_run(self) -> Result<Run, Error> {
        Ok(Run {
            id: uuid(&self.id)?,
            year: FiscalYear::new(self.fiscal_year).map_err(|_| corrupt("year", &self.fiscal_year.to_string()))?,
            as_of: self.as_of,
            cause: self.cause,
            requested_by: self.requested_by,
            rule_version: self.rule_version,
            started_at: instant(self.started_at),
            finished_at: self.finished_at.map(instant),
            counts: Counts {
                projects: self.projects,
                judged: self.judged,
                raised: self.raised,
                reopened: self.reopened,
                worsened: self.worsened,
                eased: self.eased,
                resolved: self.resolved,
                superseded: self.superseded,
                letters: self.letters,
            },
            failures: self.failures.lines().map(str::to_owned).collect(),
        })
    }
}

/// Records a check, whole or under way.
pub fn insert(conn: &mut Connection, run: &Run) -> Result<(), Error> {
    diesel::insert_into(check_runs::table).values(Row::of(run)).execute(conn)?;
    Ok(())
}

/// Records how a check stands now.
pub fn update(conn: &mut Connection, run: &Run) -> Result<(), Error> {
    let row = Row::of(run);
    diesel::update(check_runs::table.filter(check_runs::id.eq(row.id.clone()))).set(row).execute(conn)?;
    Ok(())
}

/// The latest day for which a year has been judged.
pub fn latest_day(conn: &mut Connection, year: FiscalYear) -> Result<Option<NaiveDate>, Error> {
    let day = check_runs::table
        .filter(check_runs::fiscal_year.eq(year.number()))
        .order(check_runs::as_of.desc())
        .select(check_runs::as_of)
        .first(conn)
        .optional()?;
    Ok(day)
}

/// The latest day for which a year has been judged to the end.
pub fn latest_finished_day(conn: &mut Connection, year: FiscalYear) -> Result<Option<NaiveDate>, Error> {
    let day = check_runs::table
        .filter(check_runs::fiscal_year.eq(year.number()))
        .filter(check_runs::finished_at.is_not_null())
        .order(check_runs::as_of.desc())
        .select(check_runs::as_of)
        .first(conn)
        .optional()?;
    Ok(day)
}

/// For each year, when a check of it ended last.
pub fn last_finished(conn: &mut Connection) -> Result<Vec<(FiscalYear, DateTime<Utc>)>, Error> {
    let rows: Vec<(i32, Option<NaiveDateTime>)> = check_runs::table
        .group_by(check_runs::fiscal_year)
        .select((check_runs::fiscal_year, max(check_runs::finished_at)))
        .order(check_runs::fiscal_year)
        .load(conn)?;
    rows.into_iter()
        .filter_map(|(year, at)| Some((year, at?)))
        .map(|(year, at)| Ok((FiscalYear::new(year).map_err(|_| corrupt("year", &year.to_string()))?, instant(at))))
        .collect()
}

/// The last check of a year that ended, by when it began.
pub fn latest_finished(conn: &mut Connection, year: FiscalYear) -> Result<Option<Run>, Error> {
    check_runs::table
        .filter(check_runs::fiscal_year.eq(year.number()))
        .filter(check_runs::finished_at.is_not_null())
        .order(check_runs::id.desc())
        .select(Row::as_select())
        .first::<Row>(conn)
        .optional()?
        .map(Row::into_run)
        .transpose()
}

/// The check of a year and day that broke off, if the last one did: it is taken up again.
pub fn unfinished(conn: &mut Connection, year: FiscalYear, as_of: NaiveDate) -> Result<Option<Run>, Error> {
    check_runs::table
        .filter(check_runs::fiscal_year.eq(year.number()))
        .filter(check_runs::as_of.eq(as_of))
        .filter(check_runs::finished_at.is_null())
        .order(check_runs::id.desc())
        .select(Row::as_select())
        .first::<Row>(conn)
        .optional()?
        .map(Row::into_run)
        .transpose()
}

/// What a list of checks is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only for this day.
    pub as_of: Option<NaiveDate>,
    /// Only those caused so.
    pub cause: Option<&'static str>,
}

/// A page of a year's checks, oldest first, after an id.
pub fn page(
    conn: &mut Connection,
    year: FiscalYear,
    filter: &Filter,
    after: &str,
    limit: i64,
) -> Result<Vec<Run>, Error> {
    let mut query = check_runs::table
        .filter(check_runs::fiscal_year.eq(year.number()))
        .filter(check_runs::id.gt(after))
        .into_boxed();
    if let Some(day) = filter.as_of {
        query = query.filter(check_runs::as_of.eq(day));
    }
    if let Some(cause) = filter.cause {
        query = query.filter(check_runs::cause.eq(cause));
    }
    let rows: Vec<Row> = query.order(check_runs::id).limit(limit).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_run).collect()
}
