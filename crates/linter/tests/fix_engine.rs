//! The engine with rules made up to do harm: words of a text are findings, and what each fix writes is told.

use std::sync::Arc;

use linter::fix::{self, Examined, Project, Repaired, Texts};
use source::{Applicability, Diagnostic, Edit, Fix, Location, Severity, SourceFile, Sources, Span};

/// A word that is a finding, and what its fix makes of it.
struct Word {
    rule: &'static str,
    severity: Severity,
    bad: &'static str,
    fixed: &'static str,
}

const fn error(rule: &'static str, bad: &'static str, fixed: &'static str) -> Word {
    Word {
        rule,
        severity: Severity::Error,
        bad,
        fixed,
    }
}

struct Texting {
    text: &'static str,
    words: Vec<Word>,
}

impl Project for Texting {
    fn check(&self, _input: usize, texts: &Texts) -> Examined {
        let file = texts
            .get("f")
            .map_or_else(|| Arc::new(SourceFile::new("f", self.text)), Arc::clone);
        let mut sources = Sources::new();
        let id = sources.add(Arc::clone(&file));
        let mut reported = Vec::new();
        let mut start = 0;
        for word in file.text().split_inclusive(' ') {
            let span = Span::from_usize(start..start + word.trim_end().len());
            start += word.len();
            for rule in self.words.iter().filter(|rule| rule.bad == word.trim_end()) {
                let at = Location::new(id, span);
                let finding = Diagnostic::new(rule.rule, rule.severity, rule.bad, at);
                let edit = Edit::replace(at, rule.fixed);
                reported.push(finding.fix(Fix::safe("replace it", vec![edit])));
            }
        }
        Examined {
            sources,
            reported,
            hidden: Vec::new(),
        }
    }

    fn may_change(&self, _file: &SourceFile) -> bool {
        true
    }
}

fn repair(text: &'static str, words: Vec<Word>) -> (String, Repaired) {
    let project = Texting { text, words };
    let before = vec![project.check(0, &Texts::new())];
    let repaired = fix::repair(&project, before, Applicability::Safe);
    let file = repaired.texts.get("f");
    let text = file.map_or(text, |file| file.text()).to_owned();
    (text, repaired)
}

fn reasons(repaired: &Repaired) -> Vec<&str> {
    let dropped = repaired.dropped.iter();
    dropped.map(|dropped| dropped.reason.as_str()).collect()
}

#[test]
fn a_fix_that_adds_a_finding_is_dropped() {
    let words = vec![error("one", "a", "b"), error("two", "b", "c")];
    let (text, repaired) = repair("a", words);
    assert_eq!(text, "a");
    assert_eq!(reasons(&repaired), ["it would add two: b"]);
}

#[test]
fn a_fix_that_leaves_its_finding_is_dropped() {
    let words = vec![error("one", "a", "aa"), error("one", "aa", "a")];
    let (text, repaired) = repair("x a", words);
    assert_eq!(text, "x a");
    assert_eq!(reasons(&repaired), ["the finding would still be there"]);
    let dropped = &repaired.dropped[0];
    assert_eq!((dropped.file.as_str(), dropped.line), ("f", 1));
}

#[test]
fn one_that_does_harm_is_found_among_many() {
    let words = vec![
        error("good", "a", "x"),
        error("harm", "h", "new"),
        error("new", "new", "x"),
    ];
    let (text, repaired) = repair("a a a a h a a a a a a a", words);
    assert_eq!(text, "x x x x h x x x x x x x");
    assert_eq!(reasons(&repaired), ["it would add new: new"]);
    assert!(!repaired.unfinished);
}

#[test]
fn advice_may_come_to_light() {
    let advice = Word {
        severity: Severity::Info,
        ..error("advice", "b", "c")
    };
    let (text, repaired) = repair("a", vec![error("one", "a", "b"), advice]);
    assert_eq!(text, "c");
    assert_eq!(reasons(&repaired), [""; 0]);
}

#[test]
fn what_is_hidden_counts() {
    struct Hiding(Texting);
    impl Project for Hiding {
        fn check(&self, input: usize, texts: &Texts) -> Examined {
            let mut examined = self.0.check(input, texts);
            let all = std::mem::take(&mut examined.reported);
            (examined.reported, examined.hidden) =
                all.into_iter().partition(|finding| finding.rule == "shown");
            examined
        }
        fn may_change(&self, _file: &SourceFile) -> bool {
            true
        }
    }
    let words = vec![error("shown", "a", "b"), error("ignored", "b", "c")];
    let project = Hiding(Texting { text: "a b", words });
    let before = vec![project.check(0, &Texts::new())];
    let repaired = fix::repair(&project, before, Applicability::Safe);
    // Neither is the hidden one repaired, nor may there be more of it.
    assert!(repaired.texts.is_empty());
    assert_eq!(reasons(&repaired), ["it would add ignored: b"]);
}

#[test]
fn files_that_may_not_change_or_are_not_utf8_do_not() {
    struct Fixed(Texting, bool);
    impl Project for Fixed {
        fn check(&self, input: usize, texts: &Texts) -> Examined {
            let mut examined = self.0.check(input, texts);
            if self.1 {
                let lossy = SourceFile::decode("f", b"a \xff".to_vec()).unwrap();
                let mut sources = Sources::new();
                sources.add(Arc::new(lossy));
                examined.sources = sources;
            }
            examined
        }
        fn may_change(&self, _file: &SourceFile) -> bool {
            self.1
        }
    }
    for lossy in [false, true] {
        let words = vec![error("one", "a", "b")];
        let project = Fixed(Texting { text: "a ?", words }, lossy);
        let before = vec![project.check(0, &Texts::new())];
        let repaired = fix::repair(&project, before, Applicability::Safe);
        assert!(repaired.texts.is_empty());
        assert_eq!(repaired.examined[0].reported.len(), 1);
    }
}

#[test]
fn advice_does_not_give_way_to_advice() {
    let advice = |rule, bad, fixed| Word {
        severity: Severity::Info,
        ..error(rule, bad, fixed)
    };
    let words = vec![advice("one", "a", "b"), advice("two", "b", "c")];
    let (text, repaired) = repair("a", words);
    assert_eq!(text, "a");
    assert_eq!(reasons(&repaired), ["it would add two: b"]);
}
