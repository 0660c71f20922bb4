//! What stands in a Compose file, whatever the key.

use compose::value::{Cause, Earlier, Mapping};
use compose::{KeyPath, Project, Value};

/// The value at a path in the merged project, services only.
pub fn value_at<'a>(project: &'a Project, path: &KeyPath) -> Option<&'a Value> {
    let service = project.service(path.service()?)?;
    let rest = path.0.get(2..)?;
    rest.iter()
        .try_fold(&service.value, |value, step| match step {
            compose::Step::Key(key) => value.get(key),
            compose::Step::Item(index) => value.as_sequence()?.get(*index),
        })
}

/// All texts of a scalar or a list of scalars.
pub(super) fn texts(value: &Value) -> impl Iterator<Item = String> {
    let items = value.as_sequence().unwrap_or(std::slice::from_ref(value));
    items
        .iter()
        .filter_map(|item| item.printed().map(std::borrow::Cow::into_owned))
}

/// Whether a value holds what looks like a device request.
pub fn holds_request(value: &Value) -> bool {
    if let Some(items) = value.as_sequence() {
        return items.iter().any(holds_request);
    }
    let Some(mapping) = value.as_mapping() else {
        return false;
    };
    mapping.iter().any(|entry| match &*entry.key {
        "capabilities" => texts_have(&entry.value, "gpu"),
        "driver" => entry.value.as_str() == Some("nvidia"),
        _ => holds_request(&entry.value),
    })
}

fn texts_have(value: &Value, word: &str) -> bool {
    texts(value).any(|text| text == word)
}

/// Whether an empty value hides a request that a merge key brings: `deploy: {}`.
pub fn is_emptied(value: &Value) -> bool {
    let empty = value.is_null()
        || value.as_mapping().is_some_and(Mapping::is_empty)
        || value.as_sequence().is_some_and(<[_]>::is_empty);
    empty
        && value.earlier.iter().any(|earlier| {
            matches!(earlier, Earlier::Replaced { value, cause: Cause::MergeKey }
                if holds_request(value))
        })
}
