//! The API's description against the running service: what it names is there, and what is there it names.

use super::Office;
use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// An operation as the description names it.
pub struct Operation<'a> {
    /// The method, in capitals.
    pub method: String,
    /// The path, with its parameters in braces.
    pub path: &'a str,
    /// All that is said of it.
    pub said: &'a Value,
}

/// Every operation of a description.
pub fn operations(description: &Value) -> Vec<Operation<'_>> {
    let paths = description["paths"].as_object().unwrap().iter();
    let each = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, said)| Operation { method: method.to_uppercase(), path, said })
    });
    each.collect()
}

fn described() -> Value {
    serde_json::from_str(&milepost::http::document::TEXT).unwrap()
}

#[test]
fn the_committed_description_is_what_the_service_serves_and_the_command_prints() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json")).unwrap();
    let place = Place::sqlite();
    let served = Service::start(&place).client.get("", "//openapi.json").expect(200);
    assert_eq!(served.header("content-type"), Some("application/json"));
    let mend = "mend it with: cargo run -- openapi > docs/openapi.json";
    assert!(served.text == committed, "docs/openapi.json is not what the service serves; {mend}");
    assert!(place.done(&["openapi"]) == committed, "docs/openapi.json is not what the command prints; {mend}");
}

#[test]
fn each_operation_that_the_description_names_is_served() {
    let place = Place::sqlite();
    let office = Office::on(&place);
    let description = office.service.client.get("", "//openapi.json").json();
    for Operation { method, path, .. } in operations(&description) {
        let filled = path.replace("{year}", "2024").replace("{file}", "index.html").replace(['{', '}'], "");
        let answer = office.service.client.ask(&method, "", &format!("/{filled}"), &[], b"");
        // Known paths ask for a token first; what is unknown is 404 at once, and a method that is not there 405.
        assert!(![404, 405].contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.text);
    }
}

/// The table of `http/api/mod.rs` makes both the routes and the description: a route registered elsewhere would be in
/// neither this test's nor anybody's description.
#[test]
fn routes_are_registered_in_one_table_only() {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap();
            let signs =
                ["web::resource(", "web::scope(", ".service(", ".route(\"", "#[get(", "#[post(", "#[put(", "#[delete("];
            for line in text.lines().filter(|line| signs.iter().any(|sign| line.contains(sign))) {
                found.push(format!("{}: {}", path.file_name().unwrap().display(), line.trim()));
            }
        }
    }
    let table = "mod.rs: $( config.service(web::resource($path)$(.route($method().to($file::$function)))+); )*";
    assert_eq!(found, [table], "a route stands outside the table `resources!` in src/http/api/mod.rs");
}

#[test]
fn each_operation_says_what_a_client_needs() {
    let description = described();
    let tags: BTreeSet<&str> =
        description["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut ids = BTreeSet::new();
    for Operation { method, path, said } in operations(&description) {
        let place = format!("{method} {path}");
        assert!(ids.insert(said["operationId"].as_str().unwrap()), "{place}: its id is another's");
        assert!(said["summary"].as_str().is_some_and(|text| !text.is_empty()), "{place} has no summary");
        assert!(
            said["tags"].as_array().is_some_and(|all| all.iter().all(|tag| tags.contains(tag.as_str().unwrap()))),
            "{place}: its tag is not explained"
        );
        let named = path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap());
        let parameters = said["parameters"].as_array().cloned().unwrap_or_default();
        for name in named {
            assert!(parameters.iter().any(|one| one["name"] == name && one["in"] == "path"), "{place}: {name}");
        }
        for (status, answer) in said["responses"].as_object().unwrap() {
            let is_problem = status.as_str() >= "400";
            let reference = format!("#/components/responses/Problem{status}");
            assert!(!is_problem || answer["$ref"] == reference, "{place}: {status} is no problem document");
            assert!(
                is_problem || answer["description"].as_str().is_some_and(|text| text.len() > 5),
                "{place} {status}"
            );
            if let Some(json) = answer.pointer("/content/application~1json") {
                assert!(is_filled(&json["example"]), "{place} {status}: no example in {}", json["example"]);
            }
        }
        if let Some(json) = said.pointer("/requestBody/content/application~1json") {
            assert!(is_filled(&json["example"]), "{place}: a part of the body has no example: {}", json["example"]);
        }
    }
}

#[test]
fn each_reference_leads_somewhere() {
    fn references<'a>(part: &'a Value, found: &mut BTreeSet<&'a str>) {
        match part {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let description = described();
    let mut found = BTreeSet::new();
    references(&description, &mut found);
    assert!(found.len() > 30, "{found:?}");
    for reference in found {
        let target = description.pointer(reference.strip_prefix('#').unwrap());
        assert!(
            target.is_some(),
            "{reference} leads nowhere; name its type in `components(schemas(…))`, http/api/mod.rs"
        );
    }
}

/// Whether an example has something in each place: a part without an example shows as null.
fn is_filled(example: &Value) -> bool {
    match example {
        Value::Null => false,
        Value::Array(items) => items.iter().all(is_filled),
        Value::Object(members) => members.values().all(is_filled),
        _ => true,
    }
}

#[test]
fn each_kind_of_problem_is_described_in_both_languages_and_in_the_documents_table() {
    let description = described();
    let table = include_str!("../../../docs/api.md");
    for kind in milepost::http::problem::ALL_KINDS {
        let example =
            |tongue: &str| description["components"]["examples"][format!("{}.{tongue}", kind.code)]["value"].clone();
        let (english, chinese) = (example("en"), example("zh"));
        for said in [&english, &chinese] {
            assert_eq!(
                (&said["type"], &said["status"]),
                (&format!("/problems/{}", kind.code).into(), &kind.status.into())
            );
        }
        assert!(english.to_string().is_ascii(), "{english}");
        let is_chinese =
            |text: &Value| text.as_str().unwrap().chars().any(|sign| ('\u{4e00}'..='\u{9fff}').contains(&sign));
        assert!(is_chinese(&chinese["title"]) && is_chinese(&chinese["detail"]), "{chinese}");
        let response = &description["components"]["responses"][format!("Problem{}", kind.status)];
        let examples = &response["content"]["application/problem+json"]["examples"];
        assert!(examples.get(format!("{}.zh", kind.code)).is_some(), "{} is not among the answers", kind.code);
        let row = table.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{}`", kind.code)));
        let row = row.unwrap_or_else(|| panic!("docs/api.md does not know {}", kind.code));
        assert!(row.contains(&format!("| {} |", kind.status)), "{row}");
    }
}

#[test]
fn closed_lists_promise_no_word_that_the_domain_does_not_know() {
    use milepost::domain::{alert, contact, disbursement, letter, reading, rule, verdict};
    let description = described();
    let words = |schema: &str| -> Vec<String> {
        let words = description["components"]["schemas"][schema]["enum"].as_array();
        words.unwrap_or_else(|| panic!("{schema}")).iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let known = |schema: &str, is_known: &dyn Fn(&str) -> bool| {
        for word in words(schema) {
            assert!(is_known(&word), "{schema}: {word}");
        }
    };
    known("ContactRoleWord", &|word| contact::ContactRole::from_name(word).is_some());
    known("StandingWord", &|word| verdict::Standing::from_name(word).is_some());
    known("SeverityWord", &|word| rule::Severity::from_name(word).is_some());
    known("AlertStateWord", &|word| alert::State::from_name(word).is_some());
    known("LetterStateWord", &|word| letter::LetterState::from_name(word).is_some());
    known("KindWord", &|word| disbursement::Kind::from_name(word).is_some());
    known("SourceWord", &|word| disbursement::Source::from_name(word).is_some());
    known("GradeWord", &|word| reading::Grade::from_name(word).is_some());
}

#[test]
fn the_page_of_the_description_needs_no_outside_address() {
    let place = Place::sqlite();
    let service = Service::start(&place);
    let moved = service.client.get("", "//docs").expect(307);
    assert_eq!(moved.header("location"), Some("/docs/index.html"));
    let page = service.client.get("", "//docs/index.html").expect(200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    let start = service.client.get("", "//docs/swagger-initializer.js").expect(200);
    assert!(start.text.contains("\"/openapi.json\""), "{}", start.text);
    for file in [&page, &start] {
        assert!(!file.text.contains("http://") && !file.text.contains("https://"), "{}", file.text);
    }
    let named = page.text.split('"').filter_map(|word| word.strip_prefix("./"));
    let named: Vec<&str> = named.collect();
    assert!(named.len() >= 4, "{named:?}");
    for file in named.into_iter().filter(|name| !name.contains(".png")) {
        service.client.get("", &format!("//docs/{file}")).expect(200);
    }
    super::problem(&service.client.get("", "//docs/other.js"), 404, "not-found");
}
