//! The JSON that people edit, read on its own, says what the program carries.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::generated::carried;
use crate::packed::{List, Listed, Str};
use crate::release::ReleaseVersion;
use crate::{ComputeCapability, CudaVersion};

impl Serialize for Str {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<T: Listed + Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize(serializer)
    }
}

impl Serialize for CudaVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for ComputeCapability {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for ReleaseVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Says where a value of the JSON and one of the program differ.
fn difference(json: &Value, carried: &Value) -> Option<String> {
    let differ = || Some(format!("{json} is carried as {carried}"));
    match (json, carried) {
        (Value::Object(json), Value::Object(carried)) => row(json, carried),
        (Value::Object(json), Value::Array(carried)) => keyed(json, carried),
        (Value::Array(json), Value::Array(carried)) => {
            if json.len() != carried.len() {
                return Some(format!("{} rows of {}", carried.len(), json.len()));
            }
            let rows = json.iter().zip(carried);
            let mut rows = rows.map(|(json, carried)| difference(json, carried));
            rows.find_map(|found| found)
        }
        (Value::String(text), Value::String(own)) if text == own || same_release(text, own) => None,
        (Value::Null, Value::Array(list)) if list.is_empty() => None,
        _ if json == carried => None,
        _ => differ(),
    }
}

/// `19.03` is carried as 19.3.0.
fn same_release(text: &str, carried: &str) -> bool {
    let numbers = |text: &str| {
        let numbers: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
        numbers.map(|mut numbers| {
            numbers.resize(3, 0);
            numbers
        })
    };
    numbers(text).is_some_and(|text| Some(text) == numbers(carried))
}

/// Every column that the program carries, in a row of the JSON.
fn row(json: &Map<String, Value>, carried: &Map<String, Value>) -> Option<String> {
    carried.iter().find_map(|(name, carried)| {
        let written = json.get(name).unwrap_or(&Value::Null);
        // The only word that need not be written.
        if name == "role" && written.is_null() && carried == "decisive" {
            return None;
        }
        difference(written, carried).map(|found| format!("{name}: {found}"))
    })
}

/// `{"key": …}` is carried as rows: the key in one column, what stands behind it in the others.
fn keyed(json: &Map<String, Value>, carried: &[Value]) -> Option<String> {
    let rows = json.iter().zip(carried);
    let mut differences = rows.map(|((key, written), carried)| {
        let columns = carried.as_object()?;
        let holds = |wanted: &Value| columns.values().any(|column| column == wanted);
        let agrees = match written {
            Value::Object(written) => written.values().all(holds),
            written => holds(written),
        };
        (!agrees || !holds(&Value::from(key.as_str())))
            .then(|| format!("{key}: {written} is carried as {carried}"))
    });
    let length =
        (json.len() != carried.len()).then(|| format!("{} rows of {}", carried.len(), json.len()));
    length.or_else(|| differences.find_map(|found| found))
}

#[test]
fn the_program_carries_what_the_json_says() {
    for (text, carried) in carried() {
        let json: Value = serde_json::from_str(text).unwrap();
        let carried = carried.unwrap();
        assert!(!carried.as_object().unwrap().is_empty());
        assert_eq!(difference(&json, &carried), None);
    }
}

#[test]
fn a_difference_is_found_at_any_depth() {
    let (text, carried) = carried().pop().unwrap();
    let carried = carried.unwrap();
    let differs = |from: &str, to: &str| {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        let json: Value = serde_json::from_str(&changed).unwrap();
        difference(&json, &carried).is_some()
    };
    assert!(differs("\"cu118\"", "\"cu119\""));
    assert!(differs("\"3.7\"", "\"3.77\""));
    assert!(differs("\"2.15.0\"", "\"2.15.1\""));
    assert!(!differs("\"date\": \"2026", "\"date\": \"2027"));
}

#[test]
fn every_row_says_where_it_was_read() {
    for (text, _) in carried() {
        let json: Value = serde_json::from_str(text).unwrap();
        let file = json.as_object().unwrap();
        let says = |row: &Value, column: &str| row.get(column).is_some_and(|it| *it != "");
        for (name, table) in file {
            let rows = table.as_array().into_iter().flatten();
            for row in rows.filter(|row| row.is_object()) {
                assert!(
                    says(row, "source") || says(&json, "sources"),
                    "{name}: {row}"
                );
            }
        }
    }
}
