//! TensorFlow releases and the CUDA and cuDNN they were built for.

use crate::generated::TENSORFLOW;
use crate::packed::{List, Str};
use crate::{Confidence, CudaVersion};

/// One release line.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct TensorflowRelease {
    /// `2.15.x`, `2.11.0`, `1.5-1.11`.
    pub version: Str,
    /// Python versions, `3.9-3.12`.
    pub python: Str,
    /// CUDA it was built for; a bare major for the oldest.
    pub cuda: Str,
    /// cuDNN it was built for.
    pub cudnn: Str,
    /// Whether `tensorflow[and-cuda]` exists.
    pub and_cuda: bool,
    /// Whether the GPU build was the package `tensorflow-gpu`.
    pub separate_gpu_package: bool,
    /// How the row was established.
    pub confidence: Confidence,
}

impl TensorflowRelease {
    /// CUDA it was built for.
    #[must_use]
    pub fn cuda_version(&self) -> Option<CudaVersion> {
        self.cuda.parse().ok()
    }

    /// Whether there are wheels for a Python (`3.8`).
    #[must_use]
    pub fn supports_python(&self, python: &str) -> bool {
        let Some(python) = major_minor(python) else {
            return false;
        };
        self.python.split(',').map(str::trim).any(|range| {
            let mut ends = range.splitn(2, '-').map(major_minor);
            let first = ends.next().flatten();
            let last = ends.next().flatten().or(first);
            first.is_some_and(|first| first <= python) && last.is_some_and(|last| python <= last)
        })
    }

    /// The major of the cuDNN it was built for.
    #[must_use]
    pub fn cudnn_major(&self) -> Option<u16> {
        self.cudnn
            .split('.')
            .next()
            .and_then(|major| major.parse().ok())
    }
}

/// `data/tensorflow.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Tensorflow {
    pub(crate) latest: Str,
    pub(crate) releases: List<TensorflowRelease>,
}

/// The last `tensorflow-gpu` that installs (`PyPI` metadata); 2.12.0 fails on purpose.
pub const LAST_TENSORFLOW_GPU: (u32, u32) = (2, 11);

/// The first release with `tensorflow[and-cuda]` (`PyPI` metadata).
pub const FIRST_AND_CUDA: (u32, u32) = (2, 14);

/// Every release line, newest first.
pub fn all() -> &'static [TensorflowRelease] {
    TENSORFLOW.releases.as_slice()
}

/// The newest release of the tables.
pub fn latest() -> Option<&'static TensorflowRelease> {
    release(&TENSORFLOW.latest)
}

/// The row of a version such as `2.15.1`; `None` when it is newer or not in the tables.
pub fn release(version: &str) -> Option<&'static TensorflowRelease> {
    let (major, minor) = major_minor(version)?;
    TENSORFLOW.releases.iter().find(|row| {
        let mut ends = row.version.splitn(2, '-').map(major_minor);
        let first = ends.next().flatten();
        let last = ends.next().flatten().or(first);
        first.is_some_and(|first| first <= (major, minor))
            && last.is_some_and(|last| (major, minor) <= last)
    })
}

/// `(2, 15)` of `2.15.1`.
#[must_use]
pub fn major_minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?.parse().ok()?;
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patch_releases_belong_to_their_line() {
        assert_eq!(release("2.15.0.post1").unwrap().cuda, "12.2");
        assert_eq!(release("2.18.1").unwrap().cudnn_major(), Some(9));
        assert_eq!(release("2.17.0").unwrap().cudnn_major(), Some(8));
        assert_eq!(release("1.8.0").unwrap().version, "1.5-1.11");
        assert!(release("2.99.0").is_none());
        assert!(latest().unwrap().and_cuda);
    }

    #[test]
    fn a_line_has_wheels_for_some_pythons() {
        let row = release("2.13.1").unwrap();
        assert!(row.supports_python("3.8") && row.supports_python("3.11"));
        assert!(!row.supports_python("3.7") && !row.supports_python("3.12"));
    }

    #[test]
    fn the_extra_began_with_2_14() {
        for row in &TENSORFLOW.releases {
            let first = row.version.split('-').next().and_then(major_minor).unwrap();
            assert_eq!(row.and_cuda, first >= FIRST_AND_CUDA, "{}", row.version);
        }
    }
}
