//! `.env` and `env_file` files, as compose-go reads them.

use std::collections::HashMap;
use std::ops::Range;

use source::{FileId, Location, Span};

use crate::template::{Found, TemplateError, expand};
use crate::value::Resolution;
use crate::weight;

/// `NAME=value` in an env file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// Its value after quotes, escapes and variables.
    pub text: String,
    /// Whether every variable in the value is set.
    pub known: bool,
    /// The value as written, quotes included.
    pub location: Location,
}

/// An env file.
#[derive(Clone, Debug, Default)]
pub(crate) struct EnvFileText {
    pub(crate) assignments: Vec<Assignment>,
    /// What ends the reading, if something does.
    pub(crate) error: Option<(Span, String)>,
    /// How much the assignments are; reading ends where it is more than it may be.
    pub(crate) weight: usize,
}

/// Reads an env file; `lookup` finds the variables that its values use, and `most` is how much its assignments may be.
pub(crate) fn parse<'v>(
    text: &str,
    file: FileId,
    lookup: &dyn Fn(&str) -> Option<Found<'v>>,
    most: usize,
) -> EnvFileText {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader {
        text,
        file,
        at: start,
        lookup,
        most,
        latest: HashMap::new(),
        result: EnvFileText::default(),
    };
    while reader.statement() {}
    reader.result
}

/// Reads the `raw` format: `NAME=value` lines, nothing interpreted.
pub(crate) fn parse_raw(text: &str, file: FileId, most: usize) -> EnvFileText {
    let mut result = EnvFileText::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        if let Some((name, value)) = content.split_once('=')
            && !content.trim_start().starts_with('#')
        {
            if !result.takes(value, most) {
                break;
            }
            let at = start + name.len() + 1;
            result.assignments.push(Assignment {
                name: name.trim().to_owned(),
                text: value.to_owned(),
                known: true,
                location: Location::new(file, Span::from_usize(at..at + value.len())),
            });
        }
        start += line.len();
    }
    result
}

impl EnvFileText {
    /// Takes note of one more assignment; false when it is too much.
    fn takes(&mut self, text: &str, most: usize) -> bool {
        self.weight = self.weight.saturating_add(weight::of_text(text.len()));
        self.weight <= most
    }
}

struct Reader<'a, 'v> {
    text: &'a str,
    file: FileId,
    at: usize,
    lookup: &'a dyn Fn(&str) -> Option<Found<'v>>,
    most: usize,
    /// The last assignment of each name.
    latest: HashMap<&'a str, usize>,
    result: EnvFileText,
}

/// White space that does not end a line.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}'
    )
}

impl<'a> Reader<'a, '_> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip(&mut self, blank: fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(blank).len();
    }

    /// Reads one statement; false at the end and after an error.
    fn statement(&mut self) -> bool {
        loop {
            self.skip(char::is_whitespace);
            if !self.rest().starts_with('#') {
                break;
            }
            let rest = self.rest();
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
        if self.rest().is_empty() {
            return false;
        }
        if let Some(rest) = self.rest().strip_prefix("export")
            && rest.starts_with(char::is_whitespace)
        {
            self.at += "export".len();
            self.skip(is_blank);
        }
        let start = self.at;
        let Some((name, separator)) = self.name() else {
            return false;
        };
        if name.contains(' ') {
            return self.fail(start, "key cannot contain a space");
        }
        self.skip(is_blank);
        if separator == '\n' {
            // A bare name takes its value from the environment.
            if let Some(found) = (self.lookup)(name) {
                let span = Span::from_usize(start..start + name.len());
                return self.assign(name, found.text.to_owned(), found.known, span.range());
            }
            return true;
        }
        self.value(name)
    }

    /// The name and the character that ends it; `None` at an error and at a last line without `=`.
    fn name(&mut self) -> Option<(&'a str, char)> {
        let rest = self.rest();
        for (at, c) in rest.char_indices() {
            match c {
                '=' | ':' | '\n' => {
                    self.at += at + 1;
                    return Some((rest[..at].trim_end(), c));
                }
                '_' | '.' | '-' | '[' | ']' => {}
                c if is_blank(c) || c.is_alphanumeric() => {}
                c => {
                    // What the line says may be a secret.
                    let message = format!("unexpected character {c:?} in variable name");
                    self.fail(self.at, &message.replace('\'', "\""));
                    return None;
                }
            }
        }
        None
    }

    fn value(&mut self, name: &'a str) -> bool {
        let start = self.at;
        let rest = self.rest();
        let Some(quote @ (b'"' | b'\'')) = rest.as_bytes().first() else {
            let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
            self.at += (line.len() + 1).min(rest.len());
            let value = line.split(" #").next().unwrap_or_default().trim_end();
            return self.expand(name, value, start..start + value.len());
        };
        let Some((chars, length)) = quoted(rest, *quote) else {
            return self.fail(start, "unterminated quoted value");
        };
        self.at += length;
        let span = start..self.at;
        if *quote == b'\'' {
            return self.assign(name, chars, true, span);
        }
        self.expand(name, &expand_escapes(&chars), span)
    }

    fn expand(&mut self, name: &'a str, value: &str, span: Range<usize>) -> bool {
        let expansion = {
            let lookup = |wanted: &str| {
                (self.lookup)(wanted).or_else(|| {
                    let set = &self.result.assignments[*self.latest.get(wanted)?];
                    Some(Found {
                        text: &set.text,
                        known: set.known,
                        resolution: Resolution::File(set.location),
                    })
                })
            };
            let room = self.most.saturating_sub(self.result.weight);
            expand(value, &lookup, weight::bytes(room))
        };
        if expansion.too_long {
            self.result.weight = usize::MAX;
            return false;
        }
        match expansion.error {
            Some(TemplateError::Invalid) => self.fail(span.start, "Invalid template"),
            Some(TemplateError::Required(message)) => {
                let reason = message.split(": ").next().unwrap_or_default();
                self.fail(span.start, reason)
            }
            None => self.assign(name, expansion.text, expansion.known, span),
        }
    }

    /// False when that is too much.
    fn assign(&mut self, name: &'a str, text: String, known: bool, span: Range<usize>) -> bool {
        if !self.result.takes(&text, self.most) {
            return false;
        }
        self.latest.insert(name, self.result.assignments.len());
        self.result.assignments.push(Assignment {
            name: name.to_owned(),
            text,
            known,
            location: Location::new(self.file, Span::from_usize(span)),
        });
        true
    }

    fn fail(&mut self, at: usize, message: &str) -> bool {
        let line = self.text[..at].matches('\n').count() + 1;
        let end = self.text[at..]
            .find('\n')
            .map_or(self.text.len(), |end| at + end);
        let length = self.text[at..end].trim_end().len();
        let span = Span::from_usize(at..at + length);
        self.result.error = Some((span, format!("line {line}: {message}")));
        false
    }
}

/// The characters between quotes, and the length with both quotes.
fn quoted(text: &str, quote: u8) -> Option<(String, usize)> {
    let quote = char::from(quote);
    let mut chars = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return Some((chars, at + 1));
        }
        if c == '\\' && !escaped {
            escaped = true;
            continue;
        }
        if escaped && c != quote {
            chars.push('\\');
        }
        escaped = false;
        chars.push(c);
    }
    None
}

/// The escapes of double quotes: `\a \b \c \f \n \r \t \v \$ \" \\` and octal `\0…`.
fn expand_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let Some(&escape) = chars.peek() else {
            out.push('\\');
            break;
        };
        let plain = match escape {
            'a' => "\u{7}",
            'b' => "\u{8}",
            'f' => "\u{c}",
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'v' => "\u{b}",
            // `$$` survives the substitution that follows as one `$`.
            '$' => "$$",
            '"' => "\"",
            '\\' => "\\",
            _ => {
                out.push('\\');
                continue;
            }
        };
        chars.next();
        out.push_str(plain);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let nothing = |_: &str| None;
        let result = parse(text, FileId(0), &nothing, 100);
        let mut pairs: Vec<_> = result
            .assignments
            .into_iter()
            .map(|set| (set.name, set.text))
            .collect();
        if let Some((_, error)) = result.error {
            pairs.push(("error".into(), error));
        }
        pairs
    }

    #[test]
    fn values_are_read_as_compose_reads_them() {
        for (text, expected) in [
            ("A=1\nB = two # c\n", vec![("A", "1"), ("B", "two")]),
            ("# c\n\nexport A=x#y\r\n", vec![("A", "x#y")]),
            ("A: yaml\n", vec![("A", "yaml")]),
            ("A='$B \\n'\n", vec![("A", "$B \\n")]),
            ("A=\"a\\nb\" # c\nB=2", vec![("A", "a\nb"), ("B", "2")]),
            ("A=1\nB=${A}-${C:-c}-$$A", vec![("A", "1"), ("B", "1-c-$A")]),
            ("A=\n", vec![("A", "")]),
            ("NAME\nA=1\n", vec![("A", "1")]),
            (
                "A B=1\n",
                vec![("error", "line 1: key cannot contain a space")],
            ),
            (
                "A=1\nB=\"open\n",
                vec![("A", "1"), ("error", "line 2: unterminated quoted value")],
            ),
            (
                "A/B=1\n",
                vec![(
                    "error",
                    "line 1: unexpected character \"/\" in variable name",
                )],
            ),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .collect();
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
