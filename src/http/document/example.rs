//! Examples of whole bodies, put together from those of their parts.

use serde_json::{Map, Value};

/// Depth at which a description is given up as circular.
const MAX_DEPTH: usize = 24;

/// Gives each JSON body of requests and answers an example, unless it has one.
pub fn add(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let paths = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    let operations = paths.filter_map(Value::as_object_mut).flat_map(|path| path.values_mut());
    for operation in operations {
        if let Some(body) = operation.get_mut("requestBody") {
            add_to_content(body, &schemas);
        }
        let answers = operation["responses"].as_object_mut().into_iter().flat_map(|answers| answers.values_mut());
        answers.for_each(|answer| add_to_content(answer, &schemas));
    }
}

fn add_to_content(body: &mut Value, schemas: &Value) {
    let Some(json) = body.pointer_mut("/content/application~1json") else { return };
    if json.get("example").is_none() && json.get("examples").is_none() {
        let example = of_schema(&json["schema"], schemas, MAX_DEPTH);
        json["example"] = example;
    }
}

/// An example of what a schema describes: its own, or one made of its parts'.
fn of_schema(schema: &Value, schemas: &Value, depth: usize) -> Value {
    if depth == 0 {
        return Value::Null;
    }
    let given = schema.get("example").or_else(|| schema.get("examples")?.get(0));
    let given = given.or_else(|| schema.get("enum")?.get(0));
    if let Some(example) = given {
        return example.clone();
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return of_schema(&schemas[name], schemas, depth - 1);
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(some) = schema[choice].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null")) {
            return of_schema(some, schemas, depth - 1);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().map(|part| of_schema(part, schemas, depth - 1));
        return Value::Object(parts.filter_map(|part| part.as_object().cloned()).flatten().collect());
    }
    if let Some(members) = schema["properties"].as_object() {
        let each = members.iter().map(|(name, member)| (name.clone(), of_schema(member, schemas, depth - 1)));
        return Value::Object(each.collect::<Map<_, _>>());
    }
    if let Some(item) = schema.get("items") {
        return Value::Array(vec![of_schema(item, schemas, depth - 1)]);
    }
    let is =
        |kind: &str| schema["type"] == kind || schema["type"].as_array().is_some_and(|all| all.contains(&kind.into()));
    if is("boolean") {
        false.into()
    } else if is("integer") {
        1.into()
    } else {
        Value::Null
    }
}
