//! The wheel indexes of download.pytorch.org, and what other index addresses are.

use crate::generated::PYTORCH_INDEXES;
use crate::packed::{List, Str};
use crate::{Confidence, CudaVersion};

/// One index that exists or existed.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Index {
    /// `cu121`, `cpu`, `rocm6.2`, `xpu`.
    pub suffix: Str,
    /// `cuda`, `cpu`, `rocm`, `xpu`.
    pub kind: Str,
    /// CUDA version of a CUDA index.
    pub cuda: Option<CudaVersion>,
    /// Lowest Linux driver for that CUDA family.
    pub min_driver: Option<Str>,
    /// First torch release on it.
    pub torch_first: Option<Str>,
    /// Last torch release on it.
    pub torch_last: Option<Str>,
    /// Every torch release on it, where established.
    pub torch: List<Str>,
    /// Whether the list of releases is complete; otherwise absence proves nothing.
    pub complete: bool,
    /// `current`, `archived`, `nightly-only`.
    pub status: Str,
    /// How the row was established.
    pub confidence: Confidence,
}

/// An index name that people write and that was never published.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Never {
    /// `cu122`.
    pub suffix: Str,
    /// 12.2.
    pub cuda: CudaVersion,
    /// How the row was established.
    pub confidence: Confidence,
}

/// The index that suits a base image's CUDA version.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Nearest {
    /// CUDA of the base image.
    pub base: CudaVersion,
    /// The index to use.
    pub suffix: Str,
    /// Whether it is the same version.
    pub exact: bool,
    /// Why this one.
    pub reason: Str,
    /// How the row was established.
    pub confidence: Confidence,
}

#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Host {
    pub(crate) host: Str,
    pub(crate) role: Str,
}

/// `data/pytorch_indexes.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct PytorchIndexes {
    pub(crate) packages: List<Str>,
    pub(crate) indexes: List<Index>,
    pub(crate) never: List<Never>,
    pub(crate) nearest: List<Nearest>,
    pub(crate) hosts: List<Host>,
}

/// What is behind an index suffix.
#[derive(Clone, Copy, Debug)]
pub enum IndexStatus {
    /// It exists.
    Published(&'static Index),
    /// It was never published.
    NeverExisted(&'static Never),
    /// Newer than the tables, or not an index name.
    Unknown,
}

/// Release channel of a `PyTorch` index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Releases.
    Stable,
    /// Nightly builds.
    Nightly,
    /// Release candidates.
    Test,
}

/// What an index or find-links address is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexKind<'u> {
    /// On download.pytorch.org; `suffix` is `None` for the root, which lists all builds.
    PyTorch {
        /// Release channel.
        channel: Channel,
        /// `cu121` and the like.
        suffix: Option<&'u str>,
    },
    /// A known mirror of it.
    KnownMirror {
        /// `cu121` and the like.
        suffix: Option<&'u str>,
    },
    /// `PyPI` or a known mirror of it.
    PyPi,
    /// NVIDIA's index, which has no torch.
    Nvidia,
    /// A known index of other packages, which has no torch.
    Foreign,
    /// Anything else, private mirrors for example.
    Unknown,
}

/// Classifies an address.
pub fn classify(url: &str) -> IndexKind<'_> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let Some(host) = PYTORCH_INDEXES
        .hosts
        .iter()
        .find(|row| starts_with_path(rest, &row.host))
    else {
        return IndexKind::Unknown;
    };
    match host.role.as_str() {
        "pytorch" => {
            let (channel, suffix) = suffix_of(rest);
            IndexKind::PyTorch { channel, suffix }
        }
        "pytorch-mirror" => IndexKind::KnownMirror {
            suffix: suffix_of(rest).1,
        },
        "pypi" => IndexKind::PyPi,
        "nvidia" => IndexKind::Nvidia,
        _ => IndexKind::Foreign,
    }
}

/// The build that an address names: `cu121`, `cpu`.
#[must_use]
pub fn suffix(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    suffix_of(rest).1
}

fn starts_with_path(rest: &str, prefix: &str) -> bool {
    rest.strip_prefix(prefix)
        .is_some_and(|after| after.is_empty() || after.starts_with(['/', ':', '?', '#']))
}

fn suffix_of(path: &str) -> (Channel, Option<&str>) {
    let mut channel = Channel::Stable;
    let mut suffix = None;
    for part in path.split(['/', '?', '#']).skip(1) {
        match part {
            "nightly" => channel = Channel::Nightly,
            "test" => channel = Channel::Test,
            "" | "whl" | "lts" | "torch_stable.html" | "torch" | "torchvision" | "torchaudio" => {}
            other if is_suffix(other) => suffix = Some(other),
            _ => {}
        }
    }
    (channel, suffix)
}

fn is_suffix(text: &str) -> bool {
    let digits = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    text == "cpu"
        || text == "xpu"
        || text == "cpu_pypi_pkg"
        || text.strip_prefix("cu").is_some_and(digits)
        || text.strip_prefix("rocm").is_some_and(digits)
}

/// What is known of an index suffix.
pub fn find(suffix: &str) -> IndexStatus {
    let tables = &PYTORCH_INDEXES;
    if let Some(index) = tables.indexes.sorted(|row| row.suffix.cmp(suffix)) {
        return IndexStatus::Published(index);
    }
    let never = tables.never.sorted(|row| row.suffix.cmp(suffix));
    never.map_or(IndexStatus::Unknown, IndexStatus::NeverExisted)
}

/// Every index.
pub fn all() -> &'static [Index] {
    PYTORCH_INDEXES.indexes.as_slice()
}

/// The index for a base image with this CUDA version; `None` where the tables do not say.
pub fn nearest(base: CudaVersion) -> Option<&'static Nearest> {
    PYTORCH_INDEXES.nearest.iter().find(|row| row.base == base)
}

/// Whether an index has a torch release (`2.5.1`); `None` where not established.
#[must_use]
pub fn has(suffix: &str, torch: &str) -> Option<bool> {
    let IndexStatus::Published(index) = find(suffix) else {
        return None;
    };
    let listed = index.torch.has(torch);
    let known =
        listed || (index.complete && !index.torch.is_empty() && index.confidence.supports_errors());
    known.then_some(listed)
}

/// Whether the `PyTorch` indexes carry this package beside torch.
pub fn carries(package: &str) -> bool {
    PYTORCH_INDEXES.packages.has(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        let tables = &PYTORCH_INDEXES;
        assert!(tables.indexes.is_sorted_by(|a, b| *a.suffix < *b.suffix));
        assert!(tables.never.is_sorted_by(|a, b| *a.suffix < *b.suffix));
    }

    #[test]
    fn every_row_is_found_and_never_both_ways() {
        for row in all() {
            assert!(
                matches!(find(&row.suffix), IndexStatus::Published(found) if found.suffix == row.suffix)
            );
            assert_eq!(row.cuda.is_some(), row.kind == "cuda", "{}", row.suffix);
        }
        for row in &PYTORCH_INDEXES.never {
            assert!(matches!(find(&row.suffix), IndexStatus::NeverExisted(_)));
            assert_eq!(CudaVersion::from_suffix(&row.suffix), Some(row.cuda));
        }
    }

    #[test]
    fn every_nearest_index_exists_and_has_the_same_major() {
        for row in &PYTORCH_INDEXES.nearest {
            let IndexStatus::Published(index) = find(&row.suffix) else {
                panic!("{}", row.suffix)
            };
            assert_eq!(index.cuda.unwrap().major, row.base.major);
            assert_eq!(row.exact, index.cuda.unwrap() == row.base);
        }
        assert_eq!(nearest(CudaVersion::new(12, 2)).unwrap().suffix, "cu121");
    }

    #[test]
    fn addresses_are_classified() {
        let stable = |suffix| IndexKind::PyTorch {
            channel: Channel::Stable,
            suffix,
        };
        assert_eq!(
            classify("https://download.pytorch.org/whl/cu121"),
            stable(Some("cu121"))
        );
        assert_eq!(
            classify("https://download.pytorch.org/whl/cu111/torch_stable.html"),
            stable(Some("cu111"))
        );
        assert_eq!(
            classify("https://download.pytorch.org/whl/torch_stable.html"),
            stable(None)
        );
        assert_eq!(classify("https://download.pytorch.org/whl/"), stable(None));
        let nightly = IndexKind::PyTorch {
            channel: Channel::Nightly,
            suffix: Some("cu130"),
        };
        assert_eq!(
            classify("https://download.pytorch.org/whl/nightly/cu130"),
            nightly
        );
        assert_eq!(classify("https://pypi.org/simple"), IndexKind::PyPi);
        assert_eq!(
            classify("https://user:pw@pypi.org/simple/"),
            IndexKind::PyPi
        );
        assert_eq!(
            classify("https://pypi.org.evil.example/simple"),
            IndexKind::Unknown
        );
        assert_eq!(
            classify("https://abetlen.github.io/llama-cpp-python/whl/cu122"),
            IndexKind::Foreign
        );
        assert_eq!(classify("https://nexus.corp/whl/cu121"), IndexKind::Unknown);
    }

    #[test]
    fn an_index_has_what_was_published_on_it() {
        assert_eq!(has("cu121", "2.5.1"), Some(true));
        assert_eq!(has("cu121", "2.6.0"), Some(false));
        assert_eq!(has("cu999", "2.6.0"), None);
        // Whether cu129 has 2.10.0 is an open question of the facts.
        assert_eq!(has("cu129", "2.10.0"), None);
    }
}
