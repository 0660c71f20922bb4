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

/// Whether a `tensorflow` requirement gives a build that looks for CUDA in the image.
pub(super) fn needs_system_cuda(requirement: &Requirement) -> bool {
    let brings = requirement.extras.iter().any(|extra| extra == "and-cuda");
    let row = release(requirement);
    // Ranges nearly always mean a current release, whose one wheel serves CPU and GPU.
    let gpu_build = match (&requirement.version, row) {
        (VersionSpec::Range { .. }, _) => true,
        (_, Some(row)) => !row.separate_gpu_package && row.confidence.supports_errors(),
        (_, None) => false,
    };
    !brings && gpu_build && requirement.url.is_none()
}
