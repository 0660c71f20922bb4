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

/// The inside of a string token: what is written as it is, and escapes one by one, each with what it stands for.
pub(super) fn pieces(inside: &str) -> Option<Vec<(Range<usize>, String)>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < inside.len() {
        let rest = &inside[at..];
        let length = match rest.find('\\') {
            Some(0) => escape(rest),
            Some(next) => next,
            None => rest.len(),
        };
        let written = rest.get(..length)?;
        let text = if written.starts_with('\\') {
            serde_json::from_str(&format!("\"{written}\"")).ok()?
        } else {
            written.to_owned()
        };
        found.push((at..at + length, text));
        at += length;
    }
    Some(found)
}

/// How long the escape is that `text` begins with; two of `\\u` that make one character belong together.
fn escape(text: &str) -> usize {
    if !text.starts_with("\\u") {
        return 2;
    }
    let code = text
        .get(2..6)
        .and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let high = code.is_some_and(|code| (0xD800..0xDC00).contains(&code));
    if high { 12 } else { 6 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_pieces_of_their_own() {
        let found = pieces(r#"a\"b\\\u0041\ud83d\ude00c"#).unwrap();
        let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["a", "\"", "b", "\\", "A", "\u{1f600}", "c"]);
        assert_eq!(found[6].0, 24..25);
        assert!(pieces(r"\u12").is_none() && pieces(r"\").is_none());
    }
}
