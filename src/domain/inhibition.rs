//! Which alert keeps silent because another one speaks for it. The hidden one lives on and is told once the other is over
//! and it still stands. What is missing never hides what was spent.

use crate::domain::alert::Alert;
use crate::domain::rule::Rule;

/// The active alert of the same project that speaks for this one, if there is one.
///
/// Missing figures hide the lag of the same indicator, which rests on old ones; and where a project lacks the figures of
/// all its indicators at a plan point, that one alert hides its parts.
#[must_use]
pub fn hider<'alerts>(of_project: &'alerts [Alert], alert: &Alert) -> Option<&'alerts Alert> {
    let active = of_project.iter().filter(|other| other.state.is_active() && other.id != alert.id);
    match alert.subject.rule {
        Rule::IndicatorBehind => active
            .filter(|other| other.subject.rule == Rule::FiguresMissing)
            .find(|other| other.subject.indicator == alert.subject.indicator),
        Rule::FiguresMissing if alert.subject.indicator.is_some() => active
            .filter(|other| other.subject.rule == Rule::FiguresMissing && other.subject.indicator.is_none())
            .find(|other| other.subject.point_on == alert.subject.point_on),
        _ => None,
    }
}
