use facts::pypi::{self, Releases};
use source::{Diagnostic, Severity};

use crate::derive::environment::installed::Pick;
use crate::derive::environment::{Installed, StageView};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// An extra for CUDA that the installed release does not have.
pub(crate) static RULE: Rule = Rule {
    name: "package-extra-missing",
    summary: "the release that is installed does not have the extra that brings CUDA",
    section: Section::Pytorch,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/package-extra-missing.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    for installed in stage.own_python() {
        let Some(step) = stage.choices_of(&installed) else {
            continue;
        };
        for requirement in installed.requirements() {
            if requirement.extras.is_empty() || requirement.url.is_some() {
                continue;
            }
            let mut choices = step.choices.iter();
            let choice = choices.find(|choice| choice.name == requirement.name);
            let Some(Pick::Takes(versions)) = choice.map(|choice| &choice.pick) else {
                continue;
            };
            let Some(project) = pypi::project(&requirement.name) else {
                continue;
            };
            for extra in requirement.extras.iter().filter(|extra| is_for_cuda(extra)) {
                let lacks = |version: &String| {
                    let release = project.release(version);
                    release.and_then(|release| has(release, extra)) == Some(false)
                };
                if versions.iter().all(lacks) {
                    report.add(finding(&installed, requirement, extra, versions, report));
                }
            }
        }
    }
}

/// Extras that bring CUDA libraries or a build for the GPU.
fn is_for_cuda(extra: &str) -> bool {
    ["cuda", "and-cuda", "cudnn", "ctk", "gpu"]
        .iter()
        .any(|word| extra.starts_with(word))
}

/// Whether a release has an extra; `None` where its extras were not read.
fn has(release: &Releases, extra: &str) -> Option<bool> {
    let extras = release.extras.as_ref()?;
    let wanted = extra.replace('_', "-");
    Some(extras.has(&wanted))
}

fn finding(
    installed: &Installed<'_>,
    requirement: &packages::action::Requirement,
    extra: &str,
    versions: &[String],
    report: &Report<'_>,
) -> Diagnostic {
    let name = &requirement.name;
    let release = match versions {
        [version] => format!("{name} {version}"),
        _ => format!("{name} in this version"),
    };
    let mut known = facts::install::extras(name);
    let help = match known.find(|row| row.extra == extra) {
        Some(row) => format!("use {name} {} or newer, which has `{extra}`", row.from),
        None => format!("choose an extra that {release} has"),
    };
    let finding = report
        .finding(
            format!("{release} has no extra `{extra}`: it is installed without CUDA"),
            requirement.text.place(),
        )
        .label("no such extra in this release")
        .why(format!(
            "pip only warns, \"{release} does not provide the extra '{extra}'\", and the program runs on the CPU"
        ))
        .help(help);
    if requirement.origin == packages::action::RequirementOrigin::Command {
        finding
    } else {
        finding.related(installed.command.at(), "installed by this command")
    }
}
