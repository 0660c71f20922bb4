//! `PyTorch`: which wheel an installation gets, and whether that was meant.

pub(super) mod cpu_wheel;
mod extension_wheels;
pub(super) mod package_extra_missing;
pub(super) mod package_version_unavailable;
pub(super) mod torch_companions_mismatch;
pub(super) mod torch_cuda_mismatch;
pub(super) mod torch_extra_index;
pub(super) mod torch_index_missing;
pub(super) mod torch_index_unknown;
pub(super) mod torch_replaced;
pub(super) mod torch_version_unavailable;

use facts::pypi::Machine;
use facts::pytorch_index::{self, IndexKind, IndexStatus};
use facts::{CudaVersion, torch};
use packages::action::{FileState, PythonInstall, RequirementOrigin, VersionSpec};
use source::{Edit, FileId};

use crate::derive::environment::torch::{Build, By, Chosen, TorchInstall};
use crate::derive::environment::{Installed, StageView, torch as installed};

/// The address of an index.
pub(super) fn index_url(suffix: &str) -> String {
    format!("https://download.pytorch.org/whl/{suffix}")
}

/// The `PyTorch` installations that stand in this stage itself and really install something.
pub(super) fn own(stage: StageView<'_>) -> Vec<TorchInstall<'_>> {
    let own = installed::own(stage);
    own.filter(|install| !install.satisfied).collect()
}

/// The edits that choose another build where one is chosen now: the place itself and, for a local version, the
/// index that has to carry it. `None` where one of them is not written in one piece.
pub(super) fn choose_build(
    install: &TorchInstall<'_>,
    chosen: &Chosen,
    suffix: &str,
) -> Option<Vec<Edit>> {
    let mut edits = vec![Edit::replace(chosen.editable?, suffix)];
    if chosen.by == By::LocalVersion {
        for index in install.installed.install.indexes.all() {
            let url = index.url.known()?;
            let (IndexKind::PyTorch { suffix: named, .. }
            | IndexKind::KnownMirror { suffix: named }) = pytorch_index::classify(url)
            else {
                continue;
            };
            let Some(named) = named.filter(|named| *named != suffix) else {
                continue;
            };
            let at = url.rfind(named)?;
            edits.push(Edit::replace(
                index.url.editable(at..at + named.len())?,
                suffix,
            ));
        }
    }
    Some(edits)
}

/// Whether a pinned torch comes from `PyPI`, for a machine for which that release is a CPU build.
pub(super) fn is_cpu_on_arm(stage: StageView<'_>, install: &TorchInstall<'_>) -> bool {
    let from_pypi = match install.build {
        Build::Default => true,
        // The old indexes have no wheels for this machine; which of the newer ones has, the tables do not say.
        Build::Cuda(chosen) => {
            chosen.by == By::ExtraIndex && chosen.cuda < Some(CudaVersion::new(12, 6))
        }
        _ => false,
    };
    from_pypi
        && stage.stage().machine == Machine::Aarch64
        && install.requirement.name == "torch"
        && install
            .pin
            .and_then(torch::release)
            .is_some_and(|row| row.aarch64 == "cpu")
}

/// A lock file, or a compiled list, says exactly which wheel; its index may be `PyPI` on purpose.
pub(super) fn is_lock(install: &TorchInstall<'_>) -> bool {
    match install.requirement.origin {
        RequirementOrigin::Lock { .. } => true,
        RequirementOrigin::File { file } => {
            let mut files = install.installed.install.files.iter();
            files.any(|own| own.compiled && own.state == FileState::Read(file))
                || pins_what_torch_requires(install.installed.install, file)
        }
        RequirementOrigin::Command => false,
    }
}

/// Whether a list pins the CUDA libraries that torch requires, as only a list of everything does.
fn pins_what_torch_requires(install: &PythonInstall, list: FileId) -> bool {
    install.requirements.iter().any(|requirement| {
        let name = requirement.name.as_str();
        let library = name.starts_with("nvidia-cublas") || name.starts_with("nvidia-cudnn");
        library
            && matches!(requirement.version, VersionSpec::Exact { .. })
            && matches!(requirement.origin, RequirementOrigin::File { file } if file == list)
    })
}

/// Whether two installs come from the same command.
pub(super) fn same_command(a: &Installed<'_>, b: &Installed<'_>) -> bool {
    std::ptr::eq(a.install, b.install)
}

/// The release of a pinned member of the family: torch itself, or the torch that a companion belongs to.
pub(super) fn release_of(name: &str, pin: &str) -> Option<&'static torch::TorchRelease> {
    match name {
        "torch" => torch::release(pin),
        _ => torch::for_companion(name, pin).first().copied(),
    }
}

/// The index to install from, for a base image's CUDA and a pinned release.
pub(super) fn choose_index(
    base: Option<CudaVersion>,
    release: Option<&torch::TorchRelease>,
) -> Option<&'static str> {
    let cuda_of = |suffix: &str| CudaVersion::from_suffix(suffix);
    let has = |suffix: &str| release.is_none_or(|release| release.indexes.has(suffix));
    if let Some(base) = base {
        if let Some(nearest) = pytorch_index::nearest(base).filter(|nearest| has(&nearest.suffix)) {
            return Some(nearest.suffix.as_str());
        }
        let release = release?;
        let same_major =
            |suffix: &&str| cuda_of(suffix).is_some_and(|cuda| cuda.major == base.major);
        let not_newer = release
            .indexes
            .texts()
            .filter(same_major)
            .filter(|suffix| cuda_of(suffix) <= Some(base));
        return not_newer
            .max_by_key(|suffix| cuda_of(suffix))
            .or_else(|| release.indexes.texts().find(same_major));
    }
    match release {
        Some(release) => Some(release.suffix.as_str()),
        // Without a base to match: the newest index that drivers of the CUDA 12 family run.
        None => torch::all().iter().rev().find_map(|release| {
            let twelve = release
                .indexes
                .texts()
                .filter(|suffix| cuda_of(suffix).is_some_and(|cuda| cuda.major == 12));
            twelve.max_by_key(|suffix| cuda_of(suffix))
        }),
    }
}

/// The newest published index that is not newer, of the same major; the oldest of the major otherwise.
pub(super) fn nearest_published(cuda: CudaVersion) -> Option<&'static str> {
    let rows = pytorch_index::all().iter().filter(|row| {
        row.cuda.is_some_and(|c| c.major == cuda.major)
            && row.status != "nightly-only"
            && row.confidence.supports_errors()
    });
    let older = rows
        .clone()
        .filter(|row| row.cuda <= Some(cuda))
        .max_by_key(|row| row.cuda);
    older
        .or_else(|| rows.min_by_key(|row| row.cuda))
        .map(|row| row.suffix.as_str())
}

/// Whether a suffix is one that was never published.
pub(super) fn never_existed(suffix: &str) -> bool {
    matches!(pytorch_index::find(suffix), IndexStatus::NeverExisted(row) if row.confidence.supports_errors())
}
