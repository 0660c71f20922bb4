use compose::{Problem, ProblemKind, SchemaError};
use source::{Edit, Fix, Location, Severity, Span};

use super::{edits, split_items};
use crate::derive::service::ProjectModel;
use crate::derive::service::problem::{Subject, subject, value_at};
use crate::{Check, FixAvailability, Report, Rule, Section};

/// A device request without a proper list of capabilities.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-capabilities-missing",
    summary: "a device request lacks its list of capabilities",
    section: Section::Compose,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../../docs/rules/gpu-capabilities-missing.md"),
    check: Check::Project(check),
};

fn check(project: &ProjectModel<'_>, report: &mut Report<'_>) {
    for problem in &project.project.problems {
        if subject(problem, project.project) != Subject::Capabilities
            || split_items::covers(project, problem)
        {
            continue;
        }
        let missing = matches!(
            &problem.kind,
            ProblemKind::Schema(SchemaError::MissingKeys(_))
        );
        let message = if missing {
            "the device request has no `capabilities`".to_owned()
        } else if matches!(
            &problem.kind,
            ProblemKind::Schema(SchemaError::EqualItems(..))
        ) {
            "a capability is listed twice".to_owned()
        } else {
            "`capabilities` is no flat list of words".to_owned()
        };
        let mut finding = report
            .finding(message, problem.location)
            .why(format!("Compose refuses the file: {}", problem.message))
            .help("write `capabilities: [gpu]`");
        finding.context.service = problem.path.service().map(str::to_owned);
        if let Some((title, edit)) = fix(project, problem, missing) {
            finding = finding.fix(Fix::safe(title, vec![edit]));
        }
        report.add(finding);
    }
}

fn fix(
    project: &ProjectModel<'_>,
    problem: &Problem,
    missing: bool,
) -> Option<(&'static str, Edit)> {
    let value = value_at(project.project, &problem.path)?;
    if missing {
        return add_to(project, value).map(|edit| ("add `capabilities: [gpu]`", edit));
    }
    // `capabilities: gpu` and `[[gpu]]`: the words themselves are right.
    let list = match value.as_sequence() {
        Some(items) => items,
        None => std::slice::from_ref(value),
    };
    let words: Option<Vec<&str>> = list.iter().map(compose::Value::as_str).collect();
    let words =
        words.filter(|words| !words.is_empty() && words.iter().all(|word| is_word(word)))?;
    if problem.path.last_key() == Some("capabilities") {
        // A list with equal items is its own problem.
        value.as_scalar()?;
        let text = format!("[{}]", words.join(", "));
        return Some(("make it a list", Edit::replace(value.location, text)));
    }
    value.as_sequence()?;
    Some((
        "take the inner list apart",
        Edit::replace(value.location, words.join(", ")),
    ))
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `capabilities: [gpu]` beside the first key of a device item.
fn add_to(project: &ProjectModel<'_>, item: &compose::Value) -> Option<Edit> {
    let first = item.as_mapping()?.iter().find(|entry| {
        entry.key_location.file == item.location.file
            && item.location.span.contains(entry.key_location.span)
    })?;
    let at = first.key_location;
    let text = project.sources.get(at.file).text();
    let start = at.span.range().start;
    let before = text.get(..start)?;
    let line = before.rfind('\n').map_or(0, |found| found + 1);
    let lead = &before[line..];
    let flow = lead.trim_end().ends_with(['{', ',']);
    let insert = if flow {
        "capabilities: [gpu], ".to_owned()
    } else if lead.bytes().all(|byte| byte == b' ' || byte == b'-') {
        let eol = edits::line_break(text);
        format!("capabilities: [gpu]{eol}{}", " ".repeat(lead.len()))
    } else {
        return None;
    };
    let point = Location::new(at.file, Span::empty(at.span.start));
    Some(Edit::insert(point, insert))
}
