//! `PyTorch` releases: what `PyPI` gives by default, on which indexes they are, what belongs together.

use crate::generated::TORCH_RELEASES;
use crate::packed::{List, Str};
use std::cmp::Ordering;

use crate::{ComputeCapability, Confidence, CudaVersion, arch, pypi};

/// One release.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct TorchRelease {
    /// `2.5.1`.
    pub version: Str,
    /// CUDA version of the wheel that `PyPI` gives on Linux `x86_64`.
    pub cuda: CudaVersion,
    /// The same as a suffix.
    pub suffix: Str,
    /// What `PyPI` gives on Linux aarch64: `none`, `cpu`, `cuda`.
    pub aarch64: Str,
    /// Lowest Linux driver for the default build.
    pub min_driver: Option<Str>,
    /// CUDA indexes that have it.
    pub indexes: List<Str>,
    /// The torchvision built with it.
    pub torchvision: Option<Str>,
    /// The torchaudio built with it.
    pub torchaudio: Option<Str>,
    /// The CUDA indexes that have that torchaudio, where they are fewer.
    pub torchaudio_indexes: List<Str>,
    /// Python versions with wheels.
    pub pythons: List<Str>,
    /// Compute capabilities in the `x86_64` wheels by index; empty where not known.
    pub archs: List<Build>,
    /// How the row was established.
    pub confidence: Confidence,
}

/// The code in the wheel of an index.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Build {
    /// `cu121`.
    pub suffix: Str,
    /// `8.6`, `9.0+PTX`.
    pub compiled: List<Str>,
}

impl TorchRelease {
    /// Whether a CUDA index has the companion that belongs to the release.
    #[must_use]
    pub fn companion_is_on(&self, package: &str, suffix: &str) -> bool {
        let fewer = &self.torchaudio_indexes;
        let has_own = package == "torchaudio" && !fewer.is_empty();
        let indexes = if has_own { fewer } else { &self.indexes };
        indexes.has(suffix)
    }

    /// Whether the `x86_64` wheel of an index has code for a GPU; `None` where the tables do not say.
    #[must_use]
    pub fn runs_on(&self, suffix: &str, gpu: ComputeCapability) -> Option<bool> {
        let build = self.archs.iter().find(|build| build.suffix == suffix)?;
        let compiled = build.compiled.iter().map(|entry| entry.as_str());
        self.confidence
            .supports_errors()
            .then(|| arch::runs(compiled, gpu))?
    }
}

/// `data/torch_releases.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct TorchReleases {
    pub(crate) latest: Str,
    pub(crate) releases: List<TorchRelease>,
}

/// All releases, oldest first.
pub fn all() -> &'static [TorchRelease] {
    TORCH_RELEASES.releases.as_slice()
}

/// The newest release of the tables.
pub fn latest() -> Option<&'static TorchRelease> {
    release(&TORCH_RELEASES.latest)
}

/// The release with this version; `2.5` is 2.5.0, a local part is ignored.
#[must_use]
pub fn release(version: &str) -> Option<&'static TorchRelease> {
    let wanted = numbers(version)?;
    TORCH_RELEASES
        .releases
        .sorted(|row| numbers(&row.version).unwrap_or_default().cmp(&wanted))
}

/// Whether a version is newer than every row.
#[must_use]
pub fn is_newer_than_tables(version: &str) -> bool {
    match (
        numbers(version),
        latest().and_then(|row| numbers(&row.version)),
    ) {
        (Some(version), Some(latest)) => version.cmp(&latest) == Ordering::Greater,
        _ => false,
    }
}

/// The releases a companion version belongs to: `torchvision 0.20.1` to torch 2.5.1.
#[must_use]
pub fn for_companion(package: &str, version: &str) -> Vec<&'static TorchRelease> {
    let Some(wanted) = numbers(version) else {
        return Vec::new();
    };
    all()
        .iter()
        .filter(|row| companion(row, package).and_then(numbers) == Some(wanted))
        .collect()
}

/// The companion version of a release.
#[must_use]
pub fn companion(release: &TorchRelease, package: &str) -> Option<&'static str> {
    match package {
        "torch" => Some(release.version.as_str()),
        "torchvision" => release.torchvision.map(Str::as_str),
        "torchaudio" => release.torchaudio.map(Str::as_str),
        _ => None,
    }
}

/// What a release of torchvision or torchaudio requires of torch: `==2.14.0`, `>=2.14.0`; `None` where it leaves torch
/// open, or is not in the tables.
#[must_use]
pub fn required_by(package: &str, version: &str) -> Option<&'static str> {
    let required = pypi::project(package)?
        .release(version)?
        .requirement("torch");
    // Each index has wheels for its own build: which one PyPI's want says nothing of the others.
    let public = required?.split('+').next()?;
    (!public.is_empty()).then_some(public)
}

/// Whether there are wheels for a Python version (`3.8`); `None` where not known.
#[must_use]
pub fn supports_python(release: &TorchRelease, python: &str) -> Option<bool> {
    (!release.pythons.is_empty()).then(|| release.pythons.has(python))
}

/// The three release numbers of a final version; `None` for anything else.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let version = version.split('+').next().unwrap_or(version);
    let mut out = [0; 3];
    let mut parts = version.split('.');
    for slot in &mut out {
        match parts.next() {
            Some(part) => *slot = part.parse().ok()?,
            None => break,
        }
    }
    parts.next().is_none().then_some(out)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use pep440_rs::{Version, VersionSpecifiers};

    use super::*;
    use crate::pytorch_index::{self, IndexStatus};

    #[test]
    fn the_table_is_sorted() {
        assert!(all().is_sorted_by(|a, b| numbers(&a.version) < numbers(&b.version)));
    }

    #[test]
    fn every_release_is_found_and_on_existing_indexes() {
        for row in all() {
            assert_eq!(release(&row.version).unwrap().version, row.version);
            for suffix in &row.indexes {
                assert!(
                    matches!(pytorch_index::find(suffix), IndexStatus::Published(_)),
                    "{suffix}"
                );
            }
            assert_eq!(
                CudaVersion::from_suffix(&row.suffix),
                Some(row.cuda),
                "{}",
                row.version
            );
        }
    }

    #[test]
    fn what_pypi_gives_changed_over_time() {
        let default = |version: &str| release(version).unwrap().cuda.to_string();
        assert_eq!(default("2.4.1"), "12.1");
        assert_eq!(default("2.5"), "12.4");
        assert_eq!(default("2.7.0+cu118"), "12.6");
        assert_eq!(default("2.15.0"), "13.2");
        assert!(is_newer_than_tables("2.16.0"));
        assert!(!is_newer_than_tables("2.15.0"));
    }

    /// Each release names the companions that PyPI's metadata binds to it.
    #[test]
    fn companions_accept_their_release() {
        for row in all() {
            let version = Version::from_str(&row.version).unwrap();
            for package in ["torchvision", "torchaudio"] {
                let Some(companion) = companion(row, package) else {
                    continue;
                };
                for suffix in &row.torchaudio_indexes {
                    assert!(row.indexes.has(suffix), "{suffix}");
                }
                if let Some(required) = required_by(package, companion) {
                    let required = VersionSpecifiers::from_str(required).unwrap();
                    assert!(required.contains(&version), "{package} {companion}");
                }
            }
        }
        let newest = latest().unwrap();
        let is_on = |package| newest.companion_is_on(package, "cu132");
        assert!(is_on("torch") && is_on("torchvision") && !is_on("torchaudio"));
        assert_eq!(required_by("torchvision", "0.29.0"), Some("==2.14.0"));
        assert_eq!(required_by("torchvision", "0.29.2"), Some(">=2.14.0"));
        assert_eq!(required_by("torchaudio", "2.11.0"), None);
    }

    #[test]
    fn companions_belong_to_their_release() {
        assert_eq!(for_companion("torchvision", "0.20.1")[0].version, "2.5.1");
        assert!(for_companion("torchvision", "0.99").is_empty());
    }
}
