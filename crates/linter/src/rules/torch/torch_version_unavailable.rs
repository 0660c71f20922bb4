use std::collections::HashSet;

use facts::pytorch_index::{self, Channel, IndexKind, IndexStatus};
use facts::torch::{self, TorchRelease};
use packages::action::VersionSpec;
use source::{Diagnostic, Fix, Location, Severity};

use super::{choose_build, never_existed, own, release_of};
use crate::derive::environment::StageView;
use crate::derive::environment::torch::{Build, By, Chosen, TorchInstall, public};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// Versions that are not on the chosen index, or have no wheel for the Python that they are installed for.
pub(crate) static RULE: Rule = Rule {
    name: "torch-version-unavailable",
    summary: "the wanted PyTorch is not on the chosen index, or has no wheel for this Python",
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
            if let Some(finding) = none_fits(stage, &install, report) {
                report.add(finding);
            }
            continue;
        };
        let Some(release) = release_of(&install.requirement.name, pin)
            .filter(|row| row.confidence.supports_errors())
        else {
            if let Some(finding) = none_fits(stage, &install, report) {
                report.add(finding);
            }
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

/// A pinned torch without a wheel for the Python that it is installed for.
fn python(
    stage: StageView<'_>,
    install: &TorchInstall<'_>,
    release: &TorchRelease,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    let python = stage.interpreter_of(&install.installed)?;
    if torch::supports_python(release, &python.version)? {
        return None;
    }
    if matches!(install.build, Build::Unknown(_)) {
        return None;
    }
    let pin = install.pin.map(public).unwrap_or_default();
    Some(
        report
            .finding(
                format!("torch {pin} has no wheel for Python {}", python.version),
                pin_at(install),
            )
            .label("not published for this Python")
            .related(python.at, python.because)
            .why("the build stops: \"Could not find a version that satisfies the requirement\"")
            .help(format!(
                "torch {pin} supports Python {}",
                release.pythons.join(", ")
            )),
    )
}

/// Versions of torch that are allowed and not on the chosen index, or not there for this Python. Nothing is said
/// where the list of the index is not complete.
fn none_fits(
    stage: StageView<'_>,
    install: &TorchInstall<'_>,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    let Build::Cuda(chosen) = install.build else {
        return None;
    };
    // Another index may have it.
    if install.requirement.name != "torch" || chosen.by != By::Index {
        return None;
    }
    let indexes = &install.installed.install.indexes;
    let stable = indexes.primary.as_ref().and_then(|index| index.url.known());
    let stable = stable.is_some_and(|url| {
        matches!(
            pytorch_index::classify(url),
            IndexKind::PyTorch {
                channel: Channel::Stable,
                ..
            }
        )
    });
    if !stable || indexes.all().count() != 1 || indexes.unknown || install.installed.install.pre {
        return None;
    }
    if install.requirement.marker.is_some() || install.installed.install.incomplete {
        return None;
    }
    let IndexStatus::Published(row) = pytorch_index::find(&chosen.suffix) else {
        return None;
    };
    if !row.complete || !row.confidence.supports_errors() {
        return None;
    }
    let on_index: Option<Vec<&TorchRelease>> = row.torch.texts().map(torch::release).collect();
    let on_index = on_index?;
    let (first, last) = (on_index.first()?, on_index.last()?);
    let (allowed, at, wanted) = match &install.requirement.version {
        VersionSpec::Any => (
            on_index.clone(),
            install.requirement.name_at,
            "torch".to_owned(),
        ),
        VersionSpec::Range { specifiers, text } => {
            let fits = |release: &&&TorchRelease| {
                let version: Option<pep440_rs::Version> = release.version.parse().ok();
                version.is_none_or(|version| specifiers.contains(&version))
            };
            let allowed = on_index.iter().filter(fits).copied().collect();
            (allowed, text.place(), format!("torch{}", text.as_str()))
        }
        // Of a release that is in no table, the index has none that is older than its last.
        VersionSpec::Exact { version, text } => {
            let newest: pep440_rs::Version = last.version.parse().ok()?;
            if *version >= newest {
                return None;
            }
            (Vec::new(), text.place(), format!("torch=={version}"))
        }
        VersionSpec::Unknown => return None,
    };
    // Newer releases than the tables know may be on an index that still gets some.
    let open = match &install.requirement.version {
        VersionSpec::Range { specifiers, .. } => {
            row.status != "archived" && {
                let newer = pep440_rs::Version::new([9999]);
                specifiers.contains(&newer)
            }
        }
        _ => false,
    };
    if allowed.is_empty() && open {
        return None;
    }
    let index = &chosen.suffix;
    if allowed.is_empty() {
        return Some(
            report
                .finding(format!("no version on the {index} index is {wanted}"), at)
                .label("not published there")
                .related(
                    chosen.at,
                    format!("{index} has torch {} to {}", first.version, last.version),
                )
                .why(format!(
                    "the build stops: \"Could not find a version that satisfies the requirement {wanted}\""
                ))
                .help("choose an index that has it, or another range"),
        );
    }
    let python = stage.interpreter_of(&install.installed)?;
    let unfit = |release: &&TorchRelease| {
        release.confidence.supports_errors()
            && torch::supports_python(release, &python.version) == Some(false)
    };
    allowed.iter().all(unfit).then(|| {
        report
            .finding(
                format!(
                    "no {wanted} on the {index} index has a wheel for Python {}",
                    python.version
                ),
                at,
            )
            .label("not published for this Python")
            .related(python.at, python.because)
            .related(chosen.at, format!("wheels for {index} come from here"))
            .why("the build stops: \"Could not find a version that satisfies the requirement\"")
            .help("use a newer Python, or an older index")
    })
}
