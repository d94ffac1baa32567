//! The computed reads: where projects stand on a day, as far as it was known at an instant. One function serves a
//! single project, the portfolio and the check, so they cannot disagree.

use super::judging::Ruling;
use super::{Error, Moment, lookup};
use crate::domain::access::Scope;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::UnitCode;
use crate::domain::commitment::Committed;
use crate::domain::comparison::{Comparison, LastPosting, compare};
use crate::domain::forecast::GivenForecast;
use crate::domain::indicator::KeptIndicator;
use crate::domain::judge::judge;
use crate::domain::money::Fen;
use crate::domain::plan::PlanHistory;
use crate::domain::project::Project;
use crate::domain::reading::Reading;
use crate::domain::verdict::Judgement;
use crate::storage::projects::Selection;
use crate::storage::{Connection, commitments, disbursements, forecasts, plans, projects, promised, readings, rollups};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::HashMap;
use uuid::Uuid;

/// A project with its figures on a day.
#[derive(Clone, Debug)]
pub struct Figures {
    /// The project.
    pub project: Project,
    /// Its indicators by the plan version in force.
    pub indicators: Vec<KeptIndicator>,
    /// Planned, spent, gap, rates.
    pub comparison: Comparison,
    /// Bound by contracts and applications: shown, and looked at by no rule.
    pub committed: Committed,
    /// What a person says of the year's end: shown, and looked at by no rule.
    pub forecast: Option<GivenForecast>,
    /// What the rules say.
    pub judgement: Judgement,
}

/// Later than any instant of recording: the end of the year 9999.
const LATEST: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 0) {
    Some(instant) => instant,
    None => DateTime::<Utc>::MIN_UTC,
};

/// Up to which instant the ledger is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Everything: what there is now. Served from the roll-ups.
    Now(Moment),
    /// What had been recorded by an earlier instant. Served from the ledger itself.
    At(Moment),
}

impl Known {
    /// What a request asks for: a moment in the past, or now.
    #[must_use]
    pub fn asked(known_at: Option<Moment>, now: Moment) -> Known {
        match known_at {
            Some(moment) if moment.now < now.now => Known::At(moment),
            _ => Known::Now(now),
        }
    }

    /// The instant.
    #[must_use]
    pub const fn instant(self) -> DateTime<Utc> {
        self.moment().now
    }

    /// Up to which instant facts count: now, everything on record does, also what was recorded under a clock that has
    /// been set back since.
    fn limit(self) -> DateTime<Utc> {
        match self {
            Known::Now(moment) => moment.now.max(LATEST),
            Known::At(moment) => moment.now,
        }
    }

    const fn moment(self) -> Moment {
        match self {
            Known::Now(moment) | Known::At(moment) => moment,
        }
    }
}

/// The day that a request asks for: within the year; today (or the year's nearest day) where it asks for none.
pub fn day_asked(year: FiscalYear, as_of: Option<NaiveDate>, moment: Moment) -> Result<NaiveDate, Error> {
    match as_of {
        None => Ok(year.nearest(moment.today)),
        Some(day) if year.contains(day) => Ok(day),
        Some(day) => Err(Error::DayOutsideYear { field: "as_of", day, year }),
    }
}

/// The figures of the projects selected, by code.
pub fn examine(
    conn: &mut Connection,
    selection: &Selection,
    as_of: NaiveDate,
    known: Known,
    rules: &Ruling,
) -> Result<Vec<Figures>, Error> {
    let promised = Promised {
        targets: plans::targets(conn, selection)?,
        readings: readings::known(conn, selection, known.limit())?,
        posted: match rules.stale {
            Some(_) => Some(disbursements::last_postings(conn, selection, as_of, known.limit())?),
            None => None,
        },
    };
    examine_with(conn, selection, promised, as_of, known, rules)
}

/// What is promised beside money, and what was observed of it.
#[derive(Default)]
struct Promised {
    targets: HashMap<(Uuid, i32), Vec<KeptIndicator>>,
    readings: HashMap<Uuid, Vec<Reading>>,
    /// When something was last posted, by project; none where nobody asked.
    posted: Option<HashMap<Uuid, NaiveDate>>,
}

impl Promised {
    fn last_posting(&self, project: Uuid) -> LastPosting {
        let Some(posted) = &self.posted else { return LastPosting::NotAsked };
        posted.get(&project).map_or(LastPosting::Never, |day| LastPosting::On(*day))
    }
}

fn examine_with(
    conn: &mut Connection,
    selection: &Selection,
    mut promised: Promised,
    as_of: NaiveDate,
    known: Known,
    rules: &Ruling,
) -> Result<Vec<Figures>, Error> {
    let mut projects = projects::select(conn, selection)?;
    if let Known::At(moment) = known {
        projects.retain(|project| project.recorded_at <= moment.now);
    }
    let mut histories = plans::histories(conn, selection)?;
    let committed = commitments::committed(conn, selection, as_of, known.limit())?;
    let mut forecasts = forecasts::latest(conn, selection, as_of, known.limit())?;
    let spent = match known {
        Known::Now(_) => rollups::spent(conn, selection, as_of)?,
        Known::At(moment) => disbursements::spent_known(conn, selection, as_of, moment.now)?,
    };

    projects
        .into_iter()
        .map(|project| {
            let history = histories.remove(&project.id).unwrap_or_default();
            let version = history.in_force(as_of, known.limit()).map_or(0, |plan| plan.version);
            let indicators = promised.targets.remove(&(project.id, version)).unwrap_or_default();
            let readings = promised.readings.remove(&project.id).unwrap_or_default();
            let spent = spent.get(&project.id).copied().unwrap_or(Fen::ZERO);
            let committed = committed.get(&project.id).copied().unwrap_or(Committed::NOTHING);
            let forecast = forecasts.remove(&project.id);
            let money = Money { spent, committed, forecast, last_posting: promised.last_posting(project.id) };
            think(project, &history, indicators, &readings, money, (as_of, known), rules)
        })
        .collect()
}

/// What the books say of one project.
struct Money {
    spent: Fen,
    committed: Committed,
    forecast: Option<GivenForecast>,
    last_posting: LastPosting,
}

fn think(
    project: Project,
    history: &PlanHistory,
    indicators: Vec<KeptIndicator>,
    readings: &[Reading],
    money: Money,
    (as_of, known): (NaiveDate, Known),
    rules: &Ruling,
) -> Result<Figures, Error> {
    let plan = history.in_force(as_of, known.limit());
    let initial = history.initial(known.limit());
    // Named as it was named then: a revision does not rename the past.
    let project = match plan {
        Some(plan) => project.headed(&plan.heading),
        None => project,
    };
    let comparison = compare(project.year, initial, plan, money.spent, as_of)?.known_on(known.moment().today);
    let comparison = Comparison { last_posting: money.last_posting, ..comparison };
    let judgement = judge(&comparison, &indicators, readings, rules, &rules.workdays);
    let Money { committed, forecast, .. } = money;
    Ok(Figures { project, indicators, comparison, committed, forecast, judgement })
}

/// The figures of a year's projects in a scope, by code.
pub fn examine_year(
    conn: &mut Connection,
    year: FiscalYear,
    scope: Scope,
    as_of: NaiveDate,
    known: Known,
    rules: &Ruling,
) -> Result<Vec<Figures>, Error> {
    examine(conn, &Selection::year(year, scope), as_of, known, rules)
}

/// The money of a year's projects in a scope, by code: no indicators, and no verdicts about them. Many times cheaper
/// than [`examine`], and all that totals and standings need. Narrowed to a unit and those below it, where one is named:
/// the unit that had a project then, where the question is about what was known at an instant.
pub fn examine_money(
    conn: &mut Connection,
    year: FiscalYear,
    (scope, unit): (&Scope, Option<&UnitCode>),
    as_of: NaiveDate,
    known: Known,
    rules: &Ruling,
) -> Result<Vec<Figures>, Error> {
    let (asked, had) = match known {
        Known::Now(_) => (lookup::narrowed(conn, scope, unit)?, Scope::Everything),
        Known::At(_) => (scope.clone(), lookup::narrowed(conn, &Scope::Everything, unit)?),
    };
    let selection = Selection::year(year, asked);
    let mut found = examine_with(conn, &selection, Promised::default(), as_of, known, rules)?;
    found.retain(|figures| had.covers(&figures.project.unit));
    Ok(found)
}

/// So few projects are asked about one by one: what is remembered of each spares most of the questions.
const FEW: usize = 8;

/// The whole figures of a year's projects whose money was examined by code, in the same order: their indicators too.
pub fn examine_further(
    conn: &mut Connection,
    money: &[&Figures],
    as_of: NaiveDate,
    known: Known,
    rules: &Ruling,
) -> Result<Vec<Figures>, Error> {
    let Some(year) = money.first().map(|figures| figures.project.year).filter(|_| money.len() > FEW) else {
        return money.iter().map(|figures| examine_one(conn, &figures.project, as_of, known, rules)).collect();
    };
    let codes: Vec<&str> = money.iter().map(|figures| figures.project.code.as_str()).collect();
    let mut found = Vec::with_capacity(money.len());
    for selection in Selection::listed(year, &codes) {
        found.extend(examine(conn, &selection, as_of, known, rules)?);
    }
    Ok(found)
}

/// The figures of one project.
pub fn examine_one(
    conn: &mut Connection,
    project: &Project,
    as_of: NaiveDate,
    known: Known,
    rules: &Ruling,
) -> Result<Figures, Error> {
    let (promised, has) = promised::of_one(conn, project)?;
    let observed = if has.readings { readings::known_of_one(conn, project.id, known.limit())? } else { Vec::new() };
    let committed = if has.commitments {
        let sums = commitments::committed(conn, &Selection::one(project), as_of, known.limit())?;
        sums.get(&project.id).copied().unwrap_or(Committed::NOTHING)
    } else {
        Committed::NOTHING
    };
    let forecast = if has.forecasts {
        forecasts::latest(conn, &Selection::one(project), as_of, known.limit())?.remove(&project.id)
    } else {
        None
    };
    let (spent, last_paid_on) = match known {
        Known::Now(_) => rollups::spent_by_one(conn, project.id, as_of)?,
        Known::At(moment) => {
            let selection = Selection::one(project);
            let sums = disbursements::spent_known(conn, &selection, as_of, moment.now)?;
            let days = disbursements::last_postings(conn, &selection, as_of, moment.now)?;
            (sums.get(&project.id).copied().unwrap_or(Fen::ZERO), days.get(&project.id).copied())
        }
    };
    let last_posting = last_paid_on.map_or(LastPosting::Never, LastPosting::On);
    let money = Money { spent, committed, forecast, last_posting };

    let version = promised.history.in_force(as_of, known.limit()).map_or(0, |plan| plan.version);
    let indicators = promised.targets(version).to_vec();
    think(project.clone(), &promised.history, indicators, &observed, money, (as_of, known), rules)
}
