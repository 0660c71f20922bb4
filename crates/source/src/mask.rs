//! What of a text is shown: no user names and passwords in addresses, no values of env files, nothing that makes a
//! line look like another one.

use std::borrow::Cow;
use std::ops::Range;

/// Whether a character turns the direction of writing, so that a line looks like another one.
pub fn is_misleading(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` as reports may show it: without [`credentials`] and without misleading characters. Every place in it is
/// where it was.
pub fn shown(text: &str) -> Cow<'_, str> {
    let shown = credentials(text);
    if shown.contains(is_misleading) {
        // Both have three bytes.
        return Cow::Owned(shown.replace(is_misleading, "\u{fffd}"));
    }
    shown
}

/// `text` with the user info of every address replaced: `https://****:******@host/`. Every character becomes one
/// of as many bytes, so that places in the text stay where they are. Names of variables are no secrets and stay.
pub fn credentials(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut hidden: Vec<Range<usize>> = Vec::new();
    let mut word = Word::default();
    for (at, _) in text.match_indices("://") {
        if hidden.last().is_none_or(|range| range.end <= at) {
            hidden.extend(user_info(text, at, &mut word));
        }
    }
    hide(text, hidden)
}

/// The text of an env file with names only.
pub fn values(text: &str) -> Cow<'_, str> {
    let mut hidden = Vec::new();
    let mut open = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let shown = match open {
            Some(_) => 0,
            None => assigned(line).unwrap_or_default(),
        };
        hidden.push(start + shown..end);
        let value = line[shown..].trim_start();
        let (quote, rest) = match open {
            Some(quote) => (Some(quote), line),
            None => match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
                Some(quote) if shown > 0 => (Some(quote), &value[1..]),
                _ => (None, value),
            },
        };
        open = quote.filter(|quote| !closes(rest, *quote));
        start = end;
    }
    hide(text, hidden)
}

/// Whether a quoted value ends in `text`.
fn closes(text: &str, quote: char) -> bool {
    let mut escaped = false;
    text.chars().any(|c| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })
}

/// How much of a line is the name that it assigns, `=` included.
fn assigned(line: &str) -> Option<usize> {
    let (before, _) = line.split_once(['=', ':'])?;
    let name = before.trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim_start();
    let is_name = name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
    is_name.then_some(before.len() + 1)
}

/// A run of text that an address may fill.
#[derive(Clone, Copy, Default)]
struct Word {
    end: usize,
    /// Its last `@`.
    last: Option<usize>,
}

impl Word {
    /// From `start` to white space or a quote: the one in front of the address, or any.
    fn of(text: &str, start: usize, quote: Option<u8>) -> Self {
        let rest = &text.as_bytes()[start..];
        let ends = |byte: &u8| match quote {
            Some(quote) => *byte == quote || byte.is_ascii_whitespace(),
            None => byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`'),
        };
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        Self {
            end: start + length,
            last: last_at(&rest[..length]).map(|at| start + at),
        }
    }
}

fn last_at(bytes: &[u8]) -> Option<usize> {
    bytes.iter().rposition(|&byte| byte == b'@')
}

/// The user info of the address whose `://` is at `colon`; `known` is the word that was looked through before.
fn user_info(text: &str, colon: usize, known: &mut Word) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    if !bytes.get(colon.checked_sub(1)?)?.is_ascii_alphanumeric() {
        return None;
    }
    let start = colon + "://".len();
    let quote = opening_quote(text, colon);
    let word = if quote.is_some() {
        Word::of(text, start, quote)
    } else {
        if known.end < start {
            *known = Word::of(text, start, None);
        }
        *known
    };
    let last = word.last.filter(|&last| last > start)?;
    let rest = &bytes[start..word.end];
    let slash = rest
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\'));
    let authority = &rest[..slash.unwrap_or(rest.len())];
    let end = last_at(authority).map(|at| start + at).or_else(|| {
        // A password with a slash in it: what follows the colon is no port.
        let port = authority.iter().position(|&byte| byte == b':')? + 1;
        let port = &authority[port..];
        let is_port = port.starts_with(b"$") || port.iter().all(u8::is_ascii_digit);
        (!is_port).then_some(last)
    })?;
    Some(start..end)
}

/// The quote in front of the address whose `://` is at `colon`.
fn opening_quote(text: &str, colon: usize) -> Option<u8> {
    let before = text.as_bytes()[..colon].iter().rev().take(32);
    let mut before =
        before.skip_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    before
        .next()
        .copied()
        .filter(|b| matches!(b, b'"' | b'\'' | b'`'))
}

/// Replaces the characters of `ranges`, which lie in order.
fn hide(text: &str, ranges: Vec<Range<usize>>) -> Cow<'_, str> {
    let mut out = String::new();
    let mut from = 0;
    for range in ranges {
        if range.start < from || text.get(range.clone()).is_none_or(str::is_empty) {
            continue;
        }
        out.push_str(&text[from..range.start]);
        cover(&text[range.clone()], &mut out);
        from = range.end;
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// A character of as many bytes; line ends stay.
pub(crate) fn stand_in(c: char) -> char {
    match c.len_utf8() {
        1 if matches!(c, '\n' | '\r') => c,
        1 => '*',
        2 => '\u{b7}',
        3 => '\u{2022}',
        _ => '\u{1f512}',
    }
}

/// Appends as many characters and bytes as `text` has; colons, line ends and `${NAME}` stay.
fn cover(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = reference(rest).unwrap_or(0);
        if length > 0 {
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        out.push(if c == ':' { c } else { stand_in(c) });
        rest = &rest[c.len_utf8()..];
    }
}

/// The length of the `${NAME}` that `text` begins with.
fn reference(text: &str) -> Option<usize> {
    let name = text.strip_prefix("${")?;
    let length = name
        .bytes()
        .take_while(|b| *b == b'_' || b.is_ascii_alphanumeric())
        .count();
    (length > 0 && name.as_bytes().get(length) == Some(&b'}')).then_some(length + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_info_is_covered_and_nothing_else() {
        for (text, shown) in [
            (
                "pip --index-url https://user:s3cr3t@host/simple torch",
                "pip --index-url https://****:******@host/simple torch",
            ),
            ("https://token@host", "https://*****@host"),
            ("https://user:p@ss@host/a@b", "https://****:****@host/a@b"),
            (
                "git+https://me:p%40ss@host/r.git@v1",
                "git+https://**:******@host/r.git@v1",
            ),
            ("https://user:pa/ss@host/x", "https://****:*****@host/x"),
            ("\"https://user:p'w@host/x\"", "\"https://****:***@host/x\""),
            ("`https://é:€@host`", "`https://·:•@host`"),
            (
                "https://${USER}:${PASS}@host a://b:c@d",
                "https://${USER}:${PASS}@host a://*:*@d",
            ),
            (
                "https://oauth2:${TOKEN:-abc}@host",
                "https://******:*******:*****@host",
            ),
        ] {
            assert_eq!(credentials(text), shown);
            assert_eq!(credentials(text).len(), text.len(), "{text}");
        }
        for text in [
            "git+https://host/r.git@v1",
            "https://host:8080/a@b",
            "https://host:${PORT}/a@b",
            "https://host 'a@b'",
            "https://@host",
            "git@host:org/repo",
            "see https://host/, write to me@host",
        ] {
            assert!(matches!(credentials(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn characters_that_turn_the_direction_are_replaced_in_place() {
        let text = "RUN a \u{202e}b\u{2066} c";
        assert_eq!(shown(text), "RUN a \u{fffd}b\u{fffd} c");
        assert_eq!(shown(text).len(), text.len());
    }

    #[test]
    fn of_an_env_file_only_names_are_shown() {
        let text = "# old: abc\nexport TOKEN=\"a\nSECOND=b\n\"\nX: y\nnoise\nE=é\r\n";
        assert_eq!(
            values(text),
            "*****:****\nexport TOKEN=**\n********\n*\nX:**\n*****\nE=·\r\n"
        );
        assert_eq!(values(text).len(), text.len());
    }

    #[test]
    fn long_texts_take_linear_time() {
        let text = "a://b:c/".repeat(200_000);
        assert!(matches!(credentials(&text), Cow::Borrowed(_)));
    }
}
