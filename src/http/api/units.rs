//! Budget units: the tree by which is seen who may see what.

use super::{IdempotencyKey, answer_key, created, ok, once as answered};
use crate::actions::Thing;
use crate::actions::lookup::Named;
use crate::actions::once::once;
use crate::actions::record_unit::{UnitFilter, UnitRow, change_unit, page, record_unit, unit};
use crate::domain::access::Permission;
use crate::domain::code::UnitCode;
use crate::domain::project::Unit;
use crate::domain::text::MAX_NAME_CHARS;
use crate::http::guard::{Caller, guard, guard_named};
use crate::http::problem::{Problem, UNIT_EXISTS};
use crate::http::{App, body, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Deserializer};
use utoipa::{IntoParams, ToSchema};

/// How a list of units is narrowed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only the units right below this one.
    #[param(value_type = Option<views::UnitCode>)]
    parent: Option<String>,
    /// Only units whose code or name holds this.
    #[param(example = "住房")]
    q: Option<String>,
    /// Items on a page: 1 to 500, 50 unless given.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500, example = 50)]
    limit: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists the units that the token sees, by code.
#[utoipa::path(
    get, path = "/api/v1/units", tag = "Units",
    params(ListQuery),
    responses((status = 200, description = "A page of units.", body = views::Page<views::Unit>)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn list(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadFigures).await?;
    let asked: ListQuery = query::query(&request)?;
    let parent = asked.parent.as_deref().map(|text| code("parent", text)).transpose()?;
    let filter = UnitFilter { parent, words: asked.q.unwrap_or_default() };
    let limit = query::limit(asked.limit.as_deref())?;
    let after =
        query::cursor(asked.cursor.as_deref(), |key| UnitCode::parse(key).is_ok_and(|code| code.as_str() == key))?;
    let units = app.db.read(move |conn| page(conn, &caller.scope, &filter, &after, limit)).await?;
    let last = units.last().map(|row| row.unit.code.to_string());
    Ok(ok(&query::page(units.iter().map(views::unit).collect(), limit, last)))
}

/// Reads one unit.
#[utoipa::path(
    get, path = "/api/v1/units/{unit}", tag = "Units",
    responses((status = 200, description = "The unit.", body = views::Unit)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn one(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (caller, code) = guard_unit(&app, &request, Permission::ReadFigures, &path).await?;
    query::none(&request)?;
    let row = app.db.read(move |conn| unit(conn, &caller.scope, &code)).await?;
    Ok(ok(&views::unit(&row)))
}

/// A new unit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnitBody {
    /// Its code.
    #[schema(value_type = views::UnitCode)]
    code: String,
    /// Its name: one line.
    #[schema(min_length = 1, max_length = 200, example = "住房和城乡建设局")]
    name: String,
    /// The unit above it, which is recorded; left out at the top.
    #[schema(value_type = Option<views::UnitCode>)]
    parent: Option<String>,
}

/// Records a unit.
#[utoipa::path(
    post, path = "/api/v1/units", tag = "Units",
    params(IdempotencyKey),
    request_body = UnitBody,
    responses((status = 201, description = "The unit as recorded.", body = views::Unit)),
    extensions(
        ("x-permission" = json!(Permission::KeepHouse.name())),
        ("x-problems" = json!([UNIT_EXISTS.code])),
    ),
)]
pub async fn record(app: web::Data<App>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::KeepHouse).await?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<UnitBody>(&request, payload, app.body_limit_bytes).await?;
    let row = row(code("code", &read.value.code)?, &read.value.name, read.value.parent.as_deref())?;
    let (state, actor) = (app.clone(), caller.actor);
    let outcome = app
        .db
        .write(move |conn| {
            let now = state.moment().now;
            once(conn, &key, &read.sha256, now, |conn| {
                record_unit(conn, &row, &actor, now)?;
                let location = format!("/api/v1/units/{}", row.unit.code);
                created(read.sha256.clone(), &views::unit(&row), location)
            })
        })
        .await?;
    Ok(answered(outcome))
}

/// A unit's name and place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnitChange {
    /// Its name: one line.
    #[schema(min_length = 1, max_length = 200, example = "住房和城乡建设局")]
    name: String,
    /// The unit above it; null at the top. It has to be said either way: what is left out moves nothing by accident.
    #[serde(deserialize_with = "said_either_way")]
    #[schema(value_type = Option<views::UnitCode>, required = true)]
    parent: Option<String>,
}

fn said_either_way<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

/// Renames a unit, or moves it with all those below it.
///
/// What tokens of the units concerned see changes at once. A unit cannot stand above itself.
#[utoipa::path(
    put, path = "/api/v1/units/{unit}", tag = "Units",
    request_body = UnitChange,
    responses((status = 200, description = "The unit as it is now.", body = views::Unit)),
    extensions(("x-permission" = json!(Permission::KeepHouse.name()))),
)]
pub async fn change(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (caller, code) = guard_unit(&app, &request, Permission::KeepHouse, &path).await?;
    let asked = body::json::<UnitChange>(&request, payload, app.body_limit_bytes).await?.value;
    let row = row(code, &asked.name, asked.parent.as_deref())?;
    let state = app.clone();
    let row =
        app.db.write(move |conn| change_unit(conn, &row, &caller.actor, state.moment().now).map(|()| row)).await?;
    Ok(ok(&views::unit(&row)))
}

fn row(code_given: UnitCode, name: &str, parent: Option<&str>) -> Result<UnitRow, Problem> {
    let name = body::line("name", name, MAX_NAME_CHARS)?;
    let parent = parent.map(|text| code("parent", text)).transpose()?;
    Ok(UnitRow { unit: Unit { code: code_given, name }, parent })
}

fn code(field: &str, text: &str) -> Result<UnitCode, Problem> {
    UnitCode::parse(text).map_err(|error| Problem::invalid(field, "不是有效的预算单位编码", error.to_string()))
}

/// Lets a caller with that permission through to the unit of the path. What cannot be a code is no unit, which a stranger
/// does not learn.
async fn guard_unit(
    app: &App,
    request: &HttpRequest,
    permission: Permission,
    path: &str,
) -> Result<(Caller, UnitCode), Problem> {
    let Ok(code) = UnitCode::parse(path) else {
        guard(app, request, permission).await?;
        return Err(Problem::not_found(Thing::Unit));
    };
    Ok((guard_named(app, request, permission, Named::Unit(code.clone())).await?, code))
}
