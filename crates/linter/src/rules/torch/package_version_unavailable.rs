use packages::action::{Requirement, RequirementOrigin, VersionSpec};
use source::{Diagnostic, Location, Severity};

use crate::derive::environment::installed::Unavailable;
use crate::derive::environment::torch::FAMILY;
use crate::derive::environment::{Installed, StageView};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A version that `PyPI` has not, or not for this Python.
pub(crate) static RULE: Rule = Rule {
    name: "package-version-unavailable",
    summary: "the wanted version of a package is not on PyPI, or has no file for this Python",
    section: Section::Pytorch,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/package-version-unavailable.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

/// What rules of their own speak about.
const OTHERS: &[&str] = &["tensorflow-gpu", "tf-nightly-gpu"];

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    for installed in stage.own_python() {
        if installed.command.is_conditional() {
            continue;
        }
        for requirement in installed.requirements() {
            let name = requirement.name.as_str();
            if FAMILY.contains(&name) || OTHERS.contains(&name) {
                continue;
            }
            if let Some(why) = stage.unavailable(&installed, requirement) {
                report.add(finding(&installed, requirement, &why, report));
            }
        }
    }
}

fn finding(
    installed: &Installed<'_>,
    requirement: &Requirement,
    unavailable: &Unavailable,
    report: &Report<'_>,
) -> Diagnostic {
    let name = &requirement.name;
    let (wanted, at) = wanted(requirement);
    let stops = "the build stops: \"Could not find a version that satisfies the requirement\"";
    let finding =
        match unavailable {
            Unavailable::Nowhere { newest } => report
                .finding(format!("PyPI has no {name} {wanted}"), at)
                .label("never published there, or removed")
                .why(stops)
                .help(format!("the newest release is {name} {newest}")),
            Unavailable::ForPython {
                python,
                newest,
                others,
            } => {
                let list = others.join(", ");
                report
                .finding(
                    format!("{name} {wanted} cannot be installed on Python {}", python.version),
                    at,
                )
                .label(format!("for Python {list}"))
                .related(python.at, python.because.clone())
                .why(stops)
                .help(match newest {
                    Some(newest) => format!(
                        "the newest release for Python {} is {name} {newest}; or use Python {list}",
                        python.version
                    ),
                    None => format!("use Python {list}"),
                })
            }
        };
    if requirement.origin == RequirementOrigin::Command {
        finding
    } else {
        finding.related(installed.command.at(), "installed by this command")
    }
}

/// The versions as written, and where.
fn wanted(requirement: &Requirement) -> (String, Location) {
    match &requirement.version {
        VersionSpec::Exact { text, version } => (version.to_string(), text.place()),
        VersionSpec::Range { text, .. } => (text.as_str().to_owned(), text.place()),
        VersionSpec::Any | VersionSpec::Unknown => (String::new(), requirement.name_at),
    }
}
