//! TensorFlow.

pub(super) mod tensorflow_cuda_mismatch;
pub(super) mod tensorflow_cuda_missing;
pub(super) mod tensorflow_gpu_package;

use facts::tensorflow::TensorflowRelease;
use packages::action::{Requirement, VersionSpec};

/// The release row of a pinned TensorFlow; the newest when nothing is pinned, `None` when unknown.
pub(super) fn release(requirement: &Requirement) -> Option<&'static TensorflowRelease> {
    match &requirement.version {
        VersionSpec::Exact { version, .. } => facts::tensorflow::release(&version.to_string()),
        VersionSpec::Any => facts::tensorflow::latest(),
        VersionSpec::Range { .. } | VersionSpec::Unknown => None,
    }
}

/// The newest release line that a requirement allows and that has wheels for a Python (`3.8`); `None` where the tables
/// have none.
pub(super) fn newest_allowed(
    version: &VersionSpec,
    python: Option<&str>,
) -> Option<&'static TensorflowRelease> {
    let allows = |row: &&TensorflowRelease| match version {
        VersionSpec::Any => true,
        VersionSpec::Range { specifiers, .. } => {
            let line = row.version.split('-').next_back().unwrap_or_default();
            let mut parts = line.split('.');
            let (major, minor) = (parts.next(), parts.next());
            let minor = major
                .zip(minor)
                .map(|(major, minor)| format!("{major}.{minor}"));
            let patches = minor
                .iter()
                .flat_map(|minor| (0..=5).map(move |patch| format!("{minor}.{patch}")));
            let mut versions = patches.filter_map(|text| text.parse().ok());
            versions.any(|version: pep440_rs::Version| specifiers.contains(&version))
        }
        VersionSpec::Exact { .. } | VersionSpec::Unknown => false,
    };
    let fits = |row: &&TensorflowRelease| python.is_none_or(|python| row.supports_python(python));
    facts::tensorflow::all().iter().filter(allows).find(fits)
}

/// Whether a `tensorflow` requirement gives a build that looks for CUDA in the image.
pub(super) fn needs_system_cuda(requirement: &Requirement) -> bool {
    let brings = requirement.extras.iter().any(|extra| extra == "and-cuda");
    let row = release(requirement);
    let gpu_build = match (&requirement.version, row) {
        // Ranges nearly always mean a current release, whose one wheel serves CPU and GPU.
        (VersionSpec::Range { .. }, _) => {
            newest_allowed(&requirement.version, None).is_none_or(|row| !row.separate_gpu_package)
        }
        (_, Some(row)) => !row.separate_gpu_package && row.confidence.supports_errors(),
        (_, None) => false,
    };
    !brings && gpu_build && requirement.url.is_none()
}
