//! The engine with rules made up to do harm: words of a text are findings, and what each fix writes is told.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::sync::Arc;

use linter::fix::{self, Examined, Grammar, Project, Repaired, Texts};
use source::{Applicability, Diagnostic, Edit, Fix, Location, Severity, SourceFile, Sources, Span};

/// A word that is a finding, and what its fix makes of it.
struct Word {
    rule: &'static str,
    severity: Severity,
    bad: &'static str,
    fixed: &'static str,
    hides: bool,
}

const fn error(rule: &'static str, bad: &'static str, fixed: &'static str) -> Word {
    Word {
        rule,
        severity: Severity::Error,
        bad,
        fixed,
        hides: false,
    }
}

/// One whose fix lets other findings show.
const fn hiding(rule: &'static str, bad: &'static str, fixed: &'static str) -> Word {
    Word {
        hides: true,
        ..error(rule, bad, fixed)
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
                let fix = Fix::safe("replace it", vec![edit]);
                let fix = if rule.hides { fix.uncovering() } else { fix };
                reported.push(finding.fix(fix));
            }
        }
        Examined {
            sources,
            grammars: Vec::new(),
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

/// A file with one finding, whose fix makes these edits; `^` marks where one puts text behind what stands before it.
struct Written {
    name: &'static str,
    grammar: Grammar,
    text: &'static str,
    edits: &'static [(&'static str, &'static str)],
}

impl Project for Written {
    fn check(&self, _input: usize, texts: &Texts) -> Examined {
        let mut sources = Sources::new();
        let text = texts.get(self.name).cloned();
        let is_new = text.is_some();
        let file = text.unwrap_or_else(|| Arc::new(SourceFile::new(self.name, self.text)));
        let id = sources.add(file);
        let edits = self.edits.iter().map(|(marked, replacement)| {
            let (before, old) = marked.split_once('^').unwrap_or(("", marked));
            let start = self.text.find(&format!("{before}{old}")).unwrap() + before.len();
            let end = if marked.contains('^') {
                start
            } else {
                start + old.len()
            };
            let place = Location::new(id, Span::from_usize(start..end));
            Edit::replace(place, *replacement)
        });
        let fix = Fix::safe("mend it", edits.collect());
        let at = Location::new(id, Span::default());
        let finding = Diagnostic::new("one", Severity::Error, "bad", at).fix(fix);
        Examined {
            sources,
            grammars: vec![(id, self.grammar)],
            reported: if is_new { Vec::new() } else { vec![finding] },
            hidden: Vec::new(),
        }
    }

    fn may_change(&self, _file: &SourceFile) -> bool {
        true
    }
}

/// Why the fix is not kept, or the text that it makes.
fn outcome(project: &Written) -> Result<String, String> {
    let before = vec![project.check(0, &Texts::new())];
    let repaired = fix::repair(project, before, Applicability::Safe);
    match (
        repaired.texts.get(project.name),
        reasons(&repaired)[..].first(),
    ) {
        (Some(file), None) => Ok(file.text().to_owned()),
        (None, Some(reason)) => Err((*reason).to_owned()),
        (file, reason) => unreachable!("{file:?} and {reason:?}"),
    }
}

const DOCKERFILE: &str = "FROM a\nRUN [\"pip\", \"install\", \"torch\"]\n# RUN c\nRUN b && \\\n  RUN x\nRUN <<EOF\nRUN d\nEOF\nONBUILD RUN [\"e\"]\n";

fn of_dockerfile(edits: &'static [(&'static str, &'static str)]) -> Result<String, String> {
    outcome(&Written {
        name: "Dockerfile",
        grammar: Grammar::Dockerfile,
        text: DOCKERFILE,
        edits,
    })
}

#[test]
fn a_fix_that_changes_the_form_of_an_instruction_is_dropped() {
    let run = Err("it would change the form of `RUN`".to_owned());
    for edits in [
        // A string without a comma: a shell form.
        &[("\"install\"^", " --pre")] as &[_],
        &[("[\"pip\", \"install\", \"torch\"]", "pip install torch")],
        // Another keyword, and one that is part of the instruction before it.
        &[("RUN b", "CMD b")],
        &[("\nRUN b", " b")],
        &[("# RUN c\n", ""), ("\"torch\"]^", " \\")],
        // A script that is no here-document any more.
        &[("<<EOF", "true")],
        &[("RUN <<EOF\n", "")],
    ] {
        assert_eq!(of_dockerfile(edits), run, "{edits:?}");
    }
    let inner = Err("it would change the form of `ONBUILD RUN`".to_owned());
    assert_eq!(of_dockerfile(&[("[\"e\"]", "e")]), inner);
}

#[test]
fn a_fix_that_brings_up_an_instruction_is_dropped() {
    let run = Err("`RUN` would come to be".to_owned());
    // Of a comment, and of a line of another instruction.
    assert_eq!(of_dockerfile(&[("# RUN", "RUN")]).err(), None);
    assert_eq!(of_dockerfile(&[("# ", "")]), run);
    assert_eq!(of_dockerfile(&[(" && \\", "")]), run);
}

#[test]
fn a_fix_may_write_and_remove_whole_instructions() {
    for edits in [
        &[("FROM a^", "\nENV B=c")] as &[_],
        &[("RUN [\"pip\", \"install\", \"torch\"]\n", "")],
        &[(
            "RUN [\"pip\", \"install\", \"torch\"]",
            "RUN pip install torch",
        )],
        &[("RUN b && \\\n  RUN x", "ENV B=c\nRUN b")],
        &[("\"install\"^", ", \"--pre\"")],
    ] {
        assert!(of_dockerfile(edits).is_ok(), "{edits:?}");
    }
}

const COMPOSE: &str = "\
services:
  a:
    image: x
    devices:
      - driver: nvidia
        count: 1
  b: {image: y, gpus: all}
  c:
    build:
      dockerfile_inline: |
        FROM a
        RUN [\"b\"]
    command: |
      one: two
";

fn of_compose(edits: &'static [(&'static str, &'static str)]) -> Result<String, String> {
    outcome(&Written {
        name: "compose.yaml",
        grammar: Grammar::Compose,
        text: COMPOSE,
        edits,
    })
}

#[test]
fn a_fix_that_moves_keys_is_dropped() {
    let moved = |key: &str| Err(format!("the key `{key}` would stand elsewhere"));
    // New keys take in those that follow.
    assert_eq!(of_compose(&[("  a:\n^", "   deploy:\n")]), moved("image"));
    assert_eq!(of_compose(&[("y^", "}\n  d: {z: 1")]), moved("gpus"));
    // An indentation of another depth.
    let edits = &[("nvidia\n    ", "nvidia\n")];
    assert_eq!(of_compose(edits), moved("count"));
}

#[test]
fn a_fix_after_which_keys_are_none_is_dropped() {
    let lost = Err("`count` would be no key any more".to_owned());
    assert_eq!(of_compose(&[("nvidia\n^", "#")]), lost);
    let found = Err("`one` would come to be".to_owned());
    assert_eq!(of_compose(&[("command: |", "command:")]), found);
}

#[test]
fn a_fix_after_which_a_file_is_no_yaml_is_dropped() {
    let broken = Err("the file would not be YAML".to_owned());
    assert_eq!(of_compose(&[("x^", ": y")]), broken);
    assert_eq!(of_compose(&[("image: x", "image: [")]), broken);
}

#[test]
fn a_dockerfile_in_a_compose_file_is_looked_at_too() {
    let run = Err("it would change the form of `RUN`".to_owned());
    assert_eq!(of_compose(&[("\"b\"^", " c")]), run);
    assert!(of_compose(&[("\"b\"^", ", \"c\"")]).is_ok());
}

#[test]
fn a_fix_may_write_rename_and_wrap_keys() {
    for edits in [
        &[("image: x^", "\n    gpus: all")] as &[_],
        &[("devices", "gpus")],
        &[("device^", "_request")],
        &[("image: x\n    ", "")],
        &[(", gpus: all", "")],
        &[("y^", ", deploy: {resources: {}}")],
        // The list moves below new keys, with its indentation.
        &[
            (
                "    devices:",
                "    deploy:\n      resources:\n        devices:",
            ),
            ("      - driver", "          - driver"),
            ("        count", "            count"),
        ],
        // The key above a list goes, the list stays.
        &[("    devices:\n      - ", "    deploy:\n        ")],
    ] {
        assert!(
            of_compose(edits).is_ok(),
            "{edits:?}: {:?}",
            of_compose(edits)
        );
    }
}

#[test]
fn what_a_finding_hid_is_no_harm_and_is_repaired_next() {
    let words = vec![hiding("slip", "a", "b"), error("two", "b", "c")];
    let (text, repaired) = repair("a", words);
    assert_eq!(text, "c");
    assert_eq!(reasons(&repaired), [""; 0]);
}

#[test]
fn the_same_rule_may_say_more_but_not_the_same() {
    let words = vec![hiding("slip", "a", "b"), hiding("slip", "b", "c")];
    let (text, repaired) = repair("a", words);
    assert_eq!((text.as_str(), reasons(&repaired).len()), ("c", 0));
    let words = vec![hiding("slip", "a", "a a")];
    let (text, repaired) = repair("x a", words);
    assert_eq!(text, "x a");
    assert_eq!(reasons(&repaired), ["the finding would still be there"]);
}

#[test]
fn harm_does_not_pass_with_a_fix_that_uncovers() {
    let words = vec![
        hiding("slip", "a", "b"),
        error("harm", "h", "new"),
        error("new", "new", "x"),
    ];
    let (text, repaired) = repair("a h", words);
    assert_eq!(text, "b h");
    assert_eq!(reasons(&repaired), ["it would add new: new"]);
}
