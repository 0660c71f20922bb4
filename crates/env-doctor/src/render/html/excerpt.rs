//! The lines that a finding speaks of, with their places marked.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use source::{Diagnostic, FileId, SourceFile, Sources};

use super::{escape, prose};
use crate::render::text::excerpt::{bounded, floor};

/// Of a longer place only the beginning is shown.
const MAX_LINES: usize = 12;
/// What is shown of a longer line, around the first place in it.
const MAX_LINE: usize = 400;

struct Mark<'r> {
    range: Range<usize>,
    text: &'r str,
    primary: bool,
}

/// The excerpts of all files that a finding has places in, its own first.
pub(super) fn figures(sources: &Sources, diagnostic: &Diagnostic, out: &mut String) {
    let primary = diagnostic.primary.location.file;
    let mut files: BTreeMap<(bool, FileId), Vec<Mark<'_>>> = BTreeMap::new();
    let labels = diagnostic.related.iter().map(|label| (label, false));
    for (label, is_primary) in std::iter::once((&diagnostic.primary, true)).chain(labels) {
        let at = label.location;
        let file = sources.get(at.file);
        if file.is_observed() {
            continue;
        }
        files
            .entry((at.file != primary, at.file))
            .or_default()
            .push(Mark {
                range: bounded(file, at.span),
                text: &label.text,
                primary: is_primary,
            });
    }
    for ((is_other, file), marks) in &files {
        figure(sources.get(*file), *is_other, marks, out);
    }
}

/// The finding's own file is named above all figures.
fn figure(file: &SourceFile, named: bool, marks: &[Mark<'_>], out: &mut String) {
    out.push_str("<figure>");
    if named {
        let _ = write!(out, "<figcaption>{}</figcaption>", escape(file.name()));
    }
    out.push_str("<pre class=\"source\">");
    let mut last = None;
    for line in lines(file, marks) {
        let number = file.position(line.start as u32).line;
        if last.is_some_and(|last| last + 1 < number) {
            out.push_str("<span class=\"gap\">⋯</span>\n");
        }
        last = Some(number);
        show(file.text(), number, &line, marks, out);
    }
    out.push_str("</pre></figure>\n");
}

/// The lines of all marks, and one more on either side that says something, in order.
fn lines(file: &SourceFile, marks: &[Mark<'_>]) -> Vec<Range<usize>> {
    let text = file.text();
    let mut found: BTreeMap<usize, usize> = BTreeMap::new();
    for mark in marks {
        let first = file.line(mark.range.start);
        if let Some(before) = first.start.checked_sub(1) {
            let before = file.line(before);
            if !text[before.clone()].trim().is_empty() {
                found.insert(before.start, before.end);
            }
        }
        let mut next = first.start;
        // One more than the place has.
        for _ in 0..=MAX_LINES {
            let line = file.line(next);
            let end = line.end;
            let done = line.start >= mark.range.end.max(mark.range.start + 1);
            if !done || !text[line.clone()].trim().is_empty() {
                found.insert(line.start, end);
            }
            if done || end + 1 >= text.len() {
                break;
            }
            next = end + 1;
        }
    }
    found.into_iter().map(|(start, end)| start..end).collect()
}

fn show(text: &str, number: u32, line: &Range<usize>, marks: &[Mark<'_>], out: &mut String) {
    let here: Vec<&Mark<'_>> = marks
        .iter()
        .filter(|mark| touches(&mark.range, line))
        .collect();
    let shown = window(text, line, &here);
    let kind = if here.is_empty() { "context" } else { "marked" };
    let _ = write!(out, "<span class=\"line {kind}\"><i>{number}</i>");
    if shown.start > line.start {
        out.push('…');
    }
    segments(text, &shown, &here, out);
    if shown.end < line.end {
        out.push('…');
    }
    out.push_str("</span>\n");
    for mark in here {
        // Said once, below the line where the place begins.
        if mark.range.start >= line.start && !mark.text.is_empty() {
            let kind = class(mark);
            let _ = writeln!(
                out,
                "<span class=\"label {kind}\"><i></i>↳ {}</span>",
                prose(mark.text)
            );
        }
    }
}

fn touches(mark: &Range<usize>, line: &Range<usize>) -> bool {
    mark.start <= line.end && (mark.end > line.start || mark.start == line.start)
}

/// What is shown of the line: all of it, or the neighbourhood of its first mark.
fn window(text: &str, line: &Range<usize>, marks: &[&Mark<'_>]) -> Range<usize> {
    let range = if line.len() > MAX_LINE {
        let first = marks.iter().map(|mark| mark.range.start).min();
        let middle = first.unwrap_or(line.start).clamp(line.start, line.end);
        let start = middle.saturating_sub(MAX_LINE / 2).max(line.start);
        let start = floor(text, start);
        start..floor(text, (start + MAX_LINE).min(line.end))
    } else {
        line.clone()
    };
    // Neither the byte order mark nor a carriage return is a character to look at.
    let shown = &text[range.clone()];
    let start = range.end - shown.trim_start_matches('\u{feff}').len();
    start..start + text[start..range.end].trim_end_matches('\r').len()
}

fn class(mark: &Mark<'_>) -> &'static str {
    if mark.primary { "primary" } else { "related" }
}

/// The line in pieces, each with the strongest mark it lies in.
fn segments(text: &str, shown: &Range<usize>, marks: &[&Mark<'_>], out: &mut String) {
    let clamp = |offset: usize| offset.clamp(shown.start, shown.end);
    // A place that goes on from the line before does not begin with this one's indentation.
    let line = &text[shown.clone()];
    let indented = shown.end - line.trim_start().len();
    let start = |mark: &Mark<'_>| match mark.range.start {
        before if before < shown.start => indented,
        start => start,
    };
    let mut cuts: Vec<usize> = vec![shown.start, shown.end];
    for mark in marks {
        cuts.extend([clamp(start(mark)), clamp(mark.range.end)]);
    }
    cuts.sort_unstable();
    cuts.dedup();
    let points = |at: usize, out: &mut String| {
        // A place without characters, where something is missing.
        for mark in marks.iter().filter(|mark| mark.range == (at..at)) {
            let _ = write!(out, "<mark class=\"point {}\"></mark>", class(mark));
        }
    };
    for pair in cuts.windows(2) {
        points(pair[0], out);
        let piece = escape(&text[pair[0]..pair[1]]);
        let inside = |mark: &&&Mark<'_>| start(mark) <= pair[0] && pair[1] <= mark.range.end;
        let strongest = marks.iter().filter(inside).max_by_key(|mark| mark.primary);
        let _ = match strongest {
            Some(mark) => write!(out, "<mark class=\"{}\">{piece}</mark>", class(mark)),
            None => write!(out, "{piece}"),
        };
    }
    points(shown.end, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, places: &[(Range<usize>, &'static str)]) -> String {
        let marks: Vec<Mark<'_>> = places
            .iter()
            .enumerate()
            .map(|(index, (range, text))| Mark {
                range: range.clone(),
                text,
                primary: index == 0,
            })
            .collect();
        let mut out = String::new();
        figure(&SourceFile::new("x", text), true, &marks, &mut out);
        out
    }

    #[test]
    fn places_are_marked_in_their_lines() {
        insta::assert_snapshot!(
            shown("a\nb word c\nd\ne\nf\ng\nh <i>\n", &[(4..8, "wrong"), (17..18, "because"), (20..20, "")]),
            @r#"
        <figure><figcaption>x</figcaption><pre class="source"><span class="line context"><i>1</i>a</span>
        <span class="line marked"><i>2</i>b <mark class="primary">word</mark> c</span>
        <span class="label primary"><i></i>↳ wrong</span>
        <span class="line context"><i>3</i>d</span>
        <span class="gap">⋯</span>
        <span class="line context"><i>5</i>f</span>
        <span class="line marked"><i>6</i><mark class="related">g</mark></span>
        <span class="label related"><i></i>↳ because</span>
        <span class="line marked"><i>7</i>h<mark class="point related"></mark> &lt;i&gt;</span>
        </pre></figure>
        "#
        );
    }

    #[test]
    fn of_places_within_each_other_the_inner_one_is_seen() {
        assert!(shown("abcd", &[(1..2, ""), (0..4, "")]).contains(
            "<mark class=\"related\">a</mark><mark class=\"primary\">b</mark><mark class=\"related\">cd</mark>"
        ));
    }

    #[test]
    fn the_indentation_of_a_further_line_is_no_part_of_a_place() {
        assert!(shown("- a\n  b\n", &[(2..7, "")]).contains(
            "<mark class=\"primary\">a</mark></span>\n<span class=\"line marked\"><i>2</i>  <mark class=\"primary\">b</mark>"
        ));
    }

    #[test]
    fn any_place_in_any_text_can_be_shown() {
        let text = "\u{feff}é\r\n\nü\nlast";
        for start in 0..=text.len() {
            for end in start..=text.len() + 2 {
                let file = SourceFile::new("x", text);
                let range = bounded(&file, source::Span::from_usize(start..end));
                assert!(shown(text, &[(range, "")]).contains("</pre>"));
            }
        }
    }

    #[test]
    fn long_lines_and_long_places_are_cut() {
        let line = format!("{}word{}", "a".repeat(5_000), "é".repeat(5_000));
        let out = shown(&line, &[(5_000..5_004, "")]);
        assert!(out.contains("<mark class=\"primary\">word</mark>é") && out.len() < 1_000);
        let lines = "line\n".repeat(1_000);
        assert!(shown(&lines, &[(0..5_000, "")]).len() < 2_000);
    }
}
