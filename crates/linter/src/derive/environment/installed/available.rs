//! Whether there is a release at all that a requirement admits.

use std::str::FromStr as _;

use facts::pypi::{self, Machine, Project};
use packages::action::{Requirement, VersionSpec};
use pep440_rs::Version;

use super::candidates::{self, Files, Source};
use super::source_of;
use crate::derive::environment::inventory::Installed;
use crate::derive::environment::python::Python;
use crate::derive::environment::view::StageView;

/// Why nothing can be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// `PyPI` has no such release.
    Nowhere {
        /// The newest that it has.
        newest: &'static str,
    },
    /// It has, and not for this Python.
    ForPython {
        /// The Python of the installation.
        python: Python,
        /// The newest release for it; `None` where there is none.
        newest: Option<String>,
        /// The Pythons that have what is wanted: `3.7`, oldest first.
        others: Vec<String>,
    },
}

/// Pythons that may have what another has not.
const PYTHONS: std::ops::RangeInclusive<u16> = 5..=15;

impl StageView<'_> {
    /// Why no release of `PyPI` fits an own requirement; `None` where one does, or that is not known.
    #[must_use]
    pub fn unavailable(
        self,
        installed: &Installed<'_>,
        requirement: &Requirement,
    ) -> Option<Unavailable> {
        let project = pypi::project(&requirement.name).filter(|project| project.complete)?;
        let source = source_of::of_requirement(requirement, installed.install, self.model.known);
        let newest = project.newest_first().next()?;
        if source != Source::Pypi
            || requirement.marker.is_some()
            || is_beyond(&requirement.version, newest.version)?
        {
            return None;
        }
        let settings = self.settings(installed);
        if settings.is_empty()
            || settings
                .iter()
                .any(|files| has(project, requirement, *files))
        {
            return None;
        }
        let machine = self.stage().machine;
        let others: Vec<String> = PYTHONS
            .filter(|minor| has(project, requirement, with_python(*minor, machine)))
            .map(|minor| format!("3.{minor}"))
            .collect();
        if others.is_empty() {
            // Wheels for another machine, or a release without any file: whatever it is, it exists.
            return (!exists(project, &requirement.version)).then_some(Unavailable::Nowhere {
                newest: newest.version,
            });
        }
        let python = self.interpreter_of(installed)?;
        let files = settings.first().copied()?;
        let mut fitting = candidates::newest_first(&project.name, Source::Pypi, files, None)?;
        let newest = fitting.find(|candidate| !candidate.version.any_prerelease());
        Some(Unavailable::ForPython {
            python,
            newest: newest.map(|candidate| candidate.version.to_string()),
            others,
        })
    }
}

fn with_python(minor: u16, machine: Machine) -> Files {
    Files {
        minor,
        machine,
        pip: None,
    }
}

/// Whether a release that the requirement admits has a file that can be used.
fn has(project: &'static Project, requirement: &Requirement, files: Files) -> bool {
    let pin = match &requirement.version {
        VersionSpec::Exact { version, .. } => Some(version),
        _ => None,
    };
    let all = candidates::newest_first(&project.name, Source::Pypi, files, pin);
    all.is_none_or(|mut all| all.any(|candidate| admits(&requirement.version, &candidate.version)))
}

fn exists(project: &Project, wanted: &VersionSpec) -> bool {
    project.newest_first().any(|candidate| {
        let version = Version::from_str(candidate.version);
        version.is_ok_and(|version| admits(wanted, &version))
    })
}

fn admits(wanted: &VersionSpec, version: &Version) -> bool {
    match wanted {
        VersionSpec::Exact { version: exact, .. } => exact == version,
        VersionSpec::Range { specifiers, .. } => specifiers.contains(version),
        VersionSpec::Any | VersionSpec::Unknown => true,
    }
}

/// Whether a requirement speaks of versions that the table does not follow: pre-releases, and what is newer than it;
/// `None` where it is not known what it admits.
fn is_beyond(wanted: &VersionSpec, newest: &str) -> Option<bool> {
    let newest = Version::from_str(newest).ok()?;
    match wanted {
        VersionSpec::Exact { version, .. } => Some(version.any_prerelease() || *version > newest),
        VersionSpec::Range { specifiers, .. } => Some(
            specifiers
                .iter()
                .any(|one| one.version().any_prerelease() || *one.version() > newest),
        ),
        VersionSpec::Any | VersionSpec::Unknown => None,
    }
}
