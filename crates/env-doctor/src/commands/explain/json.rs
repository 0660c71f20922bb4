//! Explanations for programs.

use std::collections::BTreeMap;

use linter::Rule;
use linter::symptoms::{Likely, Log};
use serde::Serialize;
use workspace::failure::Failure;
use workspace::pages::rule_url;

use super::Explained;

#[derive(Serialize)]
struct Answer<'a> {
    schema_version: u32,
    facts_date: &'static str,
    lines: usize,
    messages: Vec<Message<'a>>,
    errors: Vec<Error<'a>>,
}

#[derive(Serialize)]
struct Message<'a> {
    name: &'a str,
    title: &'a str,
    stages: Vec<&'static str>,
    frequency: &'static str,
    harmless: bool,
    line: Option<usize>,
    count: Option<usize>,
    excerpt: Option<&'a str>,
    section: Option<&'static str>,
    values: BTreeMap<&'static str, &'a str>,
    causes: Vec<Cause<'a>>,
    source: &'a str,
}

#[derive(Serialize)]
struct Cause<'a> {
    what: &'a str,
    exact: Option<&'a str>,
    tell: &'a str,
    fix: Vec<Step<'a>>,
    rules: Vec<&'static str>,
    here: Vec<Here<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    command: bool,
    text: &'a str,
}

#[derive(Serialize)]
struct Here<'a> {
    rule: &'a str,
    place: &'a str,
    message: &'a str,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct Error<'a> {
    file: &'a str,
    message: &'a str,
}

/// The messages with their causes.
pub(super) fn render(
    log: &Log,
    explained: &[Explained<'_>],
    failures: &[Failure],
) -> anyhow::Result<String> {
    let errors = failures.iter().filter(|failure| !failure.is_left_out);
    let errors = errors.map(|failure| Error {
        file: &failure.file,
        message: &failure.message,
    });
    let answer = Answer {
        schema_version: 1,
        facts_date: facts::DATE,
        lines: log.lines,
        messages: explained.iter().map(message).collect(),
        errors: errors.collect(),
    };
    Ok(serde_json::to_string_pretty(&answer)? + "\n")
}

fn message<'a>(one: &'a Explained<'_>) -> Message<'a> {
    let symptom = one.symptom;
    let hit = one.hit;
    let values = hit.map(|hit| &hit.values).into_iter().flatten();
    Message {
        name: &symptom.name,
        title: &symptom.title,
        stages: symptom.stages.iter().map(|stage| stage.as_str()).collect(),
        frequency: symptom.frequency.as_str(),
        harmless: symptom.role == facts::symptom::Role::Harmless,
        line: hit.map(|hit| hit.line),
        count: hit.map(|hit| hit.count),
        excerpt: hit.map(|hit| hit.excerpt.as_str()),
        section: hit.and_then(|hit| hit.section.as_str()),
        values: values
            .map(|(&name, value)| (name, value.as_str()))
            .collect(),
        causes: one.causes.iter().map(cause).collect(),
        source: &symptom.source,
    }
}

fn cause(cause: &Likely) -> Cause<'_> {
    let fix = cause.fix.iter();
    let here = cause.here.iter();
    Cause {
        what: &cause.what,
        exact: cause.exact.as_deref(),
        tell: &cause.tell,
        fix: fix
            .map(|(command, text)| Step {
                command: *command,
                text,
            })
            .collect(),
        rules: cause.rules.iter().map(|rule| rule.name).collect(),
        here: here
            .map(|found| Here {
                rule: &found.rule,
                place: &found.place,
                message: &found.message,
                help: found.help.as_deref(),
            })
            .collect(),
    }
}

#[derive(Serialize)]
struct Page {
    schema_version: u32,
    rule: &'static str,
    summary: &'static str,
    severity: &'static str,
    url: String,
    page: &'static str,
}

/// A rule's page.
pub(super) fn rule(rule: &'static Rule) -> anyhow::Result<String> {
    let page = Page {
        schema_version: 1,
        rule: rule.name,
        summary: rule.summary,
        severity: rule.severity.as_str(),
        url: rule_url(rule.name),
        page: rule.page,
    };
    Ok(serde_json::to_string_pretty(&page)? + "\n")
}
