//! GPUs as the kernel module describes them.

use super::sight::Sight;
use crate::facts::{Gpu, Layer};
use crate::system::keep;

const LAYER: Layer = Layer::Gpu;
const GPUS: &str = "/proc/driver/nvidia/gpus";

pub(super) fn look(sight: &mut Sight<'_>) {
    let addresses = match sight.system.list(GPUS, &|_| true) {
        Ok(addresses) => addresses,
        Err(trouble) => return sight.missed(LAYER, GPUS, &trouble),
    };
    for address in addresses {
        let path = format!("{GPUS}/{address}/information");
        let Some(text) = sight.read_of(LAYER, &path, &keep_information) else {
            continue;
        };
        let mut gpu = information(&text);
        gpu.address.get_or_insert(address);
        gpu.mig_instances = gpu.minor.and_then(|minor| mig_instances(sight, minor));
        sight.saw(LAYER, &path, gpu.name.clone());
        sight.facts.gpus.push(gpu);
    }
}

/// The fields that are read.
fn keep_information(bytes: &[u8]) -> Vec<u8> {
    let names = ["Model", "GPU UUID", "Bus Location", "Device Minor"];
    keep::lines(bytes, |line| {
        let name = line.split_once(':').map(|(name, _)| name.trim());
        name.is_some_and(|name| names.contains(&name))
    })
}

/// `Model: NVIDIA GeForce RTX 4090`, one field a line.
fn information(text: &str) -> Gpu {
    let mut gpu = Gpu::default();
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        match name.trim() {
            "Model" => value.clone_into(&mut gpu.name),
            // All question marks while nothing uses the GPU.
            "GPU UUID" if !value.contains('?') => gpu.uuid = Some(value.to_owned()),
            "Bus Location" => gpu.address = Some(value.to_owned()),
            "Device Minor" => gpu.minor = value.parse().ok(),
            _ => {}
        }
    }
    gpu
}

/// `gpu0/mig/gi7/ci0` is a compute instance; the folder `mig` is there without Multi-Instance GPU too.
fn mig_instances(sight: &Sight<'_>, minor: u32) -> Option<u32> {
    let folder = format!("/proc/driver/nvidia/capabilities/gpu{minor}/mig");
    let starts = |start: &'static str| move |name: &str| name.starts_with(start);
    let gpu_instances = sight.system.list(&folder, &starts("gi")).ok()?;
    let counts = gpu_instances.iter().map(|instance| {
        let compute = sight
            .system
            .list(&format!("{folder}/{instance}"), &starts("ci"));
        compute.map_or(0, |names| names.len())
    });
    u32::try_from(counts.sum::<usize>()).ok()
}
