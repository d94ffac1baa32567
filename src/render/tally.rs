//! A letter's matters in order and in numbers: what its subject and its first sentence are made of.

use crate::domain::alert::Change;
use crate::domain::letter::{Matter, WarningFacts};
use crate::domain::money::Fen;
use crate::domain::rule::{Rule, Severity};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The matters of a letter, each kind gravest first.
pub struct Tally<'facts> {
    /// About spending, and not over.
    pub spending: Vec<&'facts Matter>,
    /// About indicators, and not over.
    pub indicators: Vec<&'facts Matter>,
    /// What is over.
    pub resolved: Vec<&'facts Matter>,
}

/// Sorts a letter's matters.
pub fn tally(facts: &WarningFacts) -> Tally<'_> {
    let mut tally = Tally { spending: Vec::new(), indicators: Vec::new(), resolved: Vec::new() };
    for matter in &facts.matters {
        if is_over(matter) {
            tally.resolved.push(matter);
        } else if is_spending(matter.rule) {
            tally.spending.push(matter);
        } else {
            tally.indicators.push(matter);
        }
    }
    for list in [&mut tally.spending, &mut tally.indicators, &mut tally.resolved] {
        list.sort_by_key(|matter| (Reverse(matter.severity), shortfall_first(matter), matter.code.clone()));
    }
    tally
}

/// Whether the matter asks for nothing any more.
pub fn is_over(matter: &Matter) -> bool {
    matches!(matter.change, Change::Resolved | Change::Superseded)
}

/// Whether the rule looks at money rather than at an indicator.
pub fn is_spending(rule: Rule) -> bool {
    matches!(rule, Rule::BehindPlanPoint | Rule::OverBudget | Rule::FarAhead)
}

/// Over budget first, then the largest shortfall.
fn shortfall_first(matter: &Matter) -> (bool, Fen) {
    (matter.rule != Rule::OverBudget, matter.comparison.gap.unwrap_or(Fen::ZERO))
}

impl<'facts> Tally<'facts> {
    /// What is not over: spending first, then indicators.
    pub fn active(&self) -> impl Iterator<Item = &'facts Matter> {
        self.spending.iter().chain(&self.indicators).copied()
    }

    /// The gravest severity of what is not over; none where everything is.
    pub fn gravest(&self) -> Option<Severity> {
        self.active().map(|matter| matter.severity).max()
    }

    /// Projects of which something is not over.
    pub fn projects(&self) -> usize {
        self.active().map(|matter| &matter.code).collect::<BTreeSet<_>>().len()
    }

    /// Matters of that severity that are not over.
    pub fn of_severity(&self, severity: Severity) -> usize {
        self.active().filter(|matter| matter.severity == severity).count()
    }

    /// Projects behind, by severity when one is asked for.
    pub fn behind(&self, severity: Option<Severity>) -> usize {
        let graded = |matter: &&&Matter| severity.is_none_or(|severity| matter.severity == severity);
        self.spending.iter().filter(|matter| matter.rule == Rule::BehindPlanPoint).filter(graded).count()
    }

    /// Projects that a spending rule speaks of.
    pub fn of_rule(&self, rule: Rule) -> usize {
        self.spending.iter().filter(|matter| matter.rule == rule).count()
    }

    /// The project with the largest shortfall among those behind.
    pub fn largest_shortfall(&self) -> Option<&'facts Matter> {
        let behind = self.spending.iter().filter(|matter| matter.rule == Rule::BehindPlanPoint);
        behind.min_by_key(|matter| (matter.comparison.gap.unwrap_or(Fen::ZERO), &matter.code)).copied()
    }

    /// What the projects behind lack together; none where the sum leaves the range of money.
    pub fn shortfall(&self) -> Option<Fen> {
        let behind = self.spending.iter().filter(|matter| matter.rule == Rule::BehindPlanPoint);
        Fen::total(behind.filter_map(|matter| matter.comparison.gap)).ok()?.negated().ok()
    }
}
