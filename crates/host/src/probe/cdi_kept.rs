//! What is kept of a CDI specification: what it is of, and the paths that are looked for. Variables, arguments of hooks
//! and annotations are nobody's business.

use serde_json::{Map, Value, json};

use super::driver::is_version;
use super::yaml;
use crate::system::keep::without_controls;

/// The device whose number a specification may give.
pub(super) const UVM: &str = "/dev/nvidia-uvm";

/// In place of a text that is no specification: the reason.
const BROKEN: &str = "is no specification";

/// The text of a specification as JSON, which is YAML too, with what is read of it.
pub(super) fn keep(path: &str, bytes: &[u8]) -> Vec<u8> {
    let mut kept = match parse(path, bytes) {
        Ok(value) => specification(&value),
        Err(why) => json!({ BROKEN: why }),
    };
    without_controls(&mut kept);
    let mut kept = serde_json::to_vec_pretty(&kept).unwrap_or_default();
    kept.push(b'\n');
    kept
}

/// What a text says, kept or not; or why it is no specification.
pub(super) fn parse(path: &str, bytes: &[u8]) -> Result<Value, String> {
    let text = String::from_utf8_lossy(bytes);
    // What is kept is JSON under any name.
    let value = match serde_json::from_str::<Value>(&text) {
        Ok(value) => value,
        Err(error) if path.ends_with(".json") => return Err(error.to_string()),
        Err(_) => yaml::parse(&text)?,
    };
    match value.as_object().and_then(|object| object.get(BROKEN)) {
        Some(Value::String(why)) => Err(why.clone()),
        _ => Ok(value),
    }
}

fn specification(value: &Value) -> Value {
    let mut kept = Map::new();
    let Some(kind) = value.get("kind").and_then(Value::as_str) else {
        return Value::Object(kept);
    };
    kept.insert("kind".to_owned(), kind.into());
    if !kind.starts_with("nvidia.com/") {
        return Value::Object(kept);
    }
    if let Some(version) = value.get("cdiVersion").and_then(scalar) {
        kept.insert("cdiVersion".to_owned(), version.into());
    }
    let devices = value.get("devices").and_then(Value::as_array);
    let devices = devices.into_iter().flatten().map(|device| {
        let mut kept = Map::new();
        if let Some(name) = device.get("name").and_then(scalar) {
            kept.insert("name".to_owned(), name.into());
        }
        keep_edits(device, &mut kept);
        Value::Object(kept)
    });
    kept.insert("devices".to_owned(), devices.collect());
    keep_edits(value, &mut kept);
    Value::Object(kept)
}

fn keep_edits(owner: &Value, kept: &mut Map<String, Value>) {
    let Some(edits) = owner.get("containerEdits") else {
        return;
    };
    let nodes = items(edits, "deviceNodes").map(|node| {
        let is_uvm = node.get("path").and_then(Value::as_str) == Some(UVM);
        texts(node, |name, _| {
            matches!(name, "path" | "hostPath") || name == "major" && is_uvm
        })
    });
    let mounts = items(edits, "mounts").map(|mount| {
        texts(mount, |name, value| {
            name == "hostPath" || name == "containerPath" && driver_version(value).is_some()
        })
    });
    let nodes: Vec<Value> = nodes.collect();
    let mounts: Vec<Value> = mounts.collect();
    kept.insert(
        "containerEdits".to_owned(),
        json!({"deviceNodes": nodes, "mounts": mounts}),
    );
}

/// Members that are texts or numbers, and wanted.
fn texts(object: &Value, wanted: impl Fn(&str, &str) -> bool) -> Value {
    let members = object.as_object().into_iter().flatten();
    let kept = members.filter_map(|(name, value)| {
        let text = scalar(value)?;
        wanted(name, &text).then(|| (name.clone(), Value::String(text)))
    });
    Value::Object(kept.collect())
}

/// What the devices of a specification change in a container, and what all of them do.
pub(super) fn edits_of(value: &Value) -> impl Iterator<Item = &Value> {
    let devices = value.get("devices").and_then(Value::as_array);
    let owners = devices.into_iter().flatten().chain([value]);
    owners.filter_map(|owner| owner.get("containerEdits"))
}

pub(super) fn items<'a>(edits: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    edits
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// A string or a number, as text.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The driver's version in `…/libcuda.so.580.95.05` or `/lib/firmware/nvidia/580.95.05/gsp_tu10x.bin`.
pub(super) fn driver_version(path: &str) -> Option<&str> {
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

    fn kept(path: &str, text: &str) -> String {
        let kept = keep(path, text.as_bytes());
        assert_eq!(keep(path, &kept), kept, "keeping twice");
        String::from_utf8(kept).unwrap()
    }

    #[test]
    fn variables_and_arguments_stay_in_the_file() {
        let text = "kind: nvidia.com/gpu\ncdiVersion: 0.5.0\n\
            annotations: {owner: s3cret}\n\
            devices:\n- name: \"0\"\n  annotations: {owner: s3cret}\n  containerEdits:\n    env: [TOKEN=s3cret]\n\
            \x20   deviceNodes: [{path: /dev/nvidia-uvm, major: 511, minor: 7, permissions: s3cret}]\n\
            containerEdits:\n  env: [TOKEN=s3cret]\n  hooks: [{path: /usr/bin/hook, args: [s3cret]}]\n\
            \x20 mounts:\n  - {hostPath: /usr/lib64/libcuda.so.580.95.05, containerPath: /s3cret, options: [s3cret]}\n";
        let kept = kept("/etc/cdi/nvidia.yaml", text);
        assert!(!kept.contains("s3cret"), "{kept}");
        for read in ["0.5.0", "/dev/nvidia-uvm", "511", "libcuda.so.580.95.05"] {
            assert!(kept.contains(read), "{read}");
        }
    }

    #[test]
    fn of_a_broken_or_foreign_specification_only_that_is_kept() {
        for (path, text) in [
            ("/etc/cdi/nvidia.yaml", "kind: [s3cret"),
            ("/etc/cdi/nvidia.json", "{\"kind\": \"s3cret\""),
            ("/etc/cdi/nvidia.yaml", "owner: s3cret"),
            (
                "/etc/cdi/acme.yaml",
                "kind: acme.com/tpu\ndevices: [{name: s3cret}]",
            ),
        ] {
            let kept = kept(path, text);
            assert!(!kept.contains("s3cret"), "{kept}");
            let before = parse(path, text.as_bytes()).map_err(Some);
            let after = parse(path, kept.as_bytes()).map_err(Some);
            assert_eq!(before.is_err(), after.is_err());
            assert_eq!(before.err(), after.err());
        }
    }
}
