use facts::torch;
use packages::action::VersionSpec;
use pep440_rs::{Version, VersionSpecifiers};
use source::{Diagnostic, Edit, Fix, Severity};

use super::{own, same_command};
use crate::derive::environment::StageView;
use crate::derive::environment::torch::{Build, TorchInstall, public};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// Pinned torch, torchvision and torchaudio that were not built together.
pub(crate) static RULE: Rule = Rule {
    name: "torch-companions-mismatch",
    summary: "pinned torch, torchvision and torchaudio do not belong together",
    section: Section::Pytorch,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/torch-companions-mismatch.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let installs = own(stage);
    // The packages of one command stand next to each other.
    for group in installs.chunk_by(|a, b| same_command(&a.installed, &b.installed)) {
        for torch in group
            .iter()
            .filter(|install| install.requirement.name == "torch")
        {
            for other in group
                .iter()
                .filter(|other| other.requirement.name != "torch")
            {
                if torch.installed.install.no_deps {
                    continue;
                }
                if let Some(finding) = pair(torch, other, report) {
                    report.add(finding);
                }
            }
        }
    }
}

fn pair(
    torch: &TorchInstall<'_>,
    other: &TorchInstall<'_>,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    let (torch_pin, pin) = (public(torch.pin?), public(other.pin?));
    let name = other.requirement.name.as_str();
    let release = torch::release(torch_pin).filter(|row| row.confidence.supports_errors())?;
    let wanted = torch::companion(release, name)?;
    let required = torch::required_by(name, pin)?;
    if accepts(required, &release.version)? {
        return None;
    }
    let VersionSpec::Exact { text, .. } = &other.requirement.version else {
        return None;
    };
    let (message, label) = match required.strip_prefix("==") {
        Some(theirs) => (
            format!("{name} {pin} belongs to torch {theirs}, not to torch {torch_pin}"),
            format!("built for torch {theirs}"),
        ),
        None => (
            format!("{name} {pin} requires torch{required}, not torch {torch_pin}"),
            format!("requires torch{required}"),
        ),
    };
    let finding = report
        .finding(message, text.place())
        .label(label)
        .related(torch.requirement.text.place(), format!("torch {torch_pin}"))
        .why(format!("pip stops: \"Cannot install torch=={torch_pin} and {name}=={pin} because these package versions have conflicting dependencies\""))
        .help(format!("use {name}=={wanted}"));
    let length = text.as_str().split('+').next().map_or(0, str::len);
    // What is not on the chosen index is no repair.
    let chosen = match other.build {
        Build::Cuda(chosen) => Some(chosen),
        _ => None,
    };
    let there = chosen.is_none_or(|chosen| release.companion_is_on(name, &chosen.suffix));
    Some(match text.editable(0..length).filter(|_| there) {
        Some(place) => finding.fix(Fix::risky(
            format!("use {name} {wanted}"),
            "another version is installed",
            vec![Edit::replace(place, wanted)],
        )),
        None => finding,
    })
}

/// Whether a version satisfies specifiers; `None` where one of them cannot be read.
fn accepts(specifiers: &str, version: &str) -> Option<bool> {
    let specifiers: VersionSpecifiers = specifiers.parse().ok()?;
    let version: Version = version.parse().ok()?;
    Some(specifiers.contains(&version))
}
