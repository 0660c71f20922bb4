//! "Did you mean", and quoting as Go's `%q` does it.

use std::fmt::Write as _;

/// Distances from here on suggest nothing.
const TOO_FAR: usize = 3;

/// ` (did you mean x?)` for the nearest of `names`, case regarded; empty when none is near or one is equal.
pub(super) fn exact<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    nearest(text, names).map_or(String::new(), |name| format!(" (did you mean {name}?)"))
}

/// The same for instructions: case does not matter, and the suggestion takes over that of `text`.
pub(super) fn instruction(text: &str, names: &[&str]) -> String {
    let lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let Some(name) = nearest(&text.to_lowercase(), lower.iter().map(String::as_str)) else {
        return String::new();
    };
    let upper = text != text.to_lowercase() && text == text.to_uppercase();
    let name = if upper {
        name.to_uppercase()
    } else {
        name.to_owned()
    };
    format!(" (did you mean {name}?)")
}

/// Among equally near ones BuildKit takes any; one that begins alike is the better guess.
fn nearest<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let text: Vec<char> = text.chars().take(64).collect();
    let mut best: Option<(&str, usize)> = None;
    for name in names {
        let distance = edit_distance(&text, name);
        if distance == 0 {
            return None;
        }
        let alike = |name: &str| name.chars().next() == text.first().copied();
        let better = best.map_or(distance < TOO_FAR, |(other, least)| {
            distance < least || (distance == least && alike(name) && !alike(other))
        });
        if better {
            best = Some((name, distance));
        }
    }
    best.map(|(name, _)| name)
}

fn edit_distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let cost = diagonal + usize::from(ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// `text` in double quotes with Go's escapes.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            ' ' => out.push(' '),
            c if c.is_ascii_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if c.is_control() || c.is_whitespace() || c == '\u{FEFF}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Keyword;

    #[test]
    fn suggestions_take_the_case_of_the_text() {
        assert_eq!(
            instruction("WORKDRI", Keyword::NAMES),
            " (did you mean WORKDIR?)"
        );
        assert_eq!(instruction("echo", Keyword::NAMES), "");
        assert_eq!(instruction("cpy", Keyword::NAMES), " (did you mean copy?)");
        assert_eq!(
            instruction("Expos", Keyword::NAMES),
            " (did you mean expose?)"
        );
    }

    #[test]
    fn flags_are_compared_with_their_case() {
        let names = || ["mount", "network"].into_iter();
        assert_eq!(exact("netwrk", names()), " (did you mean network?)");
        assert_eq!(exact("MOUNT", names()), "");
    }

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(quote("a \"b\"\t\u{1}\u{a0}é"), r#""a \"b\"\t\x01\u00a0é""#);
    }
}
