//! The device request that fixes insert.

use compose::Value;
use source::Edit;

use super::edits::{self, Line};
use crate::derive::service::ServiceView;

/// The levels above a request, outermost first.
const LEVELS: [&str; 4] = ["deploy", "resources", "reservations", "devices"];

/// Adds a request for NVIDIA GPUs to a service: below what there is of `deploy`, in the file's own indentation.
/// `which` is the line that says which GPUs: `count: all`.
pub(super) fn insert(service: ServiceView<'_>, which: &str) -> Option<Edit> {
    let home = service.at();
    if service.service.service.value.alias.is_some() {
        return None;
    }
    let mut key = home;
    let mut value = &service.service.service.value;
    let mut missing = LEVELS.as_slice();
    while let Some((level, rest)) = missing.split_first() {
        let Some(entry) = value.as_mapping().and_then(|mapping| mapping.entry(level)) else {
            break;
        };
        // What is written elsewhere is shared with others.
        if entry.key_location.file != home.file
            || !service
                .service
                .service
                .value
                .location
                .span
                .contains(entry.key_location.span)
            || entry.value.alias.is_some()
        {
            return None;
        }
        key = entry.key_location;
        value = &entry.value;
        missing = rest;
    }
    if missing.is_empty() || is_taken(value) {
        return None;
    }
    let heads: Vec<String> = missing.iter().map(|level| format!("{level}:")).collect();
    let mut lines: Vec<Line<'_>> = heads
        .iter()
        .enumerate()
        .map(|(depth, head)| (depth, head.as_str()))
        .collect();
    let depth = lines.len();
    let which = format!("  {which}");
    lines.push((depth, "- driver: nvidia"));
    lines.push((depth, which.as_str()));
    lines.push((depth, "  capabilities: [gpu]"));
    edits::append(service.project.sources, key, &lines)
}

/// Whether something that is no mapping stands where a level belongs.
fn is_taken(value: &Value) -> bool {
    value.as_mapping().is_none() && !value.is_null()
}
