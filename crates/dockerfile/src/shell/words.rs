//! Words of the shell, read once: their parts, and the commands in their substitutions.

use std::ops::Range;

use super::Place;
use super::split::{Splitter, is_blank, is_operator};
use crate::model::Logical;
use crate::parts::Pieces;
use crate::word::{Operation, Part, Word};

/// Where a run of word text ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// A blank or an operator.
    Word,
    /// A blank; parentheses and `|` belong to the text.
    Regex,
    /// The closing `"`, which is left.
    Quote,
    /// `}`, which is left.
    Brace,
    /// `/` or `}`, which is left.
    Slash,
    /// The end of the readable text: arithmetic.
    End,
}

impl<'a> Splitter<'a> {
    /// The word at the cursor, if one begins here. Commands in its substitutions are listed.
    pub(super) fn word(&mut self, place: Place) -> Option<Word> {
        self.word_until(Until::Word, place)
    }

    /// The pattern behind `=~`.
    pub(super) fn regex(&mut self, place: Place) -> Option<Word> {
        self.word_until(Until::Regex, place)
    }

    fn word_until(&mut self, until: Until, place: Place) -> Option<Word> {
        let start = self.at;
        let mut out = Pieces::new(self.body);
        self.pieces(&mut out, until, false, place);
        if self.at == start {
            return None;
        }
        let text = &self.text[start..self.at];
        let raw = if memchr::memchr(b'\n', text.as_bytes()).is_some() {
            text.replace("\\\r\n", "").replace("\\\n", "")
        } else {
            text.to_owned()
        };
        Some(Word {
            raw,
            span: self.body.span(start..self.at),
            parts: out.parts,
        })
    }

    /// Reads up to what `until` says. `quoted`: the text stands in double quotes.
    fn pieces(&mut self, out: &mut Pieces<'a>, until: Until, quoted: bool, place: Place) {
        let mut from = self.at;
        let mut parentheses = 0_u32;
        while let Some(c) = self.peek() {
            let ends = match until {
                Until::Word => is_blank(c) || (is_operator(c) && !self.joins_word(c, from)),
                Until::Regex => match c {
                    '(' => {
                        parentheses += 1;
                        false
                    }
                    ')' => {
                        parentheses = parentheses.saturating_sub(1);
                        false
                    }
                    c => is_blank(c) && parentheses == 0,
                },
                Until::Quote => c == '"',
                Until::Brace => c == '}',
                Until::Slash => matches!(c, '/' | '}'),
                Until::End => false,
            };
            if ends {
                break;
            }
            match c {
                '\\' => {
                    let taken = self.escape(out, from, until, quoted);
                    from = taken.unwrap_or(from);
                }
                '\'' if !quoted => {
                    out.literal(from..self.at, quoted);
                    self.single_quote(out);
                    from = self.at;
                }
                '"' if until != Until::End => {
                    out.literal(from..self.at, quoted);
                    self.double_quote(out, place);
                    from = self.at;
                }
                '$' => {
                    let start = self.at;
                    let before = out.parts.len();
                    self.dollar(out, quoted, place);
                    if out.parts.len() > before || self.at > start + 1 {
                        // The text before the dollar comes first.
                        let found = out.parts.split_off(before);
                        out.literal(from..start, quoted);
                        out.parts.extend(found);
                        from = self.at;
                    }
                }
                '`' => {
                    out.literal(from..self.at, quoted);
                    self.backticks(out, quoted, place);
                    from = self.at;
                }
                '<' | '>' if !quoted && self.byte(1) == Some(b'(') && until != Until::End => {
                    out.literal(from..self.at, quoted);
                    let start = self.at;
                    self.at += 2;
                    let place = Place {
                        failure_tolerated: true,
                        ..place
                    };
                    self.substitution(place);
                    out.opaque(start..self.at);
                    from = self.at;
                }
                '(' if until == Until::Word => self.extended_pattern(),
                c => self.at += c.len_utf8(),
            }
        }
        out.literal(from..self.at, quoted);
    }

    /// Whether the operator `c` belongs to a word that began at `start`: `<(`, `>(`, `@(a|b)`.
    fn joins_word(&self, c: char, start: usize) -> bool {
        match c {
            '<' | '>' => self.byte(1) == Some(b'('),
            '(' => {
                self.at > start
                    && matches!(
                        self.text.as_bytes()[self.at - 1],
                        b'?' | b'*' | b'+' | b'@' | b'!'
                    )
            }
            _ => false,
        }
    }

    /// Past the `)` of an extended pattern.
    fn extended_pattern(&mut self) {
        self.at = self
            .matching(self.at + 1)
            .map_or(self.end, |close| close + 1);
    }

    /// A backslash; returns where text not yet taken begins when it cut the text.
    fn escape(
        &mut self,
        out: &mut Pieces<'a>,
        from: usize,
        until: Until,
        quoted: bool,
    ) -> Option<usize> {
        let at = self.at;
        let width = self.continuation();
        if width > 0 {
            out.literal(from..at, quoted);
            self.skip(width);
            return Some(self.at);
        }
        self.at += 1;
        let next = self.peek()?;
        let special = !quoted
            || matches!(next, '"' | '$' | '`' | '\\')
            || (next == '}' && matches!(until, Until::Brace | Until::Slash));
        if !special {
            return None;
        }
        out.literal(from..at, quoted);
        let start = self.at;
        self.at += next.len_utf8();
        out.literal(start..self.at, true);
        Some(self.at)
    }

    fn single_quote(&mut self, out: &mut Pieces<'a>) {
        let open = self.at;
        let close = memchr::memchr(b'\'', &self.text.as_bytes()[open + 1..self.end]);
        if let Some(length) = close {
            out.quoted(open + 1..open + 1 + length);
            self.at = open + 1 + length + 1;
        } else {
            self.problem(open);
            out.quoted(open + 1..self.end);
            self.at = self.end;
        }
    }

    fn double_quote(&mut self, out: &mut Pieces<'a>, place: Place) {
        let open = self.at;
        self.at += 1;
        if self.byte(0) == Some(b'"') {
            out.quoted(self.at..self.at);
            self.at += 1;
            return;
        }
        if !self.deeper() {
            return;
        }
        self.pieces(out, Until::Quote, true, place);
        self.depth -= 1;
        if self.byte(0) == Some(b'"') {
            self.at += 1;
        } else {
            self.problem(open);
        }
    }

    /// What begins with `$`; a plain dollar is moved over and not taken.
    fn dollar(&mut self, out: &mut Pieces<'a>, quoted: bool, place: Place) {
        let start = self.at;
        match self.byte(1) {
            Some(b'(') => {
                if let Some(end) = self.arithmetic_end(start + 1) {
                    self.at += 1;
                    self.arithmetic(end, place);
                } else {
                    self.at += 2;
                    self.substitution(place);
                }
                out.opaque(start..self.at);
            }
            Some(b'{') => self.braced(out, quoted, place),
            Some(b'\'') if !quoted => self.ansi_quote(out),
            // `$"…"`: the quotes that follow say all we need.
            Some(b'"') if !quoted => {
                self.at += 1;
                self.double_quote(out, place);
            }
            _ => {
                self.at += 1;
                let length = name_length(self.rest());
                if length > 0 {
                    let name = &self.rest()[..length];
                    self.at += length;
                    out.variable(name, None, start..self.at, quoted);
                }
            }
        }
    }

    /// `$'…'`.
    fn ansi_quote(&mut self, out: &mut Pieces<'a>) {
        let open = self.at;
        self.at += 2;
        let mut from = self.at;
        let empty = self.byte(0) == Some(b'\'');
        while let Some(c) = self.peek() {
            match c {
                '\'' => {
                    if empty {
                        out.quoted(from..self.at);
                    } else {
                        out.literal(from..self.at, true);
                    }
                    self.at += 1;
                    return;
                }
                '\\' => {
                    out.literal(from..self.at, true);
                    self.ansi_escape(out);
                    from = self.at;
                }
                c => self.at += c.len_utf8(),
            }
        }
        out.literal(from..self.at, true);
        self.problem(open);
    }

    fn ansi_escape(&mut self, out: &mut Pieces<'a>) {
        let start = self.at;
        self.at += 1;
        let Some(c) = self.peek() else {
            return out.literal(start..self.at, true);
        };
        self.at += c.len_utf8();
        let simple = match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' | 'E' => '\u{1b}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            '\\' | '\'' | '"' | '?' => return out.literal(self.at - 1..self.at, true),
            'x' | 'u' | 'U' | '0'..='7' => {
                let (radix, most) = match c {
                    'x' => (16, 2),
                    'u' => (16, 4),
                    'U' => (16, 8),
                    _ => (8, 3),
                };
                if radix == 8 {
                    self.at -= 1;
                }
                let digits = self
                    .rest()
                    .chars()
                    .take(most)
                    .take_while(|c| c.is_digit(radix));
                let digits = &self.rest()[..digits.count()];
                self.at += digits.len();
                let code = u32::from_str_radix(digits, radix);
                match code.ok().and_then(char::from_u32) {
                    Some(c) => c,
                    None => return out.literal(start..self.at, true),
                }
            }
            _ => return out.literal(start..self.at, true),
        };
        out.decoded(simple.encode_utf8(&mut [0; 4]), start..self.at);
    }

    /// `${…}`.
    fn braced(&mut self, out: &mut Pieces<'a>, quoted: bool, place: Place) {
        let start = self.at;
        self.at += 2;
        let prefixed = matches!(self.byte(0), Some(b'#' | b'!'))
            && self
                .byte(1)
                .is_some_and(|b| b.is_ascii_alphanumeric() || b"_@*".contains(&b));
        if prefixed {
            self.at += 1;
        }
        let length = if self.rest().starts_with(|c: char| c.is_ascii_digit()) {
            let rest = self.rest();
            rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len()
        } else {
            name_length(self.rest())
        };
        let name = &self.rest()[..length];
        self.at += length;
        let operation = if self.byte(0) == Some(b'}') {
            (prefixed || length == 0).then_some(Operation::Other)
        } else if self.deeper() {
            let plain = !prefixed && length > 0;
            let operation = self.operation(plain, quoted, place);
            self.depth -= 1;
            Some(operation)
        } else {
            Some(Operation::Other)
        };
        if self.byte(0) == Some(b'}') {
            self.at += 1;
        } else {
            self.problem(start);
        }
        out.variable(name, operation, start..self.at, quoted);
    }

    /// What stands between the name and the closing brace, which is left.
    fn operation(&mut self, plain: bool, quoted: bool, place: Place) -> Operation {
        let colon =
            self.byte(0) == Some(b':') && matches!(self.byte(1), Some(b'-' | b'=' | b'?' | b'+'));
        let mark = self.byte(usize::from(colon)).filter(|_| plain);
        // Single quotes quote in patterns even within double quotes.
        match mark {
            Some(b'-' | b'=' | b'+' | b'?') => {
                self.skip(1 + usize::from(colon));
                let word = self.sub(Until::Brace, quoted, place);
                match mark {
                    Some(b'+') => Operation::Alternate { colon, word },
                    Some(b'?') => Operation::Required { colon },
                    _ => Operation::Default { colon, word },
                }
            }
            Some(mark @ (b'#' | b'%')) => {
                self.at += 1;
                let longest = self.byte(0) == Some(mark);
                self.skip(usize::from(longest));
                let pattern = self.sub(Until::Brace, false, place);
                if mark == b'#' {
                    Operation::RemovePrefix { longest, pattern }
                } else {
                    Operation::RemoveSuffix { longest, pattern }
                }
            }
            Some(b'/') => {
                self.at += 1;
                let all = self.byte(0) == Some(b'/');
                self.skip(usize::from(all));
                let anchored = matches!(self.byte(0), Some(b'#' | b'%'));
                let pattern = self.sub(Until::Slash, false, place);
                let mut with = Vec::new();
                if self.byte(0) == Some(b'/') {
                    self.at += 1;
                    with = self.sub(Until::Brace, false, place);
                }
                if anchored && !all {
                    return Operation::Other;
                }
                Operation::Replace { all, pattern, with }
            }
            _ => {
                self.sub(Until::Brace, quoted, place);
                Operation::Other
            }
        }
    }

    fn sub(&mut self, until: Until, quoted: bool, place: Place) -> Vec<Part> {
        let mut out = Pieces::new(self.body);
        self.pieces(&mut out, until, quoted, place);
        out.parts
    }

    /// The commands behind `$(`, `<(` or `>(`, and the `)`.
    fn substitution(&mut self, place: Place) {
        self.parenthesised(Place {
            in_substitution: true,
            ..place
        });
    }

    fn backticks(&mut self, out: &mut Pieces<'a>, quoted: bool, place: Place) {
        let open = self.at;
        let (close, past) = if let Some(close) = backtick(self.text, open + 1, self.end) {
            (close, close + 1)
        } else {
            self.problem(open);
            (self.end, self.end)
        };
        let place = Place {
            in_substitution: true,
            ..place
        };
        let inside = self.unescaped(open + 1..close, quoted);
        self.aside(&inside, |inner| inner.top(place));
        self.at = past;
        out.opaque(open..past);
    }

    /// The commands between backticks, as the shell reads them: a backslash before `$`, a backtick or another
    /// backslash goes first, within double quotes one before `"` too.
    fn unescaped(&self, range: Range<usize>, quoted: bool) -> Logical {
        let mut inside = self.body.slice(range.start..range.start);
        let mut from = range.start;
        let mut at = range.start;
        let bytes = self.text.as_bytes();
        while at < range.end {
            let escapes = bytes[at] == b'\\'
                && at + 1 < range.end
                && (matches!(bytes[at + 1], b'$' | b'`' | b'\\')
                    || (quoted && bytes[at + 1] == b'"'));
            if escapes {
                self.append(&mut inside, from..at);
                from = at + 1;
                at += 1;
            }
            at += 1;
        }
        self.append(&mut inside, from..range.end.max(from));
        inside
    }

    fn append(&self, to: &mut Logical, range: Range<usize>) {
        for run in self.body.runs(range) {
            to.push(&self.text[run.clone()], self.body.source_offset(run.start));
        }
    }

    /// The commands in the substitutions of a here-document's body.
    pub(super) fn expansions(&mut self, body: &Logical, place: Place) {
        if memchr::memchr2(b'$', b'`', body.text().as_bytes()).is_some() {
            self.aside(body, |inner| {
                inner.sub(Until::End, true, place);
            });
        }
    }

    /// Past the `))` of the arithmetic whose `((` stands at `at`; `None` where these are parentheses in
    /// parentheses.
    pub(super) fn arithmetic_end(&mut self, at: usize) -> Option<usize> {
        if !self.text[at..self.end].starts_with("((") {
            return None;
        }
        let close = self.matching(at + 2)?;
        let bytes = &self.text.as_bytes()[..self.end];
        (bytes.get(close + 1) == Some(&b')')).then_some(close + 2)
    }

    /// From `((` to `end`: variables mean nothing to us, substitutions are listed.
    pub(super) fn arithmetic(&mut self, end: usize, place: Place) {
        let outer = std::mem::replace(&mut self.end, end - 2);
        self.at += 2;
        if self.deeper() {
            let place = Place {
                failure_tolerated: true,
                ..place
            };
            self.sub(Until::End, true, place);
            self.depth -= 1;
        }
        self.end = outer;
        self.at = end;
    }

    /// The `)` for a parenthesis whose inside begins at `at`; quotes are honoured, nothing else.
    fn matching(&mut self, start: usize) -> Option<usize> {
        let limit = self.end.min(start.saturating_add(self.look_ahead));
        let found = matching(&self.text.as_bytes()[..limit], start);
        self.look_ahead -= found.map_or(limit, |close| close) - start.min(limit);
        found
    }
}

fn matching(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0_u32;
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            quote @ (b'\'' | b'"') => at += 1 + memchr::memchr(quote, &bytes[at + 1..])?,
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(at),
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    None
}

/// The backtick that closes the one before `at`.
fn backtick(text: &str, mut at: usize, end: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[..end];
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'`' => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// The length of a variable name, or of a special parameter, at the start of `text`.
fn name_length(text: &str) -> usize {
    match text.as_bytes().first() {
        None => 0,
        Some(b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' | b'0'..=b'9') => 1,
        Some(_) => {
            let name: Range<usize> = 0..text
                .bytes()
                .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
                .count();
            name.end
        }
    }
}
