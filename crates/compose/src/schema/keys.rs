//! Which keys a mapping may have.

use super::{PROJECT, Schema};
use crate::path::{KeyPath, Step};

/// The named keys that the Compose Specification has for the mapping at `path` of a project; empty where it has none.
#[must_use]
pub fn known_keys(path: &KeyPath) -> Vec<&'static str> {
    let mut keys = Vec::new();
    collect(&PROJECT, &path.0, &mut keys);
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn collect(schema: &'static Schema, rest: &[Step], keys: &mut Vec<&'static str>) {
    match (schema, rest.split_first()) {
        (Schema::OneOf(alternatives), _) => {
            for alternative in *alternatives {
                collect(alternative, rest, keys);
            }
        }
        (Schema::Object(object), None) => keys.extend(object.keys.iter().map(|(key, _)| *key)),
        (Schema::Object(object), Some((Step::Key(key), rest))) => {
            if let Some(inner) = object.value_of(key) {
                collect(inner, rest, keys);
            }
        }
        (Schema::List(list), Some((Step::Item(_), rest))) => collect(&list.items, rest, keys),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Vec<&'static str> {
        let step = |text: &str| match text.parse() {
            Ok(index) => Step::Item(index),
            Err(_) => Step::Key(text.into()),
        };
        let steps = path.split('.').filter(|text| !text.is_empty());
        known_keys(&KeyPath(steps.map(step).collect()))
    }

    #[test]
    fn mappings_have_the_keys_of_the_specification() {
        assert!(of("").contains(&"services"));
        assert!(of("services.a").contains(&"runtime"));
        assert_eq!(
            of("services.a.deploy.resources"),
            ["limits", "reservations"]
        );
        let request = ["capabilities", "count", "device_ids", "driver", "options"];
        assert_eq!(
            of("services.a.deploy.resources.reservations.devices.0"),
            request
        );
        assert_eq!(of("services.a.gpus.3"), request);
    }

    #[test]
    fn named_things_and_what_is_no_mapping_have_none() {
        for path in [
            "services",
            "services.a.image",
            "services.a.environment",
            "nothing.here",
        ] {
            assert!(of(path).is_empty(), "{path}");
        }
    }
}
