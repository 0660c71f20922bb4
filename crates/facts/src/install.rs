//! Which release, name or extra of a package suits a CUDA major.

use std::str::FromStr as _;

use pep440_rs::{Version, VersionSpecifiers};

use crate::generated::INSTALLS;
use crate::packed::{List, Str};
use crate::{Confidence, pypi};

/// Releases of a package that load the CUDA libraries of the system.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Era {
    /// PEP 503 name.
    pub package: Str,
    /// The first release, if it is not the first of all.
    pub from: Option<Str>,
    /// The first release that is not of them any more.
    pub before: Option<Str>,
    /// The CUDA major that they load.
    pub cuda: u16,
    /// The cuDNN major that they load.
    pub cudnn: u16,
    /// Extras that bring those libraries as wheels.
    pub extra: Option<Str>,
    /// How the row was established.
    pub confidence: Confidence,
}

/// A package whose releases are built for one release of PyTorch each.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct ForOneTorch {
    /// PEP 503 name.
    pub(crate) package: Str,
}

/// What a release of such a package wants of torch, from PyPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TorchPin {
    /// Its version.
    pub version: &'static str,
    /// `==2.10.0`, `>=2.10`.
    pub torch: &'static str,
}

impl TorchPin {
    /// Whether a version of torch will do.
    #[must_use]
    pub fn accepts(&self, torch: &str) -> bool {
        let specifiers = VersionSpecifiers::from_str(self.torch);
        let version = Version::from_str(torch);
        specifiers.is_ok_and(|own| version.is_ok_and(|version| own.contains(&version)))
    }
}

/// The name of a package whose name says its CUDA major.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Named {
    /// The name without it.
    pub package: Str,
    /// The major.
    pub cuda: u16,
    /// The name to install.
    pub name: Str,
    /// An extra that brings the CUDA libraries.
    pub extra: Option<Str>,
    /// How the row was established.
    pub confidence: Confidence,
}

/// An extra that brings the CUDA libraries of a major.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Extra {
    /// PEP 503 name.
    pub package: Str,
    /// The extra.
    pub extra: Str,
    /// The major.
    pub cuda: u16,
    /// The first release that has it on PyPI alone.
    pub from: Str,
    /// How the row was established.
    pub confidence: Confidence,
}

/// `data/installs.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Installs {
    pub(crate) eras: List<Era>,
    pub(crate) for_one_torch: List<ForOneTorch>,
    pub(crate) names: List<Named>,
    pub(crate) extras: List<Extra>,
}

/// The eras of a package, newest first; empty where it has none.
pub fn eras(package: &str) -> impl Iterator<Item = &'static Era> {
    INSTALLS
        .eras
        .iter()
        .filter(move |row| row.package == package)
}

/// What the releases of a package want of torch, oldest first; empty for packages that are not built for one torch.
pub fn torch_pins(package: &str) -> impl Iterator<Item = TorchPin> {
    let bound = INSTALLS.for_one_torch.iter();
    let bound = bound.filter(move |row| row.package == package);
    let projects = bound.filter_map(|row| pypi::project(&row.package));
    let releases = projects.flat_map(|project| project.releases.as_slice());
    releases
        .filter(|release| !release.yanked)
        .flat_map(|release| {
            let torch = release.requirement("torch").filter(|it| !it.is_empty());
            let versions = release.versions.texts();
            versions.filter_map(move |version| {
                Some(TorchPin {
                    version,
                    torch: torch?,
                })
            })
        })
}

/// The names of a package, by CUDA major.
pub fn names(package: &str) -> impl Iterator<Item = &'static Named> {
    INSTALLS
        .names
        .iter()
        .filter(move |row| row.package == package)
}

/// The extras of a package that bring CUDA libraries, by CUDA major.
pub fn extras(package: &str) -> impl Iterator<Item = &'static Extra> {
    INSTALLS
        .extras
        .iter()
        .filter(move |row| row.package == package)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{package, torch};

    #[test]
    fn eras_follow_each_other_without_a_gap() {
        for package in ["onnxruntime-gpu", "ctranslate2"] {
            let eras: Vec<&Era> = eras(package).collect();
            assert!(package::find(package).is_some());
            assert_eq!(eras[0].before, None);
            for pair in eras.windows(2) {
                assert_eq!(pair[0].from, pair[1].before);
            }
        }
    }

    #[test]
    fn pins_hold_versions_and_ranges() {
        for row in &INSTALLS.for_one_torch {
            let newest = torch_pins(&row.package).last().unwrap();
            let known = torch::all().iter().any(|row| newest.accepts(&row.version));
            assert!(known, "{newest:?}");
        }
        let pin = |package, version| {
            let mut pins = torch_pins(package);
            pins.find(|pin| pin.version == version).unwrap().torch
        };
        assert_eq!(pin("xformers", "0.0.34"), "==2.10.0");
        assert_eq!(pin("xformers", "0.0.35"), ">=2.10");
        assert_eq!(pin("vllm", "0.32.0"), "==2.13.0");
        assert_eq!(torch_pins("torchvision").count(), 0);
    }

    /// An extra is offered from the release on that has it on PyPI.
    #[test]
    fn extras_begin_where_pypi_has_them() {
        let has = |package: &str, version: &str, extra: &str| {
            let release = pypi::project(package)?.release(version)?;
            Some(release.extras.as_ref()?.has(extra))
        };
        for row in &INSTALLS.extras {
            assert_eq!(has(&row.package, &row.from, &row.extra), Some(true));
        }
        assert_eq!(has("jax", "0.4.20", "cuda12"), Some(false));
        assert_eq!(has("jax", "0.6.2", "cuda13"), Some(false));
        for era in eras("onnxruntime-gpu") {
            let first = format!("{}.0", era.from.map_or("1.0", |from| from.as_str()));
            if let (Some(extra), Some(has)) = (era.extra, has("onnxruntime-gpu", &first, "cuda")) {
                assert!(has, "{first} {extra}");
            }
        }
    }

    #[test]
    fn names_say_the_major_that_the_row_says() {
        for row in &INSTALLS.names {
            let named = package::cuda_of_name(&row.name).unwrap();
            assert_eq!(named.major(), row.cuda, "{}", row.name);
        }
    }
}
