use compose::{Problem, ProblemKind, SchemaError};
use source::{Diagnostic, Fix, Severity};

use super::edits;
use crate::derive::service::problem::Subject;
use crate::derive::service::{ProjectModel, slips};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// What Docker Compose refuses.
pub(crate) static RULE: Rule = Rule {
    name: "compose-syntax",
    summary: "Docker Compose refuses the file",
    section: Section::Compose,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/compose-syntax.md"),
    checks: &[Check::Project(check)],
    special: Special::NOTHING,
};

fn check(project: &ProjectModel<'_>, report: &mut Report<'_>) {
    for problem in &project.compose.problems {
        if project.subject(problem) != Subject::Other {
            continue;
        }
        let message = problem.message.trim_end_matches('.').to_owned();
        let mut finding = report.finding(message, problem.location);
        finding.context.service = problem.path.service().map(str::to_owned);
        finding.related.clone_from(&problem.related);
        finding = match problem.kind {
            ProblemKind::TooDeep => finding.why("this is more than any checker follows"),
            _ => finding.why("Docker Compose refuses the file with this reason"),
        };
        if let ProblemKind::Schema(SchemaError::UnknownKey(key)) = &problem.kind {
            finding = unknown_key(project, problem, key, finding);
        } else if let Some(help) = help(&problem.kind) {
            finding = finding.help(help);
        }
        report.add(finding);
    }
}

fn unknown_key(
    project: &ProjectModel<'_>,
    problem: &Problem,
    key: &str,
    finding: Diagnostic,
) -> Diagnostic {
    let Some(meant) = slips::meant(&slips::parent_of(problem), key) else {
        return finding;
    };
    let finding = finding.help(format!("did you mean `{meant}`?"));
    if project.slips.meant_by(problem).is_none() {
        return finding;
    }
    let edit = edits::rename(project.sources, problem.location, meant);
    let consequence = "what was meant is a guess from the spelling";
    finding.fix(Fix::risky(format!("write `{meant}`"), consequence, vec![edit]).uncovering())
}

fn help(kind: &ProblemKind) -> Option<&'static str> {
    Some(match kind {
        ProblemKind::DuplicateKey => "keep one of the two",
        ProblemKind::Alias => "an alias needs its anchor, `&name`, before it",
        ProblemKind::MergeKey => "`<<` takes a mapping or a list of mappings",
        ProblemKind::Extends => "name a service that exists, and let no service extend itself",
        _ => return None,
    })
}
