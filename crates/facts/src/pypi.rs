//! What `PyPI` has of the packages whose versions decide about CUDA: every final release with its files for Linux, and
//! what it requires of the other packages here. An installer's choice can be followed with it, and no further.

use std::str::FromStr as _;

use pep440_rs::Version;

use crate::generated::PYPI;
use crate::packed::{List, Str};
use crate::release::ReleaseVersion;

/// A package of the table.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Project {
    /// PEP 503 name.
    pub name: Str,
    /// Whether every final release stands here; otherwise absence proves nothing.
    pub complete: bool,
    /// Oldest first; pre-releases only where they are newer than the last final one. Those that follow each other and
    /// differ in nothing but their version stand together.
    pub releases: List<Releases>,
}

/// Releases that have the same files and requirements.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Releases {
    /// Their versions, oldest first.
    pub versions: List<Str>,
    /// `Requires-Python`: `>=3.10,<3.15`.
    pub python: Option<Str>,
    /// Wheels for Linux on `x86_64`.
    pub x86_64: Option<Wheels>,
    /// Wheels for Linux on aarch64.
    pub aarch64: Option<Wheels>,
    /// Whether there is a source distribution, which installers build where no wheel fits.
    pub sdist: bool,
    /// Withdrawn: taken only where a requirement pins it.
    pub yanked: bool,
    /// Requirements on packages of the table, and one library that tells the CUDA major; those behind an extra only
    /// where `extras` says which there are. `None` where they were not read.
    pub requires: Option<List<Str>>,
    /// Every extra, as PEP 685 normalises it; `None` where they were not read.
    pub extras: Option<List<Str>>,
}

/// The wheels of a release for one machine.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Wheels {
    /// `3.10` is that Python, `3.9+` that one and later ones, `3.13t` the free-threaded build.
    pub pythons: List<Str>,
    /// The oldest C library that they run on; an installer leaves the wheels out where it is older.
    pub glibc: Option<ReleaseVersion>,
    /// The oldest pip that knows the names of their platforms.
    pub pip: Option<ReleaseVersion>,
}

/// `data/pypi.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Pypi {
    pub(crate) projects: List<Project>,
}

/// A machine that wheels are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// `x86_64`, amd64.
    X86_64,
    /// aarch64, arm64.
    Aarch64,
}

impl Machine {
    /// As Python and the names of wheels say it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }
}

/// One release of a package.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// `2.5.1`.
    pub version: &'static str,
    /// What it has, with releases like it.
    pub release: &'static Releases,
}

impl Candidate {
    /// Whether installers take it only where nothing final fits.
    #[must_use]
    pub fn is_prerelease(&self) -> bool {
        Version::from_str(self.version).is_ok_and(|version| version.any_prerelease())
    }
}

/// The package with this PEP 503 name; `None` where the table does not follow it.
#[must_use]
pub fn project(name: &str) -> Option<&'static Project> {
    PYPI.projects.sorted(|row| row.name.cmp(name))
}

impl Project {
    /// Every release, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = Candidate> + use<> {
        let groups = self.releases.as_slice().iter().rev();
        groups.flat_map(|release| {
            let versions = release.versions.texts().rev();
            versions.map(move |version| Candidate { version, release })
        })
    }

    /// The release that an installer takes of those that fit: the newest final one, or else the newest.
    pub fn choose(&self, fits: impl Fn(&Candidate) -> bool) -> Option<Candidate> {
        let mut prerelease = None;
        for candidate in self.newest_first().filter(fits) {
            if !candidate.is_prerelease() {
                return Some(candidate);
            }
            prerelease = prerelease.or(Some(candidate));
        }
        prerelease
    }

    /// The release with this version; `2.5` is 2.5.0, a local part is ignored.
    #[must_use]
    pub fn release(&self, version: &str) -> Option<&'static Releases> {
        let public = version.split('+').next()?;
        let mut groups = self.releases.as_slice().iter();
        if let Some(found) = groups.find(|release| release.versions.has(public)) {
            return Some(found);
        }
        let wanted = Version::from_str(public).ok()?;
        let same = |text: &str| Version::from_str(text).is_ok_and(|own| own == wanted);
        let mut groups = self.releases.as_slice().iter();
        groups.find(|release| release.versions.texts().any(same))
    }
}

impl Releases {
    /// The wheels for a machine.
    #[must_use]
    pub fn wheels(&self, machine: Machine) -> Option<&Wheels> {
        match machine {
            Machine::X86_64 => self.x86_64.as_ref(),
            Machine::Aarch64 => self.aarch64.as_ref(),
        }
    }
}

impl Releases {
    /// What it requires of a package under all circumstances: the specifiers, empty where any version will do. `None`
    /// where it does not require the package, or its requirements were not read.
    #[must_use]
    pub fn requirement(&self, package: &str) -> Option<&'static str> {
        let mut texts = self.requires.as_ref()?.texts();
        texts.find_map(|text| {
            let specifiers = text.strip_prefix(package)?;
            let whole = specifiers.is_empty() || specifiers.starts_with(['=', '<', '>', '!', '~']);
            (whole && !specifiers.contains(';')).then_some(specifiers)
        })
    }
}

impl Wheels {
    /// Whether one of them is for `CPython` 3 with this minor version.
    #[must_use]
    pub fn fit(&self, minor: u16) -> bool {
        self.pythons.texts().any(|entry| {
            let (number, later) = match entry.strip_suffix('+') {
                Some(number) => (number, true),
                None => (entry, false),
            };
            let first = number.strip_prefix("3.").unwrap_or("0").parse::<u16>();
            first.is_ok_and(|first| first == minor || (later && first < minor))
        })
    }
}

#[cfg(test)]
mod tests {
    use pep440_rs::VersionSpecifiers;

    use super::*;

    fn newest(name: &str, minor: u16, machine: Machine) -> &'static str {
        let python = Version::from_str(&format!("3.{minor}.9")).unwrap();
        let fits = |candidate: &Candidate| {
            let specifiers = candidate.release.python.map_or("", |text| text.as_str());
            let allowed = VersionSpecifiers::from_str(specifiers).unwrap();
            let wheels = candidate.release.wheels(machine);
            let wheel = wheels.is_some_and(|wheels| wheels.fit(minor));
            allowed.contains(&python) && wheel && !candidate.release.yanked
        };
        let chosen = project(name).unwrap().choose(fits);
        chosen.map_or("none", |candidate| candidate.version)
    }

    #[test]
    fn versions_ascend_and_can_be_read() {
        assert!(PYPI.projects.is_sorted_by(|a, b| *a.name < *b.name));
        for row in &PYPI.projects {
            let mut versions = Vec::new();
            for release in &row.releases {
                assert!(!release.versions.is_empty(), "{}", row.name);
                let python = release.python.map_or("", |text| text.as_str());
                assert!(VersionSpecifiers::from_str(python).is_ok(), "{python}");
                let texts = release.versions.texts();
                versions.extend(texts.map(|text| Version::from_str(text).unwrap()));
            }
            assert!(versions.is_sorted_by(|a, b| a < b), "{}", row.name);
        }
    }

    /// What pip and uv chose for these on the day of the table.
    #[test]
    fn each_python_has_a_newest_release_of_its_own() {
        for (minor, torch, tensorflow, onnxruntime) in [
            (7, "1.13.1", "2.11.0", "1.14.1"),
            (8, "2.4.1", "2.13.1", "1.19.2"),
            (9, "2.8.0", "2.20.0", "1.19.2"),
            (10, "2.14.1", "2.21.0", "1.23.2"),
            (12, "2.15.0", "2.21.0", "1.31.1"),
        ] {
            let newest = |name| newest(name, minor, Machine::X86_64);
            assert_eq!(newest("torch"), torch);
            assert_eq!(newest("tensorflow"), tensorflow);
            assert_eq!(newest("onnxruntime-gpu"), onnxruntime);
        }
        assert_eq!(newest("onnxruntime-gpu", 10, Machine::Aarch64), "none");
        assert_eq!(newest("tensorflow", 14, Machine::X86_64), "2.22.0rc0");
    }

    #[test]
    fn an_old_pip_does_not_see_new_names_of_platforms() {
        let onnxruntime = project("onnxruntime-gpu").unwrap();
        let pip = |version| {
            let wheels = onnxruntime.release(version)?.wheels(Machine::X86_64)?;
            wheels.pip
        };
        let old = ReleaseVersion::new(20, 0, 2);
        assert!(pip("1.16.3").unwrap() <= old);
        assert!(pip("1.17.0").unwrap() > old);
    }

    #[test]
    fn requirements_name_packages_and_their_versions() {
        let requires = |name: &str, version: &str| {
            let release = project(name).unwrap().release(version).unwrap();
            release.requires.as_ref().unwrap().join(" | ")
        };
        assert!(requires("xformers", "0.0.34").contains("torch==2.10.0"));
        assert_eq!(requires("xformers", "0.0.35"), "torch>=2.10");
        let extras = |version: &str| {
            let release = project("jax").unwrap().release(version).unwrap();
            let extras = release.extras.as_ref().unwrap();
            ["cuda12-pip", "cuda12", "cuda13"].map(|extra| extras.has(extra))
        };
        assert_eq!(extras("0.5.3"), [true, true, false]);
        assert_eq!(extras("0.6.2"), [false, true, false]);
        assert_eq!(extras("0.7.0"), [false, true, true]);
        assert!(requires("vllm", "0.33.0").contains("torch==2.14.0"));
        assert!(requires("torchvision", "0.29.1").contains("torch>=2.14.0"));
        assert_eq!(requires("torchvision", "0.29.0"), "torch==2.14.0");
    }
}
