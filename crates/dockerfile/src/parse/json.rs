//! The JSON form of arguments.

use std::ops::Range;

/// How an argument text reads as a JSON array.
pub(super) enum Array {
    /// An array of strings: each with its place, quotes included.
    Strings(Vec<(Range<usize>, String)>),
    /// An array of something else, which BuildKit refuses.
    NotStrings,
    /// No array: the shell form.
    No,
}

/// Reads `text` as BuildKit does.
pub(super) fn array(text: &str) -> Array {
    if !text.trim_start().starts_with('[') {
        return Array::No;
    }
    let Ok(values) = serde_json::from_str::<Vec<serde_json::Value>>(text) else {
        return Array::No;
    };
    let mut strings = Vec::with_capacity(values.len());
    for value in values {
        match value {
            serde_json::Value::String(text) => strings.push(text),
            _ => return Array::NotStrings,
        }
    }
    Array::Strings(places(text).into_iter().zip(strings).collect())
}

/// The ranges of the string tokens of a valid array of strings.
fn places(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'"' {
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        while at < bytes.len() && bytes[at] != b'"' {
            at += 1 + usize::from(bytes[at] == b'\\');
        }
        at += 1;
        found.push(start..at.min(bytes.len()));
    }
    found
}
