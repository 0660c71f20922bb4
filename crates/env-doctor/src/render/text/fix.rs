//! What to type, and the edit that does it, as a diff.

use std::ops::Range;

use annotate_snippets::{Group, Level, Patch, Snippet};
use source::{Diagnostic, Edit, Fix, SourceFile, Sources, mask};

use super::excerpt::{self, Lines};
use super::tame;

/// Edits further apart than this many bytes are shown as hunks of their own.
const NEAR: usize = 200;
/// Larger hunks and replacements are not shown.
const MAX_HUNK: usize = 8 << 10;

/// The help of a finding with the diff of its first fix; `None` where there is neither.
pub(super) fn group<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Option<Group<'a>> {
    let fix = diagnostic.fixes.first();
    let title = diagnostic
        .help
        .as_deref()
        .or(fix.map(|fix| fix.title.as_str()))?;
    let mut group = Group::with_title(Level::HELP.secondary_title(tame(title)));
    let Some(fix) = fix else { return Some(group) };
    if let Some(hunks) = hunks(sources, fix) {
        group = group.elements(hunks);
    }
    let Some(remark) = fix.remark() else {
        return Some(group);
    };
    let name = fix.applicability.title();
    Some(group.element(Level::NOTE.with_name(name).message(tame(remark))))
}

/// The diff; `None` where it cannot be shown. A line that goes stands alone: the renderer shows it as emptied beside
/// other edits.
fn hunks<'a>(sources: &'a Sources, fix: &'a Fix) -> Option<Vec<Snippet<'a, Patch<'a>>>> {
    let mut hunks = Vec::new();
    let mut rest = fix.edits.as_slice();
    while let Some(first) = rest.first() {
        let file = sources.get(first.location.file);
        let mut end = first.location.span.end;
        let count = if is_whole_line(file, first) {
            1
        } else {
            rest.iter()
                .take_while(|edit| {
                    let at = edit.location;
                    let near = at.span.start.saturating_sub(end) < NEAR as u32;
                    end = end.max(at.span.end);
                    at.file == first.location.file && near && !is_whole_line(file, edit)
                })
                .count()
        };
        let (edits, others) = rest.split_at(count);
        hunks.push(hunk(file, edits)?);
        rest = others;
    }
    Some(hunks)
}

fn hunk<'a>(file: &'a SourceFile, edits: &'a [Edit]) -> Option<Snippet<'a, Patch<'a>>> {
    let ranges: Vec<Range<usize>> = edits.iter().map(|edit| shown(file, edit)).collect();
    let lines = Lines::around(file, ranges.iter().cloned());
    let added: usize = edits.iter().map(|edit| edit.replacement.len()).sum();
    if lines.too_long() || lines.text.len() + added > MAX_HUNK {
        return None;
    }
    // The renderer takes them one after the other only.
    if ranges.windows(2).any(|pair| pair[1].start < pair[0].end) {
        return None;
    }
    let mut snippet = Snippet::source(lines.text)
        .line_start(lines.number)
        .path(tame(file.name()));
    for (edit, range) in edits.iter().zip(&ranges) {
        let replacement = tame_replacement(&mask::shown(&edit.replacement));
        snippet = snippet.patch(Patch::new(lines.locate(range), replacement));
    }
    Some(snippet)
}

/// The bytes to show as replaced.
fn shown(file: &SourceFile, edit: &Edit) -> Range<usize> {
    let text = file.text();
    let range = excerpt::bounded(file, edit.location.span);
    if !edit.replacement.is_empty() || range.is_empty() {
        return range;
    }
    match at_line_start(text, range.clone()) {
        // A line is shown as removed when all of it goes; its end would begin the next one.
        Some(lines) => lines.start..lines.start + text[lines].trim_end_matches(['\n', '\r']).len(),
        None => range,
    }
}

/// Whether whole lines go.
fn is_whole_line(file: &SourceFile, edit: &Edit) -> bool {
    let range = excerpt::bounded(file, edit.location.span);
    edit.replacement.is_empty()
        && at_line_start(file.text(), range).is_some_and(|lines| file.text()[lines].ends_with('\n'))
}

/// A replacement may hold several lines, but nothing else that a terminal would obey.
fn tame_replacement(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

/// Removing `b \⏎    ` from `a \⏎    b \⏎    c` is the same as removing the line `    b \⏎`, which reads better:
/// moves a removal to the right, over equal text, until it begins a line.
fn at_line_start(text: &str, removed: Range<usize>) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let Range { mut start, mut end } = removed;
    for _ in 0..MAX_HUNK {
        if start == 0 || bytes.get(start - 1) == Some(&b'\n') {
            return Some(start..end);
        }
        if bytes.get(start) != bytes.get(end) {
            return None;
        }
        start += 1;
        end += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_word_of_a_list_is_shown_as_its_line() {
        let text = "RUN apt-get install \\\n    git \\\n    driver \\\n    curl\n";
        let start = text.find("driver").unwrap();
        let shown = at_line_start(text, start - 7..start + 6).unwrap();
        assert_eq!(&text[shown], "    driver \\\n");
    }

    #[test]
    fn a_removal_within_a_line_stays_where_it_is() {
        let text = "RUN apt-get install git driver curl\n";
        let start = text.find(" driver").unwrap();
        assert_eq!(at_line_start(text, start..start + 7), None);
    }
}
