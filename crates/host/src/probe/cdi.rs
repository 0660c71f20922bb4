//! CDI specifications, and whether what they name is still there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::address::User;
use super::driver::is_version;
use super::sight::Sight;
use super::yaml;
use crate::facts::{CdiSpec, EngineKind, Layer};
use crate::system::{FILE_LIMIT, keep, resolve};

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
    let text = match sight.system.text_of(&path, 4 * FILE_LIMIT, &keep::all) {
        Ok(text) => text,
        Err(trouble) => return sight.missed(LAYER, &path, &trouble),
    };
    let value = if path.ends_with(".json") {
        serde_json::from_str(&text).map_err(|error| error.to_string())
    } else {
        yaml::parse(&text)
    };
    let mut spec = match value {
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
    let edits = devices.into_iter().flatten().chain([value]);
    for edits in edits.filter_map(|owner| owner.get("containerEdits")) {
        for node in items(edits, "deviceNodes") {
            let host = node
                .get("hostPath")
                .or_else(|| node.get("path"))
                .and_then(Value::as_str);
            paths.extend(host);
            let inside = node.get("path").and_then(Value::as_str);
            if inside == Some("/dev/nvidia-uvm") {
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

fn items<'a>(edits: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    edits
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// A string or a number, as text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What this user may not see need not be missing.
fn is_missing(sight: &Sight<'_>, path: &str) -> bool {
    path.starts_with('/') && resolve(sight.system, path).is_err_and(|trouble| trouble.is_absent())
}

/// The driver's version in `…/libcuda.so.580.95.05` or `/lib/firmware/nvidia/580.95.05/gsp_tu10x.bin`.
fn driver_version(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    if let Some((library, version)) = name.split_once(".so.") {
        let of_driver = library.starts_with("libnvidia")
            || library.starts_with("libcuda")
            || library.contains("_nvidia");
        return (of_driver && is_version(version)).then_some(version);
    }
    let (_, rest) = path.split_once("/firmware/nvidia/")?;
    rest.split('/').next().filter(|version| is_version(version))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_driver_tell_its_version() {
        let paths = [
            (
                "/usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05",
                Some("580.95.05"),
            ),
            ("/usr/lib64/libEGL_nvidia.so.580.159.04", Some("580.159.04")),
            (
                "/lib/firmware/nvidia/535.129.03/gsp_tu10x.bin",
                Some("535.129.03"),
            ),
            ("/usr/lib64/libnvidia-egl-gbm.so.1.1.2", None),
            ("/usr/lib64/libcuda.so.1", None),
            ("/usr/bin/nvidia-smi", None),
        ];
        for (path, version) in paths {
            assert_eq!(driver_version(path), version, "{path}");
        }
    }
}
