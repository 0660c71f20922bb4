//! A machine as the rules about it see it: its facts, its configuration with places, and what to type there.

use facts::DriverVersion;
use facts::host_commands::{self, EngineCommands, Family};
use facts::release::{self, ReleaseVersion};
use host::HostFacts;
use host::facts::{Answer, CdiSpec, EngineKind, Layer};
use source::Sources;

use super::daemon::Daemon;

/// The CDI kind of NVIDIA's GPUs.
pub const CDI_KIND: &str = "nvidia.com/gpu";

/// One machine: what host rules look at.
#[derive(Clone, Debug)]
pub struct HostView<'a> {
    /// What is known of it.
    pub facts: &'a HostFacts,
    /// Docker's `daemon.json`.
    pub daemon: Daemon,
    /// What to type on its distribution.
    pub family: Option<&'static Family>,
}

/// How a container gets its GPU from `--gpus` and device requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Injection {
    /// `nvidia-container-cli`, started by a hook.
    Hook,
    /// A CDI specification.
    Cdi,
    /// That cannot be told.
    Unknown,
}

impl<'a> HostView<'a> {
    /// A machine; its configuration files are added to `sources`.
    pub fn new(facts: &'a HostFacts, sources: &mut Sources) -> Self {
        Self {
            daemon: Daemon::read(facts, sources),
            family: family(facts),
            facts,
        }
    }

    /// What to type on its distribution.
    #[must_use]
    pub fn command(&self, which: fn(&'static Family) -> &'static str) -> &'static str {
        self.family.map_or("", which)
    }

    /// Whether an NVIDIA GPU is here that this system itself may use.
    #[must_use]
    pub fn has_gpu(&self) -> bool {
        if self.is_wsl() {
            return self.facts.hardware.dxg && self.has_windows_driver();
        }
        self.facts.has_nvidia_gpu() && !self.is_passed_through()
    }

    /// Whether there may be one that could not be seen.
    #[must_use]
    pub fn may_have_gpu(&self) -> bool {
        let facts = self.facts;
        let linux = matches!(facts.platform.os.as_str(), "linux" | "");
        !facts.hardware.pci_listed && !self.is_wsl() && linux
    }

    /// Whether every NVIDIA GPU is reserved for virtual machines.
    #[must_use]
    pub fn is_passed_through(&self) -> bool {
        let gpus = &self.facts.hardware.nvidia;
        !gpus.is_empty()
            && gpus
                .iter()
                .all(|gpu| gpu.driver.as_deref() == Some("vfio-pci"))
    }

    /// Windows Subsystem for Linux.
    #[must_use]
    pub fn is_wsl(&self) -> bool {
        self.facts.platform.wsl.is_some()
    }

    /// Whether Windows gives its driver to WSL.
    #[must_use]
    pub fn has_windows_driver(&self) -> bool {
        let mut libraries = self.facts.driver.libraries.iter();
        libraries.any(|library| library.wsl && library.path.contains("libcuda"))
    }

    /// A Jetson or another Tegra board.
    #[must_use]
    pub fn is_tegra(&self) -> bool {
        self.facts.platform.tegra.is_some()
    }

    /// Whether the kernel has NVIDIA's module.
    #[must_use]
    pub fn is_driver_loaded(&self) -> bool {
        self.facts.driver.has_module("nvidia") || self.kernel_driver().is_some()
    }

    /// The version of the kernel's module; a program's answer is not one.
    #[must_use]
    pub fn kernel_driver(&self) -> Option<&'a str> {
        let driver = &self.facts.driver;
        let source = driver.version_source.as_deref()?;
        let from_kernel = source.starts_with("/proc/") || source.starts_with("/sys/");
        driver.version.as_deref().filter(|_| from_kernel)
    }

    /// The driver's version.
    #[must_use]
    pub fn driver(&self) -> Option<DriverVersion> {
        self.facts.driver_version()?.parse().ok()
    }

    /// Whether Docker is installed, or answers.
    #[must_use]
    pub fn has_docker(&self) -> bool {
        let docker = &self.facts.docker;
        (docker.client.is_some() && !self.facts.podman.is_docker)
            || docker.engine.is_some()
            || docker.answer == Answer::Answered
    }

    /// Whether Podman is installed.
    #[must_use]
    pub fn has_podman(&self) -> bool {
        self.facts.podman.program.is_some()
    }

    /// Whether Docker's engine runs in this system, so that its driver and toolkit are those that are seen here.
    #[must_use]
    pub fn is_docker_here(&self) -> bool {
        let kind = self.facts.docker.kind;
        self.has_docker() && matches!(kind, EngineKind::Rootful | EngineKind::Rootless)
    }

    /// The release of Docker's engine.
    #[must_use]
    pub fn engine(&self) -> Option<ReleaseVersion> {
        self.facts.docker_version()?.parse().ok()
    }

    /// The release of Podman.
    #[must_use]
    pub fn podman(&self) -> Option<ReleaseVersion> {
        self.facts.podman.version.as_deref()?.parse().ok()
    }

    /// The release of the container toolkit.
    #[must_use]
    pub fn toolkit(&self) -> Option<ReleaseVersion> {
        self.facts.toolkit_version()?.parse().ok()
    }

    /// The toolkit's configuration, or where it would be.
    #[must_use]
    pub fn toolkit_config(&self) -> &'a str {
        let config = self.facts.toolkit.config.as_ref();
        config.map_or("/etc/nvidia-container-runtime/config.toml", |config| {
            &config.path
        })
    }

    /// CDI specifications of NVIDIA GPUs.
    pub fn cdi_specs(&self) -> impl Iterator<Item = &'a CdiSpec> {
        let specs = self.facts.cdi.specs.iter();
        specs.filter(|spec| spec.kind == CDI_KIND)
    }

    /// The specification that counts: later folders win, and they are looked at in that order.
    #[must_use]
    pub fn cdi_spec(&self) -> Option<&'a CdiSpec> {
        self.cdi_specs().last()
    }

    /// Whether Docker's engine has CDI switched on; `None` where that cannot be told.
    #[must_use]
    pub fn docker_has_cdi(&self) -> Option<bool> {
        if let Some(folders) = &self.facts.docker.cdi_spec_dirs {
            return Some(!folders.is_empty());
        }
        let engine = self.engine()?;
        // What the engine does not say, it may yet have.
        if !release::engine_knows_cdi(engine) {
            return Some(false);
        }
        match self.daemon.cdi_feature() {
            Some(on) => Some(on),
            None if release::engine_has_cdi_on(engine) => Some(true),
            None if self.daemon.is_known() => Some(false),
            None => None,
        }
    }

    /// Whether the engine has discovered NVIDIA's devices by CDI; `None` where it does not say.
    #[must_use]
    pub fn discovers_nvidia(&self) -> Option<bool> {
        let devices = self.facts.docker.cdi_devices.as_deref()?;
        Some(devices.iter().any(|device| device.contains("nvidia.com/")))
    }

    /// How Docker's engine gives GPUs to device requests.
    #[must_use]
    pub fn injection(&self) -> Injection {
        let Some(engine) = self.engine() else {
            return Injection::Unknown;
        };
        if !release::engine_prefers_cdi(engine) {
            return Injection::Hook;
        }
        match self.docker_has_cdi() {
            Some(true) if self.cdi_specs().next().is_some() => Injection::Cdi,
            Some(true) if self.facts.unknown_about(Layer::Cdi).is_some() => Injection::Unknown,
            Some(_) => Injection::Hook,
            None => Injection::Unknown,
        }
    }

    /// Whether the engine knows a runtime; `None` where that cannot be told.
    #[must_use]
    pub fn knows_runtime(&self, name: &str) -> Option<bool> {
        let docker = &self.facts.docker;
        if docker.answer == Answer::Answered && docker.kind != EngineKind::Podman {
            let known = docker.runtimes.keys().map(String::as_str);
            return self.facts.stand_ins.is_among(name, known);
        }
        let process = docker.process.as_ref();
        let flags = process.is_some_and(|process| {
            let mut flags = process.flags.iter();
            flags.any(|flag| flag.contains("add-runtime"))
        });
        if flags {
            return None;
        }
        let known = self.daemon.runtimes()?;
        self.facts.stand_ins.is_among(name, known.into_iter())
    }

    /// What told that a package of this name is installed.
    #[must_use]
    pub fn package_source(&self, name: &str) -> &'a str {
        let mut evidence = self.facts.evidence.iter();
        let found = evidence.find(|seen| {
            let of_packages = ["dpkg", "pacman", "rpm"];
            let of_packages = of_packages.iter().any(|word| seen.source.contains(word));
            of_packages && seen.value.contains(name)
        });
        found.map_or("packages", |seen| &seen.source)
    }

    /// What to type for the engine that is here.
    #[must_use]
    pub fn commands(&self) -> Option<&'static EngineCommands> {
        host_commands::engine(match self.facts.docker.kind {
            EngineKind::Rootless => "rootless",
            EngineKind::Snap => "snap",
            EngineKind::Desktop => "desktop",
            EngineKind::Rootful | EngineKind::Remote | EngineKind::Podman => "rootful",
        })
    }

    /// Restarts the engine.
    #[must_use]
    pub fn restart(&self) -> &'static str {
        self.commands().map_or("", |commands| &commands.restart)
    }

    /// One command that shows whether a container gets the GPU here; `None` where there is no GPU to get.
    #[must_use]
    pub fn proof(&self) -> Option<&'static str> {
        if !self.has_gpu() || self.facts.platform.container.is_some() {
            return None;
        }
        let name = if self.has_docker() {
            match self.facts.docker.kind {
                EngineKind::Podman => "podman",
                EngineKind::Snap => "runtime",
                _ if self.is_tegra() => "jetson",
                _ => "docker",
            }
        } else if self.has_podman() {
            if self.facts.platform.selinux_enforcing == Some(true) {
                "podman-selinux"
            } else {
                "podman"
            }
        } else if self.is_tegra() {
            "jetson"
        } else {
            "docker"
        };
        host_commands::proof(name)
    }
}

/// Whether containers that want a GPU will run on this machine: it has one, and is not the inside of a container.
#[must_use]
pub fn is_target(facts: &HostFacts) -> bool {
    facts.platform.container.is_none() && HostView::new(facts, &mut Sources::new()).has_gpu()
}

/// The default runtime of a machine's engine: as it says itself, else as its configuration says.
#[must_use]
pub fn default_runtime(facts: &HostFacts) -> Option<String> {
    let said = facts.docker.default_runtime.clone();
    said.or_else(|| {
        let view = HostView::new(facts, &mut Sources::new());
        view.daemon.default_runtime().map(str::to_owned)
    })
}

/// What to type on a distribution.
fn family(facts: &HostFacts) -> Option<&'static Family> {
    let platform = &facts.platform;
    if platform.wsl.is_some() {
        return host_commands::family("wsl");
    }
    let id = platform.distribution.as_deref().unwrap_or_default();
    host_commands::family_of(id, &platform.distribution_like)
        .or_else(|| host_commands::family("other"))
}
