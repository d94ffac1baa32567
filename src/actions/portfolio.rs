//! Totals over many projects, and what they leave out.

use super::figures::Figures;
use crate::domain::commitment::Committed;
use crate::domain::money::{Fen, MoneyError};

/// Sums over a set of comparisons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Projects summed.
    pub projects: usize,
    /// Adjusted budgets, of the projects that state one.
    pub budget: Fen,
    /// What is due by the last plan point passed, of all projects.
    pub planned: Fen,
    /// What was spent, by all projects.
    pub spent: Fen,
    /// What all projects have bound by contracts and applications.
    pub committed: Committed,
    /// Codes of projects without a budget: what `budget` leaves out.
    pub excluded: Vec<String>,
}

/// Adds comparisons up; a blank budget is left out and named.
pub fn totals(figures: &[Figures]) -> Result<Totals, MoneyError> {
    let due = |figures: &Figures| figures.comparison.plan.as_ref().map_or(Fen::ZERO, |plan| plan.due);
    let blank = |figures: &&Figures| figures.comparison.adjusted_budget.is_none();
    Ok(Totals {
        projects: figures.len(),
        budget: Fen::total(figures.iter().filter_map(|figures| figures.comparison.adjusted_budget))?,
        planned: Fen::total(figures.iter().map(due))?,
        spent: Fen::total(figures.iter().map(|figures| figures.comparison.spent))?,
        committed: figures.iter().try_fold(Committed::NOTHING, |sum, figures| sum.plus(figures.committed))?,
        excluded: figures.iter().filter(blank).map(|figures| figures.project.code.to_string()).collect(),
    })
}
