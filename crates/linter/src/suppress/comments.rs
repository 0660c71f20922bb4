//! Where comments stand, and what stands behind them.

use source::{SourceFile, Span};

use super::Part;
use super::directive::MARK;
use crate::nested::Nested;

/// Endings of dependency files in which `#` begins a comment.
const COMMENTED: &[&str] = &[".txt", ".in", ".toml", ".yml", ".yaml", ".cfg"];

/// Whether a dependency file may hold directives.
pub(super) fn may_have(file: &SourceFile) -> bool {
    COMMENTED.iter().any(|ending| file.name().ends_with(ending)) && file.text().contains(MARK)
}

/// What a comment covers: at the end of a line that line, in an instruction or service that one, otherwise the
/// part that begins behind it. `nested` are the spans of the parts.
pub(super) fn covered(text: &str, comment: Span, parts: &[Part], nested: &Nested) -> Span {
    let line = line_start(text, comment.start);
    if !text[line as usize..comment.start as usize]
        .trim()
        .is_empty()
    {
        return Span::new(line, comment.end);
    }
    let around = nested.around(comment.start).map(|number| &parts[number]);
    let around = around
        .filter(|part| part.from_within && part.span.contains(comment))
        .min_by_key(|part| part.span.len());
    let next = || nested.next(comment.end).map(|number| &parts[number]);
    let part = around.or_else(next);
    part.map_or(Span::empty(comment.start), |part| part.span)
}

/// The comments of a file by its lines, each with the line that it covers: its own, or the next with content.
pub(super) fn by_line(text: &str) -> Vec<(Span, Span)> {
    let mut found = Vec::new();
    let mut waiting: Vec<Span> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::from_usize(offset..offset + line.len());
        let content = line.trim();
        let end = offset + line.trim_end().len();
        if content.starts_with('#') {
            let start = offset + (line.len() - line.trim_start().len());
            waiting.push(Span::from_usize(start..end));
        } else if !content.is_empty() {
            found.extend(waiting.drain(..).map(|comment| (comment, span)));
            if let Some(at) = line.find(" #") {
                found.push((Span::from_usize(offset + at + 1..end), span));
            }
        }
        offset += line.len();
    }
    found
}

/// A comment with its line, or with the blanks before it where something else stands on the line.
pub(super) fn with_blanks(text: &str, comment: Span) -> Span {
    let line = line_start(text, comment.start);
    let before = &text[line as usize..comment.start as usize];
    let content = before.trim_end();
    if !content.is_empty() {
        return Span::new(line + content.len() as u32, comment.end);
    }
    let rest = &text[comment.end as usize..];
    let end = rest
        .find('\n')
        .map_or(text.len(), |at| comment.end as usize + at + 1);
    // The byte order mark is no part of the line.
    let start = if text.starts_with('\u{FEFF}') {
        line.max(3)
    } else {
        line
    };
    Span::new(start, end as u32)
}

fn line_start(text: &str, offset: u32) -> u32 {
    let mark = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    let before = &text[..offset as usize];
    before
        .rfind('\n')
        .map_or(mark.min(offset), |at| at as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_covers_the_next_line_with_content_or_its_own() {
        let text = "# one\n\n# two\ntorch\njax # three\nnumpy#4\n# last\n";
        let found: Vec<(&str, &str)> = by_line(text)
            .into_iter()
            .map(|(comment, line)| (&text[comment.range()], text[line.range()].trim_end()))
            .collect();
        assert_eq!(
            found,
            [
                ("# one", "torch"),
                ("# two", "torch"),
                ("# three", "jax # three")
            ]
        );
    }

    #[test]
    fn a_comment_goes_with_its_line_or_its_blanks() {
        let text = "\u{FEFF}# a\r\nx:  1  # b\n  # c";
        let removed = |comment: &str| {
            let start = text.find(comment).unwrap();
            let span = with_blanks(text, Span::from_usize(start..start + comment.len()));
            let mut text = text.to_owned();
            text.replace_range(span.range(), "");
            text
        };
        assert_eq!(removed("# a"), "\u{FEFF}x:  1  # b\n  # c");
        assert_eq!(removed("# b"), "\u{FEFF}# a\r\nx:  1\n  # c");
        assert_eq!(removed("# c"), "\u{FEFF}# a\r\nx:  1  # b\n");
    }
}
