//! What every list and every computed read takes: a limit, a cursor, a day, an instant.

use super::problem::Problem;
use super::views;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::{ProjectCode, UnitCode};
use actix_web::{HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use uuid::Uuid;

/// Items on a page, unless asked otherwise.
const DEFAULT_LIMIT: i64 = 50;
/// Items on a page at most; more is refused, never cut.
const MAX_LIMIT: i64 = 500;
/// The greatest cursor that is read.
const MAX_CURSOR_CHARS: usize = 200;

/// The query as a struct; a parameter that it does not know is refused.
pub fn query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Problem> {
    refuse_control_characters(request.query_string())?;
    web::Query::<T>::from_query(request.query_string())
        .map(web::Query::into_inner)
        .map_err(|error| Problem::invalid("query", format!("查询参数无效：{error}"), error.to_string()))
}

/// Nothing that is looked for holds them, and PostgreSQL takes no text with a NUL.
fn refuse_control_characters(query: &str) -> Result<(), Problem> {
    // They can only come encoded.
    if !query.contains('%') {
        return Ok(());
    }
    let pairs =
        web::Query::<Vec<(String, String)>>::from_query(query).map_or_else(|_| Vec::new(), web::Query::into_inner);
    match pairs.into_iter().find(|(_, value)| value.chars().any(char::is_control)) {
        Some((name, _)) => Err(Problem::invalid(&name, "含有控制字符，请删除", "holds control characters")),
        None => Ok(()),
    }
}

/// Refuses any query parameter, where there are none to give.
pub fn none(request: &HttpRequest) -> Result<(), Problem> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    query::<Nothing>(request).map(|Nothing {}| ())
}

/// The fiscal year of the path.
pub fn year(text: &str) -> Result<FiscalYear, Problem> {
    let year = text.parse().ok().and_then(|year| FiscalYear::new(year).ok()).filter(|_| text.len() == 4);
    year.ok_or_else(|| Problem::of_status(actix_web::http::StatusCode::NOT_FOUND))
}

/// The project's code of the path.
pub fn code(text: &str) -> Result<ProjectCode, Problem> {
    ProjectCode::parse(text).map_err(|_| Problem::not_found(crate::actions::Thing::Project))
}

/// An id of the path. What cannot be one becomes the id that nothing has: the action looks for it in its turn, and
/// answers 404 as for any other that is not there.
pub fn id(text: &str) -> Uuid {
    Uuid::parse_str(text).unwrap_or_default()
}

/// The unit that a list is narrowed to.
pub fn unit(text: Option<&str>) -> Result<Option<UnitCode>, Problem> {
    let unit = text.map(UnitCode::parse).transpose();
    unit.map_err(|error| Problem::invalid("unit", "不是有效的预算单位编码", error.to_string()))
}

/// The project that a list is narrowed to.
pub fn project(text: Option<&str>) -> Result<Option<ProjectCode>, Problem> {
    let code = text.map(ProjectCode::parse).transpose();
    code.map_err(|error| Problem::invalid("project", "不是有效的项目编码", error.to_string()))
}

/// The query of a list that nothing narrows.
#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Items on a page: 1 to 500, 50 unless given.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500, example = 50)]
    pub limit: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Items on a page.
pub fn limit(text: Option<&str>) -> Result<i64, Problem> {
    let Some(text) = text else { return Ok(DEFAULT_LIMIT) };
    let limit = text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| {
        Problem::invalid("limit", format!("须为 1 到 {MAX_LIMIT} 的整数"), format!("a number from 1 to {MAX_LIMIT}"))
    })
}

/// Where a page begins: after this key, which must be one of the list's; the empty text where it is the first page.
pub fn cursor(text: Option<&str>, is_key: impl Fn(&str) -> bool) -> Result<String, Problem> {
    let Some(text) = text else { return Ok(String::new()) };
    let bytes = (text.len() <= MAX_CURSOR_CHARS).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten();
    let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|key| is_key(key));
    key.ok_or_else(|| {
        Problem::invalid("cursor", "无法读取，请使用上一页给出的 next_cursor", "unreadable: use a page's next_cursor")
    })
}

/// A cursor of a list of things with ids.
pub fn cursor_of_ids(text: Option<&str>) -> Result<String, Problem> {
    cursor(text, |key| Uuid::parse_str(key).is_ok_and(|id| id.to_string() == key))
}

/// A cursor of a list of projects.
pub fn cursor_of_codes(text: Option<&str>) -> Result<String, Problem> {
    cursor(text, |key| ProjectCode::parse(key).is_ok_and(|code| code.as_str() == key))
}

/// A cursor of a ledger: the place after which the page begins.
pub fn cursor_of_places(text: Option<&str>) -> Result<i64, Problem> {
    let key = cursor(text, |key| key.parse::<i64>().is_ok_and(|place| place > 0))?;
    Ok(key.parse().unwrap_or(0))
}

/// A page: its items, and the cursor of the next, if there may be one.
#[must_use]
pub fn page<T>(items: Vec<T>, limit: i64, last_key: Option<String>) -> views::Page<T> {
    let is_full = i64::try_from(items.len()).is_ok_and(|count| count >= limit);
    let next_cursor = last_key.filter(|_| is_full).map(|key| URL_SAFE_NO_PAD.encode(key));
    views::Page { items, next_cursor }
}

/// A day parameter.
pub fn day(field: &str, text: Option<&str>) -> Result<Option<NaiveDate>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
    let day = day.ok_or_else(|| Problem::invalid(field, "日期写作 2024-06-30", "write the day as 2024-06-30"))?;
    Ok(Some(day))
}

/// An instant parameter.
pub fn instant(field: &str, text: Option<&str>) -> Result<Option<DateTime<Utc>>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| {
        let english = "write the instant as 2024-06-30T01:12:05Z (RFC 3339)";
        Problem::invalid(field, "时刻写作 2024-06-30T01:12:05Z（RFC 3339）", english)
    })?;
    Ok(Some(instant.with_timezone(&Utc)))
}

/// A word of a closed list, as a filter.
pub fn word<T>(field: &str, text: Option<&str>, find: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let found = find(text).ok_or_else(|| Problem::invalid(field, "没有这个取值", "not one of the known words"))?;
    Ok(Some(found))
}
