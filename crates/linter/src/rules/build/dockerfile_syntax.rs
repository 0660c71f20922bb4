use dockerfile::ProblemKind;
use source::{Location, Severity};

use crate::derive::environment::Model;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// What `BuildKit` rejects.
pub(crate) static RULE: Rule = Rule {
    name: "dockerfile-syntax",
    summary: "BuildKit rejects the Dockerfile",
    section: Section::Build,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/dockerfile-syntax.md"),
    checks: &[Check::Dockerfile(check)],
    special: Special::NOTHING,
};

/// Lines that are refused one by one; where there are more, the first explains the rest.
const MAX_PROBLEMS: usize = 10;

fn check(model: &Model<'_>, report: &mut Report<'_>) {
    if has_foreign_frontend(model) {
        return;
    }
    let stages = dockerfile::stage_problems(model.dockerfile);
    // Text that is no Dockerfile, such as a here-document that BuildKit does not know, is one mistake.
    let problems = &model.dockerfile.problems;
    let shown = if problems.len() > MAX_PROBLEMS {
        &problems[..1]
    } else {
        problems
    };
    for problem in shown.iter().chain(&stages) {
        let said = match problem.kind {
            ProblemKind::Stages => format!("failed to solve: {}", problem.message),
            ProblemKind::Syntax | ProblemKind::Semantic => {
                format!("dockerfile parse error on line {}", problem.line)
            }
        };
        let at = Location::new(model.file, problem.span);
        report.add(report.finding(problem.message.clone(), at).why(format!(
            "`docker build` stops before the first step: \"{said}\""
        )));
    }
}

/// `# syntax=` may name a frontend with a grammar of its own.
fn has_foreign_frontend(model: &Model<'_>) -> bool {
    let directive = model
        .dockerfile
        .directives
        .iter()
        .find(|directive| directive.name == "syntax");
    directive.is_some_and(|directive| {
        let image = directive.value.split(['@']).next().unwrap_or_default();
        !image.contains("docker/dockerfile") && !image.contains("dockerfile-upstream")
    })
}
