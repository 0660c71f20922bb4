use compose::ProblemKind;
use source::Severity;

use crate::derive::service::ProjectModel;
use crate::derive::service::problem::{Subject, subject};
use crate::{Check, FixAvailability, Report, Rule, Section};

/// What Docker Compose refuses.
pub(crate) static RULE: Rule = Rule {
    name: "compose-syntax",
    summary: "Docker Compose refuses the file",
    section: Section::Compose,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../../../docs/rules/compose-syntax.md"),
    check: Check::Project(check),
};

fn check(project: &ProjectModel<'_>, report: &mut Report<'_>) {
    for problem in &project.project.problems {
        if subject(problem, project.project) != Subject::Other {
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
        if let Some(help) = help(&problem.kind) {
            finding = finding.help(help);
        }
        report.add(finding);
    }
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
