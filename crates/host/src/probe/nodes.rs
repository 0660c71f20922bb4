//! `/dev/nvidia*`.

use super::sight::Sight;
use crate::facts::{Layer, Node};
use crate::system::{Kind, keep};

const LAYER: Layer = Layer::DeviceNodes;

pub(super) fn look(sight: &mut Sight<'_>) {
    // Folders of devices, as `/dev/nvidia-caps`, are none themselves.
    let wanted = |name: &str| name.starts_with("nvidia");
    match sight.system.list("/dev", &wanted) {
        Ok(names) => {
            sight.facts.nodes.listed = true;
            for name in names {
                node(sight, format!("/dev/{name}"));
            }
        }
        Err(trouble) => sight.missed(LAYER, "/dev", &trouble),
    }
    uvm_major(sight);
    sight.facts.nodes.char_links = sight.system.metadata("/dev/char/195:255").is_ok();
}

fn node(sight: &mut Sight<'_>, path: String) {
    let metadata = match sight.system.metadata(&path) {
        Ok(metadata) => metadata,
        Err(trouble) => return sight.missed(LAYER, &path, &trouble),
    };
    let (major, minor) = match metadata.kind {
        Kind::Folder | Kind::Link(_) => return,
        Kind::Device { major, minor } => (Some(major), Some(minor)),
        _ => (None, None),
    };
    let seen = match (major, minor) {
        (Some(major), Some(minor)) => format!("device {major}:{minor}, mode {:04o}", metadata.mode),
        _ => "no device".to_owned(),
    };
    sight.saw(LAYER, &path, seen);
    sight.facts.nodes.nodes.push(Node {
        path,
        mode: metadata.mode,
        major,
        minor,
    });
}

/// `510 nvidia-uvm`
fn uvm_major(sight: &mut Sight<'_>) {
    const PATH: &str = "/proc/devices";
    let kept = |bytes: &[u8]| keep::lines(bytes, |line| line.contains("nvidia"));
    match sight.system.text_of(PATH, 1024 * 1024, &kept) {
        Ok(text) => {
            let mut words = text.lines().filter_map(|line| line.trim().split_once(' '));
            let uvm = words.find(|(_, name)| name.trim() == "nvidia-uvm");
            if let Some(major) = uvm.and_then(|(major, _)| major.parse().ok()) {
                sight.saw(LAYER, PATH, format!("nvidia-uvm has major number {major}"));
                sight.facts.nodes.uvm_major = Some(major);
            }
        }
        Err(trouble) => sight.missed(LAYER, PATH, &trouble),
    }
}
