//! Releases of Compose, the Docker engine and the NVIDIA Container Toolkit, and what came with them.

use crate::generated::COMPOSE_FEATURES;
use crate::packed::{List, Str};
use std::fmt;
use std::str::FromStr;

use crate::Confidence;

/// A release number, `2.39.1`; what is missing counts as 0, what follows the numbers is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseVersion([u32; 3]);

impl ReleaseVersion {
    /// `major.minor.patch`.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self([major, minor, patch])
    }
}

impl FromStr for ReleaseVersion {
    type Err = ();

    /// From `2.39.1`, `v2.39.1`, `29.2`, `28.3.0-rc.1`, `2.20.2+ds1`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim().trim_start_matches('v');
        let numbers = text.split(['-', '+', '~', ' ']).next().unwrap_or(text);
        let mut found = [0; 3];
        let mut parts = numbers.split('.');
        for (index, slot) in found.iter_mut().enumerate() {
            match parts.next() {
                Some(part) => *slot = part.parse().map_err(|_| ())?,
                None if index > 0 => {}
                None => return Err(()),
            }
        }
        Ok(Self(found))
    }
}

impl fmt::Display for ReleaseVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

/// How a Compose file asks for a GPU, as far as releases of Compose differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Form {
    /// `deploy.resources.reservations.devices`.
    Reservation,
    /// `gpus` with items.
    GpusList,
    /// `gpus: all`.
    GpusAll,
    /// A CDI name in `devices`.
    CdiDevice,
}

/// What a form needs.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Feature {
    /// The form.
    pub form: Form,
    /// As people write it.
    pub name: Str,
    /// The first Compose that has it.
    pub since: ReleaseVersion,
    /// What an older Compose does: a sentence without full stop.
    pub older: Str,
    /// Whether an older Compose refuses the file.
    pub refused: bool,
    /// How the row was established.
    pub confidence: Confidence,
}

#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Change {
    pub(crate) name: Str,
    pub(crate) since: ReleaseVersion,
}

/// What is wrong with a container toolkit that is older than a release.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct ToolkitAdvice {
    /// Releases before this one.
    pub before: ReleaseVersion,
    /// Whether it is more than advice.
    pub severity: AdviceSeverity,
    /// What such a toolkit does: a predicate without full stop.
    pub text: Str,
}

/// How bad an old release is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "lowercase"))]
pub enum AdviceSeverity {
    /// It works, and newer ones do more.
    Info,
    /// It fails with newer partners, or is a danger.
    Warning,
}

/// The engines that read a version of CDI specifications.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct CdiVersion {
    /// `cdiVersion` of the specification.
    pub cdi: ReleaseVersion,
    /// The first Docker engine.
    pub engine: ReleaseVersion,
    /// The first Podman.
    pub podman: ReleaseVersion,
}

/// `data/compose_features.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct ComposeFeatures {
    pub(crate) features: List<Feature>,
    pub(crate) engine: List<Change>,
    pub(crate) toolkit: List<Change>,
    pub(crate) toolkit_advice: List<ToolkitAdvice>,
    pub(crate) podman: List<Change>,
    pub(crate) cdi_versions: List<CdiVersion>,
}

/// What a form needs.
#[must_use]
pub fn feature(form: Form) -> Option<&'static Feature> {
    COMPOSE_FEATURES
        .features
        .iter()
        .find(|row| row.form == form)
}

fn since(changes: &[Change], name: &str) -> Option<ReleaseVersion> {
    let mut changes = changes.iter();
    changes
        .find(|change| change.name == name)
        .map(|change| change.since)
}

fn has(changes: &[Change], name: &str, version: ReleaseVersion) -> bool {
    changes
        .iter()
        .any(|change| change.name == name && version >= change.since)
}

/// Whether a Docker engine gives NVIDIA GPUs through a CDI specification where there is one.
#[must_use]
pub fn engine_prefers_cdi(engine: ReleaseVersion) -> bool {
    has(&COMPOSE_FEATURES.engine, "gpus-through-cdi", engine)
}

/// The first engine that does.
#[must_use]
pub fn engine_preferring_cdi() -> Option<ReleaseVersion> {
    since(&COMPOSE_FEATURES.engine, "gpus-through-cdi")
}

/// The first toolkit whose runtime gives GPUs through CDI by itself.
#[must_use]
pub fn toolkit_preferring_cdi() -> Option<ReleaseVersion> {
    since(&COMPOSE_FEATURES.toolkit, "cdi-by-default")
}

/// Whether the `nvidia` runtime of a toolkit gives GPUs through CDI by itself.
#[must_use]
pub fn runtime_prefers_cdi(toolkit: ReleaseVersion) -> bool {
    has(&COMPOSE_FEATURES.toolkit, "cdi-by-default", toolkit)
}

/// Whether a Docker engine knows CDI once `features.cdi` says so.
#[must_use]
pub fn engine_knows_cdi(engine: ReleaseVersion) -> bool {
    has(&COMPOSE_FEATURES.engine, "cdi", engine)
}

/// Whether a Docker engine has CDI switched on unless `features.cdi` says otherwise.
#[must_use]
pub fn engine_has_cdi_on(engine: ReleaseVersion) -> bool {
    has(&COMPOSE_FEATURES.engine, "cdi-by-default", engine)
}

/// Whether Podman takes CDI names as devices.
#[must_use]
pub fn podman_takes_cdi(podman: ReleaseVersion) -> bool {
    has(&COMPOSE_FEATURES.podman, "cdi-devices", podman)
}

/// Whether Podman gives GPUs to `--gpus`, which older ones accept and ignore.
#[must_use]
pub fn podman_takes_gpus(podman: ReleaseVersion) -> bool {
    has(&COMPOSE_FEATURES.podman, "gpus", podman)
}

/// Whether Podman honours CDI device requests that come through Docker's API.
#[must_use]
pub fn podman_takes_requests(podman: ReleaseVersion) -> bool {
    has(&COMPOSE_FEATURES.podman, "cdi-requests", podman)
}

/// What is wrong with a container toolkit, the worst only; `None` where nothing is.
#[must_use]
pub fn toolkit_advice(toolkit: ReleaseVersion) -> Option<&'static ToolkitAdvice> {
    let mut rows = COMPOSE_FEATURES.toolkit_advice.iter();
    rows.find(|row| toolkit < row.before)
}

/// The newest release that any advice asks for.
#[must_use]
pub fn recommended_toolkit() -> Option<ReleaseVersion> {
    COMPOSE_FEATURES
        .toolkit_advice
        .iter()
        .map(|row| row.before)
        .max()
}

/// What engines need to read a CDI specification of this version; `None` where all do that know CDI.
#[must_use]
pub fn cdi_version(version: ReleaseVersion) -> Option<&'static CdiVersion> {
    let rows = COMPOSE_FEATURES.cdi_versions.iter();
    rows.filter(|row| version >= row.cdi)
        .max_by_key(|row| row.cdi)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> ReleaseVersion {
        text.parse().unwrap()
    }

    #[test]
    fn advice_begins_with_the_oldest() {
        let advice = COMPOSE_FEATURES.toolkit_advice.as_slice();
        assert!(advice.is_sorted_by_key(|row| row.before));
    }

    #[test]
    fn releases_are_read_as_programs_print_them() {
        assert_eq!(version("v2.39.1").to_string(), "2.39.1");
        assert_eq!(version("29.2").to_string(), "29.2.0");
        assert_eq!(version("2.20.2+ds1-0ubuntu1"), version("2.20.2"));
        assert!(version("2.9.0") < version("2.30.0"));
        assert!("".parse::<ReleaseVersion>().is_err());
        assert!("dev".parse::<ReleaseVersion>().is_err());
    }

    #[test]
    fn forms_came_with_releases() {
        let since = |form| feature(form).unwrap().since;
        assert_eq!(since(Form::GpusList), version("2.30.0"));
        assert_eq!(since(Form::GpusAll), version("2.33.0"));
        assert_eq!(since(Form::CdiDevice), version("2.30.0"));
        assert_eq!(since(Form::Reservation), version("1.28.0"));
    }

    #[test]
    fn newer_engines_and_toolkits_use_cdi() {
        assert!(!engine_prefers_cdi(version("29.1.3")));
        assert!(engine_prefers_cdi(version("29.2.0")));
        assert!(!runtime_prefers_cdi(version("1.17.8")));
        assert!(runtime_prefers_cdi(version("1.18.0")));
        assert_eq!(engine_preferring_cdi(), Some(version("29.2.0")));
        assert_eq!(toolkit_preferring_cdi(), Some(version("1.18.0")));
    }

    #[test]
    fn cdi_came_in_steps() {
        assert!(!engine_knows_cdi(version("24.0.9")) && engine_knows_cdi(version("25.0.0")));
        assert!(!engine_has_cdi_on(version("28.1.1")) && engine_has_cdi_on(version("28.2.0")));
        assert!(!podman_takes_cdi(version("4.0.3")) && podman_takes_cdi(version("4.1.0")));
        assert!(!podman_takes_gpus(version("4.9.4")) && podman_takes_gpus(version("5.0.0")));
        assert!(
            !podman_takes_requests(version("5.3.2")) && podman_takes_requests(version("5.4.0"))
        );
        assert!(cdi_version(version("0.6.0")).is_none());
        let newest = cdi_version(version("0.7.0")).unwrap();
        assert_eq!(
            (newest.engine, newest.podman),
            (version("26.1"), version("5.1"))
        );
    }

    #[test]
    fn old_toolkits_are_named_for_what_is_worst() {
        let text = |toolkit: &str| {
            toolkit_advice(version(toolkit)).map(|advice| (advice.severity, advice.text.as_str()))
        };
        let (severity, old) = text("1.13.5").unwrap();
        assert!(severity == AdviceSeverity::Warning && old.starts_with("is too old"));
        let (severity, escape) = text("1.17.7").unwrap();
        assert!(severity == AdviceSeverity::Warning && escape.contains("CVE-2025-23266"));
        let (severity, _) = text("1.17.8").unwrap();
        assert_eq!(severity, AdviceSeverity::Info);
        assert!(text("1.18.0").is_none());
        assert_eq!(recommended_toolkit(), Some(version("1.18.0")));
    }
}
