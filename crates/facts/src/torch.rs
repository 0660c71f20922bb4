//! `PyTorch` releases: what `PyPI` gives by default, on which indexes they are, what belongs together.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Deserialize;

use crate::table::Table;
use crate::{ComputeCapability, Confidence, CudaVersion, arch};

/// One release.
#[derive(Debug, Deserialize)]
pub struct TorchRelease {
    /// `2.5.1`.
    pub version: &'static str,
    /// CUDA version of the wheel that `PyPI` gives on Linux `x86_64`.
    pub cuda: CudaVersion,
    /// The same as a suffix.
    pub suffix: &'static str,
    /// What `PyPI` gives on Linux aarch64: `none`, `cpu`, `cuda`.
    pub aarch64: &'static str,
    /// Lowest Linux driver for the default build.
    pub min_driver: Option<&'static str>,
    /// CUDA indexes that have it.
    pub indexes: Vec<&'static str>,
    /// The torchvision built with it.
    pub torchvision: Option<&'static str>,
    /// The torchaudio built with it.
    pub torchaudio: Option<&'static str>,
    /// Python versions with wheels.
    pub pythons: Vec<&'static str>,
    /// Compute capabilities in the `x86_64` wheels by index; empty where not known.
    pub archs: BTreeMap<&'static str, Vec<&'static str>>,
    /// How the row was established.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: &'static str,
}

impl TorchRelease {
    /// Whether the `x86_64` wheel of an index has code for a GPU; `None` where the tables do not say.
    #[must_use]
    pub fn runs_on(&self, suffix: &str, gpu: ComputeCapability) -> Option<bool> {
        let compiled = self.archs.get(suffix)?;
        self.confidence
            .supports_errors()
            .then(|| arch::runs(compiled, gpu))?
    }
}

#[derive(Debug, Default, Deserialize)]
struct Data {
    latest: &'static str,
    releases: Vec<TorchRelease>,
}

static DATA: Table<Data> = Table::new(include_str!("../data/torch_releases.json"));

/// All releases, oldest first.
pub fn all() -> &'static [TorchRelease] {
    &DATA.get().releases
}

/// The newest release of the tables.
pub fn latest() -> Option<&'static TorchRelease> {
    release(DATA.get().latest)
}

/// The release with this version; `2.5` is 2.5.0, a local part is ignored.
#[must_use]
pub fn release(version: &str) -> Option<&'static TorchRelease> {
    let wanted = numbers(version)?;
    let at = all()
        .binary_search_by(|row| numbers(row.version).unwrap_or_default().cmp(&wanted))
        .ok()?;
    Some(&all()[at])
}

/// Whether a version is newer than every row.
#[must_use]
pub fn is_newer_than_tables(version: &str) -> bool {
    match (
        numbers(version),
        latest().and_then(|row| numbers(row.version)),
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
        "torch" => Some(release.version),
        "torchvision" => release.torchvision,
        "torchaudio" => release.torchaudio,
        _ => None,
    }
}

/// Whether there are wheels for a Python version (`3.8`); `None` where not known.
#[must_use]
pub fn supports_python(release: &TorchRelease, python: &str) -> Option<bool> {
    (!release.pythons.is_empty()).then(|| release.pythons.contains(&python))
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
    use super::*;
    use crate::pytorch_index::{self, IndexStatus};

    #[test]
    fn the_table_reads_and_is_sorted() {
        assert_eq!(DATA.error(), None);
        assert!(all().is_sorted_by(|a, b| numbers(a.version) < numbers(b.version)));
        assert!(all().iter().all(|row| !row.source.is_empty()));
    }

    #[test]
    fn every_release_is_found_and_on_existing_indexes() {
        for row in all() {
            assert_eq!(release(row.version).unwrap().version, row.version);
            for suffix in &row.indexes {
                assert!(
                    matches!(pytorch_index::find(suffix), IndexStatus::Published(_)),
                    "{suffix}"
                );
            }
            assert_eq!(
                CudaVersion::from_suffix(row.suffix),
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

    #[test]
    fn companions_belong_to_their_release() {
        assert_eq!(for_companion("torchvision", "0.20.1")[0].version, "2.5.1");
        assert!(for_companion("torchvision", "0.99").is_empty());
    }
}
