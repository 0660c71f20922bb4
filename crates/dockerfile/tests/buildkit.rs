//! 127 Dockerfiles with what BuildKit's own parser makes of them.

use dockerfile::{Dockerfile, Instruction, Keyword, ProblemKind};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    /// Absent where the text is too long to write down.
    src: Option<String>,
    parse_error: Option<String>,
    semantic_error: Option<String>,
    instructions: Option<Vec<Expected>>,
}

#[derive(Deserialize)]
struct Expected {
    keyword: String,
    lines: (u32, u32),
    logical: String,
    flags: Option<Vec<String>>,
    args: Option<Vec<String>>,
    json: bool,
    heredocs: Option<Vec<String>>,
}

#[test]
fn agrees_with_buildkit_on_every_case() {
    let cases = include_str!("conformance/dockerfile-buildkit.jsonl");
    let mut differences = Vec::new();
    let mut count = 0;
    for line in cases.lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        count += 1;
        let text = case
            .src
            .clone()
            .unwrap_or_else(|| format!("FROM a\nRUN echo {}\n", "x".repeat(70_000)));
        compare(&case, &text, &mut differences);
    }
    assert_eq!(count, 127);
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

fn compare(case: &Case, text: &str, differences: &mut Vec<String>) {
    let parsed = dockerfile::parse(text);
    let mut differ = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            differences.push(format!(
                "{}: {what}: ours {ours}, BuildKit {theirs}",
                case.name
            ));
        }
    };
    let ours = first(&parsed, ProblemKind::Syntax).map(|(message, _)| message);
    differ(
        "parse error",
        format!("{ours:?}"),
        format!("{:?}", case.parse_error),
    );
    if case.parse_error.is_some() {
        return;
    }
    let ours = first(&parsed, ProblemKind::Semantic).map(|(message, line)| {
        if message.starts_with("no build stage") {
            message
        } else {
            format!("dockerfile parse error on line {line}: {message}")
        }
    });
    differ(
        "semantic error",
        format!("{ours:?}"),
        format!("{:?}", case.semantic_error),
    );
    let theirs = case.instructions.as_deref().unwrap_or_default();
    differ(
        "number of instructions",
        parsed.instructions.len().to_string(),
        theirs.len().to_string(),
    );
    for (ours, theirs) in parsed.instructions.iter().zip(theirs) {
        let keyword = ours
            .logical
            .text()
            .trim()
            .split(['\t', '\u{b}', '\u{c}', '\r', ' '])
            .next()
            .unwrap_or_default();
        differ("keyword", keyword.to_owned(), theirs.keyword.clone());
        differ(
            "lines",
            format!("{:?}", (ours.first_line, ours.last_line)),
            format!("{:?}", theirs.lines),
        );
        differ(
            "logical",
            ours.logical.text().to_owned(),
            theirs.logical.clone(),
        );
        differ(
            "flags",
            format!("{:?}", flags(ours)),
            format!("{:?}", theirs.flags.clone().unwrap_or_default()),
        );
        differ("json", ours.json.to_string(), theirs.json.to_string());
        let heredocs: Vec<&str> = ours
            .heredocs
            .iter()
            .map(|heredoc| heredoc.name.as_str())
            .collect();
        differ(
            "heredocs",
            format!("{heredocs:?}"),
            format!("{:?}", theirs.heredocs.clone().unwrap_or_default()),
        );
        // BuildKit keeps one empty placeholder for these.
        if !matches!(ours.keyword, Keyword::Unknown(_) | Keyword::Onbuild) {
            let args: Vec<&str> = ours.args.iter().map(|word| word.raw.as_str()).collect();
            differ(
                "args",
                format!("{args:?}"),
                format!("{:?}", theirs.args.clone().unwrap_or_default()),
            );
        }
    }
}

fn first(parsed: &Dockerfile, kind: ProblemKind) -> Option<(String, u32)> {
    let problem = parsed
        .problems
        .iter()
        .find(|problem| problem.kind == kind)?;
    Some((problem.message.clone(), problem.line))
}

/// BuildKit shows flags with their quotes removed.
fn flags(instruction: &Instruction) -> Vec<String> {
    instruction
        .flags
        .iter()
        .map(|flag| match &flag.value {
            Some(value) => format!(
                "--{}={}",
                flag.name,
                value.literal().unwrap_or_else(|| value.raw.clone())
            ),
            None => format!("--{}", flag.name),
        })
        .collect()
}
