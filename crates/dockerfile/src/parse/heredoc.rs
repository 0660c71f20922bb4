//! Which here-documents a line opens, found as BuildKit does: by its own shell lexer over the joined line.

use std::ops::Range;

use source::Span;

use crate::model::Logical;

/// A here-document about to begin.
#[derive(Debug)]
pub(super) struct Opener {
    pub name: String,
    pub expand: bool,
    pub strip_tabs: bool,
    pub descriptor: u32,
    pub span: Span,
    /// Blanks stand between `<<` and the name.
    pub spaced: bool,
}

/// The openers on a line; none when the lexer gives up on it.
pub(super) fn openers(line: &Logical) -> Vec<Opener> {
    let Some(words) = words(line.text()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut index = 0;
    while let Some(word) = words.get(index) {
        index += 1;
        let text = &line.text()[word.clone()];
        let Some((descriptor, strip_tabs, rest)) = split(text) else {
            continue;
        };
        let (range, name, spaced) = if rest.is_empty() {
            let Some(next) = words.get(index) else {
                continue;
            };
            let name = &line.text()[next.clone()];
            if name.contains(['<', '>', '&', '|', ';', '(', ')']) {
                continue;
            }
            index += 1;
            (word.start..next.end, name, true)
        } else {
            (word.clone(), rest, false)
        };
        let (name, quoted) = unquote(name);
        found.push(Opener {
            name,
            expand: !quoted,
            strip_tabs,
            descriptor,
            span: line.span(range),
            spaced,
        });
    }
    found
}

/// `N<<-rest`, where rest holds no `<`.
fn split(word: &str) -> Option<(u32, bool, &str)> {
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = word[digits..].strip_prefix("<<")?;
    let (strip_tabs, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    (!rest.contains('<')).then(|| (word[..digits].parse().unwrap_or(0), strip_tabs, rest))
}

fn unquote(word: &str) -> (String, bool) {
    let mut out = String::new();
    let mut quoted = false;
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => quoted = true,
            '\\' => {
                quoted = true;
                out.extend(chars.next());
            }
            other => out.push(other),
        }
    }
    (out, quoted)
}

/// The words of a line with quotes kept; `None` where BuildKit's lexer reports an error.
fn words(text: &str) -> Option<Vec<Range<usize>>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut start = None;
    let mut at = 0;
    while at < bytes.len() {
        let c = text[at..].chars().next()?;
        if c.is_whitespace() {
            if let Some(start) = start.take() {
                found.push(start..at);
            }
            at += c.len_utf8();
            continue;
        }
        start.get_or_insert(at);
        at = match c {
            '\'' => at + 1 + memchr::memchr(b'\'', &bytes[at + 1..])? + 1,
            '"' => double_quote(text, at + 1)?,
            '$' => dollar(text, at + 1, 0)?,
            '\\' => at + 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
            other => at + other.len_utf8(),
        };
    }
    if let Some(start) = start {
        found.push(start..bytes.len());
    }
    Some(found)
}

/// Past the closing quote.
fn double_quote(text: &str, mut at: usize) -> Option<usize> {
    loop {
        match text[at..].chars().next()? {
            '"' => return Some(at + 1),
            '$' => at = dollar(text, at + 1, 0)?,
            '\\' => at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
            other => at += other.len_utf8(),
        }
    }
}

/// Past `$NAME` or `${…}`; `None` for substitutions that BuildKit does not know.
fn dollar(text: &str, at: usize, depth: u32) -> Option<usize> {
    if depth > 64 {
        return None;
    }
    if !text[at..].starts_with('{') {
        return Some(at + name_length(&text[at..]));
    }
    let mut at = at + 1;
    if text[at..].starts_with(['{', '}', ':']) {
        return None;
    }
    at += name_length(&text[at..]);
    let modifier = text[at..].chars().next()?;
    at += modifier.len_utf8();
    match modifier {
        '}' => return Some(at),
        ':' => {
            if !text[at..].starts_with(['-', '+', '?']) {
                return None;
            }
            at += 1;
        }
        '-' | '+' | '?' | '#' | '%' | '/' => {}
        _ => return None,
    }
    loop {
        match text[at..].chars().next()? {
            '}' => return Some(at + 1),
            '\'' => at += 1 + memchr::memchr(b'\'', &text.as_bytes()[at + 1..])? + 1,
            '"' => at = double_quote(text, at + 1)?,
            '$' => at = dollar(text, at + 1, depth + 1)?,
            '\\' => at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
            other => at += other.len_utf8(),
        }
    }
}

fn name_length(text: &str) -> usize {
    let Some(first) = text.chars().next() else {
        return 0;
    };
    if first.is_ascii_digit() {
        return text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    }
    if matches!(first, '@' | '*' | '#' | '?' | '-' | '$' | '!') {
        return 1;
    }
    text.len()
        - text
            .trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
            .len()
}
