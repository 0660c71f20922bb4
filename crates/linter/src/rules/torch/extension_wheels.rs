//! Wheels of extensions that were built for another torch or CUDA than the installed one.

use facts::package::Nvcc;
use packages::action::{Requirement, VersionSpec};
use packages::program::base_name;
use source::{Diagnostic, Location};

use crate::Report;
use crate::derive::environment::installed::{Held, HeldBy};
use crate::derive::environment::torch::{BuiltFor, FAMILY, built_for, public};
use crate::derive::environment::{Installed, StageView};

/// Adds a finding for each wheel or page that names another torch, or another CUDA.
pub(super) fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    for installed in stage.own_python() {
        let held = stage
            .choices_of(&installed)
            .and_then(|step| step.torch.as_ref());
        let Some(held) = held else { continue };
        let mut seen: Vec<Location> = Vec::new();
        for requirement in installed.requirements() {
            if FAMILY.contains(&requirement.name.as_str()) || requirement.name.is_empty() {
                continue;
            }
            let Some((address, at)) = address(&installed, requirement) else {
                continue;
            };
            let Some(wheel) = built_for(address) else {
                continue;
            };
            if seen.contains(&at) {
                continue;
            }
            if let Some(finding) = differs(stage, held, &wheel, requirement, at, report) {
                seen.push(at);
                report.add(finding);
            }
        }
    }
}

/// The wheel's own address, or the page that the package comes from.
fn address<'i>(
    installed: &Installed<'i>,
    requirement: &'i Requirement,
) -> Option<(&'i str, Location)> {
    if let Some(url) = &requirement.url {
        let text = url.known().filter(|text| text.contains(".whl"))?;
        return Some((base_name(text), url.place()));
    }
    let row = facts::package::find(&requirement.name);
    let extension = row.is_some_and(|row| row.nvcc != Nvcc::No && row.nvcc != Nvcc::Provides);
    if !extension {
        return None;
    }
    if let VersionSpec::Exact { text, version } = &requirement.version
        && !version.local().is_empty()
    {
        return Some((text.known()?, text.place()));
    }
    let links = installed.install.indexes.find_links.iter();
    let mut links = links.filter_map(|links| Some((links.url.known()?, links.url.place())));
    // A page of torch itself says nothing of others.
    links.find(|(text, _)| !text.contains("download.pytorch.org"))
}

fn differs(
    stage: StageView<'_>,
    held: &Held,
    wheel: &BuiltFor,
    requirement: &Requirement,
    at: Location,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    let [version] = held.versions.as_slice() else {
        return None;
    };
    let torch = public(version);
    let mut numbers = torch.split('.').map(str::parse::<u64>);
    let own = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let cuda = stage.cuda_of(held);
    let name = &requirement.name;
    let (message, label) = if let Some(other) = wheel.torch.filter(|other| *other != own) {
        (
            format!(
                "{name} is built for torch {}.{}, and torch {torch} is installed",
                other.0, other.1
            ),
            format!("built for torch {}.{}", other.0, other.1),
        )
    } else {
        let (cuda, (major, minor)) = (cuda?, wheel.cuda?);
        let newer = minor.is_some_and(|minor| major == cuda.major && minor > cuda.minor);
        if major == cuda.major && !newer {
            return None;
        }
        let built = minor.map_or(major.to_string(), |minor| format!("{major}.{minor}"));
        (
            format!(
                "{name} is built for CUDA {built}, and torch {torch} for CUDA {cuda} is installed"
            ),
            format!("built for CUDA {built}"),
        )
    };
    let said = match held.by {
        HeldBy::Image => format!("ships torch {torch}"),
        _ => format!("torch {torch} is installed here"),
    };
    Some(
        report
            .finding(message, at)
            .label(label)
            .related(held.at, said)
            .why("compiled extensions go with the torch and the CUDA that they were built for: with others their import stops, \"undefined symbol\" or \"libcudart.so: cannot open shared object file\"")
            .help(match cuda {
                Some(cuda) => format!("choose the wheel for torch {}.{} and CUDA {cuda}", own.0, own.1),
                None => format!("choose the wheel for torch {}.{}", own.0, own.1),
            }),
    )
}
