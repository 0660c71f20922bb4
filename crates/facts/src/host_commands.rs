//! What to type on a machine, by distribution and by how its engine is installed.

use crate::generated::HOST_COMMANDS;
use crate::packed::{List, Str};

/// The commands of a family of distributions. Each is one line; `{branch}` stands for the driver's branch. Empty
/// where there is none.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Family {
    /// `ubuntu`.
    pub name: Str,
    /// `ID` or `ID_LIKE` of os-release.
    pub ids: List<Str>,
    /// Installs NVIDIA's driver.
    pub driver: Str,
    /// Builds the installed driver's module for the running kernel and loads it.
    pub module: Str,
    /// Installs the driver's user-space libraries.
    pub libraries: Str,
    /// Puts NVIDIA's driver in nouveau's place.
    pub without_nouveau: Str,
    /// Installs the container toolkit, with its repository.
    pub toolkit: Str,
    /// Upgrades the container toolkit.
    pub toolkit_upgrade: Str,
    /// Installs the fabric manager of a driver branch.
    pub fabric_manager: Str,
    /// Installs Docker.
    pub docker: Str,
    /// Lets the kernel load the modules although Secure Boot is on.
    pub secure_boot: Str,
    /// Keeps the driver from being upgraded behind the kernel's back.
    pub hold: Str,
    /// The toolkit's `ldconfig` setting.
    pub ldconfig: Str,
}

/// The commands for an engine.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct EngineCommands {
    /// How it is installed: `rootful`.
    pub name: Str,
    /// Starts it.
    pub start: Str,
    /// Restarts it.
    pub restart: Str,
    /// Registers the `nvidia` runtime and restarts it.
    pub configure: Str,
}

#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Proof {
    pub(crate) name: Str,
    pub(crate) command: Str,
}

/// `data/host_commands.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct HostCommands {
    pub(crate) families: List<Family>,
    pub(crate) engines: List<EngineCommands>,
    pub(crate) proofs: List<Proof>,
}

/// All families; the last one is for every other distribution.
#[must_use]
pub fn families() -> &'static [Family] {
    HOST_COMMANDS.families.as_slice()
}

/// The family of this name.
#[must_use]
pub fn family(name: &str) -> Option<&'static Family> {
    families().iter().find(|row| row.name == name)
}

/// The family of a distribution: by its own id, else by what it says it is like; `None` where it is of no family.
#[must_use]
pub fn family_of(id: &str, like: &[String]) -> Option<&'static Family> {
    let named = |id: &str| families().iter().find(|row| row.ids.has(id));
    named(id).or_else(|| like.iter().find_map(|id| named(id)))
}

/// The commands for an engine that is installed this way: `rootful`, `rootless`, `snap`, `desktop`.
#[must_use]
pub fn engine(name: &str) -> Option<&'static EngineCommands> {
    HOST_COMMANDS.engines.iter().find(|row| row.name == name)
}

/// One command that shows whether a container gets the GPU: `docker`, `runtime`, `jetson`, `podman`,
/// `podman-selinux`.
#[must_use]
pub fn proof(name: &str) -> Option<&'static str> {
    let mut rows = HOST_COMMANDS.proofs.iter();
    rows.find(|row| row.name == name)
        .map(|row| row.command.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(id: &str, like: &[&str]) -> Option<&'static str> {
        let like: Vec<String> = like.iter().map(|&id| id.to_owned()).collect();
        family_of(id, &like).map(|family| family.name.as_str())
    }

    #[test]
    fn commands_are_single_lines() {
        assert_eq!(families().last().unwrap().name, "other");
        for row in families() {
            for command in [
                &row.driver,
                &row.module,
                &row.libraries,
                &row.toolkit,
                &row.docker,
            ] {
                assert!(
                    !command.is_empty() && !command.contains('\n'),
                    "{}",
                    row.name
                );
            }
        }
        assert_eq!(HOST_COMMANDS.engines.len(), 4);
    }

    #[test]
    fn a_distribution_belongs_to_a_family() {
        assert_eq!(of("ubuntu", &["debian"]), Some("ubuntu"));
        assert_eq!(of("rocky", &["rhel", "centos", "fedora"]), Some("rhel"));
        assert_eq!(
            of("opensuse-tumbleweed", &["opensuse", "suse"]),
            Some("suse")
        );
        assert_eq!(of("somethingnew", &["ubuntu", "debian"]), Some("ubuntu"));
        assert_eq!(of("alpine", &[]), None);
    }

    #[test]
    fn the_toolkit_comes_with_its_repository() {
        let toolkit = |name: &str| family(name).unwrap().toolkit.as_str();
        for name in ["ubuntu", "debian", "wsl"] {
            assert!(toolkit(name).starts_with("curl -fsSL https://nvidia.github.io/libnvidia-container/gpgkey | sudo gpg --dearmor"));
            assert!(toolkit(name).ends_with(
                "sudo apt-get update && sudo apt-get install -y nvidia-container-toolkit"
            ));
        }
        for name in ["fedora", "rhel", "amazon"] {
            assert!(toolkit(name).ends_with("sudo dnf install -y nvidia-container-toolkit"));
            assert!(toolkit(name).contains(
                "/stable/rpm/nvidia-container-toolkit.repo | sudo tee /etc/yum.repos.d/"
            ));
        }
        assert!(
            toolkit("suse").ends_with(
                "sudo zypper --gpg-auto-import-keys install -y nvidia-container-toolkit"
            )
        );
        assert_eq!(toolkit("arch"), "sudo pacman -S nvidia-container-toolkit");
        assert!(toolkit("nixos").contains("hardware.nvidia-container-toolkit.enable = true;"));
    }

    #[test]
    fn drivers_come_from_the_distribution_and_never_into_wsl() {
        let driver = |name: &str| family(name).unwrap().driver.as_str();
        assert_eq!(
            driver("ubuntu"),
            "sudo ubuntu-drivers install && sudo reboot"
        );
        assert!(driver("debian").contains("nvidia-driver"));
        assert!(driver("fedora").contains("akmod-nvidia"));
        assert!(driver("rhel").contains("cuda-drivers"));
        assert!(driver("suse").contains("nvidia-open-driver-G06-signed"));
        assert!(driver("arch").contains("nvidia-open"));
        assert!(driver("wsl").starts_with("install NVIDIA's driver on Windows"));
        let nouveau = |name: &str| family(name).unwrap().without_nouveau.as_str();
        assert!(
            nouveau("ubuntu")
                .contains("/etc/modprobe.d/blacklist-nouveau.conf && sudo update-initramfs -u")
        );
        assert!(nouveau("fedora").contains("rd.driver.blacklist=nouveau"));
    }

    #[test]
    fn engines_are_restarted_as_they_were_installed() {
        let restart = |name: &str| engine(name).unwrap().restart;
        assert_eq!(restart("rootful"), "sudo systemctl restart docker");
        assert_eq!(restart("rootless"), "systemctl --user restart docker");
        assert_eq!(restart("snap"), "sudo snap restart docker");
        let configure = engine("rootful").unwrap().configure;
        assert!(configure.starts_with("sudo nvidia-ctk runtime configure --runtime=docker"));
        assert!(engine("podman").is_none());
    }

    #[test]
    fn one_command_shows_it() {
        assert_eq!(
            proof("docker"),
            Some("docker run --rm --gpus all ubuntu nvidia-smi")
        );
        assert!(
            proof("podman")
                .unwrap()
                .contains("--device nvidia.com/gpu=all")
        );
        assert!(proof("podman-selinux").unwrap().contains("label=disable"));
        assert!(proof("runtime").unwrap().contains("--runtime nvidia"));
        assert!(!proof("jetson").unwrap().contains("nvidia-smi"));
    }
}
