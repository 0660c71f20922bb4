//! Physical lines.

use source::Span;

/// One line without its line break.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Text without `\n` and the `\r`s before it.
    pub text: &'a str,
    /// Offset of its first byte.
    pub offset: u32,
    /// From 1.
    pub number: u32,
    /// Bytes without `\n`, a byte order mark included: what BuildKit's limit counts.
    pub length: usize,
    /// Where its `\n` stands.
    pub newline: Option<u32>,
}

impl Line<'_> {
    /// The place of the text, line break excluded.
    pub(super) fn span(&self) -> Span {
        Span::new(self.offset, self.offset + self.text.len() as u32)
    }
}

/// The lines of a text; the byte order mark is skipped.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    number: u32,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: if text.starts_with('\u{FEFF}') { 3 } else { 0 },
            number: 0,
        }
    }

    pub(super) fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let offset = self.at;
        let end = memchr::memchr(b'\n', rest.as_bytes());
        let length = end.unwrap_or(rest.len());
        self.at += length + usize::from(end.is_some());
        let mark = if self.number == 0 { offset } else { 0 };
        self.number += 1;
        Some(Line {
            text: rest[..length].trim_end_matches('\r'),
            offset: offset as u32,
            number: self.number,
            length: length + mark,
            newline: end.map(|end| (offset + end) as u32),
        })
    }

    /// The lines not yet read.
    pub(super) fn position(&self) -> usize {
        self.at
    }
}
