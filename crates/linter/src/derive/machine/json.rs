//! JSON with the place of every value, and what exactly is wrong where it is not JSON.

use source::Span;

/// Deeper nesting is refused; the engine's own reader has a limit too.
const MAX_DEPTH: usize = 64;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Its bytes.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A text, without its escapes.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// An object, in order; keys may occur twice.
    Object(Vec<Entry>),
}

/// A key of an object with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where it stands, with its quotes.
    pub key_span: Span,
    /// The value.
    pub value: Value,
}

impl Value {
    /// The entries of an object; none of anything else.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The last entry of this key, which is the one that counts.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().rev().find(|entry| entry.key == key)
    }

    /// The value of this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The text, where it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, where it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The items, where it is a list.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// `an object`, `a list`: for messages.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a truth value",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }
}

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The bytes that are wrong.
    pub span: Span,
    /// What is wrong: lower-case start, no full stop.
    pub message: String,
    /// What would make it right: these bytes by that text.
    pub repair: Option<(Span, String)>,
}

/// Reads a text; `None` where there is nothing but blanks, which the engine takes for an empty object.
pub fn parse(text: &str) -> Result<Option<Value>, Problem> {
    let mut reader = Reader {
        text,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
    };
    reader.blanks()?;
    if reader.rest().is_empty() {
        return Ok(None);
    }
    let value = reader.value(0)?;
    reader.blanks()?;
    if reader.rest().is_empty() {
        Ok(Some(value))
    } else {
        Err(reader.problem(1, "something stands behind the end of the object"))
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn span(&self, start: usize) -> Span {
        Span::from_usize(start..self.at)
    }

    /// About the next `length` characters.
    fn problem(&self, length: usize, message: impl Into<String>) -> Problem {
        let bytes: usize = self.rest().chars().take(length).map(char::len_utf8).sum();
        Problem {
            span: Span::from_usize(self.at..self.at + bytes),
            message: message.into(),
            repair: None,
        }
    }

    /// Skips blanks; comments are a problem, and go with the blanks before them.
    fn blanks(&mut self) -> Result<(), Problem> {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        let rest = self.rest();
        let length = if rest.starts_with("//") || rest.starts_with('#') {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            return Ok(());
        };
        let comment = Span::from_usize(self.at..self.at + length);
        let before = &self.text[..self.at];
        let line = before.trim_end_matches([' ', '\t']).len();
        // A comment that has its line to itself takes the line with it.
        let alone = before[..line].ends_with('\n') && rest[length..].starts_with('\n');
        let removed = line..self.at + length + usize::from(alone);
        Err(Problem {
            span: comment,
            message: "JSON has no comments".to_owned(),
            repair: Some((Span::from_usize(removed), String::new())),
        })
    }

    fn value(&mut self, depth: usize) -> Result<Value, Problem> {
        if depth > MAX_DEPTH {
            return Err(self.problem(1, "nested too deeply"));
        }
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Kind::Text(self.string()?),
            Some(b'\'') => return Err(self.single_quoted()),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => self.word()?,
            None => return Err(self.problem(0, "the file ends before the value")),
        };
        Ok(Value {
            span: self.span(start),
            kind,
        })
    }

    fn word(&mut self) -> Result<Kind, Problem> {
        let length = self
            .rest()
            .find(|c: char| !c.is_ascii_alphanumeric() && !"_-.".contains(c))
            .unwrap_or(self.rest().len());
        let word = &self.rest()[..length];
        let kind = match word {
            "null" => Kind::Null,
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            "" => {
                let shown: String = self.rest().chars().take(1).collect();
                return Err(self.problem(1, format!("`{shown}` begins no value")));
            }
            _ => {
                let mut problem = self.problem(length, format!("`{word}` needs quotes"));
                let fixed = match word.to_ascii_lowercase().as_str() {
                    known @ ("true" | "false" | "null") => known.to_owned(),
                    _ => format!("\"{word}\""),
                };
                problem.repair = Some((problem.span, fixed));
                return Err(problem);
            }
        };
        self.at += length;
        Ok(kind)
    }

    fn number(&mut self) -> Result<Kind, Problem> {
        let length = self
            .rest()
            .find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c))
            .unwrap_or(self.rest().len());
        let number = &self.rest()[..length];
        // What serde takes for a number is one.
        if serde_json::from_str::<serde_json::Number>(number).is_err() {
            return Err(self.problem(length, format!("`{number}` is no number")));
        }
        self.at += length;
        Ok(Kind::Number(number.to_owned()))
    }

    fn single_quoted(&self) -> Problem {
        let rest = &self.rest()[1..];
        let end = rest
            .find(['\'', '\n'])
            .filter(|&end| rest[end..].starts_with('\''));
        let Some(end) = end else {
            return self.problem(1, "JSON has no single quotes");
        };
        let span = Span::from_usize(self.at..self.at + end + 2);
        let inner = &rest[..end];
        Problem {
            span,
            message: "JSON has no single quotes".to_owned(),
            repair: (!inner.contains(['"', '\\'])).then(|| (span, format!("\"{inner}\""))),
        }
    }

    fn string(&mut self) -> Result<String, Problem> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                Some(b'\n') | None => {
                    let line = self.rest().lines().next().unwrap_or_default();
                    return Err(self.problem(line.chars().count(), "the text has no closing quote"));
                }
                Some(_) => end += 1,
            }
        }
        let written = self.text.get(start..=end).unwrap_or_default();
        self.at = end + 1;
        serde_json::from_str(written).map_err(|_| Problem {
            span: Span::from_usize(start..end + 1),
            message: "the text has an escape or a control character that JSON does not know"
                .to_owned(),
            repair: None,
        })
    }

    fn list(&mut self, depth: usize) -> Result<Kind, Problem> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks()?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Kind::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.separator(b']')? {
                return Ok(Kind::List(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Kind, Problem> {
        self.at += 1;
        let mut entries = Vec::new();
        self.blanks()?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Kind::Object(entries));
        }
        loop {
            entries.push(self.entry(depth)?);
            if self.separator(b'}')? {
                return Ok(Kind::Object(entries));
            }
        }
    }

    fn entry(&mut self, depth: usize) -> Result<Entry, Problem> {
        let start = self.at;
        let key = match self.peek() {
            Some(b'"') => self.string()?,
            Some(b'\'') => return Err(self.single_quoted()),
            // A word without quotes is the same problem as in a value.
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                self.word()?;
                self.at = start;
                return Err(self.problem(1, "a key needs quotes"));
            }
            Some(_) => {
                let shown: String = self.rest().chars().take(1).collect();
                return Err(self.problem(1, format!("a key was expected, not `{shown}`")));
            }
            None => return Err(self.problem(0, "the object has no closing brace")),
        };
        let key_span = self.span(start);
        self.blanks()?;
        if self.peek() != Some(b':') {
            let mut problem = self.problem(1, "a colon is missing behind the key");
            problem.span = key_span;
            problem.repair = Some((Span::empty(key_span.end), ":".to_owned()));
            return Err(problem);
        }
        self.at += 1;
        self.blanks()?;
        let value = self.value(depth + 1)?;
        Ok(Entry {
            key,
            key_span,
            value,
        })
    }

    /// What stands between items: whether it is the end.
    fn separator(&mut self, close: u8) -> Result<bool, Problem> {
        let end_of_item = self.at;
        self.blanks()?;
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            Some(b',') => {
                let comma = self.at;
                self.at += 1;
                self.blanks()?;
                if self.peek() == Some(close) {
                    let span = Span::from_usize(comma..comma + 1);
                    return Err(Problem {
                        span,
                        message: "a comma stands behind the last item".to_owned(),
                        repair: Some((span, String::new())),
                    });
                }
                Ok(false)
            }
            Some(byte) if byte == b'"' || byte == b'{' || byte == b'[' => {
                let mut problem = self.problem(1, "a comma is missing");
                problem.span = Span::from_usize(end_of_item.saturating_sub(1)..end_of_item);
                problem.repair = Some((Span::empty(end_of_item as u32), ",".to_owned()));
                Err(problem)
            }
            Some(_) => {
                let shown: String = self.rest().chars().take(1).collect();
                Err(self.problem(
                    1,
                    format!(
                        "a comma or `{}` was expected, not `{shown}`",
                        char::from(close)
                    ),
                ))
            }
            None => {
                let mut problem = self.problem(
                    0,
                    format!("the file ends before the closing `{}`", char::from(close)),
                );
                problem.span = Span::from_usize(end_of_item.saturating_sub(1)..end_of_item);
                Err(problem)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problem(text: &str) -> (String, String) {
        let problem = parse(text).unwrap_err();
        let place = text.get(problem.span.range()).unwrap_or_default();
        (problem.message, place.to_owned())
    }

    /// What the repairs make of a text, one after the other.
    fn repaired(text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..10 {
            let Err(Problem {
                repair: Some((span, by)),
                ..
            }) = parse(&text)
            else {
                break;
            };
            text.replace_range(span.range(), &by);
        }
        text
    }

    #[test]
    fn values_have_their_places() {
        let text = r#"{"a": [1, true, null], "b": {"c": "d\n"}}"#;
        let value = parse(text).unwrap().unwrap();
        let c = value.get("b").unwrap().entry("c").unwrap();
        assert_eq!(c.value.as_text(), Some("d\n"));
        assert_eq!(&text[c.key_span.range()], "\"c\"");
        assert_eq!(&text[c.value.span.range()], r#""d\n""#);
        assert_eq!(value.get("a").unwrap().items().len(), 3);
        assert_eq!(parse(" \n").unwrap(), None);
        assert!(parse("\u{feff}{}").unwrap().is_some());
    }

    #[test]
    fn what_people_write_instead_of_json_is_named_and_repaired() {
        let cases = [
            (
                "{\"a\": 1,}",
                "a comma stands behind the last item",
                ",",
                "{\"a\": 1}",
            ),
            (
                "{\"a\": [1,\n]}",
                "a comma stands behind the last item",
                ",",
                "{\"a\": [1\n]}",
            ),
            (
                "{\n  // why\n  \"a\": 1\n}",
                "JSON has no comments",
                "// why",
                "{\n  \"a\": 1\n}",
            ),
            (
                "{\"a\": 1 /* b */}",
                "JSON has no comments",
                "/* b */",
                "{\"a\": 1}",
            ),
            (
                "{\"a\": 1\n \"b\": 2}",
                "a comma is missing",
                "1",
                "{\"a\": 1,\n \"b\": 2}",
            ),
            ("{'a': 1}", "JSON has no single quotes", "'a'", "{\"a\": 1}"),
            (
                "{\"a\": True}",
                "`True` needs quotes",
                "True",
                "{\"a\": true}",
            ),
            (
                "{\"a\": nvidia}",
                "`nvidia` needs quotes",
                "nvidia",
                "{\"a\": \"nvidia\"}",
            ),
            ("{a: 1}", "`a` needs quotes", "a", "{\"a\": 1}"),
            (
                "{\"a\" 1}",
                "a colon is missing behind the key",
                "\"a\"",
                "{\"a\": 1}",
            ),
        ];
        for (text, message, place, fixed) in cases {
            assert_eq!(
                problem(text),
                (message.to_owned(), place.to_owned()),
                "{text}"
            );
            assert_eq!(repaired(text), fixed, "{text}");
        }
        assert_eq!(
            problem("{\"a\": 1").0,
            "the file ends before the closing `}`"
        );
        assert_eq!(problem("{\"a\": \"b").0, "the text has no closing quote");
        assert_eq!(
            problem("{} x").0,
            "something stands behind the end of the object"
        );
        assert_eq!(problem("{\"a\": 01}").0, "`01` is no number");
        assert_eq!(problem(&"[".repeat(100_000)).0, "nested too deeply");
    }

    proptest! {
        #[test]
        fn it_agrees_with_serde(text in r#"[\[\]{}",:0-9a-z\\ \n-]{0,40}"#) {
            let ours = parse(&text);
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            let empty = matches!(ours, Ok(None));
            prop_assert_eq!(ours.is_ok() && !empty, theirs.is_ok(), "{:?} {:?}", ours, theirs);
        }

        #[test]
        fn any_text_is_read_without_harm(text in ".{0,200}") {
            if let Err(problem) = parse(&text) {
                prop_assert!(text.get(problem.span.range()).is_some());
                if let Some((span, _)) = problem.repair {
                    prop_assert!(text.get(span.range()).is_some());
                }
            }
        }
    }
}
