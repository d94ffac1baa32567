//! A rehearsal of rules, as JSON.

use super::{Day, Id, ProjectCode, RuleWord, SeverityWord};
use crate::actions::rehearse::{self, RehearsedAlert, RehearsedLetter};
use serde::Serialize;
use utoipa::ToSchema;

/// What a rule set would have made of recorded days, beside what the sets on record make of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rehearsal {
    /// The fiscal year.
    #[schema(example = 2024)]
    fiscal_year: i32,
    /// The first day that was checked.
    from: Day,
    /// The last day that was checked.
    to: Day,
    /// Projects that were judged each day.
    #[schema(example = 15)]
    projects: usize,
    /// Whether people's answers were replayed: never.
    #[schema(example = false)]
    answers_replayed: bool,
    /// What the candidate would have made.
    candidate: Course,
    /// What the sets on record make.
    on_record: Course,
    /// Alerts of the candidate that the record does not have, or not so grave.
    only_candidate: Vec<RaisedAlert>,
    /// Alerts of the record that the candidate does not have, or not so grave.
    only_on_record: Vec<RaisedAlert>,
}

/// One course of checks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Course {
    /// Alerts, oldest first.
    alerts: Vec<RaisedAlert>,
    /// Letters, oldest first.
    letters: Vec<WrittenLetter>,
}

/// An alert that was raised in a rehearsal.
#[derive(Debug, Serialize, ToSchema)]
pub struct RaisedAlert {
    /// The project.
    #[schema(value_type = ProjectCode)]
    code: String,
    /// The rule.
    rule: RuleWord,
    /// The indicator, where it is about one.
    indicator: Option<Id>,
    /// The plan point, where it is about one.
    point_on: Option<Day>,
    /// How grave it was last.
    severity: SeverityWord,
    /// The day on which it was raised.
    raised_on: Day,
    /// The day on which it was over; null where it still stands.
    over_on: Option<Day>,
}

/// A letter that was written in a rehearsal, and sent to nobody.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrittenLetter {
    /// The day.
    on: Day,
    /// Where it would have gone.
    #[schema(example = "li@example.cn")]
    to: String,
    /// Its subject.
    #[schema(example = "【预算执行预警】截至6月30日：2个滞后")]
    subject: String,
}

/// `/rules/rehearsal`.
#[must_use]
pub fn rehearsal(of: &rehearse::Rehearsal) -> Rehearsal {
    let (only_candidate, only_on_record) = of.differences();
    Rehearsal {
        fiscal_year: of.command.year.number(),
        from: Day(of.command.from),
        to: Day(of.command.to),
        projects: of.projects,
        answers_replayed: false,
        candidate: course(&of.candidate),
        on_record: course(&of.on_record),
        only_candidate: only_candidate.into_iter().map(alert).collect(),
        only_on_record: only_on_record.into_iter().map(alert).collect(),
    }
}

fn course(course: &rehearse::Course) -> Course {
    Course { alerts: course.alerts.iter().map(alert).collect(), letters: course.letters.iter().map(letter).collect() }
}

fn alert(alert: &RehearsedAlert) -> RaisedAlert {
    RaisedAlert {
        code: alert.code.as_str().to_owned(),
        rule: RuleWord(alert.rule.name()),
        indicator: alert.indicator.map(Id),
        point_on: alert.point_on.map(Day),
        severity: SeverityWord(alert.severity.name()),
        raised_on: Day(alert.raised_on),
        over_on: alert.over_on.map(Day),
    }
}

fn letter(letter: &RehearsedLetter) -> WrittenLetter {
    WrittenLetter { on: Day(letter.on), to: letter.to.clone(), subject: letter.subject.clone() }
}
