//! The JSON Schema of the configuration.

use linter::rules;
use serde_json::{Map, Value, json};

use super::keys::{Holds, Key, TOP};
use super::words::Words;

/// The schema, for editors that complete and check TOML.
#[must_use]
pub fn schema() -> Value {
    let mut schema = table(TOP);
    let mut whole = Map::new();
    whole.insert(
        "$schema".to_owned(),
        json!("http://json-schema.org/draft-07/schema#"),
    );
    whole.insert("title".to_owned(), json!("env-doctor.toml"));
    whole.insert(
        "description".to_owned(),
        json!("Configuration of env-doctor; the same keys stand in pyproject.toml below [tool.env-doctor]."),
    );
    if let Some(schema) = schema.as_object_mut() {
        whole.append(schema);
    }
    let names: Vec<&str> = rules::ALL.iter().map(|rule| rule.name).collect();
    whole.insert(
        "definitions".to_owned(),
        json!({"rule": {"type": "string", "enum": names}}),
    );
    Value::Object(whole)
}

fn table(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    let required = keys.iter().filter(|key| key.required);
    let required: Vec<&str> = required.map(|key| key.name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn property(key: &Key) -> Value {
    let mut schema = match key.holds {
        Holds::Word(words) => word(words),
        Holds::Words(words) => json!({"type": "array", "items": word(words)}),
        Holds::Switch => json!({"type": "boolean"}),
        Holds::WordOrSwitch(words) => json!({"anyOf": [word(words), {"type": "boolean"}]}),
        Holds::Table(keys) => table(keys),
        Holds::Tables(keys) => json!({"type": "array", "items": table(keys)}),
        Holds::Map(names, words) => map(names, words),
    };
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), json!(key.about));
    }
    schema
}

fn word(words: Words) -> Value {
    match words {
        Words::Rule => json!({"$ref": "#/definitions/rule"}),
        Words::OneOf(words) => json!({"type": "string", "enum": words}),
        Words::Any | Words::Pattern | Words::Checked(_) => {
            json!({"type": "string", "minLength": 1})
        }
    }
}

/// Rules are named one by one, with what they find, for editors to show.
fn map(names: Words, words: Words) -> Value {
    let values = match words {
        Words::Any => json!({"type": "string"}),
        words => word(words),
    };
    if !matches!(names, Words::Rule) {
        return json!({"type": "object", "additionalProperties": values});
    }
    let properties: Map<String, Value> = rules::ALL
        .iter()
        .map(|rule| {
            let mut value = values.clone();
            value["description"] = json!(rule.summary);
            (rule.name.to_owned(), value)
        })
        .collect();
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}
