//! Where the year would end, as JSON: what a person gave, and what is reckoned beside it.

use super::{Day, ForecastWord, Id, Instant, ProjectCode, UnsaidWord, Yuan};
use crate::actions::figures::Figures;
use crate::domain::forecast::{self, Reckoned, Unsaid};
use crate::domain::project::Project;
use serde::Serialize;
use utoipa::ToSchema;

/// Where spending would end, by the forecast that counts: a person's where there is one, else the run rate.
#[derive(Debug, Serialize, ToSchema)]
pub struct Forecast {
    /// At the year's end; null before there is a pace.
    year_end_yuan: Option<Yuan>,
    /// How it was reckoned.
    method: ForecastWord,
}

/// One way to say where spending would end.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedForecast {
    /// Which.
    name: ForecastWord,
    /// At the year's end; null where it cannot be said.
    year_end_yuan: Option<Yuan>,
    /// The sum as it was done; null of a person's figure, and where it cannot be said.
    #[schema(example = "310000.00 ÷ 182 × 366 = 623406.59")]
    arithmetic: Option<String>,
    /// Why it cannot be said; null where it can.
    reason: Option<UnsaidWord>,
    /// The person's figure that counts (`…/forecasts/{id}` says whose and why); null of the others.
    given: Option<Id>,
}

/// A figure that a person gave for the year's end.
#[derive(Debug, Serialize, ToSchema)]
pub struct GivenForecast {
    /// Ours.
    id: Id,
    /// The project.
    project: ProjectCode,
    /// The fiscal year.
    #[schema(example = 2024)]
    fiscal_year: i32,
    /// What will have been spent by 31 December.
    year_end_yuan: Yuan,
    /// The day from which on it is meant.
    as_of: Day,
    /// What it rests on.
    #[schema(example = "尾款待验收，年内只付到进度款")]
    reason: String,
    /// When it was recorded.
    recorded_at: Instant,
    /// Who recorded it.
    #[schema(example = "clerk")]
    recorded_by: String,
}

/// The forecast that counts, and every one under its name.
#[must_use]
pub fn forecasts(figures: &Figures) -> (Forecast, Vec<NamedForecast>) {
    let all = forecast::forecasts(&figures.comparison, figures.forecast.as_ref());
    let (method, year_end) = forecast::foremost(&all);
    let foremost = Forecast { year_end_yuan: year_end.map(Yuan), method: ForecastWord(method.name()) };
    let given = figures.forecast.as_ref().map(|given| Id(given.id));
    (foremost, all.into_iter().map(|(method, said)| named(method, said, given)).collect())
}

fn named(method: forecast::Method, said: Result<Reckoned, Unsaid>, given: Option<Id>) -> NamedForecast {
    let name = ForecastWord(method.name());
    let given = given.filter(|_| method == forecast::Method::Manual);
    match said {
        Ok(Reckoned { year_end, arithmetic }) => NamedForecast {
            name,
            year_end_yuan: Some(Yuan(year_end)),
            arithmetic: Some(arithmetic).filter(|sum| !sum.is_empty()),
            reason: None,
            given,
        },
        Err(unsaid) => NamedForecast {
            name,
            year_end_yuan: None,
            arithmetic: None,
            reason: Some(UnsaidWord(unsaid.name())),
            given: None,
        },
    }
}

/// A figure that a person gave.
#[must_use]
pub fn given_forecast(project: &Project, given: &forecast::GivenForecast) -> GivenForecast {
    GivenForecast {
        id: Id(given.id),
        project: ProjectCode(project.code.clone()),
        fiscal_year: project.year.number(),
        year_end_yuan: Yuan(given.year_end),
        as_of: Day(given.as_of),
        reason: given.reason.clone(),
        recorded_at: Instant(given.recorded_at),
        recorded_by: given.recorded_by.clone(),
    }
}
