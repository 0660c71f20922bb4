use std::collections::HashSet;

use facts::pytorch_index;
use facts::torch::{self, TorchRelease};
use packages::action::VersionSpec;
use source::{Diagnostic, Fix, Location, Severity};

use super::{choose_build, never_existed, own, release_of};
use crate::derive::environment::StageView;
use crate::derive::environment::torch::{Build, By, Chosen, TorchInstall, public};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A pinned version that is not on the chosen index, or has no wheel for the Python of the image.
pub(crate) static RULE: Rule = Rule {
    name: "torch-version-unavailable",
    summary: "the pinned PyTorch version is not on the chosen index",
    section: Section::Pytorch,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/torch-version-unavailable.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let mut reported: HashSet<Location> = HashSet::new();
    for install in own(stage) {
        let Some(pin) = install.pin.map(public) else {
            continue;
        };
        let Some(release) = release_of(&install.requirement.name, pin)
            .filter(|row| row.confidence.supports_errors())
        else {
            continue;
        };
        if let Build::Cuda(chosen) = install.build
            && !reported.contains(&chosen.at)
            && let Some(finding) = index(stage, &install, chosen, release, report)
        {
            reported.insert(chosen.at);
            report.add(finding);
            continue;
        }
        if install.requirement.name == "torch"
            && let Some(finding) = python(stage, &install, release, report)
        {
            report.add(finding);
        }
    }
}

fn pin_at(install: &TorchInstall<'_>) -> Location {
    match &install.requirement.version {
        VersionSpec::Exact { text, .. } => text.place(),
        _ => install.requirement.name_at,
    }
}

fn index(
    stage: StageView<'_>,
    install: &TorchInstall<'_>,
    chosen: &Chosen,
    release: &TorchRelease,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    let known = pytorch_index::has(&chosen.suffix, &release.version)?;
    let asks = matches!(
        chosen.by,
        By::Index | By::ExtraIndex | By::LocalVersion | By::Backend | By::FindLinks
    );
    if known || never_existed(&chosen.suffix) || !asks || release.indexes.has(&chosen.suffix) {
        return None;
    }
    let silently = chosen.by == By::ExtraIndex && !install.installed.install.tool.is_uv();
    let name = &install.requirement.name;
    let pin = install.pin.map(public).unwrap_or_default();
    let (severity, why) = if silently {
        (
            Severity::Warning,
            format!(
                "with --extra-index-url pip takes the build from PyPI instead, for CUDA {}, and says nothing",
                release.cuda
            ),
        )
    } else {
        (
            Severity::Error,
            format!(
                "the build stops: \"Could not find a version that satisfies the requirement {name}=={pin}\""
            ),
        )
    };
    let list = release.indexes.join(", ");
    let finding = report
        .with_severity(
            severity,
            format!("{name} {pin} is not on the {} index", chosen.suffix),
            pin_at(install),
        )
        .label("not published there")
        .related(
            chosen.at,
            format!("wheels for {} come from here", chosen.suffix),
        )
        .why(why)
        .help(if list.is_empty() {
            "choose another version".to_owned()
        } else {
            format!("{name} {pin} is on: {list}")
        });
    let wanted = chosen.cuda?;
    // An index newer than the image's CUDA would only trade this finding for another.
    let base = stage
        .image()
        .and_then(crate::derive::image::BaseImage::cuda);
    let same_major = release.indexes.iter().filter(|suffix| {
        facts::CudaVersion::from_suffix(suffix)
            .is_some_and(|cuda| cuda.major == wanted.major && base.is_none_or(|base| cuda <= base))
    });
    let best = same_major.min_by_key(|suffix| {
        facts::CudaVersion::from_suffix(suffix).map_or(99, |cuda| cuda.minor.abs_diff(wanted.minor))
    });
    let edits = best.and_then(|best| Some((best, choose_build(install, chosen, best)?)));
    Some(match edits {
        Some((best, edits)) => finding.fix(Fix::risky(
            format!("use the {best} index"),
            "another build of the same version is installed",
            edits,
        )),
        None => finding,
    })
}

fn python(
    stage: StageView<'_>,
    install: &TorchInstall<'_>,
    release: &TorchRelease,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    let facts = stage
        .image()?
        .facts
        .as_ref()
        .filter(|facts| facts.confidence.supports_errors())?;
    let python = facts.python_version.as_deref()?;
    // Another interpreter may have been installed for this command.
    if install.installed.install.python.is_some()
        || install.installed.install.tool.is_uv()
        || torch::supports_python(release, python)?
    {
        return None;
    }
    if matches!(install.build, Build::Unknown(_)) || stage.conda().next().is_some() {
        return None;
    }
    let pin = install.pin.map(public).unwrap_or_default();
    Some(
        report
            .finding(
                format!("torch {pin} has no wheel for Python {python}"),
                pin_at(install),
            )
            .label("not published for this Python")
            .related(stage.image_at(), format!("Python {python}"))
            .why("the build stops: \"Could not find a version that satisfies the requirement\"")
            .help(format!(
                "torch {pin} supports Python {}",
                release.pythons.join(", ")
            )),
    )
}
