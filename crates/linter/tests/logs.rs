//! Excerpts of real kinds of logs, `logs/*.md`: what is found in each, and which cause comes first.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::fs;
use std::path::Path;

use linter::Target;
use linter::symptoms::{answers, scan};

/// A `log` block.
struct Case {
    at: String,
    names: Vec<String>,
    log: String,
    first: Option<String>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().flat_map(|file| read(file)).collect()
}

fn read(file: &Path) -> Vec<Case> {
    let text = fs::read_to_string(file).unwrap();
    let mut found: Vec<Case> = Vec::new();
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        if let Some(info) = line.strip_prefix("```log") {
            inside = true;
            found.push(Case {
                at: format!("{}:{}", file.display(), index + 1),
                names: info.split_whitespace().map(str::to_owned).collect(),
                log: String::new(),
                first: None,
            });
        } else if line == "```" {
            inside = false;
        } else if let Some(case) = found.last_mut() {
            if inside {
                case.log = format!("{}{line}\n", case.log);
            } else if let Some(first) = line.strip_prefix("> ") {
                case.first = Some(first.to_owned());
            }
        }
    }
    found
}

#[test]
fn messages_are_found_in_logs_and_their_first_cause_comes_first() {
    for Case {
        at,
        names,
        log,
        first,
    } in cases()
    {
        let found = scan(log.as_bytes());
        let answers = answers(&found, &Target::default(), &[]);
        let found: Vec<&str> = answers
            .iter()
            .map(|answer| answer.hit.symptom.name.as_str())
            .collect();
        assert_eq!(found, names, "{at}");
        let Some(first) = first else {
            assert!(names.is_empty(), "{at} says no first cause");
            continue;
        };
        let what = &answers[0].causes[0].what;
        assert!(what.starts_with(&first), "{at}: {what}");
    }
}

#[test]
fn every_symptom_has_a_log() {
    let cases = cases();
    for symptom in facts::symptom::all() {
        assert!(
            cases
                .iter()
                .any(|case| case.names.iter().any(|name| symptom.name == *name)),
            "{}",
            symptom.name
        );
    }
}

#[test]
fn logs_are_found_in_colours_and_at_every_width() {
    for Case { at, names, log, .. } in cases() {
        let words = log.split_inclusive(' ');
        let colored: Vec<String> = words.map(|word| format!("\x1b[31m{word}\x1b[0m")).collect();
        let colored = colored.concat();
        let found = scan(colored.as_bytes());
        let mut found: Vec<&str> = found
            .hits
            .iter()
            .map(|hit| hit.symptom.name.as_str())
            .collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        found.sort_unstable();
        names.sort_unstable();
        assert_eq!(found, names, "{at}");
    }
}
