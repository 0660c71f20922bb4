//! Edits of several files that are kept apart from each other.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use source::SourceFile;

use super::{Change, Texts};

/// A byte range of a named file and its replacement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NamedEdit {
    /// The file.
    pub name: String,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What stands there afterwards.
    pub replacement: String,
}

/// Edits that share no byte and no place.
#[derive(Clone, Default)]
pub(super) struct EditSet<'e> {
    /// By file and start.
    edits: BTreeMap<(&'e str, usize), Vec<&'e NamedEdit>>,
}

impl<'e> EditSet<'e> {
    /// Takes all edits, or none when one meets an edit that is in the set already.
    pub(super) fn take(&mut self, edits: &'e [NamedEdit]) -> bool {
        if edits.iter().any(|edit| self.meets(edit)) {
            return false;
        }
        for edit in edits {
            let place = (edit.name.as_str(), edit.start);
            self.edits.entry(place).or_default().push(edit);
        }
        true
    }

    fn meets(&self, edit: &NamedEdit) -> bool {
        work::done();
        let name = edit.name.as_str();
        let before = self.edits.range(..(name, edit.start)).next_back();
        let after = self.edits.range((name, edit.start)..).next();
        [before, after]
            .into_iter()
            .flatten()
            .flat_map(|(_, edits)| edits)
            .any(|other| other.name == edit.name && collide(edit, other))
    }

    /// The texts after the edits; `text` gives those before.
    pub(super) fn apply(&self, text: impl Fn(&str) -> Option<Arc<SourceFile>>) -> Texts {
        let texts = self.by_file().into_iter().filter_map(|(name, edits)| {
            let new = edited(text(name)?.text(), &edits);
            Some((name.to_owned(), Arc::new(SourceFile::new(name, new))))
        });
        texts.collect()
    }

    /// Where the texts after the edits differ from those before.
    pub(super) fn changes(&self) -> BTreeMap<String, Vec<Change>> {
        let files = self.by_file().into_iter();
        files
            .map(|(name, edits)| (name.to_owned(), changes(&edits)))
            .collect()
    }

    /// The edits of each file in their order.
    fn by_file(&self) -> BTreeMap<&'e str, Vec<&'e NamedEdit>> {
        let mut files: BTreeMap<&str, Vec<&NamedEdit>> = BTreeMap::new();
        for ((name, _), edits) in &self.edits {
            files.entry(name).or_default().extend(edits);
        }
        for edits in files.values_mut() {
            edits.sort_by_key(|edit| (edit.start, edit.end));
        }
        files
    }
}

fn collide(a: &NamedEdit, b: &NamedEdit) -> bool {
    let empty = a.start == a.end || b.start == b.end;
    if empty {
        a.start <= b.end && b.start <= a.end
    } else {
        a.start < b.end && b.start < a.end
    }
}

fn edited(text: &str, edits: &[&NamedEdit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for edit in edits {
        out.push_str(text.get(from..edit.start).unwrap_or_default());
        out.push_str(&edit.replacement);
        from = edit.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

fn changes(edits: &[&NamedEdit]) -> Vec<Change> {
    let (mut removed, mut added) = (0, 0);
    let change = |edit: &&NamedEdit| {
        let start = edit.start + added - removed;
        removed += edit.end - edit.start;
        added += edit.replacement.len();
        Change {
            old: edit.start..edit.end,
            new: start..start + edit.replacement.len(),
        }
    };
    edits.iter().map(change).collect()
}

/// Whether the edits of one fix can be made: on character boundaries, in order, none over another.
pub(super) fn fit(text: &str, ranges: &[Range<usize>]) -> bool {
    let inside = ranges.iter().all(|range| text.get(range.clone()).is_some());
    inside && ranges.windows(2).all(|pair| pair[0].end <= pair[1].start)
}

/// Line ends of `replacement` as the file has them.
pub(super) fn with_line_ends_of(text: &str, replacement: &str) -> String {
    let first = text.find('\n').and_then(|at| text[..at].bytes().last());
    if first == Some(b'\r') && replacement.contains('\n') {
        replacement.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        replacement.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, replacement: &str) -> NamedEdit {
        NamedEdit {
            name: "f".to_owned(),
            start,
            end,
            replacement: replacement.to_owned(),
        }
    }

    fn apply(text: &str, fixes: &[&[NamedEdit]]) -> String {
        let mut set = EditSet::default();
        for fix in fixes {
            set.take(fix);
        }
        let texts = set.apply(|name| Some(Arc::new(SourceFile::new(name, text))));
        texts["f"].text().to_owned()
    }

    #[test]
    fn edits_are_made_in_order_of_place() {
        let (late, early) = ([edit(4, 5, "E")], [edit(0, 0, ">"), edit(1, 2, "")]);
        assert_eq!(apply("abcdef", &[&late, &early]), ">acdEf");
    }

    #[test]
    fn a_fix_that_meets_another_is_left_out_whole() {
        let (first, second) = ([edit(2, 4, "X")], [edit(0, 1, "Y"), edit(3, 5, "Z")]);
        assert_eq!(apply("abcdef", &[&first, &second]), "abXef");
    }

    #[test]
    fn an_insertion_beside_a_change_waits() {
        let (first, second) = ([edit(2, 4, "X")], [edit(4, 4, "Z")]);
        assert_eq!(apply("abcdef", &[&first, &second]), "abXef");
    }

    #[test]
    fn neighbouring_changes_do_not_meet() {
        let (first, second) = ([edit(2, 4, "X")], [edit(4, 5, "Z")]);
        assert_eq!(apply("abcdef", &[&first, &second]), "abXZf");
    }

    #[test]
    fn a_long_change_is_seen_behind_a_short_one() {
        let (long, inside) = ([edit(0, 6, "X")], [edit(3, 4, "Z")]);
        assert_eq!(apply("abcdef", &[&long, &inside]), "X");
        let around = [edit(2, 5, "Y")];
        assert_eq!(apply("abcdef", &[&inside, &around]), "abcZef");
    }

    #[test]
    fn inserted_lines_end_as_the_file_does() {
        assert_eq!(with_line_ends_of("a\r\nb", "x\ny\r\n"), "x\r\ny\r\n");
        assert_eq!(with_line_ends_of("a\nb", "x\n"), "x\n");
    }
}
