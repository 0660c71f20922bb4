//! What a repair would change, as `patch` and `git apply` take it: made from its edits, and not by comparing texts.

use std::fmt::Write as _;
use std::ops::Range;

use linter::fix::Change;

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// A unified diff of one file, for changes that lie in order.
pub(super) fn unified(name: &str, old: &str, new: &str, changes: &[Change]) -> String {
    let (old, new) = (Lines::new(old), Lines::new(new));
    let blocks = blocks(&old, &new, changes);
    let mut out = String::new();
    if blocks.is_empty() {
        return out;
    }
    let name = name.trim_start_matches('/');
    _ = writeln!(out, "--- a/{name}\n+++ b/{name}");
    let near = |block: &Block, next: &Block| next.old.start - block.old.end <= 2 * CONTEXT;
    for blocks in blocks.chunk_by(near) {
        hunk(&mut out, &old, &new, blocks);
    }
    out
}

/// Lines that go, and those that come in their place: their numbers, from 0.
#[derive(Debug)]
struct Block {
    old: Range<usize>,
    new: Range<usize>,
}

/// The whole lines of the changes, less those that stay the same.
fn blocks(old: &Lines<'_>, new: &Lines<'_>, changes: &[Change]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for change in changes {
        let goes_on = !(old.starts_at(change.old.end) && new.starts_at(change.new.end));
        let block = Block {
            old: old.around(&change.old, goes_on),
            new: new.around(&change.new, goes_on),
        };
        match blocks.last_mut() {
            Some(last) if last.old.end > block.old.start || last.new.end > block.new.start => {
                last.old.end = block.old.end;
                last.new.end = block.new.end;
            }
            _ => blocks.push(block),
        }
    }
    for block in &mut blocks {
        let pairs = block.old.clone().zip(block.new.clone());
        let same = |(a, b): &(usize, usize)| old.get(*a) == new.get(*b);
        let head = pairs.take_while(same).count();
        block.old.start += head;
        block.new.start += head;
        let pairs = block.old.clone().rev().zip(block.new.clone().rev());
        let tail = pairs.take_while(same).count();
        block.old.end -= tail;
        block.new.end -= tail;
    }
    blocks.retain(|block| !(block.old.is_empty() && block.new.is_empty()));
    blocks
}

/// Appends changes that share their context.
fn hunk(out: &mut String, old: &Lines<'_>, new: &Lines<'_>, blocks: &[Block]) {
    let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else {
        return;
    };
    let before = first.old.start.min(CONTEXT);
    let after = (old.count() - last.old.end).min(CONTEXT);
    let goes = first.old.start - before..last.old.end + after;
    let comes = first.new.start - before..last.new.end + after;
    _ = writeln!(out, "@@ -{} +{} @@", numbers(&goes), numbers(&comes));
    let mut from = goes.start;
    for block in blocks {
        old.write(out, ' ', from..block.old.start);
        old.write(out, '-', block.old.clone());
        new.write(out, '+', block.new.clone());
        from = block.old.end;
    }
    old.write(out, ' ', from..goes.end);
}

/// Where lines stand and how many they are; no lines stand behind the one before.
fn numbers(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => (lines.start + 1).to_string(),
        count => format!("{},{count}", lines.start + 1),
    }
}

/// The lines of a text, each with its line feed; a carriage return by itself ends none.
struct Lines<'t> {
    text: &'t str,
    /// Where each begins, and where the last one ends.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let lines = text.split_inclusive('\n');
        let ends = lines.scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        });
        Self {
            text,
            starts: std::iter::once(0).chain(ends).collect(),
        }
    }

    fn count(&self) -> usize {
        self.starts.len() - 1
    }

    fn get(&self, number: usize) -> &'t str {
        work::done();
        &self.text[self.starts[number]..self.starts[number + 1]]
    }

    /// Whether a line begins at `offset`, or would.
    fn starts_at(&self, offset: usize) -> bool {
        offset == 0 || self.text.as_bytes()[offset - 1] == b'\n'
    }

    /// The line that holds the byte at `offset`, or would.
    fn number(&self, offset: usize) -> usize {
        let number = self.starts.partition_point(|&start| start <= offset) - 1;
        let is_open = number == self.count() && !self.starts_at(offset);
        number - usize::from(is_open)
    }

    /// The lines of a change, with the one in which it ends when that `goes_on` behind it.
    fn around(&self, change: &Range<usize>, goes_on: bool) -> Range<usize> {
        let end = self.number(change.end) + usize::from(goes_on);
        self.number(change.start)..end.min(self.count())
    }

    fn write(&self, out: &mut String, sign: char, numbers: Range<usize>) {
        for line in numbers.map(|number| self.get(number)) {
            out.push(sign);
            out.push_str(line);
            if !line.ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `text` with some of its pieces exchanged: so many bytes on, so many bytes long.
    fn edited(text: &str, edits: &[(usize, usize, &str)]) -> (String, Vec<Change>) {
        let (mut new, mut changes, mut from) = (String::new(), Vec::new(), 0);
        for (skip, length, replacement) in edits {
            // Those that touch would be one.
            let start = from + skip + usize::from(!changes.is_empty());
            if start > text.len() {
                break;
            }
            let end = (start + length).min(text.len());
            new.push_str(&text[from..start]);
            let at = new.len();
            new.push_str(replacement);
            changes.push(Change {
                old: start..end,
                new: at..new.len(),
            });
            from = end;
        }
        new.push_str(&text[from..]);
        (new, changes)
    }

    fn shown(text: &str, edits: &[(usize, usize, &str)]) -> String {
        let (new, changes) = edited(text, edits);
        unified("f", text, &new, &changes)
    }

    /// Applies a unified diff as strictly as a program can; line feeds alone end lines.
    fn applied(old: &str, diff: &str) -> String {
        let mut rest = old.split_inclusive('\n');
        let (mut new, mut line, mut new_line) = (String::new(), 0, 0);
        let mut parts = diff.split_inclusive('\n').skip(2).peekable();
        while let Some(header) = parts.next() {
            let numbers = header.strip_prefix("@@ -").unwrap().strip_suffix(" @@\n");
            let (goes, comes) = numbers.unwrap().split_once(" +").unwrap();
            let range = |numbers: &str| {
                let (start, count) = numbers.split_once(',').unwrap_or((numbers, "1"));
                let [start, count]: [usize; 2] = [start, count].map(|it| it.parse().unwrap());
                (start - usize::from(count > 0), count)
            };
            let ((at, mut goes), (new_at, mut comes)) = (range(goes), range(comes));
            while line < at {
                new.push_str(rest.next().unwrap());
                (line, new_line) = (line + 1, new_line + 1);
            }
            assert_eq!((line, new_line), (at, new_at), "{diff}");
            while goes > 0 || comes > 0 {
                let (sign, mut text) = parts.next().unwrap().split_at(1);
                if parts.next_if(|part| part.starts_with('\\')).is_some() {
                    text = text.strip_suffix('\n').unwrap();
                }
                if sign != "+" {
                    assert_eq!(rest.next(), Some(text), "{diff}");
                    (line, goes) = (line + 1, goes - 1);
                }
                if sign != "-" {
                    new.push_str(text);
                    (new_line, comes) = (new_line + 1, comes - 1);
                }
            }
        }
        new.extend(rest);
        new
    }

    proptest! {
        #[test]
        fn a_diff_leads_from_the_old_text_to_the_new_one(
            text in "([ab\r\n]|\n){0,60}",
            edits in proptest::collection::vec((0_usize..20, 0_usize..6, "[abc\r\n]{0,5}"), 0..6),
        ) {
            let edits: Vec<_> = edits.iter().map(|(skip, length, new)| (*skip, *length, new.as_str())).collect();
            let (new, changes) = edited(&text, &edits);
            let diff = unified("f", &text, &new, &changes);
            prop_assert_eq!(&applied(&text, &diff), &new, "{}", diff);
            prop_assert_eq!(diff.is_empty(), text == new);
        }
    }

    #[test]
    fn a_missing_final_newline_and_carriage_returns_are_kept() {
        assert_eq!(
            shown("FROM a\r\nRUN b", &[(5, 1, "c")]),
            "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-FROM a\r\n+FROM c\r\n RUN b\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn a_carriage_return_by_itself_ends_no_line() {
        assert_eq!(
            shown("FROM a\rRUN b\nRUN c\n", &[(5, 1, "x")]),
            "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-FROM a\rRUN b\n+FROM x\rRUN b\n RUN c\n"
        );
    }

    #[test]
    fn changes_share_a_hunk_when_their_context_meets() {
        let text = "0\n1\n2\n3\n4\n5\n6\n7\n8\n";
        let hunks = |text, edits: &[_]| shown(text, edits).matches("@@ -").count();
        assert_eq!(hunks(text, &[(0, 1, "x"), (12, 1, "x")]), 1);
        assert_eq!(hunks(text, &[(0, 1, "x"), (14, 1, "x")]), 2);
    }

    #[test]
    fn lines_that_come_and_go_are_counted() {
        assert_eq!(
            shown("a\n", &[(2, 0, "b\n")]),
            "--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n a\n+b\n"
        );
        assert_eq!(
            shown("a\n", &[(0, 2, "")]),
            "--- a/f\n+++ b/f\n@@ -1 +0,0 @@\n-a\n"
        );
        assert_eq!(shown("a\n", &[(0, 1, "a")]), "");
    }

    #[test]
    fn as_many_lines_more_take_as_much_work_more() {
        let work = [500, 2000].map(|count| {
            let edits = vec![(15, 1, "2.0"); count];
            let (new, changes) = edited(&"pip install x==1\n".repeat(count), &edits);
            let old = "pip install x==1\n".repeat(count);
            work::measured(|| unified("f", &old, &new, &changes)).1
        });
        assert!(work[0] > 0 && work[1] <= 4 * work[0], "{work:?}");
    }
}
