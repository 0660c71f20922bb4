//! The shapes that merging needs: lists of `KEY=value` as mappings, lists of names as mappings, scalars as
//! lists.

use std::sync::Arc;

use source::Location;

use super::mapping_of;
use crate::value::{Cause, Entry, Kind, Mapping, Scalar, Value};
use crate::yaml::ScalarType;

/// A scalar becomes a list of one.
pub(super) fn into_items(value: Value) -> Value {
    match value.kind {
        Kind::Scalar(_) => {
            let location = value.location;
            Value::new(location, Kind::Sequence(vec![value]))
        }
        _ => value,
    }
}

/// `KEY=value` becomes a key and a value; a bare `KEY` has none.
pub(crate) fn key_value(item: &Value) -> Option<Entry> {
    let scalar = item.as_scalar()?;
    let (key, value) = match scalar.text.find('=') {
        Some(at) => (&scalar.text[..at], Some(at + 1..scalar.text.len())),
        None => (&*scalar.text, None),
    };
    let key_location = scalar.part(item.location, 0..key.len());
    let mut entry = Value::new(item.location, Kind::Null);
    if let Some(range) = value {
        entry.location = scalar.part(item.location, range.clone());
        entry.kind = Kind::Scalar(scalar.sub(range));
    }
    entry.alias = item.alias;
    entry.short = Some(Box::new(scalar.clone()));
    Some(Entry {
        key: Arc::from(key),
        key_location,
        value: entry,
    })
}

/// A list of `KEY=value` items becomes a mapping; later items replace earlier ones.
pub(super) fn into_keyed(value: Value) -> Value {
    let value = into_items(value);
    let Kind::Sequence(items) = &value.kind else {
        return value;
    };
    let mut mapping = Mapping::default();
    for mut entry in items.iter().filter_map(key_value) {
        match mapping.entry_mut(&entry.key) {
            Some(old) => {
                let empty = Value::new(old.value.location, Kind::Null);
                let replaced = std::mem::replace(&mut old.value, empty);
                entry.value.note_replaced(replaced, Cause::DuplicateKey);
                *old = entry;
            }
            None => mapping.push(entry),
        }
    }
    Value {
        kind: Kind::Mapping(mapping),
        ..value
    }
}

/// A list of names becomes a mapping of names; `settings` says what each name gets.
pub(crate) fn into_named(value: Value, settings: fn(Location) -> Kind) -> Value {
    let Kind::Sequence(items) = &value.kind else {
        return value;
    };
    let mut mapping = Mapping::default();
    for item in items {
        let Some(name) = item
            .as_scalar()
            .filter(|name| mapping.get(&name.text).is_none())
        else {
            continue;
        };
        let mut settings = Value::new(item.location, settings(item.location));
        settings.alias = item.alias;
        settings.short = Some(Box::new(name.clone()));
        mapping.push(Entry {
            key: Arc::from(&*name.text),
            key_location: item.location,
            value: settings,
        });
    }
    Value {
        kind: Kind::Mapping(mapping),
        ..value
    }
}

/// What `depends_on: [name]` means.
pub(crate) fn dependency(at: Location) -> Kind {
    mapping_of([
        implied("condition", "service_started", ScalarType::String, at),
        implied("required", "true", ScalarType::Bool, at),
    ])
}

/// An entry that Compose supplies.
pub(crate) fn implied(key: &str, text: &str, scalar_type: ScalarType, at: Location) -> Entry {
    Entry {
        key: Arc::from(key),
        key_location: at,
        value: Value::scalar(at, Scalar::implied(text, scalar_type)),
    }
}

/// A mapping becomes a list of `KEY=value` items; a list under a key gives one item each.
pub(super) fn into_pairs(value: Value) -> Value {
    let Kind::Mapping(mapping) = &value.kind else {
        return value;
    };
    let mut items = Vec::with_capacity(mapping.len());
    for entry in mapping {
        let mut add = |scalar: &Scalar, location: Location| {
            let mut pair = scalar.clone();
            let named = |text: &str| format!("{}={text}", entry.key).into();
            pair.text = named(&scalar.text);
            if let Some(private) = &mut pair.private {
                private.other = named(&private.other);
            }
            pair.scalar_type = ScalarType::String;
            pair.text_start = None;
            items.push(Value::scalar(location, pair));
        };
        match &entry.value.kind {
            Kind::Scalar(scalar) => add(scalar, entry.value.location),
            Kind::Sequence(inner) => inner
                .iter()
                .filter_map(|item| Some((item.as_scalar()?, item.location)))
                .for_each(|(scalar, location)| add(scalar, location)),
            Kind::Null | Kind::Unknown | Kind::Mapping(_) => {}
        }
    }
    Value {
        kind: Kind::Sequence(items),
        ..value
    }
}
