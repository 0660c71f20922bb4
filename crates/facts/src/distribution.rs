//! Releases of Linux distributions, and the Python that their package manager installs.

use crate::Confidence;
use crate::generated::DISTRIBUTIONS;
use crate::image::ImageRef;
use crate::packed::{List, Str};

/// A release of a distribution.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Distribution {
    /// `ubuntu`, `debian`.
    pub name: Str,
    /// `22.04`, `12`.
    pub version: Str,
    /// `jammy`.
    pub codename: Str,
    /// The version of its package `python3`: `3.10`.
    pub python: Str,
    /// The version of its package `python3-pip`.
    pub pip: Str,
    /// Which of setuptools and wheel that package requires; `None` where it was not read.
    pub pip_brings: Option<List<Str>>,
    /// How the row was established.
    pub confidence: Confidence,
}

/// `data/distributions.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Distributions {
    pub(crate) rows: List<Distribution>,
}

/// Every release.
#[must_use]
pub fn all() -> &'static [Distribution] {
    DISTRIBUTIONS.rows.as_slice()
}

/// What an image is made from, where its name and tag say so: `ubuntu:22.04`, `debian:bookworm-slim`,
/// `nvidia/cuda:12.4.1-runtime-ubuntu22.04`.
#[must_use]
pub fn of_image(image: &ImageRef) -> Option<&'static Distribution> {
    let name = image.repository();
    let tag = image.effective_tag()?;
    if let Some(name) = name.strip_prefix("docker.io/library/") {
        let rows = all().iter().filter(|row| row.name == name);
        let mut words = tag.split('-');
        let release = words.next()?;
        let fits = |row: &&Distribution| {
            let point = release.strip_prefix(row.version.as_str());
            row.codename == release
                || point.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        return rows.clone().find(fits);
    }
    if !name.ends_with("/nvidia/cuda") {
        return None;
    }
    let system = tag.rsplit('-').next()?;
    all().iter().find(|row| {
        let version = system.strip_prefix(row.name.as_str());
        version.is_some_and(|version| version == row.version.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(image: &str) -> Option<&'static str> {
        of_image(&ImageRef::parse(image).unwrap()).map(|row| row.python.as_str())
    }

    #[test]
    fn names_and_tags_say_what_an_image_is_made_from() {
        assert_eq!(of("ubuntu:20.04"), Some("3.8"));
        assert_eq!(of("ubuntu:jammy-20240111"), Some("3.10"));
        assert_eq!(of("debian:bookworm-slim"), Some("3.11"));
        assert_eq!(of("debian:12.5"), Some("3.11"));
        assert_eq!(of("nvidia/cuda:12.4.1-runtime-ubuntu22.04"), Some("3.10"));
        assert_eq!(
            of("nvcr.io/nvidia/cuda:11.8.0-devel-ubuntu20.04"),
            Some("3.8")
        );
    }

    #[test]
    fn what_is_not_said_is_not_known() {
        for image in [
            "ubuntu",
            "ubuntu:latest",
            "debian:1",
            "nvidia/cuda:12.4.1-runtime-ubi8",
            "example.com/team/base:ubuntu22.04",
            "python:3.11-bookworm",
        ] {
            assert_eq!(of(image), None, "{image}");
        }
    }
}
