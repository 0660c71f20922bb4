//! The device request that fixes insert.

use compose::Value;
use source::{Edit, Fix};

use super::edits::{self, Line};
use crate::derive::service::ServiceView;

/// The levels above a request, outermost first.
const LEVELS: [&str; 4] = ["deploy", "resources", "reservations", "devices"];

/// A request for the GPUs that the service chooses by `NVIDIA_VISIBLE_DEVICES`, or else for all.
pub(super) fn fix(service: ServiceView<'_>, consequence: &str) -> Option<Fix> {
    let chosen = service.own_variable("NVIDIA_VISIBLE_DEVICES");
    let chosen = chosen.and_then(|(value, _)| device_ids(value));
    let (title, consequence, which) = match &chosen {
        Some(ids) => (
            "request the GPUs that NVIDIA_VISIBLE_DEVICES names",
            "the service starts on machines with these GPUs only",
            ids.as_str(),
        ),
        None => ("request all NVIDIA GPUs", consequence, "count: all"),
    };
    let edit = insert(service, which)?;
    Some(Fix::risky(title, consequence, vec![edit]).uncovering())
}

/// `device_ids` with the ids of a value of `NVIDIA_VISIBLE_DEVICES`; `None` where it names none.
pub(super) fn device_ids(value: &str) -> Option<String> {
    let ids: Vec<&str> = value.split(',').map(str::trim).collect();
    let is_id = |id: &&str| {
        !matches!(*id, "" | "all" | "none" | "void")
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-:".contains(&byte))
    };
    let quoted: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    ids.iter()
        .all(is_id)
        .then(|| format!("device_ids: [{}]", quoted.join(", ")))
}

/// Adds a request for NVIDIA GPUs to a service: below what there is of `deploy`, in the file's own indentation.
/// `which` is the line that says which GPUs: `count: all`.
pub(super) fn insert(service: ServiceView<'_>, which: &str) -> Option<Edit> {
    let home = service.at();
    if service.compose.value.alias.is_some() {
        return None;
    }
    let mut key = home;
    let mut value = &service.compose.value;
    let mut missing = LEVELS.as_slice();
    while let Some((level, rest)) = missing.split_first() {
        let Some(entry) = value.as_mapping().and_then(|mapping| mapping.entry(level)) else {
            break;
        };
        // What is written elsewhere is shared with others.
        if entry.key_location.file != home.file
            || !service
                .compose
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
    let sources = service.project.sources;
    let request = format!("{{driver: nvidia, {}, capabilities: [gpu]}}", which.trim());
    edits::append(sources, key, &lines)
        .or_else(|| edits::add_in_flow(sources, value, &nested(missing, &request)))
}

/// A request below the missing levels, as `{…}`.
fn nested(missing: &[&str], request: &str) -> String {
    match missing.split_first() {
        None => request.to_owned(),
        Some((level, [])) => format!("{level}: [{request}]"),
        Some((level, rest)) => format!("{level}: {{{}}}", nested(rest, request)),
    }
}

/// Whether something that is no mapping stands where a level belongs.
fn is_taken(value: &Value) -> bool {
    value.as_mapping().is_none() && !value.is_null()
}
