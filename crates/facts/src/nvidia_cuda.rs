//! The tags of nvidia/cuda: which were published, and which never were.

use crate::generated::IMAGES;
use crate::image::{Cudnn, Flavor};
use crate::packed::{List, Str};
use crate::{Confidence, CudaVersion};

/// One point release of the images.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Release {
    /// `12.1.1`.
    pub cuda: Str,
    /// `supported`, `unsupported` (2025-12), `later` (published after the lists were read).
    pub status: Str,
    /// Operating systems it was published for.
    pub os: List<Str>,
    /// Whether that list is complete.
    pub os_complete: bool,
    /// Those of them without cuDNN variants.
    pub os_without_cudnn: List<Str>,
    /// The word for cuDNN in its tags.
    pub cudnn: Option<Str>,
    /// How the row was established.
    pub confidence: Confidence,
}

/// An operating system of the images.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct OsSpan {
    pub(crate) os: Str,
    /// When its vendor's standard support ended: `2025-05-31`.
    pub(crate) ended: Option<Str>,
}

/// What is known of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// In the lists, and nothing against it.
    Published,
    /// Was published, but a newer point release replaced it, or its support has ended.
    Outdated {
        /// Why.
        reason: String,
        /// A tag to use instead.
        instead: Option<String>,
    },
    /// Published and kept, but nobody mends its system any more.
    SystemEnded {
        /// `ubuntu20.04`.
        os: &'static str,
        /// When its vendor's standard support ended: `2025-05-31`.
        since: &'static str,
    },
    /// Never published, or deleted long ago.
    Missing {
        /// Why.
        reason: String,
        /// The nearest published tag.
        instead: Option<String>,
    },
    /// Newer than the tables, or in a form they do not describe.
    Unknown,
}

/// A tag taken apart: `12.1.1-cudnn8-runtime-ubuntu22.04`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tag<'t> {
    version: &'t str,
    cudnn: Option<&'t str>,
    flavor: Option<Flavor>,
    os: Option<&'t str>,
    extra: Option<&'t str>,
}

fn take_apart(tag: &str) -> Tag<'_> {
    let mut parts = tag.split('-');
    let version = parts.next().unwrap_or_default();
    let mut found = Tag {
        version,
        cudnn: None,
        flavor: None,
        os: None,
        extra: None,
    };
    for part in parts {
        match part {
            "base" => found.flavor = Some(Flavor::Base),
            "runtime" => found.flavor = Some(Flavor::Runtime),
            "devel" => found.flavor = Some(Flavor::Devel),
            _ if part.starts_with("cudnn") => found.cudnn = Some(part),
            _ if found.os.is_none() && is_os(part) => found.os = Some(part),
            _ => found.extra = Some(part),
        }
    }
    found
}

fn is_os(part: &str) -> bool {
    let name = part.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    matches!(
        name,
        "ubuntu"
            | "ubi"
            | "centos"
            | "rockylinux"
            | "oraclelinux"
            | "amzn"
            | "cm"
            | "azl"
            | "opensuse"
            | "debian"
            | "alpine"
            | "rhel"
            | "fedora"
            | "rocky"
            | "almalinux"
            | "bullseye"
            | "bookworm"
            | "jammy"
            | "focal"
            | "noble"
            | "bionic"
    )
}

/// What is known of a tag of nvidia/cuda.
pub fn verdict(tag: &str) -> Verdict {
    let parts = take_apart(tag);
    if tag == "latest" {
        return missing("the tag `latest` was withdrawn", nearest(&parts));
    }
    let Some(cuda) = version_of(parts.version) else {
        return without_version(parts.version);
    };
    if parts.extra.is_some() || newer_than_lists(cuda) {
        return Verdict::Unknown;
    }
    if cuda < CudaVersion::new(11, 0) {
        return missing("images of CUDA 10.2 and older were deleted in 2023", None);
    }
    let points = parts.version.split('.').count();
    if points == 2 {
        let reason = if exists(cuda) {
            format!("tags need the patch number: {cuda}.N")
        } else {
            format!("there is no CUDA {cuda} image")
        };
        return missing(&reason, nearest(&parts));
    }
    let Some(release) = IMAGES
        .cuda_releases
        .iter()
        .find(|row| row.cuda == parts.version)
    else {
        return unlisted(cuda, &parts);
    };
    if !release.confidence.supports_errors() {
        return Verdict::Unknown;
    }
    listed(release, &parts)
}

/// `12-runtime-ubuntu22.04`, `cudnn-ubuntu14.04`, `runtime`: the lists hold no tag without a full version.
fn without_version(first: &str) -> Verdict {
    let word = matches!(first, "base" | "runtime" | "devel") || first.starts_with("cudnn");
    let major = (1..=2).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_digit());
    if word || major {
        missing("tags begin with the full version, as in 12.4.1", None)
    } else {
        Verdict::Unknown
    }
}

fn listed(release: &Release, parts: &Tag<'_>) -> Verdict {
    let instead = || nearest(parts);
    let Some(flavor) = parts.flavor else {
        return missing("tags name a flavour: base, runtime or devel", instead());
    };
    let Some(os) = parts.os else {
        return missing("tags end with the operating system", instead());
    };
    if !release.os.has(os) && release.os_complete {
        return missing(
            &format!("CUDA {} was not published for {os}", release.cuda),
            instead(),
        );
    }
    if let Some(word) = parts.cudnn {
        if flavor == Flavor::Base {
            return missing("cuDNN variants are runtime and devel only", instead());
        }
        match release.cudnn.as_deref() {
            None => {
                return missing(
                    &format!("CUDA {} has no cuDNN variant", release.cuda),
                    instead(),
                );
            }
            Some(right) if right != word => {
                return missing(
                    &format!(
                        "cuDNN is spelt `{right}` in the tags of CUDA {}",
                        release.cuda
                    ),
                    instead(),
                );
            }
            Some(_) if release.os_without_cudnn.has(os) => {
                return missing(
                    &format!("CUDA {} for {os} has no cuDNN variant", release.cuda),
                    instead(),
                );
            }
            Some(_) => {}
        }
    }
    if release.status == "unsupported" {
        let newer = newest_patch(&release.cuda).filter(|newer| release.cuda != *newer);
        let reason = match newer {
            Some(newer) => format!("replaced by {newer}"),
            None => format!("support for CUDA {} images has ended", release.cuda),
        };
        return Verdict::Outdated {
            reason,
            instead: nearest(parts),
        };
    }
    let mut systems = IMAGES.cuda_os.iter();
    let row = systems.find(|row| row.os == os);
    match row.and_then(|row| Some((row.os.as_str(), row.ended?.as_str()))) {
        Some((os, since)) => Verdict::SystemEnded { os, since },
        None => Verdict::Published,
    }
}

/// A three-part version that is in no list.
fn unlisted(cuda: CudaVersion, parts: &Tag<'_>) -> Verdict {
    let Some(newest) = newest_patch_row(cuda) else {
        return missing(&format!("there is no CUDA {cuda} image"), nearest(parts));
    };
    let number = |text: &str| {
        text.rsplit('.')
            .next()
            .and_then(|patch| patch.parse::<u32>().ok())
    };
    // A later patch than the lists know may exist by now.
    if number(parts.version) > number(&newest.cuda) {
        return Verdict::Unknown;
    }
    missing(
        &format!("CUDA {} was deleted or never published", parts.version),
        nearest(parts),
    )
}

fn missing(reason: &str, instead: Option<String>) -> Verdict {
    Verdict::Missing {
        reason: reason.to_owned(),
        instead,
    }
}

fn version_of(text: &str) -> Option<CudaVersion> {
    text.parse().ok()
}

fn newer_than_lists(cuda: CudaVersion) -> bool {
    // The lists were read at 13.1.0; later minors are known from use only.
    cuda > CudaVersion::new(13, 1)
}

fn exists(cuda: CudaVersion) -> bool {
    newest_patch_row(cuda).is_some()
}

fn newest_patch_row(cuda: CudaVersion) -> Option<&'static Release> {
    let mut rows = IMAGES.cuda_releases.iter();
    rows.rfind(|row| version_of(&row.cuda) == Some(cuda))
}

fn newest_patch(version: &str) -> Option<&'static str> {
    let cuda = version_of(version)?;
    let rows = IMAGES.cuda_releases.iter();
    rows.filter(|row| version_of(&row.cuda) == Some(cuda) && row.confidence.supports_errors())
        .map(|row| row.cuda.as_str())
        .next_back()
}

/// The published tag with the same version, flavour and system, or the next best system.
fn nearest(parts: &Tag<'_>) -> Option<String> {
    let wanted = version_of(parts.version).unwrap_or(CudaVersion::new(12, 8));
    let rows = || {
        IMAGES
            .cuda_releases
            .iter()
            .filter(|row| row.confidence.supports_errors())
    };
    let of = |cuda: CudaVersion| rows().rfind(|row| version_of(&row.cuda) == Some(cuda));
    let release = of(wanted).or_else(|| {
        // The closest older minor of the same major.
        rows().rfind(|row| {
            version_of(&row.cuda).is_some_and(|v| v.major == wanted.major && v <= wanted)
        })
    })?;
    let os = parts.os.filter(|os| release.os.has(os)).or_else(|| {
        ["ubuntu22.04", "ubuntu24.04", "ubuntu20.04"]
            .into_iter()
            .find(|os| release.os.has(os))
    })?;
    let flavor = parts.flavor.unwrap_or(if parts.cudnn.is_some() {
        Flavor::Runtime
    } else {
        Flavor::Base
    });
    let cudnn = parts
        .cudnn
        .and(release.cudnn)
        .filter(|_| flavor != Flavor::Base && !release.os_without_cudnn.has(os));
    Some(match cudnn {
        Some(cudnn) => format!("{}-{cudnn}-{}-{os}", release.cuda, flavor.as_str()),
        None => format!("{}-{}-{os}", release.cuda, flavor.as_str()),
    })
}

/// The tag with another flavour; `None` where the tag has none.
#[must_use]
pub fn with_flavor(tag: &str, flavor: Flavor) -> Option<String> {
    let current = take_apart(tag).flavor?;
    let (from, to) = (
        format!("-{}", current.as_str()),
        format!("-{}", flavor.as_str()),
    );
    Some(tag.replacen(&from, &to, 1))
}

/// The cuDNN that a tag of nvidia/cuda promises.
#[must_use]
pub fn cudnn_of_tag(tag: &str) -> Cudnn {
    let parts = take_apart(tag);
    let Some(word) = parts.cudnn else {
        return Cudnn::Absent;
    };
    let digits = word.trim_start_matches("cudnn");
    // From 12.4.1 on the word has no number and means cuDNN 9 (nvidia/cuda supported tags).
    let major = if digits.is_empty() {
        Some(9)
    } else {
        digits.parse().ok()
    };
    Cudnn::Present(major)
}

/// The `LD_LIBRARY_PATH` that an image of nvidia/cuda sets; `None` where not established.
#[must_use]
pub fn library_path(tag: &str) -> Option<&'static str> {
    let parts = take_apart(tag);
    let cuda = version_of(parts.version)?;
    match parts.version {
        "12.8.1" | "12.9.1" => Some("/usr/local/cuda/lib64"),
        _ if cuda <= CudaVersion::new(12, 9) => {
            Some("/usr/local/nvidia/lib:/usr/local/nvidia/lib64")
        }
        _ => None,
    }
}

/// Point releases of the images, oldest first.
pub fn releases() -> &'static [Release] {
    IMAGES.cuda_releases.as_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instead(tag: &str) -> String {
        match verdict(tag) {
            Verdict::Missing {
                instead: Some(instead),
                ..
            } => instead,
            other => panic!("{tag}: {other:?}"),
        }
    }

    #[test]
    fn every_listed_tag_is_published() {
        let known = |os: &str| IMAGES.cuda_os.iter().any(|row| row.os == os);
        for row in releases()
            .iter()
            .filter(|row| row.confidence.supports_errors())
        {
            for os in &row.os {
                assert!(known(os), "{os}");
                let tag = format!("{}-base-{os}", row.cuda);
                assert!(
                    !matches!(verdict(&tag), Verdict::Missing { .. } | Verdict::Unknown),
                    "{tag}"
                );
                let Some(cudnn) = row.cudnn.filter(|_| !row.os_without_cudnn.contains(os)) else {
                    continue;
                };
                let tag = format!("{}-{cudnn}-devel-{os}", row.cuda);
                assert!(
                    !matches!(verdict(&tag), Verdict::Missing { .. } | Verdict::Unknown),
                    "{tag}"
                );
            }
        }
    }

    #[test]
    fn every_replacement_is_itself_published() {
        for tag in [
            "latest",
            "11.8",
            "11.8-devel-ubuntu22.04",
            "12.1.0-devel-ubuntu24.04",
            "12.7.0-runtime-ubuntu22.04",
            "12.4.1-cudnn9-devel-ubuntu22.04",
            "11.8.0-cudnn-runtime-ubuntu22.04",
            "12.1.1-base-debian12",
        ] {
            let instead = instead(tag);
            assert_eq!(verdict(&instead), Verdict::Published, "{tag} -> {instead}");
        }
    }

    #[test]
    fn tags_that_people_write() {
        assert_eq!(
            instead("11.8-devel-ubuntu22.04"),
            "11.8.0-devel-ubuntu22.04"
        );
        assert_eq!(
            instead("12.4.1-cudnn8-devel-ubuntu22.04"),
            "12.4.1-cudnn-devel-ubuntu22.04"
        );
        assert_eq!(
            instead("12.7.0-runtime-ubuntu22.04"),
            "12.6.3-runtime-ubuntu22.04"
        );
        assert!(matches!(
            verdict("12.1.0-runtime-ubuntu22.04"),
            Verdict::Outdated { .. }
        ));
        assert_eq!(verdict("13.9.0-runtime-ubuntu24.04"), Verdict::Unknown);
        assert_eq!(verdict("12.9.2-runtime-ubuntu24.04"), Verdict::Unknown);
        assert_eq!(verdict("12.4.1-devel-ubuntu22.04"), Verdict::Published);
        assert!(matches!(
            verdict("10.2-cudnn7-devel-ubuntu18.04"),
            Verdict::Missing { .. }
        ));
    }

    #[test]
    fn flavours_are_exchanged_in_place() {
        assert_eq!(
            with_flavor("12.1.1-cudnn8-devel-ubuntu22.04", Flavor::Runtime).as_deref(),
            Some("12.1.1-cudnn8-runtime-ubuntu22.04")
        );
        assert_eq!(
            cudnn_of_tag("12.4.1-cudnn-runtime-ubuntu22.04"),
            Cudnn::Present(Some(9))
        );
        assert_eq!(cudnn_of_tag("12.4.1-runtime-ubuntu22.04"), Cudnn::Absent);
    }
}
