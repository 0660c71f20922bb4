use compose::{Problem, ProblemKind, SchemaError};
use source::{Edit, Fix, Severity};

use super::{edits, split_items};
use crate::derive::service::problem::Subject;
use crate::derive::service::{ProjectModel, value_at};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A device request without a proper list of capabilities.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-capabilities-missing",
    summary: "a device request lacks its list of capabilities",
    section: Section::Compose,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/gpu-capabilities-missing.md"),
    checks: &[Check::Project(check)],
    special: Special::NOTHING,
};

fn check(project: &ProjectModel<'_>, report: &mut Report<'_>) {
    for problem in &project.compose.problems {
        if project.subject(problem) != Subject::Capabilities
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
            finding = finding.fix(Fix::safe(title, vec![edit]).uncovering());
        }
        report.add(finding);
    }
}

fn fix(
    project: &ProjectModel<'_>,
    problem: &Problem,
    missing: bool,
) -> Option<(&'static str, Edit)> {
    let value = value_at(project.compose, &problem.path)?;
    if missing {
        let edit = edits::add_key(project.sources, value, "capabilities: [gpu]")?;
        return Some(("add `capabilities: [gpu]`", edit));
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
