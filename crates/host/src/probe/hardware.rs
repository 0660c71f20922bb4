//! GPUs on the PCI bus, and the devices through which ROCm and WSL2 reach theirs.

use super::sight::Sight;
use crate::facts::{Layer, PciGpu};
use crate::system::{Kind, keep, name_of};

const LAYER: Layer = Layer::Gpu;
const BUS: &str = "/sys/bus/pci/devices";

pub(super) fn look(sight: &mut Sight<'_>) {
    match sight.system.list(BUS, &|_| true) {
        Ok(devices) => {
            sight.facts.hardware.pci_listed = true;
            for address in devices {
                device(sight, address);
            }
        }
        Err(trouble) => sight.missed(LAYER, BUS, &trouble),
    }
    for path in ["/dev/kfd", "/dev/dxg"] {
        if sight.system.exists(path) {
            sight.saw(LAYER, path, "exists");
            match path {
                "/dev/kfd" => sight.facts.hardware.kfd = true,
                _ => sight.facts.hardware.dxg = true,
            }
        }
    }
    nvswitch(sight);
}

/// Display controllers (class 03) and processing accelerators (class 12).
fn device(sight: &mut Sight<'_>, address: String) {
    let folder = format!("{BUS}/{address}");
    let class = sight
        .system
        .text_of(&format!("{folder}/class"), 4096, &keep::first_line);
    let class = class.unwrap_or_default();
    let Some(class) = class.trim().strip_prefix("0x") else {
        return;
    };
    if !(class.starts_with("03") || class.starts_with("12")) {
        return;
    }
    let Some(vendor) = sight.read(LAYER, &format!("{folder}/vendor")) else {
        return;
    };
    let list = match vendor.as_str() {
        "0x10de" => |hardware: &mut crate::facts::Hardware, gpu| hardware.nvidia.push(gpu),
        "0x1002" => |hardware: &mut crate::facts::Hardware, gpu| hardware.amd.push(gpu),
        "0x8086" => |hardware: &mut crate::facts::Hardware, gpu| hardware.intel.push(gpu),
        _ => return,
    };
    let device = sight.read(LAYER, &format!("{folder}/device"));
    let driver = match sight.system.metadata(&format!("{folder}/driver")) {
        Ok(metadata) => match metadata.kind {
            Kind::Link(target) => Some(name_of(&target).to_owned()),
            _ => None,
        },
        Err(_) => None,
    };
    let seen = format!(
        "vendor {vendor}, device {}, driver {}",
        device.as_deref().unwrap_or("unknown"),
        driver.as_deref().unwrap_or("none"),
    );
    sight.saw(LAYER, &folder, seen);
    let gpu = PciGpu {
        address,
        device,
        driver,
    };
    list(&mut sight.facts.hardware, gpu);
}

fn nvswitch(sight: &mut Sight<'_>) {
    const PROC: &str = "/proc/driver/nvidia-nvswitch";
    let wanted = |name: &str| name.starts_with("nvidia-nvswitch");
    let nodes = sight.system.list("/dev", &wanted).unwrap_or_default();
    let found = match nodes.first() {
        Some(node) => Some(format!("/dev/{node}")),
        None => sight.system.exists(PROC).then(|| PROC.to_owned()),
    };
    if let Some(path) = found {
        sight.saw(Layer::FabricManager, &path, "this machine has NVSwitches");
        sight.facts.hardware.nvswitch = true;
    }
}
