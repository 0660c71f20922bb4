//! Podman, and whether `docker` is Podman.

use std::time::Duration;

use super::packages::{Packages, upstream};
use super::sight::Sight;
use crate::facts::Layer;
use crate::system::{Output, keep, name_of, resolve, which};

const LAYER: Layer = Layer::Podman;

pub(super) fn look(sight: &mut Sight<'_>, packages: &Packages) {
    let folders = ["/usr/bin", "/usr/local/bin", "/run/current-system/sw/bin"];
    let program = which(sight.system, "podman", &folders);
    shim(sight);
    let Some(program) = program else {
        return;
    };
    let found = match packages.version(&["podman"]) {
        Some(version) => Some((packages.source.to_owned(), version)),
        None => ask(sight, &program),
    };
    match found {
        Some((source, version)) => {
            sight.saw(LAYER, &source, version.clone());
            sight.facts.podman.version = Some(version);
        }
        None => sight.saw(LAYER, &program, "exists"),
    }
    sight.facts.podman.program = Some(program);
    sight.facts.podman.compose = which(sight.system, "podman-compose", &folders);

    let hooks = [
        "/usr/share/containers/oci/hooks.d/oci-nvidia-hook.json",
        "/etc/containers/oci/hooks.d/oci-nvidia-hook.json",
    ];
    if let Some(hook) = hooks.iter().find(|path| sight.system.exists(path)) {
        sight.saw(LAYER, hook, "exists");
        sight.facts.podman.hook_file = Some((*hook).to_owned());
    }
}

/// `podman version 5.4.0`
fn version_of(output: &Output) -> Option<&str> {
    let version = upstream(output.stdout.split_whitespace().nth(2)?);
    (!version.is_empty()).then_some(version)
}

fn keep_version(output: &Output) -> Output {
    let version = version_of(output).map(|version| format!("podman version {version}\n"));
    keep::output(output, version.unwrap_or_default())
}

fn ask(sight: &mut Sight<'_>, program: &str) -> Option<(String, String)> {
    match sight.system.run(
        program,
        &["--version"],
        Duration::from_secs(2),
        &keep_version,
    ) {
        Ok(output) => Some((program.to_owned(), version_of(&output)?.to_owned())),
        Err(trouble) => {
            sight.missed(LAYER, program, &trouble);
            None
        }
    }
}

/// `docker` as a link to Podman, or as the script of `podman-docker`.
fn shim(sight: &mut Sight<'_>) {
    let Some(docker) = which(sight.system, "docker", &["/usr/bin"]) else {
        return;
    };
    let Ok((path, _)) = resolve(sight.system, &docker) else {
        return;
    };
    // A real client is larger than that, and is not read.
    let script = sight.system.read(&path, 4096, &keep_shim);
    let script = script.is_ok_and(|bytes| !bytes.is_empty());
    if script || name_of(&path).starts_with("podman") {
        sight.saw(LAYER, &docker, "is Podman");
        sight.facts.podman.is_docker = true;
    }
}

/// What shows that a script starts Podman, and nothing else of it.
fn keep_shim(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let is_shim = text.starts_with("#!") && text.contains("podman");
    if is_shim {
        b"#! podman\n".to_vec()
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_keeps_no_text_of_its_own() {
        let shim = b"#!/bin/sh\nTOKEN=s3cret exec podman \"$@\"\n";
        assert_eq!(keep_shim(shim), b"#! podman\n");
        assert_eq!(keep_shim(&keep_shim(shim)), keep_shim(shim));
        assert!(keep_shim(b"#!/bin/sh\nTOKEN=s3cret exec docker.real\n").is_empty());
    }
}
