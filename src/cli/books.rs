//! Where all projects of a year stand, as a table in the terminal.

use super::failure::Failure;
use super::out;
use super::setup::Setup;
use crate::actions::figures::{Figures, Known, examine_year};
use crate::actions::portfolio::totals;
use crate::actions::{Error, Judging};
use crate::domain::access::Scope;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::language::Language;
use crate::render::explain::explain;
use crate::render::table::{TableRow, TableTotals, comparison_table};
use crate::storage::Db;
use chrono::NaiveDate;
use std::sync::Arc;

/// The figures of a year's projects on a day.
pub fn figures(
    setup: &Setup,
    judging: &Arc<Judging>,
    db: &Db,
    year: FiscalYear,
    as_of: NaiveDate,
) -> Result<Vec<Figures>, Failure> {
    let (judging, known) = (Arc::clone(judging), Known::Now(setup.moment()));
    let figures = db.read(move |conn| {
        let rules = judging.rules_on(conn, as_of, known)?;
        examine_year(conn, year, Scope::Everything, as_of, known, &rules)
    });
    figures.wait().map_err(|error: Error| Failure::from(error))
}

/// The table, gravest first, and below it who needs attention and why.
pub fn show(figures: &[Figures]) -> Result<(), Failure> {
    let sums = totals(figures).map_err(Failure::world)?;
    let without_budget = sums
        .excluded
        .iter()
        .filter_map(|code| ProjectCode::parse(code).ok())
        .map(|code| (code, "预算数未填报".to_owned()))
        .collect();
    let totals = TableTotals { budget: sums.budget, planned: sums.planned, spent: sums.spent, without_budget };
    let mut sorted: Vec<&Figures> = figures.iter().collect();
    sorted.sort_by_key(|one| {
        (std::cmp::Reverse(one.judgement.severity), one.judgement.standing, one.project.code.clone())
    });
    let rows: Vec<TableRow> = sorted
        .iter()
        .map(|one| {
            let (project, judgement) = (&one.project, &one.judgement);
            TableRow::new(&project.code, &project.name, &one.comparison, judgement.standing, judgement.severity)
        })
        .collect();
    out::say(&comparison_table(&rows, &totals, out::is_terminal(), out::width()));
    for one in sorted.iter().filter(|one| !one.judgement.verdicts.is_empty()) {
        out::say(&format!("\n▌{}", one.project.name));
        for verdict in &one.judgement.verdicts {
            out::say(&format!("  {}{}", indicator_name(one, verdict.indicator), explain(verdict, Language::Chinese)));
        }
    }
    Ok(())
}

fn indicator_name(figures: &Figures, indicator: Option<uuid::Uuid>) -> String {
    let kept = indicator.and_then(|id| figures.indicators.iter().find(|kept| kept.id == id));
    kept.map_or_else(String::new, |kept| format!("〔{} {}〕", kept.promise.name, kept.promise.target))
}
