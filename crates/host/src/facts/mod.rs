//! What is known of a machine. Plain data that survives JSON, so that a machine can be judged elsewhere.
//!
//! A field that is `None`, empty or `false` says nothing by itself: [`HostFacts::unknown`] lists what could not be
//! looked at, and why.

mod engine;
mod gpu;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::system::StandIns;

pub use engine::{
    Answer, Cdi, CdiSpec, Compose, ConfigFile, Docker, Dockerd, EngineKind, Podman, Runtime,
    Toolkit,
};
pub use gpu::{Driver, Gpu, Hardware, Library, Node, Nodes, PciGpu};

/// What is looked at, from the metal up. Each layer rests on those before it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Operating system, container, WSL.
    #[default]
    Machine,
    /// GPUs on the bus.
    Gpu,
    /// The kernel module.
    Driver,
    /// The driver's user-space libraries.
    Libraries,
    /// `/dev/nvidia*`.
    DeviceNodes,
    /// NVSwitch systems.
    FabricManager,
    /// NVIDIA Container Toolkit.
    Toolkit,
    /// The Docker engine.
    Docker,
    /// `daemon.json`.
    DockerConfiguration,
    /// CDI specifications.
    Cdi,
    /// What takes a GPU away from a running container.
    Cgroups,
    /// Podman.
    Podman,
    /// Docker Compose.
    Compose,
}

impl Layer {
    /// Every layer, from the metal up.
    pub const ALL: [Self; 13] = [
        Self::Machine,
        Self::Gpu,
        Self::Driver,
        Self::Libraries,
        Self::DeviceNodes,
        Self::FabricManager,
        Self::Toolkit,
        Self::Docker,
        Self::DockerConfiguration,
        Self::Cdi,
        Self::Cgroups,
        Self::Podman,
        Self::Compose,
    ];

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Gpu => "GPU",
            Self::Driver => "driver",
            Self::Libraries => "driver libraries",
            Self::DeviceNodes => "device nodes",
            Self::FabricManager => "fabric manager",
            Self::Toolkit => "container toolkit",
            Self::Docker => "Docker",
            Self::DockerConfiguration => "daemon.json",
            Self::Cdi => "CDI",
            Self::Cgroups => "cgroups",
            Self::Podman => "Podman",
            Self::Compose => "Compose",
        }
    }
}

/// Something that was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// What it is about.
    pub layer: Layer,
    /// The file, program or socket that said so.
    pub source: String,
    /// What it said, in a few words.
    pub value: String,
}

/// Something that could not be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unknown {
    /// What it is about.
    pub layer: Layer,
    /// The file, program or socket that did not answer.
    pub source: String,
    /// Why: lower-case start, no full stop.
    pub why: String,
}

/// Distribution, kernel, and what the machine itself runs in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Platform {
    /// `linux`, `macos`, `windows`.
    pub os: String,
    /// As Rust names it: `x86_64`, `aarch64`.
    pub arch: String,
    /// `/proc/sys/kernel/osrelease`.
    pub kernel: Option<String>,
    /// `ID` of os-release: `ubuntu`.
    pub distribution: Option<String>,
    /// `ID_LIKE` of os-release, in order.
    pub distribution_like: Vec<String>,
    /// `VERSION_ID` of os-release.
    pub distribution_version: Option<String>,
    /// `PRETTY_NAME` of os-release.
    pub distribution_name: Option<String>,
    /// What shows that this is the inside of a container; host probes say little there.
    pub container: Option<String>,
    /// The variable that shows a CI service.
    pub ci: Option<String>,
    /// Windows Subsystem for Linux: 1 or 2.
    pub wsl: Option<u8>,
    /// What shows a Jetson or another Tegra board.
    pub tegra: Option<String>,
    /// UEFI Secure Boot, where its variable can be read.
    pub secure_boot: Option<bool>,
    /// The chosen word of `/sys/kernel/security/lockdown`.
    pub lockdown: Option<String>,
    /// `/sys/fs/selinux/enforce`.
    pub selinux_enforcing: Option<bool>,
    /// Whether cgroups are of version 2.
    pub cgroup_v2: Option<bool>,
}

/// Everything that is known of a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HostFacts {
    /// Version of this shape: 1.
    pub schema_version: u32,
    /// Distribution, kernel, container.
    pub platform: Platform,
    /// GPUs on the bus.
    pub hardware: Hardware,
    /// Kernel module and libraries.
    pub driver: Driver,
    /// GPUs as the driver sees them.
    pub gpus: Vec<Gpu>,
    /// `/dev/nvidia*`.
    pub nodes: Nodes,
    /// NVIDIA Container Toolkit.
    pub toolkit: Toolkit,
    /// The Docker engine.
    pub docker: Docker,
    /// CDI specifications.
    pub cdi: Cdi,
    /// Podman.
    pub podman: Podman,
    /// Docker Compose.
    pub compose: Compose,
    /// What was seen, from the metal up.
    pub evidence: Vec<Evidence>,
    /// What could not be looked at.
    pub unknown: Vec<Unknown>,
    /// Small files that findings point into, by path; without credentials.
    pub texts: BTreeMap<String, String>,
    /// What the stand-ins among all this stand for, for comparisons here; it leaves with no report.
    #[serde(skip)]
    pub stand_ins: StandIns,
}

/// Why a file holds no facts of a machine.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// Not JSON, or of another shape.
    #[error("not the output of `env-doctor host --format json`")]
    Json(#[from] serde_json::Error),
    /// JSON without facts.
    #[error("has no facts of a machine; write it with `env-doctor host --format json`")]
    NoFacts,
    /// Written by a program that is newer than this one.
    #[error("was written in version {0} of the format, which is newer than this program")]
    Newer(u32),
}

/// The version of the shape of [`HostFacts`].
pub const SCHEMA_VERSION: u32 = 1;

impl HostFacts {
    /// From the report that `env-doctor host --format json` writes, or the `host` object alone.
    pub fn from_json(text: &str) -> Result<Self, ParseError> {
        let mut value: serde_json::Value = serde_json::from_str(text)?;
        let inner = value.get_mut("host").map(serde_json::Value::take);
        let value = match inner {
            Some(inner) => inner.get("facts").cloned().unwrap_or(inner),
            None => value,
        };
        if value.get("platform").is_none() {
            return Err(ParseError::NoFacts);
        }
        let facts: Self = serde_json::from_value(value)?;
        if facts.schema_version > SCHEMA_VERSION {
            return Err(ParseError::Newer(facts.schema_version));
        }
        Ok(facts)
    }

    /// The driver's version, `535.129.03`.
    #[must_use]
    pub fn driver_version(&self) -> Option<&str> {
        self.driver.version.as_deref()
    }

    /// The version of Docker Compose, `2.39.1`, without a leading `v`.
    #[must_use]
    pub fn compose_version(&self) -> Option<&str> {
        self.compose.version.as_deref()
    }

    /// The version of the Docker engine, `28.3.0`.
    #[must_use]
    pub fn docker_version(&self) -> Option<&str> {
        self.docker.version.as_deref()
    }

    /// The version of the NVIDIA Container Toolkit, `1.18.0`.
    #[must_use]
    pub fn toolkit_version(&self) -> Option<&str> {
        self.toolkit.version.as_deref()
    }

    /// The platform of images that run here, `linux/amd64`; `None` where the architecture has no name at Docker.
    #[must_use]
    pub fn image_platform(&self) -> Option<&'static str> {
        match self.platform.arch.as_str() {
            "x86_64" | "amd64" => Some("linux/amd64"),
            "aarch64" | "arm64" => Some("linux/arm64"),
            _ => None,
        }
    }

    /// Whether an NVIDIA GPU is known to be here.
    #[must_use]
    pub fn has_nvidia_gpu(&self) -> bool {
        !self.gpus.is_empty()
            || !self.hardware.nvidia.is_empty()
            || self.driver.version.is_some()
            || self.platform.tegra.is_some()
    }

    /// Why something about a layer could not be known; the first reason.
    #[must_use]
    pub fn unknown_about(&self, layer: Layer) -> Option<&Unknown> {
        self.unknown.iter().find(|unknown| unknown.layer == layer)
    }

    /// What was seen about a layer.
    pub fn evidence_of(&self, layer: Layer) -> impl Iterator<Item = &Evidence> {
        self.evidence
            .iter()
            .filter(move |evidence| evidence.layer == layer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_survive_json_alone_and_inside_a_report() {
        let mut facts = HostFacts {
            schema_version: SCHEMA_VERSION,
            ..HostFacts::default()
        };
        facts.driver.version = Some("535.129.03".to_owned());
        let text = serde_json::to_string(&facts).unwrap();
        assert_eq!(HostFacts::from_json(&text).unwrap(), facts);
        let report = format!("{{\"schema_version\": 1, \"host\": {text}}}");
        assert_eq!(HostFacts::from_json(&report).unwrap(), facts);
    }

    #[test]
    fn other_json_is_refused_and_unknown_keys_are_not() {
        assert!(matches!(
            HostFacts::from_json("{}"),
            Err(ParseError::NoFacts)
        ));
        assert!(matches!(
            HostFacts::from_json("["),
            Err(ParseError::Json(_))
        ));
        let newer = "{\"schema_version\": 9, \"platform\": {}}";
        assert!(matches!(
            HostFacts::from_json(newer),
            Err(ParseError::Newer(9))
        ));
        assert!(HostFacts::from_json("{\"platform\": {\"os\": \"linux\"}, \"moon\": 1}").is_ok());
    }
}
