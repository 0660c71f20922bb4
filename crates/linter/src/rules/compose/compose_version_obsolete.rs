use source::{Edit, Fix, Location, Severity, Span};

use crate::derive::service::ProjectModel;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// The top-level `version`.
pub(crate) static RULE: Rule = Rule {
    name: "compose-version-obsolete",
    summary: "Compose ignores the top-level `version`",
    section: Section::Compose,
    severity: Severity::Info,
    fix: FixAvailability::Always,
    page: include_str!("../../../docs/rules/compose-version-obsolete.md"),
    checks: &[Check::Project(check)],
    special: Special {
        off_by_default: true,
        ..Special::NOTHING
    },
};

fn check(project: &ProjectModel<'_>, report: &mut Report<'_>) {
    let Some(version) = &project.compose.version else {
        return;
    };
    let at = version.key_location;
    let text = project.sources.get(at.file).text();
    let range = at.span.range();
    let start = text[..range.start].rfind('\n').map_or(0, |found| found + 1);
    let end = text[range.end..]
        .find('\n')
        .map_or(text.len(), |found| range.end + found + 1);
    let mut finding = report
        .finding("Compose ignores `version`", at)
        .why("the attribute `version` is obsolete, it will be ignored, please remove it to avoid potential confusion")
        .help("remove the line; Python's docker-compose and `docker stack` still read it");
    let once = version.value.earlier.is_empty();
    if once && text[start..range.start].trim().is_empty() && !text[start..end].contains('{') {
        let line = Location::new(at.file, Span::from_usize(start..end));
        finding = finding.fix(Fix::safe("remove the line", vec![Edit::delete(line)]));
    }
    report.add(finding);
}
