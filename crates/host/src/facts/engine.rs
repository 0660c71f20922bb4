//! Container toolkit, engines, CDI, Compose.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// NVIDIA Container Toolkit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Toolkit {
    /// `1.18.0`.
    pub version: Option<String>,
    /// The file or program that gave the version.
    pub version_source: Option<String>,
    /// Version of the package of `nvidia-container-cli`, which must be that of the toolkit since 1.18.
    pub library_version: Option<String>,
    /// `nvidia-ctk`.
    pub ctk: Option<String>,
    /// `nvidia-cdi-hook`.
    pub cdi_hook: Option<String>,
    /// `nvidia-container-runtime`.
    pub runtime: Option<String>,
    /// `nvidia-container-runtime-hook`.
    pub hook: Option<String>,
    /// `nvidia-container-cli`.
    pub cli: Option<String>,
    /// `nvidia-docker`, which is obsolete.
    pub nvidia_docker: Option<String>,
    /// When the hooks were put on disk, in seconds since 1970.
    pub changed: Option<u64>,
    /// `config.toml`.
    pub config: Option<ConfigFile>,
    /// `nvidia-container-cli.no-cgroups`.
    pub no_cgroups: Option<bool>,
    /// `nvidia-container-runtime.mode`.
    pub mode: Option<String>,
    /// `disable-require`.
    pub disable_require: Option<bool>,
    /// `accept-nvidia-visible-devices-envvar-when-unprivileged`.
    pub accept_envvar: Option<bool>,
    /// `nvidia-container-cli.ldconfig`, where the file it names does not exist.
    pub ldconfig_missing: Option<String>,
}

impl Toolkit {
    /// Whether any part is installed.
    #[must_use]
    pub fn installed(&self) -> bool {
        self.version.is_some()
            || self.ctk.is_some()
            || self.cdi_hook.is_some()
            || self.runtime.is_some()
            || self.hook.is_some()
            || self.cli.is_some()
    }
}

/// A configuration file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfigFile {
    /// Its path; its text is among the texts of the facts, unless it cannot be read.
    pub path: String,
    /// Why it cannot be read.
    pub unreadable: Option<String>,
    /// Why its text is no TOML; JSON is judged by who needs it.
    pub invalid: Option<String>,
    /// When it last changed, in seconds since 1970.
    pub changed: Option<u64>,
}

/// How an engine is installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngineKind {
    /// Started by the system, as root.
    #[default]
    Rootful,
    /// Started by a user.
    Rootless,
    /// The snap package.
    Snap,
    /// Docker Desktop: a virtual machine, or a WSL distribution of its own.
    Desktop,
    /// On another machine; the driver here says nothing about it.
    Remote,
    /// Podman behind Docker's socket or name.
    Podman,
}

/// What became of asking the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It was not asked: there is none, or it is elsewhere.
    #[default]
    NotAsked,
    /// It answered.
    Answered,
    /// There is no socket.
    NoSocket,
    /// The socket refuses this user.
    Denied,
    /// Nothing listens behind the socket.
    Refused,
    /// No usable answer: the reason.
    Failed(String),
}

/// The Docker engine and its client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Docker {
    /// The client program.
    pub client: Option<String>,
    /// The engine program.
    pub engine: Option<String>,
    /// Whether the snap package is installed too.
    pub snap: bool,
    /// How the engine that answers is installed.
    pub kind: EngineKind,
    /// The socket or address that the client uses.
    pub address: Option<String>,
    /// What decided the address: `DOCKER_HOST`, the context's name, or the default.
    pub address_source: Option<String>,
    /// What became of asking it.
    pub answer: Answer,
    /// `ServerVersion`, or the version of the package.
    pub version: Option<String>,
    /// Registered runtimes by name.
    pub runtimes: BTreeMap<String, Runtime>,
    /// `DefaultRuntime`.
    pub default_runtime: Option<String>,
    /// `CDISpecDirs`; `None` where the engine does not say.
    pub cdi_spec_dirs: Option<Vec<String>>,
    /// `DiscoveredDevices` of CDI; `None` where the engine does not say.
    pub cdi_devices: Option<Vec<String>>,
    /// Always empty: the engine's warnings name addresses, and no rule reads them.
    pub warnings: Vec<String>,
    /// `CgroupDriver`.
    pub cgroup_driver: Option<String>,
    /// `CgroupVersion`.
    pub cgroup_version: Option<String>,
    /// `SecurityOptions`.
    pub security_options: Vec<String>,
    /// `OperatingSystem`.
    pub operating_system: Option<String>,
    /// `Architecture`.
    pub architecture: Option<String>,
    /// `DockerRootDir`.
    pub root_dir: Option<String>,
    /// `daemon.json`.
    pub config: Option<ConfigFile>,
    /// Runtimes of `daemon.json` by name.
    pub configured_runtimes: BTreeMap<String, Runtime>,
    /// Sockets of other engines, which the client does not use.
    pub other_sockets: Vec<String>,
    /// Free bytes where images are kept.
    pub free_bytes: Option<u64>,
    /// The running `dockerd`.
    pub process: Option<Dockerd>,
}

/// A registered runtime.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Runtime {
    /// The program, absolute or looked up in the engine's PATH.
    pub path: Option<String>,
    /// Whether an absolute path exists; `None` where it is looked up, or cannot be known.
    pub exists: Option<bool>,
}

/// A running `dockerd`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dockerd {
    /// Its process.
    pub pid: u32,
    /// When it started, in seconds since 1970.
    pub started: Option<u64>,
    /// Its flags, without their values except for those about runtimes and configuration.
    pub flags: Vec<String>,
}

/// CDI specifications.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cdi {
    /// Folders that were listed.
    pub folders: Vec<String>,
    /// Specifications of NVIDIA devices, and files that are none.
    pub specs: Vec<CdiSpec>,
    /// Whether the unit that keeps the specification fresh is enabled.
    pub refresh_unit: bool,
}

/// One CDI specification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CdiSpec {
    /// The file.
    pub path: String,
    /// `nvidia.com/gpu`.
    pub kind: String,
    /// `cdiVersion`.
    pub version: Option<String>,
    /// Why the file is no specification; the other fields are empty then.
    pub invalid: Option<String>,
    /// When it last changed, in seconds since 1970.
    pub changed: Option<u64>,
    /// Device names: `0`, `all`.
    pub devices: Vec<String>,
    /// Driver versions in the paths it mounts, sorted.
    pub driver_versions: Vec<String>,
    /// Mounted host paths that do not exist; at most ten.
    pub missing: Vec<String>,
    /// Major number it gives `/dev/nvidia-uvm`.
    pub uvm_major: Option<u32>,
}

/// Podman.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Podman {
    /// The program.
    pub program: Option<String>,
    /// `5.4.0`.
    pub version: Option<String>,
    /// Whether `docker` is Podman.
    pub is_docker: bool,
    /// The old hook file, which conflicts with CDI.
    pub hook_file: Option<String>,
    /// `podman-compose`.
    pub compose: Option<String>,
}

/// Docker Compose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Compose {
    /// `2.39.1`, without a leading `v`.
    pub version: Option<String>,
    /// The program or plugin.
    pub program: Option<String>,
    /// The version of a `docker-compose` of the 1.x line beside it.
    pub legacy_version: Option<String>,
}
