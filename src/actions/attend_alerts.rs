//! Does for a project's alerts what time alone asks for, and writes it into their stories: reminders, steps upwards, ends
//! of waivers, measures whose day has passed. Each is noted in the transaction that tells it, so that a restart neither
//! repeats nor loses one.

use super::check_project::{Occasion, Story, closing_figures};
use super::figures::Figures;
use super::inputs::inputs;
use super::noted;
use super::{Error, Judging};
use crate::domain::alert::Alert;
use crate::domain::attend::{Step, attend, taken};
use crate::domain::calendar::FiscalYear;
use crate::domain::inhibition::hider;
use crate::domain::language::Language;
use crate::domain::measure::Measure;
use crate::domain::note::Note;
use crate::domain::rule::Rules;
use crate::domain::workdays::WorkingDays;
use crate::render::attending;
use crate::storage::alert_events::Event;
use crate::storage::alerts;
use crate::storage::{Connection, measures};
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// By what is attended: the rule set of the check, the calendar of working days, and what is still to be carried out.
#[derive(Clone, Copy, Debug)]
pub struct Care<'values> {
    /// The rule set.
    pub rules: &'values Rules,
    /// The calendar of working days.
    pub workdays: &'values WorkingDays,
    /// Measures still to be carried out, by alert.
    pub measures: &'values HashMap<Uuid, Vec<Measure>>,
    /// The day up to which time has passed for the year's alerts. Past the year's last day, while the year is still judged,
    /// it goes on though the figures stand still.
    pub day: NaiveDate,
}

impl<'values> Care<'values> {
    /// Care on an occasion, by a set.
    pub fn on(
        occasion: &Occasion<'_>,
        year: FiscalYear,
        rules: &'values Rules,
        judging: &'values Judging,
        measures: &'values HashMap<Uuid, Vec<Measure>>,
    ) -> Care<'values> {
        let today = occasion.moment.today;
        let goes_on = occasion.as_of >= year.last_day() && year.is_open(today, judging.year_closes_on);
        let day = if goes_on { today.max(occasion.as_of) } else { occasion.as_of };
        Care { rules, workdays: &judging.workdays, measures, day }
    }
}

/// Attends to the alerts that stand as they were told.
pub fn attend_alerts(
    conn: &mut Connection,
    figures: &Figures,
    known: &[Alert],
    standing: &[Uuid],
    care: Care<'_>,
    occasion: &Occasion<'_>,
) -> Result<Vec<Event>, Error> {
    let mut events = Vec::new();
    for alert in known.iter().filter(|alert| standing.contains(&alert.id)) {
        let own = care.measures.get(&alert.id).map_or(&[][..], Vec::as_slice);
        let is_hidden = hider(known, alert).is_some();
        let steps = attend(alert, own, is_hidden, &care.rules.policy, care.workdays, care.day);

        let mut alert = alert.clone();
        for step in steps {
            alert = Alert { updated_at: occasion.moment.now, ..taken(alert, &step, care.day) };
            let measure = match step {
                Step::Overdue { measure } => {
                    measures::mark_told_overdue(conn, measure)?;
                    own.iter().find(|one| one.id == measure)
                }
                _ => None,
            };
            alerts::update(conn, &alert)?;
            let Some(note) = Note::of(&step, measure) else { continue };
            let story = story(&alert, &note, measure, figures, care.rules);
            events.push(story.tell(conn, figures.project.year, occasion)?);
        }
    }
    Ok(events)
}

fn story(alert: &Alert, note: &Note, measure: Option<&Measure>, figures: &Figures, rules: &Rules) -> Story {
    let verdict = figures.judgement.verdicts.iter().find(|verdict| verdict.subject() == alert.subject);
    let mut inputs = verdict.map_or_else(|| closing_figures(figures), |verdict| inputs(&verdict.reason));
    if let Value::Object(members) = &mut inputs {
        members.insert(noted::MEMBER.to_owned(), noted::as_json(note, measure.map(|measure| measure.id)));
    }
    Story {
        alert: alert.id,
        change: note.change(),
        severity: alert.severity,
        explanation: attending::words(note, Language::Chinese),
        inputs: inputs.to_string(),
        rule_version: rules.version,
        plan_version: figures.comparison.plan.as_ref().map(|plan| plan.version),
    }
}
