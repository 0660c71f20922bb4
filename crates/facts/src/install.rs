//! Which release, name or extra of a package suits a CUDA major.

use crate::Confidence;
use crate::generated::INSTALLS;
use crate::packed::{List, Str};

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

/// A release of a package that wants one release of PyTorch, from PyPI.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct TorchPin {
    /// PEP 503 name.
    pub package: Str,
    /// Its version.
    pub version: Str,
    /// The version of torch.
    pub torch: Str,
    /// How the row was established.
    pub confidence: Confidence,
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
    pub(crate) torch_pins: List<TorchPin>,
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

/// The releases of a package that want one release of torch, oldest first.
pub fn torch_pins(package: &str) -> impl Iterator<Item = &'static TorchPin> {
    let rows = INSTALLS.torch_pins.iter();
    rows.filter(move |row| row.package == package)
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
    use std::str::FromStr as _;

    use pep440_rs::Version;

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
    fn pins_are_of_known_releases_in_order() {
        for name in ["vllm", "xformers"] {
            let pins: Vec<&TorchPin> = torch_pins(name).collect();
            let version = |pin: &TorchPin| Version::from_str(&pin.version).unwrap();
            assert!(pins.is_sorted_by_key(|pin| version(pin)));
            for pin in pins {
                assert!(torch::release(&pin.torch).is_some(), "{}", pin.torch);
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
