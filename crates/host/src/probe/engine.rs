//! The Docker engine: which one answers, and what it says of itself.

use std::time::Duration;

use serde_json::Value;

use super::address::{self, User};
use super::daemon::runtime_of;
use super::packages::{Packages, upstream};
use super::sight::Sight;
use crate::facts::{Answer, Docker, EngineKind, Layer};
use crate::system::{System, Trouble, keep, resolve, which};

const LAYER: Layer = Layer::Docker;

/// An engine that is busy with its images answers late.
const LIMIT: Duration = Duration::from_secs(3);

/// Members of `/info` that matter; the others name registries, proxies and swarms.
const MEMBERS: [&str; 12] = [
    "Architecture",
    "BuildahVersion",
    "CDISpecDirs",
    "CgroupDriver",
    "CgroupVersion",
    "DefaultRuntime",
    "DiscoveredDevices",
    "DockerRootDir",
    "OperatingSystem",
    "Runtimes",
    "SecurityOptions",
    "ServerVersion",
];

pub(super) fn look(sight: &mut Sight<'_>, packages: &Packages) {
    let folders = [
        "/usr/bin",
        "/usr/local/bin",
        "/snap/bin",
        "/run/current-system/sw/bin",
    ];
    sight.facts.docker.client = which(sight.system, "docker", &folders);
    let folders = [
        "/usr/bin",
        "/usr/local/bin",
        "/usr/sbin",
        "/run/current-system/sw/bin",
    ];
    sight.facts.docker.engine = which(sight.system, "dockerd", &folders);
    let snap = ["/snap/bin/docker", "/var/snap/docker"];
    if let Some(path) = snap.iter().find(|path| sight.system.exists(path)) {
        sight.saw(LAYER, path, "exists");
        sight.facts.docker.snap = true;
    }

    let user = User::look(sight);
    let found = address::look(sight, &user);
    let sockets = address::sockets(&user);
    let here = sockets.iter().filter(|path| sight.system.exists(path));
    let here: Vec<String> = here.cloned().collect();
    let docker = &mut sight.facts.docker;
    // Without a client, an engine and a socket there is nothing to say.
    let nothing = docker.client.is_none() && docker.engine.is_none() && here.is_empty();
    if nothing && found.source == "default" {
        return;
    }
    let socket = found.address.strip_prefix("unix://").map(str::to_owned);
    // One engine may have several names.
    let real = |path: &String| real_path(sight.system, path);
    let target = socket.as_ref().map(real);
    let others = here.into_iter().filter(|path| target != Some(real(path)));
    docker.other_sockets = others.collect();
    docker.kind = match &target {
        Some(path) => kind_of_socket(path, docker, &sight.facts.platform.os),
        None => kind_of_address(&found.address),
    };
    if sight.facts.podman.is_docker && docker.engine.is_none() && found.source == "default" {
        docker.kind = EngineKind::Podman;
    }
    docker.address = Some(found.address.clone());
    docker.address_source = Some(found.source.clone());
    let seen = format!("{} ({})", found.address, found.source);
    let program = docker.client.clone().unwrap_or_else(|| "docker".to_owned());
    sight.saw(LAYER, &program, seen);
    if let Some(socket) = socket {
        ask(sight, &socket);
    }
    if sight.facts.docker.version.is_none() && sight.facts.docker.kind == EngineKind::Rootful {
        installed(sight, packages);
    }
}

fn real_path(system: &dyn System, path: &str) -> String {
    resolve(system, path).map_or_else(|_| path.to_owned(), |(path, _)| path)
}

fn kind_of_address(address: &str) -> EngineKind {
    let local = ["tcp://127.", "tcp://localhost", "tcp://[::1]"];
    if address.starts_with("npipe:") {
        EngineKind::Desktop
    } else if local.iter().any(|start| address.starts_with(start)) {
        EngineKind::Rootful
    } else {
        EngineKind::Remote
    }
}

/// Folders of sockets whose engines run in virtual machines: Docker Desktop, Colima, Lima, OrbStack, Rancher Desktop.
const VIRTUAL: [&str; 5] = ["/.docker/", "/.colima/", "/.lima/", "/.orbstack/", "/.rd/"];

fn kind_of_socket(path: &str, docker: &Docker, os: &str) -> EngineKind {
    if path.contains("/podman/") {
        EngineKind::Podman
    } else if os != "linux" || VIRTUAL.iter().any(|folder| path.contains(folder)) {
        EngineKind::Desktop
    } else if path.starts_with("/run/user/") {
        EngineKind::Rootless
    } else if docker.snap && docker.engine.is_none() {
        EngineKind::Snap
    } else {
        EngineKind::Rootful
    }
}

fn ask(sight: &mut Sight<'_>, socket: &str) {
    let answer = match sight.system.get(socket, "/info", LIMIT, &keep_info) {
        Ok(reply) if reply.status == 200 => match serde_json::from_slice::<Value>(&reply.body) {
            Ok(info @ Value::Object(_)) => {
                said(sight, socket, &info);
                Answer::Answered
            }
            _ => Answer::Failed("its answer is no JSON object".to_owned()),
        },
        Ok(reply) => Answer::Failed(format!("it answers with HTTP status {}", reply.status)),
        Err(Trouble::Absent) => Answer::NoSocket,
        Err(Trouble::Denied) => Answer::Denied,
        Err(Trouble::Refused) => Answer::Refused,
        Err(trouble) => Answer::Failed(trouble.to_string()),
    };
    let why = match &answer {
        Answer::Denied => Some("permission denied".to_owned()),
        Answer::Refused => Some("nothing listens there".to_owned()),
        Answer::Failed(why) => Some(why.clone()),
        Answer::NotAsked | Answer::Answered | Answer::NoSocket => None,
    };
    if let Some(why) = why {
        sight.unknown(LAYER, socket, why);
    }
    sight.facts.docker.answer = answer;
}

/// Members that are read, and of each runtime its path: arguments and annotations are nobody's business.
fn keep_info(bytes: &[u8]) -> Vec<u8> {
    let kept = keep::members(bytes, &MEMBERS);
    let Ok(Value::Object(mut info)) = serde_json::from_slice(&kept) else {
        return kept;
    };
    if let Some(buildah) = info.get_mut("BuildahVersion") {
        *buildah = Value::Bool(true);
    }
    for option in list_of(&mut info, "SecurityOptions") {
        if let Value::String(option) = option {
            *option = without_profile(option).to_owned();
        }
    }
    for device in list_of(&mut info, "DiscoveredDevices") {
        if let Value::Object(members) = device {
            members.retain(|name, _| name == "ID");
        }
    }
    let runtimes = info.get_mut("Runtimes").and_then(Value::as_object_mut);
    for runtime in runtimes
        .into_iter()
        .flat_map(|runtimes| runtimes.values_mut())
    {
        if let Value::Object(members) = runtime {
            members.retain(|name, _| name == "path");
        }
    }
    keep::json(Value::Object(info))
}

fn list_of<'a>(
    info: &'a mut serde_json::Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a mut Value> {
    let list = info.get_mut(name).and_then(Value::as_array_mut);
    list.into_iter().flatten()
}

/// `name=seccomp,profile=/etc/docker/mine.json` without the path.
fn without_profile(option: &str) -> &str {
    match option.split_once(",profile=") {
        Some((name, profile)) if profile.contains('/') => name,
        _ => option,
    }
}

/// Takes over what the engine says of itself.
fn said(sight: &mut Sight<'_>, socket: &str, info: &Value) {
    let word = |name: &str| {
        let word = info.get(name).and_then(Value::as_str);
        word.filter(|word| !word.is_empty()).map(str::to_owned)
    };
    let words = |name: &str| -> Option<Vec<String>> {
        let list = info.get(name)?.as_array()?;
        Some(
            list.iter()
                .filter_map(|item| item.as_str().map(str::to_owned))
                .collect(),
        )
    };
    let docker = &mut sight.facts.docker;
    let version = word("ServerVersion").unwrap_or_default();
    docker.version = Some(upstream(&version).to_owned()).filter(|version| !version.is_empty());
    docker.default_runtime = word("DefaultRuntime");
    // Go writes an empty list as null.
    let spec_dirs = info.get("CDISpecDirs");
    docker.cdi_spec_dirs = spec_dirs.map(|_| words("CDISpecDirs").unwrap_or_default());
    docker.cdi_devices = discovered(info);
    docker.cgroup_driver = word("CgroupDriver");
    docker.cgroup_version = word("CgroupVersion");
    docker.security_options = words("SecurityOptions").unwrap_or_default();
    docker.operating_system = word("OperatingSystem");
    docker.architecture = word("Architecture");
    docker.root_dir = word("DockerRootDir");
    docker.kind = kind(docker, info);
    let elsewhere = matches!(docker.kind, EngineKind::Desktop | EngineKind::Remote);
    let root = docker.root_dir.clone();
    let runtimes = info.get("Runtimes").and_then(Value::as_object);
    for (name, runtime) in runtimes.into_iter().flatten() {
        let runtime = runtime_of(sight.system, runtime, elsewhere);
        sight.facts.docker.runtimes.insert(name.clone(), runtime);
    }
    if let Some(root) = root.filter(|_| !elsewhere) {
        sight.facts.docker.free_bytes = sight.system.free_space(&root).ok();
    }
    let names: Vec<&str> = sight
        .facts
        .docker
        .runtimes
        .keys()
        .map(String::as_str)
        .collect();
    let seen = format!("version {version}, runtimes {}", names.join(", "));
    sight.saw(LAYER, socket, seen);
    if let Some(devices) = &sight.facts.docker.cdi_devices {
        let seen = match devices.as_slice() {
            [] => "the engine has discovered no device".to_owned(),
            devices => devices.join(", "),
        };
        sight.saw(Layer::Cdi, socket, seen);
    }
    let docker = &sight.facts.docker;
    if let (Some(driver), Some(version)) = (&docker.cgroup_driver, &docker.cgroup_version) {
        let seen = format!("cgroup driver {driver}, version {version}");
        sight.saw(Layer::Cgroups, socket, seen);
    }
}

/// `[{"Source": "cdi", "ID": "nvidia.com/gpu=0"}]`; engines before 28.2 have no such member.
fn discovered(info: &Value) -> Option<Vec<String>> {
    let devices = info.get("DiscoveredDevices")?;
    let devices = devices.as_array().map(Vec::as_slice).unwrap_or_default();
    let ids = devices
        .iter()
        .filter_map(|device| device.get("ID")?.as_str());
    Some(ids.map(str::to_owned).collect())
}

fn kind(docker: &Docker, info: &Value) -> EngineKind {
    let option = |name: &str| {
        docker
            .security_options
            .iter()
            .any(|option| option.contains(name))
    };
    let root = docker.root_dir.as_deref().unwrap_or_default();
    if docker.kind == EngineKind::Remote {
        EngineKind::Remote
    } else if docker.operating_system.as_deref() == Some("Docker Desktop") {
        EngineKind::Desktop
    } else if info.get("BuildahVersion").is_some() {
        EngineKind::Podman
    } else if option("name=rootless") {
        EngineKind::Rootless
    } else if root.starts_with("/var/snap/") {
        EngineKind::Snap
    } else if docker.kind == EngineKind::Desktop {
        EngineKind::Desktop
    } else {
        EngineKind::Rootful
    }
}

/// The version of the package, where the engine does not say.
fn installed(sight: &mut Sight<'_>, packages: &Packages) {
    if sight.facts.docker.engine.is_none() {
        return;
    }
    let names = ["docker-ce", "docker.io", "moby-engine", "docker"];
    if let Some(version) = packages.version(&names) {
        sight.saw(LAYER, packages.source, version.clone());
        sight.facts.docker.version = Some(version);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_the_engine_says_only_what_is_read_is_kept() {
        let info = br#"{"Name": "box", "Warnings": ["API is accessible on http://10.0.0.1:2375"],
            "SecurityOptions": ["name=seccomp,profile=/srv/s3cret.json", "name=rootless"],
            "DiscoveredDevices": [{"Source": "cdi", "ID": "nvidia.com/gpu=0", "Note": "s3cret"}], "Runtimes": {"n": {"path": "/usr/bin/n", "runtimeArgs": ["--token=s3cret"],
            "status": {"annotations": "s3cret"}}}, "ServerVersion": "29.2.0"}"#;
        let kept = keep_info(info);
        let expected = br#"{"DiscoveredDevices":[{"ID":"nvidia.com/gpu=0"}],"Runtimes":{"n":{"path":"/usr/bin/n"}},"SecurityOptions":["name=seccomp","name=rootless"],"ServerVersion":"29.2.0"}"#;
        assert_eq!(
            String::from_utf8_lossy(&kept),
            String::from_utf8_lossy(expected)
        );
        assert_eq!(keep_info(&kept), kept);
    }
}
