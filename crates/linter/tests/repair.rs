//! What holds for every repair: of the rules' bad examples, mixed and mutated.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[expect(dead_code, reason = "the other half runs the pages")]
mod example;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use example::{Files, Repairable};
use linter::fix::{self, Examined, Project, Texts};
use proptest::prelude::*;
use similar::{ChangeTag, TextDiff};
use source::{Applicability, SourceFile};

/// The bad examples of all pages.
static EXAMPLES: LazyLock<Vec<(String, Files)>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let text = |path| std::fs::read_to_string(path).unwrap();
    let blocks = paths
        .into_iter()
        .flat_map(|path| example::blocks(&text(path)));
    blocks
        .filter(|block| block.kind == "bad")
        .map(|block| example::parse(&block))
        .filter(|example| example.first.ends_with("ockerfile"))
        .map(|example| (example.first, example.files))
        .collect()
});

/// A project that remembers the lines which fixes wanted to change.
struct Watched<'e> {
    inner: Repairable<'e>,
    touched: Mutex<BTreeSet<String>>,
}

impl Project for Watched<'_> {
    fn check(&self, input: usize, texts: &Texts) -> Examined {
        let examined = self.inner.check(input, texts);
        let fixes = examined.reported.iter().flat_map(|finding| &finding.fixes);
        for edit in fixes.flat_map(|fix| &fix.edits) {
            let file = examined.sources.get(edit.location.file);
            let lines = lines_of(file, edit.location.span.range());
            self.touched.lock().unwrap().extend(lines);
        }
        examined
    }

    fn may_change(&self, file: &SourceFile) -> bool {
        self.inner.may_change(file)
    }
}

fn lines_of(file: &SourceFile, range: std::ops::Range<usize>) -> Vec<String> {
    let text = file.text();
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.end..]
        .find('\n')
        .map_or(text.len(), |at| range.end + at + 1);
    text[start..end]
        .split_inclusive('\n')
        .map(str::to_owned)
        .collect()
}

/// Repairs the files and checks everything that must hold; gives the files afterwards.
fn repaired(first: &str, files: &Files, level: Applicability) -> Files {
    let watched = Watched {
        inner: Repairable {
            first,
            files,
            options: &[],
        },
        touched: Mutex::default(),
    };
    let before = watched.check(0, &Texts::new());
    let count = before.reported.len();
    let bad_syntax = syntax_errors(&before);
    let result = fix::repair(&watched, vec![before], level);
    assert!(!result.unfinished, "fixes without end in {files:?}");
    let after = &result.examined[0];
    assert!(after.reported.len() <= count, "more findings than before");
    assert!(
        syntax_errors(after) <= bad_syntax,
        "does not parse any more"
    );
    let touched = watched.touched.lock().unwrap();
    let mut new = files.clone();
    for (name, file) in &result.texts {
        only_touched_lines_changed(&files[name], file.text(), &touched);
        new.insert(name.clone(), file.text().to_owned());
    }
    new
}

fn syntax_errors(examined: &Examined) -> usize {
    let findings = examined.reported.iter();
    findings
        .filter(|finding| finding.rule == "dockerfile-syntax")
        .count()
}

fn only_touched_lines_changed(old: &str, new: &str, touched: &BTreeSet<String>) {
    let diff = TextDiff::from_lines(old, new);
    let carriage = old.contains("\r\n") && !old.replace("\r\n", "").contains('\n');
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {}
            ChangeTag::Delete => {
                let line = change.value().to_owned();
                assert!(touched.contains(&line), "{line:?} was not to change");
            }
            ChangeTag::Insert => {
                let line = change.value();
                let ends = !carriage || !line.ends_with('\n') || line.ends_with("\r\n");
                assert!(ends, "{line:?} ends unlike the others");
            }
        }
    }
}

/// A change of a file that a user could make.
#[derive(Clone, Debug)]
enum Mutation {
    RemoveLine(usize),
    RepeatLine(usize),
    SwapLines(usize, usize),
    Comment(usize),
    RemoveWord(usize),
    CarriageReturns,
    NoLastNewline,
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        any::<usize>().prop_map(Mutation::RemoveLine),
        any::<usize>().prop_map(Mutation::RepeatLine),
        any::<(usize, usize)>().prop_map(|(a, b)| Mutation::SwapLines(a, b)),
        any::<usize>().prop_map(Mutation::Comment),
        any::<usize>().prop_map(Mutation::RemoveWord),
        Just(Mutation::CarriageReturns),
        Just(Mutation::NoLastNewline),
    ]
}

fn mutated(text: &str, mutation: &Mutation) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    if lines.is_empty() {
        return String::new();
    }
    let count = lines.len();
    match *mutation {
        Mutation::RemoveLine(at) => {
            lines.remove(at % count);
        }
        Mutation::RepeatLine(at) => lines.insert(at % count, lines[at % count]),
        Mutation::SwapLines(a, b) => lines.swap(a % count, b % count),
        Mutation::Comment(at) => lines.insert(at % count, "  # é, mine\n"),
        Mutation::RemoveWord(at) => {
            let words: Vec<&str> = text.split_inclusive(' ').collect();
            let at = at % words.len();
            return [&words[..at], &words[at + 1..]].concat().concat();
        }
        Mutation::CarriageReturns => {
            return text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        Mutation::NoLastNewline => return text.trim_end_matches(['\n', '\r']).to_owned(),
    }
    lines.concat()
}

fn pick(index: usize) -> &'static (String, Files) {
    &EXAMPLES[index % EXAMPLES.len()]
}

fn holds(first: &str, files: &Files) {
    for level in [Applicability::Safe, Applicability::Unsafe] {
        let once = repaired(first, files, level);
        let twice = repaired(first, &once, level);
        assert_eq!(once, twice, "the second repair changes more");
    }
}

#[test]
fn examples_as_they_are_and_with_other_line_ends() {
    assert!(EXAMPLES.len() > 40, "{} examples", EXAMPLES.len());
    for (first, files) in EXAMPLES.iter() {
        holds(first, files);
        let carriage = |(name, text): (&String, &String)| {
            (name.clone(), mutated(text, &Mutation::CarriageReturns))
        };
        let other: Files = files.iter().map(carriage).collect();
        let plain = repaired(first, files, Applicability::Unsafe);
        let expected: Files = plain.iter().map(carriage).collect();
        assert_eq!(repaired(first, &other, Applicability::Unsafe), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn mutated_examples(
        index in any::<usize>(),
        mutations in proptest::collection::vec(mutation(), 1..6),
        dependency in any::<usize>(),
    ) {
        let (first, files) = pick(index);
        let mut files = files.clone();
        let names: Vec<String> = files.keys().cloned().collect();
        for (position, mutation) in mutations.iter().enumerate() {
            let name = &names[(dependency + position) % names.len()];
            let text = mutated(&files[name], mutation);
            files.insert(name.clone(), text);
        }
        holds(first, &files);
    }

    #[test]
    fn two_examples_in_one_file(one in any::<usize>(), two in any::<usize>()) {
        let ((first, files), (other, more)) = (pick(one), pick(two));
        let mut joined = more.clone();
        let text = format!("{}\n{}", files[first], more[other]);
        joined.extend(files.clone());
        joined.insert(first.clone(), text);
        holds(first, &joined);
    }
}
