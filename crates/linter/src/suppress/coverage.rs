//! Which rules comments suppress at a place, and which of them something was found by.

use std::collections::{BTreeMap, HashMap};

use source::{FileId, Location, Span};

use crate::nested::Nested;

/// Rules by name, and whether one of their findings was suppressed.
type Used = HashMap<String, bool>;

/// What all comments together cover.
#[derive(Default)]
pub(super) struct Coverage {
    /// For the whole check.
    everywhere: Used,
    files: BTreeMap<FileId, InFile>,
}

#[derive(Default)]
struct InFile {
    /// By start, then by end.
    parts: Vec<(Span, Used)>,
    nested: Nested,
}

impl Coverage {
    /// From the rules that comments name, each with its file and the part that it covers; `None` for the whole check.
    pub(super) fn new<'n>(names: impl Iterator<Item = (FileId, Option<Span>, &'n str)>) -> Self {
        let mut coverage = Self::default();
        let mut parts: BTreeMap<(FileId, Span), Used> = BTreeMap::new();
        for (file, span, name) in names {
            let used = match span {
                Some(span) => parts.entry((file, span)).or_default(),
                None => &mut coverage.everywhere,
            };
            used.insert(name.to_owned(), false);
        }
        for ((file, span), used) in parts {
            coverage
                .files
                .entry(file)
                .or_default()
                .parts
                .push((span, used));
        }
        for file in coverage.files.values_mut() {
            let spans = file.parts.iter().map(|(span, _)| *span);
            file.nested = Nested::new(spans.collect());
        }
        coverage
    }

    /// Whether a finding of `rule` is suppressed everywhere.
    pub(super) fn hides_everywhere(&mut self, rule: &str) -> bool {
        take(&mut self.everywhere, rule)
    }

    /// Whether a finding of `rule` at a place is suppressed there.
    pub(super) fn hides(&mut self, rule: &str, at: Location) -> bool {
        let Some(file) = self.files.get_mut(&at.file) else {
            return false;
        };
        let mut hidden = false;
        for number in file.nested.around(at.span.start) {
            hidden |= take(&mut file.parts[number].1, rule);
        }
        hidden
    }

    /// Whether a comment that covers this part suppressed a finding of `rule`.
    pub(super) fn is_used(&self, file: FileId, span: Option<Span>, rule: &str) -> bool {
        let used = match span {
            None => Some(&self.everywhere),
            Some(span) => self.files.get(&file).and_then(|file| {
                let at = file.parts.binary_search_by_key(&span, |(span, _)| *span);
                Some(&file.parts.get(at.ok()?)?.1)
            }),
        };
        used.and_then(|used| used.get(rule))
            .copied()
            .unwrap_or_default()
    }
}

fn take(used: &mut Used, rule: &str) -> bool {
    work::done();
    let Some(used) = used.get_mut(rule) else {
        return false;
    };
    *used = true;
    true
}
