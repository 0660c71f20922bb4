//! Where a command's packages come from, in the terms of the lists that are known.

use facts::pytorch_index::{Channel, IndexKind};
use packages::action::{PythonInstall, Requirement, VersionSpec};

use super::candidates::Source;
use crate::derive::environment::torch::FAMILY;
use crate::derive::known::Known;

/// The source of one requirement.
pub(super) fn of_requirement<'a>(
    requirement: &'a Requirement,
    install: &'a PythonInstall,
    known: &'a Known,
) -> Source<'a> {
    if requirement.url.is_some() {
        return Source::Elsewhere;
    }
    if let VersionSpec::Exact { version, .. } = &requirement.version
        && !version.local().is_empty()
    {
        return Source::Elsewhere;
    }
    match &requirement.index {
        Some(index) => alone(&known.kind(index), &requirement.name),
        None => of_package(&requirement.name, install, known),
    }
}

/// The source of a package that the command takes along.
pub(super) fn of_package<'a>(
    name: &str,
    install: &'a PythonInstall,
    known: &'a Known,
) -> Source<'a> {
    let indexes = &install.indexes;
    if indexes.unknown || install.no_index {
        return Source::Elsewhere;
    }
    let of_family = FAMILY.contains(&name);
    if let Some(backend) = indexes.torch_backend.as_ref().filter(|_| of_family) {
        return match backend.known() {
            Some(suffix) if suffix.starts_with("cu") => Source::Index(suffix),
            _ => Source::Elsewhere,
        };
    }
    let primary = indexes.primary.as_ref();
    let mut source = primary.map_or(Source::Pypi, |index| alone(&known.kind(index), name));
    for index in &indexes.extra {
        match known.kind(index) {
            IndexKind::PyTorch {
                channel: Channel::Stable,
                suffix: Some(suffix),
            }
            | IndexKind::KnownMirror {
                suffix: Some(suffix),
            } => {
                // uv takes the first index that has the package; pip the highest version, which is PyPI's.
                if of_family && install.tool.is_uv() {
                    source = Source::Index(suffix);
                } else if matches!(source, Source::Index(_)) {
                    return Source::Elsewhere;
                }
            }
            IndexKind::PyPi if matches!(source, Source::Pypi) => {}
            // Beside an index of one build PyPI has the newer one.
            IndexKind::PyPi if !install.tool.is_uv() => source = Source::Pypi,
            IndexKind::Nvidia | IndexKind::Foreign if of_family => {}
            _ => return Source::Elsewhere,
        }
    }
    for links in &indexes.find_links {
        let harmless = of_family && matches!(known.kind(links), IndexKind::Foreign);
        if !harmless {
            return Source::Elsewhere;
        }
    }
    source
}

/// What the only index of a package is.
fn alone<'a>(kind: &IndexKind<'a>, name: &str) -> Source<'a> {
    match kind {
        IndexKind::PyPi => Source::Pypi,
        IndexKind::PyTorch {
            channel: Channel::Stable,
            suffix: Some(suffix),
        }
        | IndexKind::KnownMirror {
            suffix: Some(suffix),
        } if FAMILY.contains(&name) => Source::Index(suffix),
        _ => Source::Elsewhere,
    }
}
