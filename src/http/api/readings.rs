//! Readings of indicators: what was really achieved.

use super::{IdempotencyKey, answer_key, created, ok, once as answered};
use crate::actions::once::once;
use crate::actions::record_reading::{Observation, RecordReading, record_reading};
use crate::actions::{ledger, lookup};
use crate::domain::access::Permission;
use crate::domain::reading::{Grade, Observed};
use crate::http::body::DayGiven;
use crate::http::guard::guard_project;
use crate::http::problem::Problem;
use crate::http::{App, body, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::str::FromStr;
use utoipa::ToSchema;

/// A reading to record: exactly one of `value`, `grade` and `done_on`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "observed_on": "2024-06-30", "value": "96.2", "note": "满意度问卷 500 份" }))]
struct ReadingBody {
    /// The day that it speaks of: in the fiscal year, and not in the future.
    observed_on: DayGiven,
    /// What was measured, as a decimal string.
    #[schema(pattern = r"^\d{1,12}(\.\d{1,6})?$", max_length = 24, example = "96.2")]
    value: Option<String>,
    /// What was judged, for an indicator in words.
    #[schema(value_type = Option<views::GradeWord>)]
    grade: Option<String>,
    /// When it was done, for an indicator with a deadline.
    done_on: Option<DayGiven>,
    /// A remark; may have several lines.
    #[schema(max_length = 2000, example = "满意度问卷 500 份")]
    note: Option<String>,
    /// Where the proof is; may have several lines.
    #[schema(max_length = 2000, example = "档案 2024-17")]
    evidence: Option<String>,
}

/// Characters that a value may have.
const MAX_VALUE_CHARS: usize = 24;

impl ReadingBody {
    fn into_observation(self) -> Result<Observation, Problem> {
        let observed = match (self.value.as_deref(), self.grade.as_deref(), self.done_on) {
            (Some(value), None, None) => Observed::Value(number(value)?),
            (None, Some(grade), None) => Observed::Grade(Grade::from_name(grade).ok_or_else(|| {
                Problem::invalid("grade", "须为 met、partly_met 或 not_met", "one of met, partly_met, not_met")
            })?),
            (None, None, Some(day)) => Observed::DoneOn(day.0),
            _ => {
                let english = "give exactly one of `value`, `grade` and `done_on`";
                return Err(Problem::invalid("value", "value、grade、done_on 三者须且只能填一项", english));
            }
        };
        Ok(Observation {
            observed_on: self.observed_on.0,
            observed,
            note: body::memo("note", self.note.as_deref())?,
            evidence: body::memo("evidence", self.evidence.as_deref())?,
        })
    }
}

fn number(text: &str) -> Result<Decimal, Problem> {
    let sound = text.len() <= MAX_VALUE_CHARS && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    sound.then(|| Decimal::from_str(text).ok()).flatten().ok_or_else(|| {
        Problem::invalid("value", "写作十进制数字字符串，例如 \"96.2\"", "a decimal string such as \"96.2\"")
    })
}

/// Records one reading: exactly one of `value`, `grade` and `done_on`.
#[utoipa::path(
    post, path = "/api/v1/years/{year}/projects/{code}/indicators/{id}/readings", tag = "Readings",
    params(IdempotencyKey),
    request_body = ReadingBody,
    responses((status = 201, description = "TODO")),
    extensions(("x-permission" = json!(Permission::RecordActuals.name()))),
)]
pub async fn record(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::RecordActuals, &path.0, &path.1).await?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<ReadingBody>(&request, payload, app.body_limit_bytes).await?;
    let observation = read.value.into_observation()?;
    let indicator = query::id(&path.2);
    let command = RecordReading { year, code, indicator, scope: caller.scope, observation, actor: caller.actor };
    let (state, place) = (app.clone(), request.path().to_owned());
    let outcome = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            once(conn, &key, &read.sha256, moment.now, |conn| {
                let reading = record_reading(conn, &command, &state.judging, moment)?;
                let location = format!("{place}/{}", reading.id);
                created(read.sha256.clone(), &views::reading(&reading), location)
            })
        })
        .await?;
    Ok(answered(outcome))
}

/// Lists an indicator's readings in the order in which they were recorded.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}/indicators/{id}/readings", tag = "Readings",
    params(query::Page),
    responses((status = 200, description = "TODO")),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn list(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    let asked: query::Page = query::query(&request)?;
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_ids(asked.cursor.as_deref())?;
    let indicator = query::id(&path.2);
    let readings = app
        .db
        .read(move |conn| {
            let project = lookup::project(conn, year, &code, &caller.scope)?;
            ledger::readings(conn, &project, indicator, &after, limit)
        })
        .await?;
    let last = readings.last().map(|reading| reading.id.to_string());
    Ok(ok(&query::page(readings.iter().map(views::reading).collect(), limit, last)))
}

/// Reads one reading.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}/indicators/{id}/readings/{reading}", tag = "Readings",
    responses((status = 200, description = "TODO")),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn one(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    query::none(&request)?;
    let (indicator, id) = (query::id(&path.2), query::id(&path.3));
    let reading = app
        .db
        .read(move |conn| {
            let project = lookup::project(conn, year, &code, &caller.scope)?;
            ledger::reading(conn, &project, indicator, id)
        })
        .await?;
    Ok(ok(&views::reading(&reading)))
}
