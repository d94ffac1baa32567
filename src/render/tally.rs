//! A letter's matters in order and in numbers: what its subject and its first sentence are made of.

use crate::domain::alert::Change;
use crate::domain::letter::{Matter, WarningFacts};
use crate::domain::money::Fen;
use crate::domain::rule::{Rule, Severity};
use crate::domain::verdict::Reason;
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The matters of a letter, each kind gravest first.
pub struct Tally<'facts> {
    /// About spending, and not over.
    pub spending: Vec<&'facts Matter>,
    /// About indicators, and not over.
    pub indicators: Vec<&'facts Matter>,
    /// About figures that are missing or late: the second family.
    pub figures: Vec<&'facts Matter>,
    /// Plan points to come: announced, nothing to reproach.
    pub coming: Vec<&'facts Matter>,
    /// What is over.
    pub resolved: Vec<&'facts Matter>,
}

/// What a rule's matters belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Money spent against plan, budget, year or work.
    Spending,
    /// What was promised beside the money.
    Indicators,
    /// Figures that are missing or late.
    Figures,
    /// An announcement.
    Coming,
}

/// What a rule's matters belong to.
pub const fn family(rule: Rule) -> Family {
    match rule {
        Rule::BehindPlanPoint
        | Rule::OverBudget
        | Rule::FarAhead
        | Rule::BehindTime
        | Rule::BehindCurve
        | Rule::WorkGap => Family::Spending,
        Rule::IndicatorBehind | Rule::IndicatorBreached | Rule::IndicatorOverdue | Rule::RecurringMissed => {
            Family::Indicators
        }
        Rule::FiguresStale | Rule::FiguresMissing => Family::Figures,
        Rule::PlanPointComing => Family::Coming,
    }
}

/// Sorts a letter's matters.
pub fn tally(facts: &WarningFacts) -> Tally<'_> {
    let mut tally = Tally {
        spending: Vec::new(),
        indicators: Vec::new(),
        figures: Vec::new(),
        coming: Vec::new(),
        resolved: Vec::new(),
    };
    for matter in &facts.matters {
        let list = match family(matter.rule) {
            _ if is_over(matter) => &mut tally.resolved,
            Family::Spending => &mut tally.spending,
            Family::Indicators => &mut tally.indicators,
            Family::Figures => &mut tally.figures,
            Family::Coming => &mut tally.coming,
        };
        list.push(matter);
    }
    for list in [&mut tally.spending, &mut tally.indicators, &mut tally.figures, &mut tally.resolved] {
        list.sort_by_key(|matter| (Reverse(matter.severity), shortfall_first(matter), matter.code.clone()));
    }
    tally.coming.sort_by_key(|matter| (point_on(matter), shortfall_first(matter), matter.code.clone()));
    tally
}

/// Whether the matter asks for nothing any more.
pub fn is_over(matter: &Matter) -> bool {
    matches!(matter.change, Change::Resolved | Change::Superseded)
}

/// Of a point to come, its day.
pub fn point_on(matter: &Matter) -> Option<NaiveDate> {
    match &matter.reason {
        Some(Reason::Coming { on, .. }) => Some(*on),
        _ => None,
    }
}

/// Over budget first, then the largest shortfall.
fn shortfall_first(matter: &Matter) -> (bool, Fen) {
    (matter.rule != Rule::OverBudget, matter.comparison.gap.unwrap_or(Fen::ZERO))
}

impl<'facts> Tally<'facts> {
    /// What is amiss: spending first, then indicators, then figures.
    pub fn amiss(&self) -> impl Iterator<Item = &'facts Matter> {
        self.spending.iter().chain(&self.indicators).chain(&self.figures).copied()
    }

    /// What is not over: what is amiss, then what is coming.
    pub fn active(&self) -> impl Iterator<Item = &'facts Matter> {
        self.amiss().chain(self.coming.iter().copied())
    }

    /// What the letter is about first of all: the gravest matter that is amiss, else the first point to come.
    pub fn lead(&self) -> Option<&'facts Matter> {
        // Of equals the first.
        let gravest = self.amiss().map(|matter| matter.severity).max();
        self.amiss().find(|matter| Some(matter.severity) == gravest).or_else(|| self.coming.first().copied())
    }

    /// Projects of which something is amiss.
    pub fn projects_amiss(&self) -> usize {
        projects(self.amiss())
    }

    /// Projects of which something is not over.
    pub fn projects(&self) -> usize {
        projects(self.active())
    }

    /// Projects with a plan point to come.
    pub fn projects_coming(&self) -> usize {
        projects(self.coming.iter().copied())
    }

    /// Matters of that severity that are not over.
    pub fn of_severity(&self, severity: Severity) -> usize {
        self.active().filter(|matter| matter.severity == severity).count()
    }

    /// Matters that time brought in that way.
    pub fn of_change(&self, change: Change) -> usize {
        self.active().filter(|matter| matter.change == change).count()
    }

    /// Projects behind, by severity when one is asked for.
    pub fn behind(&self, severity: Option<Severity>) -> usize {
        let graded = |matter: &&&Matter| severity.is_none_or(|severity| matter.severity == severity);
        self.spending.iter().filter(|matter| matter.rule == Rule::BehindPlanPoint).filter(graded).count()
    }

    /// Matters that are not over of which a rule speaks.
    pub fn of_rule(&self, rule: Rule) -> usize {
        self.active().filter(|matter| matter.rule == rule).count()
    }

    /// Readings that have not come: a matter about a whole project speaks for several.
    pub fn readings_missing(&self) -> usize {
        let missing = self.figures.iter().filter(|matter| matter.rule == Rule::FiguresMissing);
        let readings = missing.map(|matter| match &matter.reason {
            Some(Reason::Missing { indicators, .. }) => usize::try_from(*indicators).unwrap_or(1).max(1),
            _ => 1,
        });
        readings.sum()
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

fn projects<'facts>(matters: impl Iterator<Item = &'facts Matter>) -> usize {
    matters.map(|matter| &matter.code).collect::<BTreeSet<_>>().len()
}
