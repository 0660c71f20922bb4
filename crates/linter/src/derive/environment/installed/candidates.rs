//! The releases among which an installer chooses.

use std::str::FromStr as _;

use facts::pypi::{self, Machine, Releases};
use facts::pytorch_index::{self, IndexStatus};
use facts::release::ReleaseVersion;
use facts::torch;
use packages::marker::{self, Target};
use pep440_rs::{Version, VersionSpecifiers};

use crate::derive::environment::torch::FAMILY;

/// Where a package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source<'a> {
    /// `PyPI`, or an index beside it that has no newer one.
    Pypi,
    /// An index of `PyTorch` alone: `cu121`.
    Index(&'a str),
    /// What is there is not known.
    Elsewhere,
}

/// What decides which files an installer can use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Files {
    /// The minor version of Python 3.
    pub minor: u16,
    pub machine: Machine,
    /// The version of pip, where it is too old to know every kind of wheel.
    pub pip: Option<ReleaseVersion>,
}

/// A release that may be chosen.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub version: Version,
    /// What `PyPI` says of it.
    pub release: Option<&'static Releases>,
}

/// The releases of a package that can be installed, newest first; only the pinned one where there is a
/// pin, `None` where the list is not known.
pub(super) fn newest_first<'a>(
    name: &'a str,
    source: Source<'_>,
    files: Files,
    pin: Option<&'a Version>,
) -> Option<Box<dyn Iterator<Item = Candidate> + 'a>> {
    match source {
        Source::Elsewhere => None,
        Source::Pypi => {
            let project = pypi::project(name).filter(|project| project.complete)?;
            if let Some(version) = pin {
                let release = project.release(&version.to_string());
                let fitting = release.filter(|release| files.fit(release));
                return Some(Box::new(fitting.into_iter().map(|release| Candidate {
                    version: version.clone(),
                    release: Some(release),
                })));
            }
            let all = project.newest_first();
            let fitting = all.filter(move |candidate| files.fit(candidate.release));
            Some(Box::new(fitting.filter_map(|candidate| {
                Some(Candidate {
                    version: Version::from_str(candidate.version).ok()?,
                    release: Some(candidate.release),
                })
            })))
        }
        Source::Index(suffix) => {
            if !FAMILY.contains(&name) {
                return None;
            }
            let IndexStatus::Published(index) = pytorch_index::find(suffix) else {
                return None;
            };
            if !index.complete || !index.confidence.supports_errors() {
                return None;
            }
            // Releases that are not in the table of releases have companions that are not told.
            let mut versions: Vec<Version> = torch::all()
                .iter()
                .filter(|row| row.companion_is_on(name, &index.suffix))
                .filter_map(|row| torch::companion(row, name)?.parse().ok())
                .collect();
            versions.reverse();
            let project = pypi::project(name)?;
            let of_index = versions.into_iter().map(move |version| Candidate {
                release: project.release(&version.to_string()),
                version,
            });
            Some(Box::new(of_index.filter(move |candidate| {
                candidate.release.is_some_and(|release| files.fit(release))
            })))
        }
    }
}

impl Files {
    /// Whether a requirement with this marker is wanted; what cannot be decided is.
    pub(super) fn admit(&self, marker: Option<&str>) -> bool {
        let target = Target {
            python: Some((3, u32::from(self.minor))),
            machine: Some(self.machine.name()),
            extras: None,
        };
        marker.is_none_or(|marker| marker::applies(marker, &target) != Some(false))
    }

    /// Whether there is a file of the release that can be used.
    pub(super) fn fit(&self, release: &Releases) -> bool {
        // Only few releases exclude a patch release of Python, and not these.
        let python = Version::new([3, u64::from(self.minor), 9]);
        let allowed = release.python.is_none_or(|text| {
            VersionSpecifiers::from_str(text.as_str()).is_ok_and(|own| own.contains(&python))
        });
        if !allowed {
            return false;
        }
        let wheel = release.wheels(self.machine).is_some_and(|wheels| {
            let old = self
                .pip
                .zip(wheels.pip)
                .is_some_and(|(own, needed)| own < needed);
            !old && wheels.fit(self.minor)
        });
        wheel || release.sdist
    }
}
