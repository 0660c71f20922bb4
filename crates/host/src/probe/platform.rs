//! Operating system, distribution, container, CI, WSL, Tegra, Secure Boot.

use super::sight::Sight;
use crate::facts::Layer;
use crate::system::keep;

const LAYER: Layer = Layer::Machine;

pub(super) fn look(sight: &mut Sight<'_>) {
    sight.facts.platform.os = sight.system.os().to_owned();
    sight.facts.platform.arch = sight.system.arch().to_owned();
    distribution(sight);
    kernel(sight);
    container(sight);
    ci(sight);
    tegra(sight);
    security(sight);
}

/// os-release(5).
fn distribution(sight: &mut Sight<'_>) {
    let path = ["/etc/os-release", "/usr/lib/os-release"];
    let Some((path, text)) = path
        .iter()
        .find_map(|path| Some((*path, sight.read_of(LAYER, path, &keep_release)?)))
    else {
        return;
    };
    let platform = &mut sight.facts.platform;
    for line in text.lines() {
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches(['"', '\'']).to_owned();
        match name.trim() {
            "ID" => platform.distribution = Some(value),
            "ID_LIKE" => {
                platform.distribution_like = value.split_whitespace().map(str::to_owned).collect();
            }
            "VERSION_ID" => platform.distribution_version = Some(value),
            "PRETTY_NAME" => platform.distribution_name = Some(value),
            _ => {}
        }
    }
    if let Some(name) = platform.distribution_name.clone() {
        sight.saw(LAYER, path, name);
    }
}

/// The lines of os-release that are read.
fn keep_release(bytes: &[u8]) -> Vec<u8> {
    let names = ["ID", "ID_LIKE", "VERSION_ID", "PRETTY_NAME"];
    keep::lines(bytes, |line| {
        let name = line.split_once('=').map(|(name, _)| name.trim());
        name.is_some_and(|name| names.contains(&name))
    })
}

fn kernel(sight: &mut Sight<'_>) {
    const PATH: &str = "/proc/sys/kernel/osrelease";
    let Some(release) = sight.read(LAYER, PATH) else {
        return;
    };
    let lower = release.to_ascii_lowercase();
    if lower.contains("microsoft") {
        // WSL1 says `4.4.0-19041-Microsoft`; a self-built kernel may lack the `WSL2`.
        let first = lower.contains("-microsoft") && lower.starts_with("4.4.");
        sight.facts.platform.wsl = Some(if first { 1 } else { 2 });
    }
    sight.saw(LAYER, PATH, release.clone());
    sight.facts.platform.kernel = Some(release);
}

/// What shows that this is the inside of a container.
fn container(sight: &mut Sight<'_>) {
    const CGROUP: &str = "/proc/1/cgroup";
    let marks = ["/.dockerenv", "/run/.containerenv"];
    let mark = marks.iter().find(|path| sight.system.exists(path));
    // Podman, systemd-nspawn and Toolbx set `container`.
    let variables = ["KUBERNETES_SERVICE_HOST", "container"];
    let variable = variables
        .iter()
        .find(|name| sight.system.has_variable(name));
    let mark = mark.or(variable).map(|mark| (*mark).to_owned());
    let mark = mark.or_else(|| {
        let word = sight.read_of(LAYER, CGROUP, &keep_engine)?;
        (!word.is_empty()).then(|| CGROUP.to_owned())
    });
    if let Some(mark) = mark {
        sight.saw(LAYER, &mark, "this is the inside of a container");
        sight.facts.platform.container = Some(mark);
    }
}

/// The word that shows a container's control group.
fn keep_engine(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let words = [
        "/docker/",
        "/kubepods",
        "/libpod-",
        "/containerd",
        "/lxc/",
        "docker-",
    ];
    let word = words.iter().find(|word| text.contains(**word));
    word.map_or(Vec::new(), |word| word.as_bytes().to_vec())
}

/// The variables of CI services; the general one last, as it says least.
const CI: [&str; 14] = [
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "JENKINS_URL",
    "BUILDKITE",
    "CIRCLECI",
    "TRAVIS",
    "TF_BUILD",
    "TEAMCITY_VERSION",
    "BITBUCKET_BUILD_NUMBER",
    "CODEBUILD_BUILD_ID",
    "DRONE",
    "WOODPECKER",
    "APPVEYOR",
    "CI",
];

fn ci(sight: &mut Sight<'_>) {
    if let Some(name) = CI.iter().find(|name| sight.system.has_variable(name)) {
        sight.facts.platform.ci = Some((*name).to_owned());
        sight.saw(LAYER, name, "this is a CI service");
    }
}

fn tegra(sight: &mut Sight<'_>) {
    const RELEASE: &str = "/etc/nv_tegra_release";
    const FAMILY: &str = "/sys/devices/soc0/family";
    let found = match sight.read_of(LAYER, RELEASE, &keep_tegra) {
        Some(text) => Some((RELEASE, text)),
        None => sight
            .read(LAYER, FAMILY)
            .filter(|family| family.to_ascii_lowercase().starts_with("tegra"))
            .map(|family| (FAMILY, family)),
    };
    if let Some((path, value)) = found {
        sight.saw(LAYER, path, value);
        sight.facts.platform.tegra = Some(path.to_owned());
    }
}

/// `# R36 (release), REVISION: 4.3`; what follows says who built it, and when.
fn keep_tegra(bytes: &[u8]) -> Vec<u8> {
    let line = keep::first_line(bytes);
    let parts: Vec<&[u8]> = line.split(|byte| *byte == b',').take(2).collect();
    parts.join(&b',')
}

fn security(sight: &mut Sight<'_>) {
    const LOCKDOWN: &str = "/sys/kernel/security/lockdown";
    const SELINUX: &str = "/sys/fs/selinux/enforce";
    secure_boot(sight);
    // `none [integrity] confidentiality`
    if let Some(text) = sight.read(LAYER, LOCKDOWN) {
        let chosen = text
            .split_once('[')
            .and_then(|(_, rest)| rest.split_once(']'));
        if let Some((word, _)) = chosen {
            sight.saw(LAYER, LOCKDOWN, word);
            sight.facts.platform.lockdown = Some(word.to_owned());
        }
    }
    if let Some(text) = sight.read(LAYER, SELINUX) {
        let enforcing = text == "1";
        sight.saw(
            LAYER,
            SELINUX,
            if enforcing { "enforcing" } else { "permissive" },
        );
        sight.facts.platform.selinux_enforcing = Some(enforcing);
    }
    cgroups(sight);
}

fn cgroups(sight: &mut Sight<'_>) {
    const LAYER: Layer = Layer::Cgroups;
    const SECOND: &str = "/sys/fs/cgroup/cgroup.controllers";
    const ANY: &str = "/sys/fs/cgroup";
    if sight.system.exists(SECOND) {
        sight.saw(LAYER, SECOND, "version 2");
        sight.facts.platform.cgroup_v2 = Some(true);
    } else if sight.system.exists(ANY) {
        sight.saw(LAYER, ANY, "version 1");
        sight.facts.platform.cgroup_v2 = Some(false);
    }
}

/// Four bytes of attributes, then the value.
fn secure_boot(sight: &mut Sight<'_>) {
    const PATH: &str = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    let keep = |bytes: &[u8]| bytes.iter().take(5).copied().collect();
    match sight.system.read(PATH, 64, &keep) {
        Ok(bytes) => {
            let on = bytes.get(4).map(|byte| *byte == 1);
            sight.facts.platform.secure_boot = on;
            if let Some(on) = on {
                sight.saw(LAYER, PATH, if on { "on" } else { "off" });
            }
        }
        Err(trouble) => sight.missed(LAYER, PATH, &trouble),
    }
}
