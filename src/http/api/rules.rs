//! The thresholds by which is judged.

use super::etag::{IfMatch, IfNoneMatch, seen_rules, tagged, with_tag};
use super::ok;
use crate::actions::put_rules::put_rules;
use crate::actions::rehearse::{Rehearse, rehearse};
use crate::actions::rule_book::rule_book;
use crate::domain::access::Permission;
use crate::domain::calendar::FiscalYear;
use crate::http::body;
use crate::http::guard::guard;
use crate::http::problem::{PRECONDITION_REQUIRED, Problem, RULES_CHANGED, rules_tag};
use crate::http::{App, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Datelike;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which sets are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RulesQuery {
    /// Only the set of this version.
    #[param(value_type = Option<i32>, example = 1)]
    version: Option<String>,
}

/// A rule set to be put on record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesBody {
    /// The document, TOML, as `milepost rules presets NAME` prints one.
    #[schema(example = "version = 3\nname = \"本单位规则\"\n")]
    document: String,
}

/// Reads the rule set in force today with its values and their source, and the sets on record, or one of them.
///
/// The `ETag` names the version in force and the latest on record.
#[utoipa::path(
    get, path = "/api/v1/rules", tag = "Rules",
    params(RulesQuery, IfNoneMatch),
    responses(
        (status = 200, description = "The rules.", body = views::Book),
        (status = 304, description = "They are as the client has them."),
    ),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn read(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    guard(&app, &request, Permission::ReadFigures).await?;
    let asked: RulesQuery = query::query(&request)?;
    // What is no number becomes the version that no set has.
    let version = asked.version.map(|text| text.parse().unwrap_or(0));
    let (state, moment) = (app.clone(), app.moment());
    let book = app.db.read(move |conn| rule_book(conn, version, &state.judging, moment)).await?;
    Ok(tagged(&request, &rules_tag(book.in_force.version, book.latest), &views::book(&book)))
}

/// Puts a rule set on record, after the latest one.
///
/// The document is read as a whole: all its faults are told, each with its key. Its version lies above the latest, and its
/// `effective_on` not before that one's; without one it judges from today on. What was judged before stands, and is not
/// judged anew. `If-Match` says which sets its author has seen. It replaces nothing: sets on record stay.
#[utoipa::path(
    put, path = "/api/v1/rules", tag = "Rules",
    params(IfMatch),
    request_body = RulesBody,
    responses((status = 200, description = "The set in force today, and the one put on record.", body = views::Book)),
    extensions(
        ("x-permission" = json!(Permission::KeepHouse.name())),
        ("x-problems" = json!([RULES_CHANGED.code, PRECONDITION_REQUIRED.code])),
    ),
)]
pub async fn put(app: web::Data<App>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::KeepHouse).await?;
    query::none(&request)?;
    let read = body::json::<RulesBody>(&request, payload, app.body_limit_bytes).await?;
    let (seen, state) = (seen_rules(&request), app.clone());
    let book = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            let set = put_rules(conn, &read.value.document, &seen, &caller.actor, &state.judging, moment)?;
            rule_book(conn, Some(set.version), &state.judging, moment)
        })
        .await?;
    Ok(with_tag(ok(&views::book(&book)), &rules_tag(book.in_force.version, book.latest)))
}

/// A rule set on trial.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RehearsalBody {
    /// The candidate's document, TOML.
    #[schema(example = "version = 3\nname = \"本单位规则\"\n")]
    document: String,
    /// The first day.
    from: body::DayGiven,
    /// The last day; of the same year, and not to come.
    to: body::DayGiven,
    /// The fiscal year; that of `from` unless given.
    #[schema(example = 2024)]
    year: Option<i32>,
}

/// Rehearses a rule set: the alerts and letters that it would have made, beside those of the sets on record.
///
/// Every day from `from` to `to` is checked as the schedule does, by the candidate and by the record, over what is on record
/// today of the token's projects. Nothing is written. People's answers are not replayed. One rehearsal at a time: 503
/// while another is under way.
#[utoipa::path(
    post, path = "/api/v1/rules/rehearsal", tag = "Rules",
    request_body = RehearsalBody,
    responses((status = 200, description = "Both courses, and where they differ.", body = views::Rehearsal)),
    extensions(("x-permission" = json!(Permission::Check.name()))),
)]
pub async fn rehearsal(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::Check).await?;
    query::none(&request)?;
    let asked = body::json::<RehearsalBody>(&request, payload, app.body_limit_bytes).await?.value;
    let (from, to) = (asked.from.0, asked.to.0);
    let year = FiscalYear::new(asked.year.unwrap_or(from.year()))
        .map_err(|error| Problem::invalid("year", "预算年度应在 2000 至 2999 之间", error.to_string()))?;
    let command = Rehearse { document: asked.document, year, from, to, scope: caller.scope };
    let (state, moment) = (app.clone(), app.moment());
    let rehearsed = web::block(move || rehearse(&state.db, command, &state.judging, moment))
        .await
        .map_err(|_| Problem::of_status(actix_web::http::StatusCode::SERVICE_UNAVAILABLE))??;
    Ok(ok(&views::rehearsal(&rehearsed)))
}
