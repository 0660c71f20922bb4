//! How the engine was started and configured: its process, its flags, `daemon.json`.

use facts::daemon_json;
use serde_json::Value;
use source::suggest;

use super::address::User;
use super::sight::Sight;
use super::{config, process};
use crate::facts::{Dockerd, EngineKind, Layer, Runtime};
use crate::system::{System, keep_json};

pub(super) fn look(sight: &mut Sight<'_>) {
    let docker = &sight.facts.docker;
    let nothing = docker.address.is_none() && docker.engine.is_none() && !docker.snap;
    if nothing || matches!(docker.kind, EngineKind::Remote | EngineKind::Podman) {
        return;
    }
    let user = User::look(sight);
    if sight.facts.docker.kind != EngineKind::Desktop {
        running(sight, &user);
    }
    if let Some(path) = configuration_path(sight, &user) {
        let system = sight.system;
        let keep = |bytes: &[u8]| keep_config(system, bytes);
        sight.facts.docker.config = config::read(sight, Layer::DockerConfiguration, &path, &keep);
        configured_runtimes(sight, &path);
    }
}

fn running(sight: &mut Sight<'_>, user: &User) {
    const LAYER: Layer = Layer::Docker;
    let kind = sight.facts.docker.kind;
    let runtime = user.runtime.as_deref().unwrap_or("/nonexistent");
    let files = match kind {
        EngineKind::Rootless => vec![format!("{runtime}/docker.pid")],
        EngineKind::Snap => vec![
            "/run/snap.docker/docker.pid".to_owned(),
            "/var/snap/docker/current/run/docker.pid".to_owned(),
        ],
        _ => vec!["/var/run/docker.pid".to_owned()],
    };
    let listed = files
        .iter()
        .find_map(|file| process::listed(sight, LAYER, file));
    let mut candidates = listed.unwrap_or_default();
    if candidates.is_empty() {
        let unit = match kind {
            EngineKind::Rootful => Some("docker.service"),
            EngineKind::Snap => Some("snap.docker.dockerd.service"),
            _ => None,
        };
        let listed = unit.and_then(|unit| process::of_unit(sight, LAYER, unit));
        candidates = listed.map(|(_, processes)| processes).unwrap_or_default();
    }
    // A file of an engine that is gone may name another process by now.
    let Some(pid) = candidates
        .into_iter()
        .find(|pid| process::is(sight, *pid, "dockerd"))
    else {
        return;
    };
    let path = format!("/proc/{pid}/cmdline");
    let flags = match sight.system.text_of(&path, 1024 * 1024, &keep_flags) {
        Ok(text) => text.split_terminator('\0').map(str::to_owned).collect(),
        Err(trouble) => {
            sight.missed(LAYER, &path, &trouble);
            Vec::new()
        }
    };
    let started = process::started(sight, pid);
    if let Some(started) = started {
        let seen = format!("dockerd runs since {started} seconds after 1970");
        sight.saw(LAYER, &format!("/proc/{pid}/stat"), seen);
    }
    if !flags.is_empty() {
        sight.saw(LAYER, &path, flags.join(" "));
    }
    sight.facts.docker.process = Some(Dockerd {
        pid,
        started,
        flags,
    });
}

/// Flags whose values say how containers get their GPUs, or where more is written.
const VALUES: [&str; 6] = [
    "--add-runtime",
    "--cdi-spec-dir",
    "--config-file",
    "--default-runtime",
    "--exec-opt",
    "--feature",
];

/// The flags of a command line, each ended by NUL, without the program; values only of those in [`VALUES`].
fn keep_flags(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let mut kept = String::new();
    let mut words = text.split_terminator('\0').peekable();
    while let Some(word) = words.next() {
        if !word.starts_with('-') || word.len() < 2 {
            continue;
        }
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (
                word,
                words.peek().copied().filter(|next| !next.starts_with('-')),
            ),
        };
        // `-H` and `-D` may carry their value in the same word.
        let name = match name.strip_prefix("--") {
            Some(_) => name,
            None => name.get(..2).unwrap_or("-"),
        };
        kept.push_str(name);
        if let Some(value) = value.filter(|_| VALUES.contains(&name)) {
            kept.push('=');
            kept.push_str(value);
        }
        kept.push('\0');
    }
    kept.into_bytes()
}

/// Where this engine reads `daemon.json`.
fn configuration_path(sight: &Sight<'_>, user: &User) -> Option<String> {
    let docker = &sight.facts.docker;
    let flags = docker.process.iter().flat_map(|process| &process.flags);
    let flag = flags
        .filter_map(|flag| flag.strip_prefix("--config-file="))
        .next_back();
    if let Some(path) = flag {
        return Some(path.to_owned());
    }
    match docker.kind {
        EngineKind::Rootful => Some("/etc/docker/daemon.json".to_owned()),
        EngineKind::Rootless => Some(format!("{}/docker/daemon.json", user.config_folder(sight)?)),
        EngineKind::Snap => Some("/var/snap/docker/current/config/daemon.json".to_owned()),
        EngineKind::Desktop => Some(format!("{}/daemon.json", user.docker_folder(sight)?)),
        EngineKind::Remote | EngineKind::Podman => None,
    }
}

/// What is read of `daemon.json`: its keys, its runtimes and which of them is the default.
fn keep_config(system: &dyn System, bytes: &[u8]) -> Vec<u8> {
    // Rules know the keys of the first two levels, and those of a runtime.
    keep_json::json(bytes, &|path, is_key| match path {
        ["runtimes", _, "args" | "runtimeArgs" | "options"] => is_key,
        ["runtimes", _] | ["runtimes", _, "path" | "runtimeType"] | ["default-runtime"] => true,
        path => {
            if let (true, Some(key)) = (is_key, path.last().filter(|key| is_misspelt(key))) {
                system.allow(key);
            }
            is_key && path.len() <= 2
        }
    })
}

/// Whether a key is one of `daemon.json` but for a slip, so that it tells nothing but that: other separators, or words that
/// are near.
fn is_misspelt(key: &str) -> bool {
    let letters = |name: &str| -> String {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|c| c.to_ascii_lowercase()).collect()
    };
    if key.len() > 64 {
        return false;
    }
    let written = letters(key);
    let words = || daemon_json::names().flat_map(|name| name.split('-'));
    let is_near = |word: &str| suggest::nearest(&word.to_ascii_lowercase(), words()).is_some();
    daemon_json::names().any(|name| letters(name) == written)
        || key.split(|c: char| !c.is_alphanumeric()).all(is_near)
}

fn configured_runtimes(sight: &mut Sight<'_>, path: &str) {
    let text = sight
        .facts
        .texts
        .get(path)
        .map(String::as_str)
        .unwrap_or_default();
    let Ok(Value::Object(config)) = serde_json::from_str(text) else {
        return;
    };
    let elsewhere = sight.facts.docker.kind == EngineKind::Desktop;
    let runtimes = config.get("runtimes").and_then(Value::as_object);
    for (name, runtime) in runtimes.into_iter().flatten() {
        let runtime = runtime_of(sight.system, runtime, elsewhere);
        sight
            .facts
            .docker
            .configured_runtimes
            .insert(name.clone(), runtime);
    }
}

/// A runtime as daemon.json and the engine describe it; whether its program is there can be seen on this machine only.
pub(super) fn runtime_of(system: &dyn System, runtime: &Value, elsewhere: bool) -> Runtime {
    let path = runtime.get("path").and_then(Value::as_str);
    let exists = path.filter(|path| path.starts_with('/') && !elsewhere);
    Runtime {
        path: path.map(str::to_owned),
        exists: exists.map(|path| system.exists(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_lose_values_that_are_nobodys_business() {
        let line = "/usr/bin/dockerd\0-H\0fd://\0--containerd=/run/c.sock\0--add-runtime\0nvidia=/usr/bin/n\0\
            --config-file=/srv/daemon.json\0--tls\0--log-opt\0splunk-token=abc\0-Htcp://x\0--userns-remap=ann\0--debug\0";
        let kept = keep_flags(line.as_bytes());
        let expected = "-H\0--containerd\0--add-runtime=nvidia=/usr/bin/n\0--config-file=/srv/daemon.json\0--tls\0\
            --log-opt\0-H\0--userns-remap\0--debug\0";
        assert_eq!(String::from_utf8_lossy(&kept), expected);
        assert_eq!(keep_flags(&kept), kept);
    }

    #[test]
    fn a_key_with_a_slip_is_a_key_and_any_other_word_is_not() {
        for key in [
            "defualt-runtime",
            "default_runtime",
            "defaultRuntime",
            "runtimess",
        ] {
            assert!(is_misspelt(key), "{key}");
        }
        for key in ["acme-runtime", "acme", "s3cret-default-runtime"] {
            assert!(!is_misspelt(key), "{key}");
        }
    }
}
