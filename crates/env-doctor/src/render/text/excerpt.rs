//! Which part of a file is shown around a finding, so that the work does not grow with the file.

use std::ops::Range;

use source::{SourceFile, Span};

/// Of a longer span only the first line is shown: nobody reads more of it, and it may be the whole file.
const MAX_SPAN: usize = 2 << 10;
/// Lines longer than this are cut around what matters.
const MAX_LINE: usize = 1_000;
/// What is left of a cut line on either side of a span.
const MARGIN: usize = 40;

/// Whole lines of a file.
pub(crate) struct Lines<'a> {
    /// The lines, without the last one's line feed.
    pub text: &'a str,
    /// Number of the first one, from 1.
    pub number: usize,
    start: usize,
    too_long: bool,
}

impl<'a> Lines<'a> {
    /// The lines that hold all `ranges`, which lie on character boundaries.
    pub(crate) fn around(file: &'a SourceFile, ranges: impl Iterator<Item = Range<usize>>) -> Self {
        let text = file.text();
        let (mut start, mut end) = (text.len(), 0);
        for range in ranges {
            start = start.min(range.start);
            end = end.max(range.end);
        }
        let start = line_start(file, start);
        let end = file.line(end.max(start)).end;
        let mut too_long = false;
        let mut next = start;
        while !too_long && next <= end {
            let line = file.line(next);
            too_long = line.len() > MAX_LINE;
            next = line.end + 1;
        }
        Self {
            text: &text[start..end],
            number: file.position(start as u32).line as usize,
            start,
            too_long,
        }
    }

    /// Whether some line is too long to be shown whole.
    pub(crate) fn too_long(&self) -> bool {
        self.too_long
    }

    /// Where a range of the file is in these lines.
    pub(crate) fn locate(&self, range: &Range<usize>) -> Range<usize> {
        let place = |offset: usize| offset.saturating_sub(self.start).min(self.text.len());
        place(range.start)..place(range.end)
    }
}

/// `span`, cut to the text and to character boundaries.
pub(in crate::render) fn bounded(file: &SourceFile, span: Span) -> Range<usize> {
    let text = file.text();
    let start = floor(text, span.start as usize);
    start..floor(text, span.end as usize).max(start)
}

/// The part of `span` that is worth showing, without the line feed it may end with.
pub(crate) fn visible(file: &SourceFile, span: Span) -> Range<usize> {
    let text = file.text();
    let Range { start, mut end } = bounded(file, span);
    if end - start > MAX_SPAN {
        end = file.line(start).end.min(end);
    }
    start..start + text[start..end].trim_end_matches(['\n', '\r']).len()
}

/// The nearest character boundary at or before `offset`.
pub(in crate::render) fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn line_start(file: &SourceFile, offset: usize) -> usize {
    let start = file.line(offset).start;
    // The byte order mark is no part of the first line that people see.
    if start == 0 && file.text().starts_with('\u{feff}') {
        offset.min('\u{feff}'.len_utf8())
    } else {
        start
    }
}

/// What surrounds the beginning of `span` in its line, with `...` where the line is cut.
pub(super) fn piece(file: &SourceFile, span: Span) -> String {
    let text = file.text();
    let span = visible(file, span);
    let line = line_start(file, span.start)..file.line(span.start).end;
    let left = floor(text, span.start.saturating_sub(MARGIN)).max(line.start);
    let right = span.end.min(span.start + MARGIN) + MARGIN;
    let right = floor(text, right.min(line.end)).max(left);
    let cut = |cut: bool| if cut { "..." } else { "" };
    format!(
        "{}{}{}",
        cut(left > line.start),
        &text[left..right],
        cut(right < line.end)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_and_know_their_number() {
        let file = SourceFile::new("x", "a\nbcd\nef\ng");
        let lines = Lines::around(&file, std::iter::once(3..8));
        assert_eq!((lines.text, lines.number), ("bcd\nef", 2));
        assert_eq!(lines.locate(&(3..8)), 1..6);
    }

    #[test]
    fn the_byte_order_mark_is_not_shown() {
        let file = SourceFile::new("x", "\u{feff}FROM x\n");
        let lines = Lines::around(&file, std::iter::once(3..7));
        assert_eq!(lines.text, "FROM x");
        assert_eq!(lines.locate(&(3..7)), 0..4);
    }

    #[test]
    fn any_span_is_cut_to_the_text() {
        let file = SourceFile::new("x", "é\r\nü\n");
        for start in 0..9 {
            for end in 0..9 {
                let span = Span::new(start, end);
                for range in [bounded(&file, span), visible(&file, span)] {
                    let lines = Lines::around(&file, std::iter::once(range.clone()));
                    assert!(lines.text.get(lines.locate(&range)).is_some(), "{span:?}");
                }
                assert!(piece(&file, span).len() <= 8, "{span:?}");
            }
        }
    }

    #[test]
    fn a_long_line_is_cut_around_the_span() {
        let file = SourceFile::new("x", format!("{}word{}", "a".repeat(5000), "é".repeat(5000)));
        let piece = piece(&file, Span::new(5000, 5004));
        assert!(piece.starts_with("...aaa") && piece.ends_with("é..."));
        assert!(piece.contains("awordé") && piece.len() < 200);
    }
}
