//! What holds for every repair, seen in the texts alone.

use std::cell::RefCell;
use std::collections::BTreeSet;

use compose::yaml;
use dockerfile::{Keyword, Kind};
use linter::fix::{self, Examined, Grammar, Project, Repaired, Texts};
use source::{Applicability, SourceFile};

/// Repairs everything and checks what must hold.
pub fn repair(project: &dyn Project) -> Repaired {
    let watched = Watched {
        inner: project,
        touched: RefCell::default(),
    };
    let before = watched.check(0, &Texts::new());
    let old: Vec<_> = before
        .grammars
        .iter()
        .map(|&(file, grammar)| (before.sources.get(file).clone(), grammar))
        .collect();
    let repaired = fix::repair(&watched, vec![before], Applicability::Unsafe);
    assert!(!repaired.unfinished, "fixes without end");
    assert!(repaired.dropped.is_empty(), "defects of ours: {:?}", repaired.dropped);
    let touched = watched.touched.borrow();
    for (old, grammar) in old {
        let Some(new) = repaired.texts.get(old.name()) else {
            continue;
        };
        lines_stay(old.text(), new.text(), &touched);
        match grammar {
            Grammar::Dockerfile => forms_stay(old.text(), new.text()),
            Grammar::Compose => {
                let error = yaml::parse(new.text()).error;
                assert!(error.is_none(), "no YAML any more: {error:?}");
            }
        }
    }
    repaired
}

/// A project that remembers the lines which fixes wanted to change.
struct Watched<'p> {
    inner: &'p dyn Project,
    touched: RefCell<BTreeSet<String>>,
}

impl Project for Watched<'_> {
    fn check(&self, input: usize, texts: &Texts) -> Examined {
        let examined = self.inner.check(input, texts);
        let fixes = examined.reported.iter().flat_map(|found| &found.fixes);
        for edit in fixes.flat_map(|fix| &fix.edits) {
            let text = examined.sources.get(edit.location.file).text();
            let range = edit.location.span.range();
            assert!(text.get(range.clone()).is_some(), "an edit outside of its file");
            let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
            let end = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at + 1);
            let lines = text[start..end].split_inclusive('\n');
            self.touched.borrow_mut().extend(lines.map(str::to_owned));
        }
        examined
    }

    fn may_change(&self, file: &SourceFile) -> bool {
        self.inner.may_change(file)
    }
}

/// Lines that no fix is about are there in the same order.
fn lines_stay(old: &str, new: &str, touched: &BTreeSet<String>) {
    let mut rest = new.split_inclusive('\n');
    for line in old.split_inclusive('\n').filter(|line| !touched.contains(*line)) {
        assert!(rest.any(|new| new == line), "{line:?} was not to change");
    }
}

/// No instruction looks like a JSON form and is none, unless it was so before.
fn forms_stay(old: &str, new: &str) {
    for instruction in &dockerfile::parse(new).instructions {
        let inner = match &instruction.kind {
            Kind::Onbuild(inner) => inner,
            _ => instruction,
        };
        let text = &new[inner.span.range()];
        let runs = matches!(inner.keyword, Keyword::Run | Keyword::Cmd | Keyword::Entrypoint);
        let array = text.find('[').is_some_and(|at| text[..at].trim() == inner.keyword.as_str());
        if runs && array && !inner.json {
            assert!(old.contains(text), "{text:?} was a JSON form");
        }
    }
}
