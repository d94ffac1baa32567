//! Every kind of problem in the description: one schema, one reusable response per status, an example per kind and
//! language.

use crate::domain::language::Language;
use crate::http::problem::{ALL_KINDS, Kind, Problem, RETRY_AFTER_SECONDS};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The request id of the examples.
const REQUEST_ID: &str = "01905f6e-2c3b-7d4a-9b1e-0f6a5c7d8e9f";
/// Both languages, with the end of an example's name.
const LANGUAGES: [(Language, &str); 2] = [(Language::English, "en"), (Language::Chinese, "zh")];

/// The schema of a problem document.
pub fn schema() -> Value {
    let types: Vec<String> = ALL_KINDS.iter().map(|kind| format!("/problems/{}", kind.code)).collect();
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457). Some kinds have a member more.",
        "required": ["type", "title", "status", "detail", "errors", "request_id"],
        "properties": {
            "type": { "type": "string", "description": "The stable code of the kind.", "enum": types },
            "title": { "type": "string", "description": "The kind in words, by `Accept-Language`." },
            "status": { "type": "integer", "description": "The status again." },
            "detail": { "type": "string", "description": "What happened here, by `Accept-Language`." },
            "errors": {
                "type": "array",
                "description": "The fields at fault.",
                "items": {
                    "type": "object",
                    "required": ["field", "detail"],
                    "properties": {
                        "field": { "type": "string", "description": "A JSON field, a query parameter, a header or a path segment." },
                        "detail": { "type": "string", "description": "What is wrong with it and how to mend it." },
                    },
                },
            },
            "request_id": { "type": "string", "description": "The id under which the log knows the request; also `X-Request-Id`." },
        },
    })
}

/// `components/examples`: each kind in both languages.
pub fn examples() -> Map<String, Value> {
    let each = ALL_KINDS.iter().flat_map(|kind| {
        LANGUAGES.map(|(language, tongue)| {
            let problem = example(kind);
            let value = problem.document(language, REQUEST_ID);
            (format!("{}.{tongue}", kind.code), json!({ "summary": value["title"], "value": value }))
        })
    });
    each.collect()
}

fn example(kind: &Kind) -> Problem {
    match kind.code {
        "invalid-value" => Problem::invalid("paid_on", "日期写作 2024-06-30", "write the day as 2024-06-30"),
        _ => Problem::new(*kind, kind.chinese, kind.english),
    }
}

/// `components/responses`: one per status, with the examples of its kinds.
pub fn responses() -> Map<String, Value> {
    let statuses: BTreeSet<u16> = ALL_KINDS.iter().map(|kind| kind.status).collect();
    statuses.into_iter().map(|status| (name(status), response(status))).collect()
}

/// The name of the reusable response of a status.
pub fn name(status: u16) -> String {
    format!("Problem{status}")
}

fn response(status: u16) -> Value {
    let kinds = ALL_KINDS.iter().filter(|kind| kind.status == status);
    let words: Vec<&str> = kinds.clone().map(|kind| kind.english).collect();
    let examples: Map<String, Value> = kinds
        .flat_map(|kind| LANGUAGES.map(|(_, tongue)| format!("{}.{tongue}", kind.code)))
        .map(|example| (example.clone(), json!({ "$ref": format!("#/components/examples/{example}") })))
        .collect();
    let mut response = json!({
        "description": format!("{}.", words.join(". ")),
        "content": {
            "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" }, "examples": examples },
        },
    });
    let header = match status {
        401 => Some(("WWW-Authenticate", json!({ "type": "string", "example": "Bearer realm=\"milepost\"" }))),
        429 | 503 => Some(("Retry-After", json!({ "type": "string", "example": RETRY_AFTER_SECONDS.to_string() }))),
        _ => None,
    };
    if let Some((header, schema)) = header {
        response["headers"] = json!({ header: { "schema": schema } });
    }
    response
}
