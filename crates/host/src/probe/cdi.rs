//! CDI specifications, and whether what they name is still there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::address::User;
use super::cdi_kept::{self, UVM, driver_version, edits_of, items, scalar};
use super::sight::Sight;
use crate::facts::{CdiSpec, EngineKind, Layer};
use crate::system::{FILE_LIMIT, resolve};

const LAYER: Layer = Layer::Cdi;

/// As many missing paths as anyone reads.
const MISSING: usize = 10;

pub(super) fn look(sight: &mut Sight<'_>) {
    // An engine in a virtual machine or elsewhere has folders of its own.
    let docker = &sight.facts.docker;
    let elsewhere = matches!(docker.kind, EngineKind::Desktop | EngineKind::Remote);
    if elsewhere && sight.facts.podman.program.is_none() {
        return;
    }
    for folder in folders(sight) {
        let wanted = |name: &str| name.ends_with(".yaml") || name.ends_with(".json");
        match sight.system.list(&folder, &wanted) {
            Ok(names) => {
                for name in names {
                    file(sight, format!("{folder}/{name}"));
                }
                sight.facts.cdi.folders.push(folder);
            }
            Err(trouble) => sight.missed(LAYER, &folder, &trouble),
        }
    }
    refresh_unit(sight);
}

/// The folders that the engine names, or else the usual ones.
fn folders(sight: &Sight<'_>) -> Vec<String> {
    let docker = &sight.facts.docker;
    let mut folders = vec!["/etc/cdi".to_owned(), "/var/run/cdi".to_owned()];
    if docker.kind == EngineKind::Rootless {
        let user = User::look(sight);
        folders.extend(
            user.config_folder(sight)
                .map(|folder| format!("{folder}/cdi")),
        );
        folders.extend(user.runtime.map(|folder| format!("{folder}/cdi")));
    }
    let named = docker
        .cdi_spec_dirs
        .iter()
        .flatten()
        .filter(|folder| folder.starts_with('/'));
    for folder in named {
        // `/var/run` is `/run` everywhere.
        let same = folder
            .strip_prefix("/run/")
            .map(|rest| format!("/var/run/{rest}"));
        if !folders.contains(folder) && !same.is_some_and(|same| folders.contains(&same)) {
            folders.push(folder.clone());
        }
    }
    folders
}

fn file(sight: &mut Sight<'_>, path: String) {
    let keep = |bytes: &[u8]| cdi_kept::keep(&path, bytes);
    let text = match sight.system.text_of(&path, 4 * FILE_LIMIT, &keep) {
        Ok(text) => text,
        Err(trouble) => return sight.missed(LAYER, &path, &trouble),
    };
    let mut spec = match cdi_kept::parse(&path, text.as_bytes()) {
        Ok(value) => match specification(sight, &path, &value) {
            Some(spec) => spec,
            None => return,
        },
        Err(why) => CdiSpec {
            invalid: Some(why),
            ..CdiSpec::default()
        },
    };
    spec.changed = resolve(sight.system, &path)
        .ok()
        .and_then(|(_, metadata)| metadata.changed);
    let seen = match &spec.invalid {
        Some(why) => format!("is no specification: {why}"),
        None => format!("{} {}", spec.kind, spec.devices.join(", ")),
    };
    sight.saw(LAYER, &path, seen);
    spec.path = path;
    sight.facts.cdi.specs.push(spec);
}

/// What a specification gives; `None` where it is of other devices.
fn specification(sight: &mut Sight<'_>, path: &str, value: &Value) -> Option<CdiSpec> {
    let Some(kind) = value.get("kind").and_then(Value::as_str) else {
        return Some(CdiSpec {
            invalid: Some("it has no `kind`".to_owned()),
            ..CdiSpec::default()
        });
    };
    if !kind.starts_with("nvidia.com/") {
        sight.saw(LAYER, path, kind);
        return None;
    }
    let devices = value.get("devices").and_then(Value::as_array);
    let names = devices
        .into_iter()
        .flatten()
        .filter_map(|device| scalar(device.get("name")?));
    let mut spec = CdiSpec {
        kind: kind.to_owned(),
        version: value.get("cdiVersion").and_then(scalar),
        devices: names.collect(),
        ..CdiSpec::default()
    };
    let mut versions = BTreeSet::new();
    let mut paths = BTreeSet::new();
    for edits in edits_of(value) {
        for node in items(edits, "deviceNodes") {
            let host = node
                .get("hostPath")
                .or_else(|| node.get("path"))
                .and_then(Value::as_str);
            paths.extend(host);
            let inside = node.get("path").and_then(Value::as_str);
            if inside == Some(UVM) {
                let major = node.get("major").and_then(scalar);
                spec.uvm_major = major.and_then(|major| major.parse().ok());
            }
        }
        for mount in items(edits, "mounts") {
            let host = mount.get("hostPath").and_then(Value::as_str);
            paths.extend(host);
            let inside = mount.get("containerPath").and_then(Value::as_str);
            versions.extend(host.into_iter().chain(inside).filter_map(driver_version));
        }
    }
    let missing = paths.iter().filter(|path| is_missing(sight, path));
    spec.missing = missing
        .take(MISSING)
        .map(|path| (*path).to_owned())
        .collect();
    spec.driver_versions = versions.into_iter().map(str::to_owned).collect();
    Some(spec)
}

/// What this user may not see need not be missing.
fn is_missing(sight: &Sight<'_>, path: &str) -> bool {
    path.starts_with('/') && resolve(sight.system, path).is_err_and(|trouble| trouble.is_absent())
}

fn refresh_unit(sight: &mut Sight<'_>) {
    let folder = "/etc/systemd/system/multi-user.target.wants";
    for unit in ["nvidia-cdi-refresh.path", "nvidia-cdi-refresh.service"] {
        let path = format!("{folder}/{unit}");
        if sight.system.metadata(&path).is_ok() {
            sight.saw(LAYER, &path, "is enabled");
            sight.facts.cdi.refresh_unit = true;
        }
    }
}
