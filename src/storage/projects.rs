//! Projects, and the selection of projects that every set question takes.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::prepared::statement;
use super::rows::{column, corrupt, instant, project_code, unit_code, uuid};
use super::schema::{projects, unjudged};
use super::units;
use crate::domain::access::Scope;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::project::Project;
use chrono::NaiveDateTime;
use diesel::dsl::{AsExprOf, auto_type};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Which projects of a year a question is about: a stretch of codes, in a scope.
#[derive(Clone, Debug)]
pub struct Selection {
    year: FiscalYear,
    from: String,
    to: String,
    /// Of that stretch only these codes, as `,A,B,`; none where it is all of them.
    listed: Option<String>,
    scope: Scope,
}

/// Codes that one selection lists: the list is searched for each code of the stretch, so it stays short.
pub const MAX_LISTED: usize = 50;

/// Not before any code, and not after any: codes have at most 40 signs of `0`–`9` and `A`–`Z`.
const FIRST_CODE: &str = "";
const LAST_CODE: &str = "ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ";

impl Selection {
    /// One project.
    #[must_use]
    pub fn one(project: &Project) -> Selection {
        Selection::span(project.year, project.code.as_str(), project.code.as_str())
    }

    /// A year's projects that lie in a scope.
    #[must_use]
    pub fn year(year: FiscalYear, scope: Scope) -> Selection {
        Selection { scope, ..Selection::span(year, FIRST_CODE, LAST_CODE) }
    }

    /// A stretch of a year's codes, both ends included.
    #[must_use]
    pub fn span(year: FiscalYear, from: &str, to: &str) -> Selection {
        Selection { year, from: from.to_owned(), to: to.to_owned(), listed: None, scope: Scope::Everything }
    }

    /// Those of a year's projects that have these codes, in selections of [`MAX_LISTED`] at most.
    #[must_use]
    pub fn listed(year: FiscalYear, codes: &[&str]) -> Vec<Selection> {
        let mut codes = codes.to_vec();
        codes.sort_unstable();
        let chunks = codes.chunks(MAX_LISTED);
        chunks
            .map(|codes| {
                let (first, last) = (codes.first().copied(), codes.last().copied());
                let listed = Some(format!(",{},", codes.join(",")));
                Selection { listed, ..Selection::span(year, first.unwrap_or_default(), last.unwrap_or_default()) }
            })
            .collect()
    }

    /// The fiscal year.
    #[must_use]
    pub const fn fiscal_year(&self) -> FiscalYear {
        self.year
    }

    /// The ids of the projects selected, as a subquery.
    pub(super) fn ids(&self) -> Ids {
        self.query().select(projects::id)
    }

    pub(super) fn query(&self) -> chosen {
        let codes = units::codes(&self.scope);
        let everything = codes.is_none();
        // `,333001,333002,`: a unit is in the list if taking `,333001,` out of it changes it.
        let units = format!(",{},", codes.unwrap_or_default().join(","));
        let every_code = self.listed.is_none();
        let listed = self.listed.clone().unwrap_or_default();
        let stretch = (self.from.clone(), self.to.clone());
        chosen(self.year.number(), stretch.0, stretch.1, every_code, listed, everything, units)
    }
}

define_sql_function! {
    /// The text without a part of it; the same on both databases.
    fn replace(text: Text, part: Text, with: Text) -> Text;
}

/// One statement whatever the scope and the codes: a list as an array would be new to SQLite's statement cache each time,
/// and preparing it cost a posting more than running it.
#[auto_type]
pub(super) fn chosen(
    year: i32,
    from: String,
    to: String,
    every_code: bool,
    wanted: String,
    everything: bool,
    units: String,
) -> _ {
    let every_code: AsExprOf<bool, Bool> = every_code.into_sql::<Bool>();
    let code_list: AsExprOf<String, Text> = wanted.clone().into_sql::<Text>();
    let everything: AsExprOf<bool, Bool> = everything.into_sql::<Bool>();
    let comma: AsExprOf<&'static str, Text> = ",".into_sql::<Text>();
    let nothing: AsExprOf<&'static str, Text> = "".into_sql::<Text>();
    let list: AsExprOf<String, Text> = units.clone().into_sql::<Text>();
    let named = comma.concat(projects::unit_code).concat(comma);
    let of_code = comma.concat(projects::code).concat(comma);
    projects::table
        .filter(projects::fiscal_year.eq(year))
        .filter(projects::code.ge(from))
        .filter(projects::code.le(to))
        .filter(every_code.or(replace(code_list, of_code, nothing).ne(wanted)))
        .filter(everything.or(replace(list, named, nothing).ne(units)))
}

type Ids = diesel::dsl::Select<chosen, projects::id>;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = projects)]
struct Row {
    id: String,
    fiscal_year: i32,
    code: String,
    name: String,
    unit_code: String,
    purpose: String,
    goals: String,
    recorded_at: NaiveDateTime,
}

impl Row {
    fn into_project(self) -> Result<Project, Error> {
        Ok(Project {
            id: uuid(&self.id)?,
            year: FiscalYear::new(self.fiscal_year).map_err(|_| corrupt("year", &self.fiscal_year.to_string()))?,
            code: project_code(&self.code)?,
            name: self.name,
            unit: unit_code(&self.unit_code)?,
            purpose: self.purpose,
            goals: self.goals.lines().map(str::to_owned).collect(),
            recorded_at: instant(self.recorded_at),
        })
    }

    fn of(project: &Project) -> Row {
        Row {
            id: project.id.to_string(),
            fiscal_year: project.year.number(),
            code: project.code.as_str().to_owned(),
            name: project.name.clone(),
            unit_code: project.unit.as_str().to_owned(),
            purpose: project.purpose.clone(),
            goals: project.goals.join("\n"),
            recorded_at: column(project.recorded_at),
        }
    }
}

/// Records a project.
pub fn insert(conn: &mut Connection, project: &Project) -> Result<(), Error> {
    diesel::insert_into(projects::table).values(Row::of(project)).execute(conn)?;
    Ok(())
}

/// Records what a revised document says of a project's name, unit, purpose and goals.
pub fn update(conn: &mut Connection, project: &Project) -> Result<(), Error> {
    let row = Row::of(project);
    diesel::update(projects::table.filter(projects::id.eq(row.id)))
        .set((
            projects::name.eq(row.name),
            projects::unit_code.eq(row.unit_code),
            projects::purpose.eq(row.purpose),
            projects::goals.eq(row.goals),
        ))
        .execute(conn)?;
    Ok(())
}

/// The project of that code in that year.
pub fn find(conn: &mut Connection, year: FiscalYear, code: &ProjectCode) -> Result<Option<Project>, Error> {
    let row: Option<Row> = on_either!(conn, |conn| projects::table
        .filter(projects::fiscal_year.eq(year.number()))
        .filter(projects::code.eq(code.as_str()))
        .select(Row::as_select())
        .get_result(conn)
        .optional())?;
    row.map(Row::into_project).transpose()
}

/// The projects selected, by code.
pub fn select(conn: &mut Connection, selection: &Selection) -> Result<Vec<Project>, Error> {
    let rows: Vec<Row> = selection.query().order(projects::code).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_project).collect()
}

/// Which projects a check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of the year.
    All,
    /// Those whose plan changed since they were judged.
    Unjudged,
}

/// The codes of the next stretch of a year's projects, in order.
pub fn next_codes(
    conn: &mut Connection,
    year: FiscalYear,
    reach: Reach,
    after: &str,
    limit: i64,
) -> Result<Vec<String>, Error> {
    let mut query =
        projects::table.filter(projects::fiscal_year.eq(year.number())).filter(projects::code.gt(after)).into_boxed();
    if reach == Reach::Unjudged {
        query = query.filter(projects::id.eq_any(unjudged::table.select(unjudged::project_id)));
    }
    Ok(query.order(projects::code).limit(limit).select(projects::code).load(conn)?)
}

/// The codes of the projects selected, in order.
pub fn codes(conn: &mut Connection, selection: &Selection) -> Result<Vec<String>, Error> {
    Ok(selection.query().order(projects::code).select(projects::code).load(conn)?)
}

/// The codes of these projects.
pub fn codes_of(conn: &mut Connection, ids: &BTreeSet<Uuid>) -> Result<Vec<String>, Error> {
    let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    let mut codes = Vec::with_capacity(ids.len());
    for ids in ids.chunks(MAX_LISTED) {
        let found: Vec<String> = projects::table.filter(projects::id.eq_any(ids)).select(projects::code).load(conn)?;
        codes.extend(found);
    }
    Ok(codes)
}

/// How many of a year's projects nobody has judged since their plan changed. Those of other years wait for checks of
/// their own, which a closed year never gets.
pub fn count_unjudged(conn: &mut Connection, year: FiscalYear) -> Result<i64, Error> {
    let of_year = Selection::year(year, Scope::Everything);
    Ok(unjudged::table.filter(unjudged::project_id.eq_any(of_year.ids())).count().get_result(conn)?)
}

/// How many projects a year has.
pub fn count(conn: &mut Connection, year: FiscalYear) -> Result<i64, Error> {
    Ok(projects::table.filter(projects::fiscal_year.eq(year.number())).count().get_result(conn)?)
}

statement! {
    /// Marks a project, or leaves it marked, also where another transaction marks it at this very time.
    Mark { project: str } -> Text;
    "INSERT INTO unjudged (project_id) VALUES (", project as Text;
    then ") ON CONFLICT DO NOTHING"
}

/// Notes that a project's plan changed and nobody has judged it since.
pub fn mark_unjudged(conn: &mut Connection, project: Uuid) -> Result<(), Error> {
    let id = project.to_string();
    on_either!(conn, |conn| Mark { project: &id }.execute(conn))?;
    Ok(())
}

/// Notes that these projects have been judged.
pub fn mark_judged(conn: &mut Connection, selection: &Selection) -> Result<(), Error> {
    diesel::delete(unjudged::table.filter(unjudged::project_id.eq_any(selection.ids()))).execute(conn)?;
    Ok(())
}
