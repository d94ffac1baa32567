//! Adds to each operation what follows from its path, its permission and its body.

use super::{example, problems};
use crate::domain::access::{ALL_ROLES, Permission};
use crate::http::api::OPERATIONS;
use crate::http::problem::{
    ALL_KINDS, BAD_REQUEST, FORBIDDEN, INTERNAL, INVALID, KEY_MISSING, KEY_REUSED, Kind, NOT_FOUND, NOT_JSON,
    PATH_TOO_LONG, PAYLOAD_TOO_LARGE, TIMEOUT, UNAUTHENTICATED, UNAVAILABLE, UNSUPPORTED_MEDIA_TYPE,
};
use serde_json::{Value, json};

/// Completes the description.
pub fn complete(document: &mut Value) {
    let components = &mut document["components"];
    components["schemas"]["Problem"] = problems::schema();
    components["responses"] = Value::Object(problems::responses());
    components["examples"] = Value::Object(problems::examples());
    components["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "`mp_<id>_<secret>`, made by `milepost token create`." },
    });
    for operation in OPERATIONS {
        let found = document.pointer_mut(&format!("/paths/{}/{}", operation.path.replace('/', "~1"), operation.method));
        if let Some(described) = found {
            described["operationId"] = json!(operation.id);
            complete_one(described, operation.path);
        }
    }
    example::add(document);
}

fn complete_one(operation: &mut Value, path: &str) {
    let permission = operation["x-permission"].as_str().map(str::to_owned);
    let is_open = permission.as_deref() == Some("none");
    operation["security"] = if is_open { json!([]) } else { json!([{ "token": [] }]) };
    add_path_parameters(operation, path);

    let kinds = kinds(operation, path, permission.as_deref());
    operation["x-problems"] = kinds.iter().map(|kind| kind.code).collect();
    for kind in kinds {
        let reference = format!("#/components/responses/{}", problems::name(kind.status));
        operation["responses"][kind.status.to_string()] = json!({ "$ref": reference });
    }
    let takes_key = has_parameter(operation, "Idempotency-Key");
    if let Some(created) = operation.pointer_mut("/responses/201") {
        created["headers"]["Location"] =
            json!({ "description": "Where to read it again.", "schema": { "type": "string" } });
        if takes_key {
            let about = "`true` where the key was answered before: this is the first answer again.";
            created["headers"]["Idempotent-Replayed"] =
                json!({ "description": about, "schema": { "type": "string", "enum": ["true"] } });
        }
    }
}

fn has_parameter(operation: &Value, name: &str) -> bool {
    operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == name))
}

/// The parameters that the path names, before the others.
fn add_path_parameters(operation: &mut Value, path: &str) {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.split('}').next());
    let mut parameters: Vec<Value> = names.map(path_parameter).collect();
    parameters.extend(operation["parameters"].as_array().into_iter().flatten().cloned());
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
}

fn path_parameter(name: &str) -> Value {
    let of = |schema: &str| json!({ "$ref": format!("#/components/schemas/{schema}") });
    let (about, schema) = match name {
        "year" => ("The fiscal year.", json!({ "type": "integer", "minimum": 2000, "maximum": 2999, "example": 2024 })),
        "code" => ("The code of a project in that year, or of a unit.", of("ProjectCode")),
        "file" => ("The file's name.", json!({ "type": "string", "example": "index.html" })),
        _ => ("The id that the service gave.", of("Id")),
    };
    json!({ "name": name, "in": "path", "required": true, "description": about, "schema": schema })
}

/// Every kind of problem that the operation can answer with: its own (`x-problems`), and those that follow.
fn kinds(operation: &Value, path: &str, permission: Option<&str>) -> Vec<&'static Kind> {
    let own: Vec<&str> = operation["x-problems"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let needed = permission.and_then(Permission::from_name);
    let has_body = operation.get("requestBody").is_some();
    let mut codes = own;
    if permission != Some("none") {
        codes.extend([UNAUTHENTICATED.code, INVALID.code]);
    }
    if needed.is_some_and(|needed| ALL_ROLES.iter().any(|role| !role.may(needed))) {
        codes.push(FORBIDDEN.code);
    }
    if path.contains('{') {
        codes.extend([NOT_FOUND.code, PATH_TOO_LONG.code]);
    }
    if has_body {
        codes.extend(
            [BAD_REQUEST, NOT_JSON, TIMEOUT, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INVALID].map(|kind| kind.code),
        );
    }
    if has_parameter(operation, "Idempotency-Key") {
        codes.extend([KEY_MISSING.code, KEY_REUSED.code]);
    }
    codes.extend([INTERNAL.code, UNAVAILABLE.code]);
    ALL_KINDS.iter().filter(|kind| codes.contains(&kind.code)).collect()
}
