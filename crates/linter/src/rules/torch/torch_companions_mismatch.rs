use facts::torch;
use packages::action::VersionSpec;
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

/// From this release on companions no longer pin torch exactly.
const LAST_EXACT: (u32, u32) = (2, 10);

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
    if facts::tensorflow::major_minor(&release.version)? > LAST_EXACT {
        return None;
    }
    let wanted = torch::companion(release, name)?;
    let belongs = torch::for_companion(name, pin);
    // A version that is in no row may be a patch release we do not know.
    if belongs.is_empty()
        || belongs.iter().any(|row| row.version == release.version)
        || same_version(wanted, pin)
    {
        return None;
    }
    let theirs = belongs.first().map_or("", |row| row.version.as_str());
    let VersionSpec::Exact { text, .. } = &other.requirement.version else {
        return None;
    };
    let finding = report
        .finding(format!("{name} {pin} belongs to torch {theirs}, not to torch {torch_pin}"), text.place())
        .label(format!("built for torch {theirs}"))
        .related(torch.requirement.text.place(), format!("torch {torch_pin}"))
        .why(format!("pip stops: \"Cannot install torch=={torch_pin} and {name}=={pin} because these package versions have conflicting dependencies\""))
        .help(format!("use {name}=={wanted}"));
    let length = text.as_str().split('+').next().map_or(0, str::len);
    // What is not on the chosen index is no repair.
    let chosen = match other.build {
        Build::Cuda(chosen) => Some(chosen),
        _ => None,
    };
    let there = chosen.is_none_or(|chosen| release.indexes.has(&chosen.suffix));
    Some(match text.editable(0..length).filter(|_| there) {
        Some(place) => finding.fix(Fix::risky(
            format!("use {name} {wanted}"),
            "another version is installed",
            vec![Edit::replace(place, wanted)],
        )),
        None => finding,
    })
}

fn same_version(a: &str, b: &str) -> bool {
    match (
        a.parse::<pep440_rs::Version>(),
        b.parse::<pep440_rs::Version>(),
    ) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}
