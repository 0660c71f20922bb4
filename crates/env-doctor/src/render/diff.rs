//! A fix as the lines that go and come.

use std::ops::Range;

use source::{Edit, Fix, SourceFile, Sources, mask};

/// Larger hunks are not shown.
const MAX_HUNK: usize = 8 << 10;

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Stays.
    Same,
    /// Goes.
    Removed,
    /// Comes.
    Added,
}

impl Kind {
    /// What begins the line in a diff.
    pub(super) fn sign(self) -> char {
        match self {
            Self::Same => ' ',
            Self::Removed => '-',
            Self::Added => '+',
        }
    }
}

/// Lines of one file around edits that stand near each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hunk<'r> {
    /// The file's name.
    pub file: &'r str,
    /// Number of the first line before the change, from 1.
    pub number: u32,
    /// The lines, without their ends.
    pub lines: Vec<(Kind, String)>,
}

/// The changes of a fix; `None` where they are too large to be read.
pub(super) fn hunks<'r>(sources: &'r Sources, fix: &Fix) -> Option<Vec<Hunk<'r>>> {
    let mut hunks = Vec::new();
    let mut rest = fix.edits.as_slice();
    while let Some(first) = rest.first() {
        let file = sources.get(first.location.file);
        let mut region = lines_of(file, first)?;
        let mut count = 1;
        while let Some(next) = rest.get(count) {
            if next.location.file != first.location.file {
                break;
            }
            let lines = lines_of(file, next)?;
            if lines.start > region.end {
                break;
            }
            region.end = region.end.max(lines.end);
            count += 1;
        }
        let (near, others) = rest.split_at(count);
        hunks.push(hunk(file, region, near)?);
        rest = others;
    }
    Some(hunks)
}

/// The whole lines that an edit touches, with one more on either side.
fn lines_of(file: &SourceFile, edit: &Edit) -> Option<Range<usize>> {
    let Range { start, end } = edit.location.span.range();
    file.text().get(start..end)?;
    let start = file.line(start).start;
    let start = start
        .checked_sub(1)
        .map_or(start, |before| file.line(before).start);
    Some(start..line_end(file, line_end(file, end)))
}

/// Behind the line feed at or after `offset`.
fn line_end(file: &SourceFile, offset: usize) -> usize {
    (file.line(offset).end + 1).min(file.text().len())
}

fn hunk<'r>(file: &'r SourceFile, region: Range<usize>, edits: &[Edit]) -> Option<Hunk<'r>> {
    let text = file.text();
    let added: usize = edits.iter().map(|edit| edit.replacement.len()).sum();
    if region.len() + added > MAX_HUNK {
        return None;
    }
    let mut after = String::with_capacity(region.len() + added);
    let mut from = region.start;
    for edit in edits {
        let range = edit.location.span.range();
        after.push_str(text.get(from..range.start)?);
        after.push_str(&mask::shown(&edit.replacement));
        from = range.end;
    }
    after.push_str(text.get(from..region.end)?);
    let before = text[region.clone()].trim_start_matches('\u{feff}');
    let after = after.trim_start_matches('\u{feff}');
    let mut number = file.position(region.start as u32).line;
    let mut lines = compare(before, after);
    // Context that says nothing.
    let empty = |line: &(Kind, String)| line.0 == Kind::Same && line.1.trim().is_empty();
    lines.pop_if(|line| empty(line));
    if lines.first().is_some_and(empty) {
        lines.remove(0);
        number += 1;
    }
    Some(Hunk {
        file: file.name(),
        number,
        lines,
    })
}

/// Equal lines at the beginning and the end stay, those between are exchanged.
fn compare(before: &str, after: &str) -> Vec<(Kind, String)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let pairs = old.iter().zip(&new);
    let head = pairs.take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let pairs = old_rest.iter().rev().zip(new_rest.iter().rev());
    let tail = pairs.take_while(|(a, b)| a == b).count();
    let removed = &old_rest[..old_rest.len() - tail];
    let come = &new_rest[..new_rest.len() - tail];
    let owned = |kind: Kind, lines: &[&str]| -> Vec<(Kind, String)> {
        lines.iter().map(|&line| (kind, line.to_owned())).collect()
    };
    [
        owned(Kind::Same, &old[..head]),
        owned(Kind::Removed, removed),
        owned(Kind::Added, come),
        owned(Kind::Same, &old_rest[old_rest.len() - tail..]),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::sync::Arc;

    use source::{FileId, Location, Span};

    use super::*;

    /// Removes or exchanges words of `text`, and shows the diff.
    fn diff(text: &str, changes: &[(&str, &str)]) -> String {
        let mut sources = Sources::new();
        sources.add(Arc::new(SourceFile::new("x", text)));
        let edits = changes.iter().map(|(word, replacement)| {
            let start = text.find(word).unwrap();
            let span = Span::from_usize(start..start + word.len());
            Edit::replace(Location::new(FileId(0), span), *replacement)
        });
        let fix = Fix::safe("change", edits.collect());
        let mut out = String::new();
        for hunk in hunks(&sources, &fix).unwrap() {
            writeln!(out, "@{}", hunk.number).unwrap();
            for (kind, line) in hunk.lines {
                writeln!(out, "{}{line}", kind.sign()).unwrap();
            }
        }
        out
    }

    #[test]
    fn a_changed_word_shows_its_line_before_and_after() {
        let shown = diff("a\nb\r\nc torch\r\nd\ne\n", &[("torch", "jax")]);
        assert_eq!(shown, "@2\n b\n-c torch\n+c jax\n d\n");
    }

    #[test]
    fn a_removed_line_is_only_removed() {
        assert_eq!(diff("a\nb\nc\n", &[("b\n", "")]), "@1\n a\n-b\n c\n");
        assert_eq!(diff("a\nb", &[("\nb", "")]), "@1\n a\n-b\n");
    }

    #[test]
    fn distant_changes_are_hunks_of_their_own() {
        let shown = diff("a\nb\nc\nd\ne\nf\n", &[("a", "A"), ("f", "F")]);
        assert_eq!(shown, "@1\n-a\n+A\n b\n@5\n e\n-f\n+F\n");
    }

    #[test]
    fn empty_lines_around_a_change_are_left_out() {
        assert_eq!(diff("a\n\nb\n\nc\n", &[("b", "B")]), "@3\n-b\n+B\n");
    }

    #[test]
    fn near_changes_stand_together() {
        let shown = diff("a\nb\nc\n", &[("a", "A"), ("b\n", "")]);
        assert_eq!(shown, "@1\n-a\n-b\n+A\n c\n");
    }

    #[test]
    fn a_change_that_nobody_would_read_is_left_out() {
        let mut sources = Sources::new();
        sources.add(Arc::new(SourceFile::new("x", "a".repeat(MAX_HUNK + 1))));
        let at = Location::new(FileId(0), Span::empty(0));
        let fix = Fix::safe("change", vec![Edit::insert(at, "b")]);
        assert_eq!(hunks(&sources, &fix), None);
    }
}
