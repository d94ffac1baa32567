//! The API's description (OpenAPI 3.1): what each handler says of itself, completed with what all have in common.
//!
//! A handler says what is its own: tag, query and headers, body, answer, `x-permission`, and the problems that only it
//! has (`x-problems`). Path parameters, security, common problems and examples follow from that and are added here.

#![allow(
    clippy::indexing_slicing,
    reason = "a JSON value answers null for what it lacks; the whole text is made, and tested, once"
)]

mod complete;
mod example;
mod problems;

use super::api::Described;
use serde_json::{Value, json};
use std::sync::LazyLock;
use utoipa::OpenApi;

/// What the description says first.
const ABOUT: &str = include_str!("about.md");

/// The subjects, in the order in which the page shows them.
const TAGS: [(&str, &str); 9] = [
    ("Projects", "Projects with their plans and indicators."),
    ("Disbursements", "The ledger: entries are recorded and reversed, never changed."),
    ("Readings", "What indicators really reached."),
    ("Comparison", "Planned against spent."),
    ("Checks", "Judging a year."),
    ("Alerts", "What a check found, and its story."),
    ("Letters", "The outbox."),
    ("Contacts", "People who are told."),
    ("Service", "The service itself; without a token."),
];

/// The description as it is served and committed: pretty-printed, with a newline at its end.
pub static TEXT: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", description()));

fn description() -> Value {
    let described = serde_json::to_value(Described::openapi()).unwrap_or_default();
    let part = |name: &str| described.get(name).cloned().unwrap_or_else(|| json!({}));
    let tags: Vec<Value> = TAGS.iter().map(|(name, about)| json!({ "name": name, "description": about })).collect();
    let mut document = json!({
        "openapi": part("openapi"),
        "info": {
            "title": "Milepost",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": env!("CARGO_PKG_LICENSE") },
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": part("paths"),
        "components": part("components"),
    });
    complete::complete(&mut document);
    document
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::api::OPERATIONS;

    #[test]
    fn each_route_says_the_path_and_the_method_under_which_it_is_registered() {
        let document = description();
        let mut said: Vec<(String, String)> = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            said.extend(methods.as_object().unwrap().keys().map(|method| (path.clone(), method.clone())));
        }
        let mut registered: Vec<_> =
            OPERATIONS.iter().map(|one| (one.path.to_owned(), one.method.to_owned())).collect();
        said.sort();
        registered.sort();
        assert_eq!(said, registered);
    }
}
