//! As much of JSON Schema as the schemas in use need; a keyword that it does not know is an error, so that nothing
//! passes unseen.

use regex_lite::Regex;
use serde_json::Value;

/// Keywords that say nothing about validity.
const REMARKS: &[&str] = &[
    "$schema",
    "$id",
    "title",
    "description",
    "default",
    "definitions",
    "$comment",
    "examples",
];

/// What is wrong with `value`, one line each, with the place of it.
pub(crate) fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, schema, value, "", &mut found);
    found
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Value::Bool(allowed) = schema {
        if !allowed {
            found.push(format!("{at}: not allowed"));
        }
        return;
    }
    for (keyword, wanted) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "$ref" => {
                let pointer = wanted.as_str().unwrap().strip_prefix('#').unwrap();
                check(root, root.pointer(pointer).unwrap(), value, at, found);
                true
            }
            "type" => match wanted {
                Value::Array(types) => types.iter().any(|one| has_type(value, one)),
                one => has_type(value, one),
            },
            "enum" => wanted.as_array().unwrap().contains(value),
            "const" => wanted == value,
            "minimum" => value.as_f64().is_none_or(|n| n >= wanted.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|n| n <= wanted.as_f64().unwrap()),
            "minItems" => value
                .as_array()
                .is_none_or(|list| list.len() >= size(wanted)),
            "minLength" => value
                .as_str()
                .is_none_or(|text| text.chars().count() >= size(wanted)),
            "uniqueItems" => {
                wanted == &Value::Bool(false) || value.as_array().is_none_or(|list| unique(list))
            }
            "pattern" => {
                let pattern = Regex::new(wanted.as_str().unwrap()).unwrap();
                value.as_str().is_none_or(|text| pattern.is_match(text))
            }
            "format" => value.as_str().is_none_or(|text| has_format(text, wanted)),
            "required" => {
                for name in wanted.as_array().unwrap() {
                    let name = name.as_str().unwrap();
                    if value
                        .as_object()
                        .is_some_and(|object| !object.contains_key(name))
                    {
                        found.push(format!("{at}: `{name}` is missing"));
                    }
                }
                true
            }
            "properties" => {
                for (name, part) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = wanted.get(name) {
                        check(root, schema, part, &format!("{at}/{name}"), found);
                    }
                }
                true
            }
            "additionalProperties" => {
                for (name, part) in value.as_object().into_iter().flatten() {
                    if schema
                        .get("properties")
                        .and_then(|known| known.get(name))
                        .is_none()
                    {
                        check(root, wanted, part, &format!("{at}/{name}"), found);
                    }
                }
                true
            }
            "items" => {
                for (index, part) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, wanted, part, &format!("{at}/{index}"), found);
                }
                true
            }
            "anyOf" => matching(root, wanted, value) >= 1,
            "oneOf" => matching(root, wanted, value) == 1,
            remark if REMARKS.contains(&remark) => true,
            unknown => panic!("the keyword `{unknown}` is not known here"),
        };
        if !holds {
            found.push(format!("{at}: {value} against {keyword} {wanted}"));
        }
    }
}

fn matching(root: &Value, schemas: &Value, value: &Value) -> usize {
    let schemas = schemas.as_array().unwrap().iter();
    let fits = |schema: &&Value| {
        let mut found = Vec::new();
        check(root, schema, value, "", &mut found);
        found.is_empty()
    };
    schemas.filter(fits).count()
}

fn size(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn unique(list: &[Value]) -> bool {
    list.iter()
        .enumerate()
        .all(|(index, one)| !list[..index].contains(one))
}

fn has_type(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("the type `{other}` is not known here"),
    }
}

fn has_format(text: &str, name: &Value) -> bool {
    let reference =
        Regex::new(r"^([A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$").unwrap();
    let scheme = Regex::new(r"^[A-Za-z][A-Za-z0-9+.\-]*:").unwrap();
    match name.as_str().unwrap() {
        "uri" => reference.is_match(text) && scheme.is_match(text),
        "uri-reference" => reference.is_match(text),
        "date" => Regex::new(r"^\d{4}-\d\d-\d\d$").unwrap().is_match(text),
        other => panic!("the format `{other}` is not known here"),
    }
}

#[test]
fn what_a_schema_forbids_is_found() {
    let schema = serde_json::json!({
        "type": "object",
        "required": ["a"],
        "additionalProperties": false,
        "properties": {
            "a": {"$ref": "#/definitions/number"},
            "b": {"type": "array", "uniqueItems": true, "minItems": 1, "items": {"enum": ["x", "y"]}},
            "c": {"type": ["string", "null"], "format": "uri"},
            "d": {"anyOf": [{"type": "string"}, {"type": "null"}], "pattern": "^x"},
            "e": {"oneOf": [{"type": "integer"}, {"type": "number"}]}
        },
        "definitions": {"number": {"type": "integer", "minimum": 1, "maximum": 3}}
    });
    for (text, count) in [
        (
            r#"{"a": 1, "b": ["x", "y"], "c": null, "d": "x", "e": 1.5}"#,
            0,
        ),
        (r#"{"a": 3, "c": "file:///a%20b"}"#, 0),
        ("[]", 1),
        ("{}", 1),
        (r#"{"a": 0}"#, 1),
        (r#"{"a": 4}"#, 1),
        (r#"{"a": "1"}"#, 1),
        (r#"{"a": 1, "z": 1}"#, 1),
        (r#"{"a": 1, "b": []}"#, 1),
        (r#"{"a": 1, "b": ["x", "x"]}"#, 1),
        (r#"{"a": 1, "b": ["z"]}"#, 1),
        (r#"{"a": 1, "c": "a b:c"}"#, 1),
        (r#"{"a": 1, "c": "docs/x.md"}"#, 1),
        (r#"{"a": 1, "d": "y"}"#, 1),
        (r#"{"a": 1, "d": 1}"#, 1),
        (r#"{"a": 1, "e": 1}"#, 1),
    ] {
        let found = problems(&schema, &serde_json::from_str(text).unwrap());
        assert_eq!(found.len(), count, "{text}: {found:?}");
    }
}
