//! Reading a request's body: its type, its size, its JSON, and the values that every body uses.

use super::App;
use super::problem::{KEY_MISSING, NOT_JSON, PAYLOAD_TOO_LARGE, Problem, UNSUPPORTED_MEDIA_TYPE};
use super::respond::BODY_WITHIN;
use crate::domain::money::Fen;
use crate::domain::text;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::rt::time::timeout;
use actix_web::web::{self, BytesMut, Payload};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::StreamExt;
use serde::de::{DeserializeOwned, IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use utoipa::ToSchema;

/// Characters of an idempotency key.
const MAX_KEY_CHARS: usize = 200;

/// A body with its hash, for the idempotency row.
pub struct Body<T> {
    /// What it says.
    pub value: T,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}

/// The idempotency key; required on each POST that records a fact.
pub fn idempotency_key(request: &HttpRequest) -> Result<String, Problem> {
    let missing =
        |english: &str| Problem::new(KEY_MISSING, "请在 Idempotency-Key 头中提供 1 到 200 个可见字符", english);
    let header = request.headers().get("Idempotency-Key");
    let key = header.ok_or_else(|| missing("send an `Idempotency-Key` header, so that a repeated post counts once"))?;
    let key = key.to_str().unwrap_or_default().trim();
    if !(1..=MAX_KEY_CHARS).contains(&key.len()) || !key.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(missing("the `Idempotency-Key` has 1 to 200 visible ASCII characters"));
    }
    Ok(key.to_owned())
}

/// Reads a JSON body.
pub async fn json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
    limit_bytes: usize,
) -> Result<Body<T>, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = kind.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
        && parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
            !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        });
    let is_plain = request.headers().get(CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity");
    if !is_json || !is_plain {
        let english = "send the body as `Content-Type: application/json`, UTF-8, without a content encoding";
        return Err(Problem::new(UNSUPPORTED_MEDIA_TYPE, "请以 application/json（UTF-8，不压缩）发送请求体", english));
    }
    let within = request.app_data::<web::Data<App>>().map_or(BODY_WITHIN, |app| app.settings.body);
    let bytes = timeout(within, read_all(payload, limit_bytes))
        .await
        .map_err(|_| Problem::of_status(StatusCode::REQUEST_TIMEOUT))??;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Problem::new(NOT_JSON, "请求体不是 UTF-8 编码", "the body is not UTF-8"))?;
    Ok(Body { value: parse(text)?, sha256: crate::actions::authenticate::sha256_hex(&bytes) })
}

async fn read_all(mut payload: Payload, limit_bytes: usize) -> Result<BytesMut, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::of_status(StatusCode::BAD_REQUEST))?;
        if bytes.len() + chunk.len() > limit_bytes {
            let english = format!("the body is over the limit of {limit_bytes} bytes");
            return Err(Problem::new(PAYLOAD_TOO_LARGE, format!("请求体超过 {limit_bytes} 字节的上限"), english));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    // All of it first, so that 400 and 422 do not depend on which fault comes earlier in the text.
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| not_json(&error))?;
    // A struct would also be read from an array, field by field: nobody who sends one means it.
    if !text.trim_start().starts_with('{') {
        return Err(Problem::invalid("body", "请求体须为 JSON 对象 { … }", "the body is a JSON object, { … }"));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let value: Result<T, _> = serde_path_to_error::deserialize(&mut reader);
    let value = value.map_err(|error| {
        let field = error.path().to_string();
        let inner = error.into_inner();
        if !inner.is_data() {
            return not_json(&inner);
        }
        let words = inner.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        let field = named_field(words, &field).unwrap_or(if field == "." { "body".to_owned() } else { field });
        Problem::invalid(&field, in_chinese(words), words)
    })?;
    Ok(value)
}

/// The field that a message like "missing field `x`" names, behind the path of the object that lacks it.
fn named_field(words: &str, path: &str) -> Option<String> {
    let rest = words.strip_prefix("missing field `").or_else(|| words.strip_prefix("unknown field `"))?;
    let name = rest.split('`').next()?;
    let object = path.trim_end_matches(['.', '?']);
    Some(match object.strip_suffix(name).map_or(object, |object| object.trim_end_matches('.')) {
        "" => name.to_owned(),
        object => format!("{object}.{name}"),
    })
}

/// What serde says of a field, in Chinese.
fn in_chinese(words: &str) -> &'static str {
    const KNOWN: [(&str, &str); 6] = [
        ("missing field", "缺少此字段"),
        ("unknown field", "没有这个字段"),
        ("duplicate field", "字段重复"),
        (NOT_A_DAY, "日期写作 2024-06-30"),
        // A JSON number and an unreadable text are both told the shape that is expected.
        ("an amount in yuan", "金额须为加引号的十进制字符串，整数至多 13 位、小数至多 2 位，例如 \"226950.00\""),
        ("invalid type", "类型不符"),
    ];
    let known = KNOWN.into_iter().find(|(sign, _)| words.contains(sign));
    known.map_or("取值无效", |(_, chinese)| chinese)
}

const NOT_A_DAY: &str = "write the day as 2024-06-30";

fn not_json(error: &serde_json::Error) -> Problem {
    let english = format!("the body is not JSON: {error}");
    Problem::new(NOT_JSON, format!("请求体不是有效的 JSON（第 {} 行第 {} 列）", error.line(), error.column()), english)
}

/// An amount in yuan as a request writes it: a decimal string. A JSON number is refused with a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = r"^\d{1,13}(\.\d{1,2})?$", example = "226950.00")]
pub struct YuanGiven(pub Fen);

impl<'de> Deserialize<'de> for YuanGiven {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<YuanGiven, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = YuanGiven;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount in yuan as a decimal string in quotes, such as \"226950.00\"")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<YuanGiven, E> {
                Fen::parse_yuan(text).map(YuanGiven).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A field that may be null and must not be left out.
pub fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// A business date as a request writes it: `2024-06-30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = Date, pattern = r"^\d{4}-\d{2}-\d{2}$", example = "2024-06-30")]
pub struct DayGiven(pub NaiveDate);

impl<'de> Deserialize<'de> for DayGiven {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DayGiven, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
        day.map(DayGiven).ok_or_else(|| serde::de::Error::custom(NOT_A_DAY))
    }
}

/// An instant as a request writes it (RFC 3339); described here, read by [`super::query::instant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2024-06-30T01:12:05Z")]
pub struct InstantGiven(pub DateTime<Utc>);

/// A one-line text field.
pub fn line(field: &str, value: &str, most: usize) -> Result<String, Problem> {
    text::line(value, most).map_err(|error| of_text(field, error))
}

/// A text field that may be left out, and may have several lines.
pub fn memo(field: &str, value: Option<&str>) -> Result<String, Problem> {
    text::memo(value.unwrap_or_default()).map_err(|error| of_text(field, error))
}

/// A one-line text field that may be left out or empty.
pub fn optional_line(field: &str, value: Option<&str>, most: usize) -> Result<String, Problem> {
    match value {
        None | Some("") => Ok(String::new()),
        Some(value) => line(field, value, most),
    }
}

fn of_text(field: &str, error: text::TextError) -> Problem {
    let chinese = match error {
        text::TextError::Empty => "不能为空".to_owned(),
        text::TextError::TooLong(most) => format!("超过 {most} 个字"),
        text::TextError::ControlCharacter => "含有控制字符，请删除".to_owned(),
    };
    Problem::invalid(field, chinese, error.to_string())
}
