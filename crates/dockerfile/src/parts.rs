//! Words of Dockerfile instructions taken apart as BuildKit's shell lexer does it.

use std::ops::Range;

use source::Span;

use crate::model::Logical;
use crate::word::{Operation, Part, Word};

/// `${A:-${B:-…}}` is followed this deep.
const MAX_DEPTH: u32 = 32;

/// The word that stands at `range` of `logical`.
pub(crate) fn word(logical: &Logical, range: Range<usize>, escape: char) -> Word {
    let mut reader = Reader {
        text: logical.text(),
        at: range.start,
        end: range.end,
        escape,
        out: Pieces::new(logical),
    };
    reader.read(None, false, false, 0);
    Word {
        raw: logical.text()[range.clone()].to_owned(),
        span: logical.span(range),
        parts: reader.out.parts,
    }
}

/// Text in which BuildKit expands nothing: a shell command, the name of a maintainer.
pub(crate) fn verbatim(logical: &Logical, range: Range<usize>) -> Word {
    let mut pieces = Pieces::new(logical);
    pieces.literal(range.clone(), false);
    Word {
        raw: logical.text()[range.clone()].to_owned(),
        span: logical.span(range),
        parts: pieces.parts,
    }
}

/// Parts under construction.
pub(crate) struct Pieces<'a> {
    logical: &'a Logical,
    pub parts: Vec<Part>,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(logical: &'a Logical) -> Self {
        Self {
            logical,
            parts: Vec::new(),
        }
    }

    /// A literal, in pieces that stand unbroken in the source.
    pub(crate) fn literal(&mut self, range: Range<usize>, quoted: bool) {
        if range.is_empty() {
            return;
        }
        for piece in self.logical.runs(range) {
            let span = self.logical.span(piece.clone());
            self.add(Part::Literal {
                text: self.logical.text()[piece].to_owned(),
                span,
                quoted,
            });
        }
    }

    /// Like `literal`, but an empty one counts: `""` is a word.
    pub(crate) fn quoted(&mut self, range: Range<usize>) {
        if range.is_empty() {
            self.add(Part::Literal {
                text: String::new(),
                span: Span::empty(self.logical.source_offset(range.start)),
                quoted: true,
            });
        }
        self.literal(range, true);
    }

    /// One character for an escape sequence.
    pub(crate) fn decoded(&mut self, text: &str, range: Range<usize>) {
        self.add(Part::Literal {
            text: text.to_owned(),
            span: self.logical.span(range),
            quoted: true,
        });
    }

    pub(crate) fn variable(
        &mut self,
        name: &str,
        operation: Option<Operation>,
        range: Range<usize>,
        quoted: bool,
    ) {
        self.add(Part::Variable {
            name: name.to_owned(),
            operation,
            span: self.logical.span(range),
            quoted,
        });
    }

    /// Most words have one part: room for four, as vectors begin, is most of what a file of words would take.
    fn add(&mut self, part: Part) {
        if self.parts.is_empty() {
            self.parts.reserve_exact(1);
        }
        self.parts.push(part);
    }

    pub(crate) fn opaque(&mut self, range: Range<usize>) {
        self.add(Part::Opaque {
            span: self.logical.span(range),
        });
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    escape: char,
    out: Pieces<'a>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..self.end].chars().next()
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    /// Reads up to `stop`, which is eaten, or the end. `quoted`: all of it stands in double quotes. `escapes`:
    /// escapes stay in the text, for patterns. Returns whether `stop` was found.
    fn read(&mut self, stop: Option<char>, quoted: bool, escapes: bool, depth: u32) -> bool {
        let mut from = self.at;
        while let Some(c) = self.peek() {
            if stop == Some(c) {
                self.out.literal(from..self.at, quoted);
                self.at += c.len_utf8();
                return true;
            }
            match c {
                '\'' => {
                    self.out.literal(from..self.at, quoted);
                    let start = self.at + 1;
                    let close = memchr::memchr(b'\'', &self.text.as_bytes()[start..self.end]);
                    let close = close.map_or(self.end, |length| start + length);
                    self.out.quoted(start..close);
                    self.at = (close + 1).min(self.end);
                    from = self.at;
                }
                '"' => {
                    self.out.literal(from..self.at, quoted);
                    self.at += 1;
                    self.double_quote(depth);
                    from = self.at;
                }
                '$' => {
                    self.out.literal(from..self.at, quoted);
                    from = self.dollar(quoted, depth);
                }
                c if c == self.escape => {
                    if !escapes {
                        self.out.literal(from..self.at, quoted);
                        from = self.at + 1;
                    }
                    self.at += 1;
                    self.at += self.peek().map_or(0, char::len_utf8);
                    if !escapes {
                        self.out.literal(from..self.at, true);
                        from = self.at;
                    }
                }
                c => self.at += c.len_utf8(),
            }
        }
        self.out.literal(from..self.at, quoted);
        false
    }

    /// The inside of double quotes and the closing one.
    fn double_quote(&mut self, depth: u32) {
        let mut from = self.at;
        if self.eat('"') {
            self.out.quoted(from..from);
            return;
        }
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    self.out.literal(from..self.at, true);
                    self.at += 1;
                    return;
                }
                '$' => {
                    self.out.literal(from..self.at, true);
                    from = self.dollar(true, depth);
                }
                c if c == self.escape => {
                    let before = self.at;
                    self.at += 1;
                    if let Some(next) = self.peek()
                        && (matches!(next, '"' | '$') || next == self.escape)
                    {
                        self.out.literal(from..before, true);
                        from = self.at;
                        self.at += next.len_utf8();
                    }
                }
                c => self.at += c.len_utf8(),
            }
        }
        self.out.literal(from..self.at, true);
    }

    /// Reads what begins with `$`; returns where text not yet taken begins: the `$` itself when it is plain.
    fn dollar(&mut self, quoted: bool, depth: u32) -> usize {
        let start = self.at;
        self.at += 1;
        if !self.eat('{') {
            let length = docker_name_length(&self.text[self.at..self.end]);
            if length == 0 {
                return start;
            }
            let name = &self.text[self.at..self.at + length];
            self.at += length;
            self.out.variable(name, None, start..self.at, quoted);
            return self.at;
        }
        let length = match self.peek() {
            None | Some('{' | '}' | ':') => 0,
            Some(_) => docker_name_length(&self.text[self.at..self.end]),
        };
        let name = &self.text[self.at..self.at + length];
        self.at += length;
        let operation = if length > 0 && self.eat('}') {
            None
        } else {
            let saved = std::mem::take(&mut self.out.parts);
            let operation = self.operation(length > 0, quoted, depth);
            self.out.parts = saved;
            Some(operation)
        };
        self.out.variable(name, operation, start..self.at, quoted);
        self.at
    }

    /// What follows the name, the closing brace included; `Other` for what BuildKit refuses.
    fn operation(&mut self, named: bool, quoted: bool, depth: u32) -> Operation {
        let colon = named && self.eat(':');
        let modifier = self.peek().filter(|_| named && depth < MAX_DEPTH);
        match modifier {
            Some('-' | '+' | '?') => {
                self.at += 1;
                let (word, closed) = self.nested('}', quoted, false, depth);
                match modifier {
                    _ if !closed => Operation::Other,
                    Some('-') => Operation::Default { colon, word },
                    Some('+') => Operation::Alternate { colon, word },
                    _ => Operation::Required { colon },
                }
            }
            Some(mark @ ('#' | '%')) if !colon => {
                self.at += 1;
                let longest = self.eat(mark);
                let (pattern, closed) = self.nested('}', quoted, true, depth);
                match mark {
                    _ if !closed => Operation::Other,
                    '#' => Operation::RemovePrefix { longest, pattern },
                    _ => Operation::RemoveSuffix { longest, pattern },
                }
            }
            Some('/') if !colon => {
                self.at += 1;
                let all = self.eat('/');
                let (pattern, slash) = self.nested('/', quoted, true, depth);
                let (with, closed) = self.nested('}', quoted, true, depth);
                if slash && closed {
                    Operation::Replace { all, pattern, with }
                } else {
                    Operation::Other
                }
            }
            _ => {
                // Refused: the word ends at the next brace for want of anything better.
                let rest = &self.text.as_bytes()[self.at..self.end];
                let length = memchr::memchr(b'}', rest).map_or(rest.len(), |at| at + 1);
                self.at += length;
                Operation::Other
            }
        }
    }

    fn nested(&mut self, stop: char, quoted: bool, escapes: bool, depth: u32) -> (Vec<Part>, bool) {
        let closed = self.read(Some(stop), quoted, escapes, depth + 1);
        (std::mem::take(&mut self.out.parts), closed)
    }
}

/// The length of a variable's name at the start of `text` as BuildKit reads it: all digits, one special
/// parameter, or letters of any script, digits and `_`.
pub(crate) fn docker_name_length(text: &str) -> usize {
    let without = |trimmed: &str| text.len() - trimmed.len();
    match text.chars().next() {
        Some(c) if c.is_ascii_digit() => {
            without(text.trim_start_matches(|c: char| c.is_ascii_digit()))
        }
        Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
        _ => without(text.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')),
    }
}
