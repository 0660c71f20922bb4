//! Words taken apart into literals, variables and what only running would tell.

use std::ops::Range;

use crate::model::Logical;
use crate::word::{Operation, Part, Word};

/// Whose quoting rules hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// BuildKit's lexer, with the file's escape character.
    Dockerfile(char),
    /// A POSIX shell or bash.
    Shell,
}

/// `${A:-${B:-…}}` is followed this deep.
const MAX_DEPTH: u32 = 32;

/// The word that stands at `range` of `logical`.
pub(crate) fn word(logical: &Logical, range: Range<usize>, language: Language) -> Word {
    let mut reader = Reader {
        logical,
        text: logical.text(),
        language,
        out: Vec::new(),
    };
    reader.read(range.clone(), Quote::None, 0);
    Word {
        raw: logical.text()[range.clone()].to_owned(),
        span: logical.span(range),
        parts: reader.out,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    Double,
}

struct Reader<'a> {
    logical: &'a Logical,
    text: &'a str,
    language: Language,
    out: Vec<Part>,
}

impl Reader<'_> {
    fn escape(&self) -> char {
        match self.language {
            Language::Dockerfile(escape) => escape,
            Language::Shell => '\\',
        }
    }

    /// Reads `range`, whose quoting starts as `quote` says.
    fn read(&mut self, range: Range<usize>, mut quote: Quote, depth: u32) {
        let text = self.text;
        let escape = self.escape();
        let mut at = range.start;
        let mut from = at;
        while at < range.end {
            let Some(c) = text[at..range.end].chars().next() else {
                break;
            };
            let quoted = quote == Quote::Double;
            if c == escape {
                let after = at + c.len_utf8();
                let next = text[after..range.end].chars().next();
                let special = match (next, quoted) {
                    (None, _) => false,
                    (Some(next), true) => {
                        next == '"'
                            || next == '$'
                            || next == escape
                            || (self.language == Language::Shell && matches!(next, '`' | '\n'))
                    }
                    (Some(_), false) => true,
                };
                if special {
                    self.literal(from..at, quoted);
                    let width = next.map_or(0, char::len_utf8);
                    if next != Some('\n') {
                        self.literal(after..after + width, true);
                    }
                    at = after + width;
                    from = at;
                } else {
                    at = after;
                }
                continue;
            }
            match c {
                '\'' if !quoted => {
                    self.literal(from..at, false);
                    let close = text[at + 1..range.end]
                        .find('\'')
                        .map_or(range.end, |to| at + 1 + to);
                    self.quoted_literal(at + 1..close);
                    at = (close + 1).min(range.end);
                    from = at;
                }
                '"' => {
                    self.literal(from..at, quoted);
                    if !quoted && text[at + 1..range.end].starts_with('"') {
                        self.quoted_literal(at + 1..at + 1);
                    }
                    quote = if quoted { Quote::None } else { Quote::Double };
                    at += 1;
                    from = at;
                }
                '$' => {
                    if self.language == Language::Shell
                        && !quoted
                        && text[at + 1..range.end].starts_with(['\'', '"'])
                    {
                        // `$'…'` and `$"…"`: the quotes that follow say all we need.
                        self.literal(from..at, false);
                        at += 1;
                        from = at;
                        continue;
                    }
                    let end = self.dollar_end(at, range.end);
                    if end > at + 1 {
                        self.literal(from..at, quoted);
                        self.dollar(at..end, quoted, depth);
                        at = end;
                        from = at;
                    } else {
                        at += 1;
                    }
                }
                '`' if self.language == Language::Shell => {
                    self.literal(from..at, quoted);
                    let end = backtick_end(text, at, range.end);
                    self.out.push(Part::Opaque {
                        span: self.logical.span(at..end),
                    });
                    at = end;
                    from = at;
                }
                '<' | '>'
                    if self.language == Language::Shell
                        && !quoted
                        && text[at + 1..range.end].starts_with('(') =>
                {
                    self.literal(from..at, quoted);
                    let end = paren_end(text, at + 2, range.end);
                    self.out.push(Part::Opaque {
                        span: self.logical.span(at..end),
                    });
                    at = end;
                    from = at;
                }
                other => at += other.len_utf8(),
            }
        }
        self.literal(from..range.end.max(from), quote == Quote::Double);
    }

    /// A literal, in pieces that stand unbroken in the source.
    fn literal(&mut self, range: Range<usize>, quoted: bool) {
        if range.is_empty() {
            return;
        }
        for piece in self.logical.runs(range) {
            let span = self.logical.span(piece.clone());
            self.out.push(Part::Literal {
                text: self.text[piece].to_owned(),
                span,
                quoted,
            });
        }
    }

    /// Like `literal`, but an empty one counts: `""` is a word.
    fn quoted_literal(&mut self, range: Range<usize>) {
        if range.is_empty() {
            let span = source::Span::empty(self.logical.source_offset(range.start));
            self.out.push(Part::Literal {
                text: String::new(),
                span,
                quoted: true,
            });
        }
        self.literal(range, true);
    }

    /// The end of what begins with the `$` at `at`; `at + 1` for a plain dollar.
    fn dollar_end(&self, at: usize, limit: usize) -> usize {
        let rest = &self.text[at + 1..limit];
        if self.language == Language::Shell && rest.starts_with('(') {
            return paren_end(self.text, at + 2, limit);
        }
        if rest.starts_with('{') {
            return brace_end(self.text, at + 2, limit);
        }
        at + 1 + name_length(rest)
    }

    fn dollar(&mut self, range: Range<usize>, quoted: bool, depth: u32) {
        let span = self.logical.span(range.clone());
        let inner = &self.text[range.start + 1..range.end];
        if inner.starts_with('(') {
            self.out.push(Part::Opaque { span });
            return;
        }
        let Some(braced) = inner.strip_prefix('{') else {
            self.out.push(Part::Variable {
                name: inner.to_owned(),
                operation: None,
                span,
                quoted,
            });
            return;
        };
        let braced = braced.strip_suffix('}').unwrap_or(braced);
        let start = range.start + 2;
        let length = name_length(braced);
        let name = braced[..length].to_owned();
        let operation = (length < braced.len())
            .then(|| self.operation(start + length..start + braced.len(), quoted, depth))
            .or((length == 0).then_some(Operation::Other));
        self.out.push(Part::Variable {
            name,
            operation,
            span,
            quoted,
        });
    }

    fn operation(&mut self, range: Range<usize>, quoted: bool, depth: u32) -> Operation {
        let text = &self.text[range.clone()];
        if depth >= MAX_DEPTH {
            return Operation::Other;
        }
        let (colon, rest) = match text.strip_prefix(':') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let at = range.end - rest.len();
        let mut sub = |from: usize, to: usize| self.sub(from..to, quoted, depth + 1);
        match rest.as_bytes().first() {
            Some(b'-' | b'=') => Operation::Default {
                colon,
                word: sub(at + 1, range.end),
            },
            Some(b'+') => Operation::Alternate {
                colon,
                word: sub(at + 1, range.end),
            },
            Some(b'?') => Operation::Required { colon },
            Some(mark @ (b'#' | b'%')) if !colon => {
                let longest = rest.as_bytes().get(1) == Some(mark);
                let pattern = sub(at + 1 + usize::from(longest), range.end);
                if *mark == b'#' {
                    Operation::RemovePrefix { longest, pattern }
                } else {
                    Operation::RemoveSuffix { longest, pattern }
                }
            }
            Some(b'/') if !colon => {
                let all = rest.as_bytes().get(1) == Some(&b'/');
                let from = at + 1 + usize::from(all);
                let split =
                    unescaped_slash(&self.text[from..range.end]).map_or(range.end, |to| from + to);
                let pattern = self.sub(from..split, quoted, depth + 1);
                let with = self.sub((split + 1).min(range.end)..range.end, quoted, depth + 1);
                Operation::Replace { all, pattern, with }
            }
            _ => Operation::Other,
        }
    }

    fn sub(&mut self, range: Range<usize>, quoted: bool, depth: u32) -> Vec<Part> {
        let saved = std::mem::take(&mut self.out);
        self.read(
            range,
            if quoted { Quote::Double } else { Quote::None },
            depth,
        );
        std::mem::replace(&mut self.out, saved)
    }
}

fn unescaped_slash(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'/' => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// The length of a variable name, or of a special parameter, at the start of `text`.
fn name_length(text: &str) -> usize {
    let Some(first) = text.chars().next() else {
        return 0;
    };
    if matches!(first, '@' | '*' | '#' | '?' | '-' | '$' | '!') || first.is_ascii_digit() {
        return 1;
    }
    text.len()
        - text
            .trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_')
            .len()
}

/// Past the `}` that closes a `${` whose inside begins at `at`; `limit` when it is missing.
pub(crate) fn brace_end(text: &str, mut at: usize, limit: usize) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_u32;
    while at < limit {
        match bytes[at] {
            b'\\' => at += 1,
            b'\'' => {
                at = memchr::memchr(b'\'', &bytes[at + 1..limit]).map_or(limit, |to| at + 1 + to)
            }
            b'{' if at > 0 && bytes[at - 1] == b'$' => depth += 1,
            b'}' if depth == 0 => return at + 1,
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    limit
}

/// Past the `)` that closes a `(` whose inside begins at `at`; `limit` when it is missing.
pub(crate) fn paren_end(text: &str, mut at: usize, limit: usize) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_u32;
    while at < limit {
        match bytes[at] {
            b'\\' => at += 1,
            b'\'' => {
                at = memchr::memchr(b'\'', &bytes[at + 1..limit]).map_or(limit, |to| at + 1 + to)
            }
            b'"' => at = quote_end(bytes, at + 1, limit),
            b'(' => depth += 1,
            b')' if depth == 0 => return at + 1,
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    limit
}

/// The closing double quote, substitutions inside it skipped coarsely.
fn quote_end(bytes: &[u8], mut at: usize, limit: usize) -> usize {
    let mut parens = 0_u32;
    while at < limit {
        match bytes[at] {
            b'\\' => at += 1,
            b'$' if bytes.get(at + 1) == Some(&b'(') => parens += 1,
            b')' if parens > 0 => parens -= 1,
            b'"' if parens == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    limit
}

/// Past the closing backtick.
pub(crate) fn backtick_end(text: &str, at: usize, limit: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = at + 1;
    while at < limit {
        match bytes[at] {
            b'\\' => at += 2,
            b'`' => return at + 1,
            _ => at += 1,
        }
    }
    limit
}
