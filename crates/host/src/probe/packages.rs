//! Installed packages, as far as they matter: the driver, the toolkit, the engines.

use std::collections::BTreeMap;
use std::time::Duration;

use super::driver::{DRIVER_PACKAGES, FABRIC_MANAGER_PACKAGES};
use super::sight::Sight;
use crate::facts::Layer;
use crate::system::{Output, keep, which};

/// Installed packages and their versions.
#[derive(Default)]
pub(super) struct Packages {
    /// What told them.
    pub(super) source: &'static str,
    versions: BTreeMap<String, String>,
}

impl Packages {
    /// The version of the first of these that is installed, without epoch and without what the distribution appended.
    pub(super) fn version(&self, names: &[&str]) -> Option<String> {
        let version = names.iter().find_map(|name| self.versions.get(*name))?;
        Some(upstream(version).to_owned())
    }

    /// Names and versions that start with one of these.
    pub(super) fn starting<'a>(
        &'a self,
        starts: &'a [&str],
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.versions.iter().filter_map(move |(name, version)| {
            let wanted = starts.iter().any(|start| name.starts_with(start));
            wanted.then_some((name.as_str(), version.as_str()))
        })
    }
}

/// `5:28.3.0-1~ubuntu.24.04` is 28.3.0, `26.1.3-0ubuntu1` is 26.1.3, `20.10.24+dfsg1` is 20.10.24.
pub(super) fn upstream(version: &str) -> &str {
    let version = match version.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => version,
    };
    let end = version.find(|c: char| !(c.is_ascii_digit() || c == '.'));
    version[..end.unwrap_or(version.len())].trim_end_matches('.')
}

/// Names that are looked for, beside those of the driver and of the fabric manager.
const WANTED: [&str; 14] = [
    "docker",
    "docker-ce",
    "docker-compose",
    "docker-compose-plugin",
    "docker-compose-v2",
    "docker.io",
    "libnvidia-container",
    "libnvidia-container-tools",
    "libnvidia-container1",
    "moby-compose",
    "moby-engine",
    "nvidia-container-toolkit",
    "nvidia-container-toolkit-base",
    "podman",
];

const DPKG: &str = "/var/lib/dpkg/status";
const PACMAN: &str = "/var/lib/pacman/local";

/// Desktop systems have 5 MiB.
const DPKG_LIMIT: usize = 64 * 1024 * 1024;

pub(super) fn look(sight: &mut Sight<'_>) -> Packages {
    match sight.system.text_of(DPKG, DPKG_LIMIT, &keep_dpkg) {
        Ok(text) => return dpkg(&text),
        Err(trouble) => sight.missed(Layer::Machine, DPKG, &trouble),
    }
    let wanted_folder = |folder: &str| of_pacman(folder).is_some_and(|(name, _)| wanted(name));
    match sight.system.list(PACMAN, &wanted_folder) {
        Ok(names) => return pacman(&names),
        Err(trouble) => sight.missed(Layer::Machine, PACMAN, &trouble),
    }
    rpm(sight)
}

fn wanted(name: &str) -> bool {
    let starts = DRIVER_PACKAGES.iter().chain(&FABRIC_MANAGER_PACKAGES);
    let mut starts = starts.map(|start| name.starts_with(start));
    WANTED.contains(&name) || starts.any(|is_of_driver| is_of_driver)
}

/// Name, status and version of the packages that matter.
fn keep_dpkg(bytes: &[u8]) -> Vec<u8> {
    let named = |line: &str| {
        let name = line.strip_prefix("Package: ");
        name.is_some_and(|name| wanted(name.trim_end()))
    };
    let kept = keep::paragraphs(bytes, named);
    keep::lines(&kept, |line| {
        let fields = ["Package:", "Status:", "Version:", "\n"];
        fields.iter().any(|field| line.starts_with(field))
    })
}

fn dpkg(text: &str) -> Packages {
    let mut versions = BTreeMap::new();
    for paragraph in text.split("\n\n") {
        let field = |name: &str| {
            let mut lines = paragraph.lines();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        };
        // Removed packages stay in the file while their configuration does.
        if field("Status").is_some_and(|status| status.ends_with(" installed"))
            && let (Some(name), Some(version)) = (field("Package"), field("Version"))
        {
            versions.insert(name.to_owned(), version.to_owned());
        }
    }
    Packages {
        source: DPKG,
        versions,
    }
}

/// `nvidia-utils-580.95.05-1`: name, and version with release.
fn of_pacman(folder: &str) -> Option<(&str, &str)> {
    let (rest, _) = folder.rsplit_once('-')?;
    let (name, _) = rest.rsplit_once('-')?;
    Some((name, folder.get(name.len() + 1..)?))
}

fn pacman(names: &[String]) -> Packages {
    let split = names.iter().filter_map(|folder| {
        let (name, version) = of_pacman(folder)?;
        Some((name.to_owned(), version.to_owned()))
    });
    Packages {
        source: PACMAN,
        versions: split.collect(),
    }
}

/// The database of rpm has no format of its own to read; it is asked where the answer matters.
fn rpm(sight: &mut Sight<'_>) -> Packages {
    const PATTERNS: [&str; 10] = [
        "akmod-nvidia*",
        "cuda-drivers*",
        "docker*",
        "kmod-nvidia*",
        "libnvidia-*",
        "moby-*",
        "nvidia-*",
        "podman*",
        "xorg-x11-drv-nvidia*",
        "nvidia-fabric*",
    ];
    if sight.facts.hardware.nvidia.is_empty() {
        return Packages::default();
    }
    let Some(program) = which(sight.system, "rpm", &["/usr/bin"]) else {
        return Packages::default();
    };
    let mut arguments = vec!["-qa", "--qf", "%{NAME} %{VERSION}-%{RELEASE}\\n"];
    arguments.extend(PATTERNS);
    match sight
        .system
        .run(&program, &arguments, Duration::from_secs(5), &keep_rpm)
    {
        Ok(output) => {
            let lines = output.stdout.lines();
            let pairs = lines.filter_map(|line| line.split_once(' '));
            Packages {
                source: "rpm -qa",
                versions: pairs
                    .map(|(name, version)| (name.to_owned(), version.to_owned()))
                    .collect(),
            }
        }
        Err(trouble) => {
            sight.missed(Layer::Machine, &program, &trouble);
            Packages::default()
        }
    }
}

fn keep_rpm(output: &Output) -> Output {
    let lines = output.stdout.split_inclusive('\n').filter(|line| {
        let mut words = line.split(' ');
        words.next().is_some_and(wanted) && words.count() == 1
    });
    keep::output(output, lines.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_lose_what_distributions_add() {
        let cases = [
            ("5:28.3.0-1~ubuntu.24.04~noble", "28.3.0"),
            ("26.1.3-0ubuntu1~24.04.1", "26.1.3"),
            ("20.10.24+dfsg1-1+b3", "20.10.24"),
            ("1.18.0-1", "1.18.0"),
            ("2.39.1", "2.39.1"),
            ("1.18.0~rc.2-1", "1.18.0"),
        ];
        for (version, expected) in cases {
            assert_eq!(upstream(version), expected);
        }
    }

    #[test]
    fn removed_packages_are_not_installed() {
        let status =
            b"Package: nvidia-driver-535\nStatus: deinstall ok config-files\nVersion: 535.1\n\n\
            Package: bash\nStatus: install ok installed\nVersion: 5\n\n\
            Package: docker-ce\nStatus: install ok installed\nMaintainer: x\nVersion: 5:28.3.0-1\n";
        let kept = keep_dpkg(status);
        assert_eq!(keep_dpkg(&kept), kept);
        let packages = dpkg(std::str::from_utf8(&kept).unwrap());
        assert_eq!(packages.version(&["docker-ce"]).unwrap(), "28.3.0");
        assert_eq!(packages.starting(&[""]).count(), 1);
    }
}
