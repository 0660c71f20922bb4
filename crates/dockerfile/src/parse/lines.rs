//! Physical lines.

/// One line without its line break.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Text without `\n` and the `\r`s before it.
    pub text: &'a str,
    /// Offset of its first byte.
    pub offset: u32,
    /// From 1.
    pub number: u32,
    /// Bytes with the line break.
    pub full_length: usize,
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
        let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
        let offset = self.at as u32;
        self.at += length;
        self.number += 1;
        let text = rest[..length].trim_end_matches(['\r', '\n']);
        Some(Line {
            text,
            offset,
            number: self.number,
            full_length: length,
        })
    }
}
