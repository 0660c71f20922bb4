//! One device request written as several list items: `- driver: nvidia`, `- count: 1`, `- capabilities: [gpu]`.

use compose::{KeyPath, Problem, Value};
use source::{Edit, Location, Span};

use crate::derive::service::ProjectModel;
use crate::derive::service::value_at;

/// The list that a problem inside it belongs to, if its items are parts of one request.
pub(super) fn list<'a>(project: &ProjectModel<'a>, problem: &Problem) -> Option<&'a Value> {
    let path = &problem.path;
    let list = if path.matches("services.*.deploy.resources.reservations.devices.*.**") {
        KeyPath(path.0.get(..6)?.to_vec())
    } else if path.matches("services.*.gpus.*.**") {
        KeyPath(path.0.get(..3)?.to_vec())
    } else {
        return None;
    };
    let value = value_at(project.compose, &list)?;
    is_split(value).then_some(value)
}

/// Whether [`list`] finds one.
pub(super) fn covers(project: &ProjectModel<'_>, problem: &Problem) -> bool {
    list(project, problem).is_some()
}

fn is_split(list: &Value) -> bool {
    let Some(items) = list.as_sequence() else {
        return false;
    };
    let mut seen: Vec<&str> = Vec::new();
    for item in items {
        let Some(mapping) = item.as_mapping() else {
            return false;
        };
        for entry in mapping {
            if seen.contains(&&*entry.key) {
                return false;
            }
            seen.push(&entry.key);
        }
    }
    items.len() > 1
        && seen.contains(&"capabilities")
        && items.iter().any(|item| item.get("capabilities").is_none())
}

/// Turns the dashes of all items but the first into spaces.
pub(super) fn join(project: &ProjectModel<'_>, list: &Value) -> Option<Vec<Edit>> {
    let items = list.as_sequence()?;
    items
        .iter()
        .skip(1)
        .map(|item| {
            let at = item.location;
            let text = project.sources.get(at.file).text();
            let start = at.span.range().start;
            let before = text.get(..start)?;
            let dash = before.rfind('-')?;
            let between = &before[dash + 1..];
            let line = before.rfind('\n').map_or(0, |found| found + 1);
            let lead = before.get(line..dash)?;
            if !between.bytes().all(|byte| byte == b' ') || !lead.bytes().all(|byte| byte == b' ') {
                return None;
            }
            let span = Span::from_usize(dash..dash + 1);
            Some(Edit::replace(Location::new(at.file, span), " "))
        })
        .collect()
}
