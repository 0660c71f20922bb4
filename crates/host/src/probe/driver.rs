//! The kernel module: its version, whether it is loaded, whether the running kernel has it, and the fabric manager.

use super::packages::{Packages, upstream};
use super::process;
use super::sight::Sight;
use crate::facts::Layer;
use crate::system::keep;

const LAYER: Layer = Layer::Driver;

pub(super) fn look(sight: &mut Sight<'_>, packages: &Packages) {
    version(sight);
    modules(sight);
    on_disk(sight);
    installed(sight, packages);
    if sight.facts.hardware.nvswitch {
        fabric_manager(sight, packages);
    }
}

const MODULE: &str = "/sys/module/nvidia/version";
const PROC: &str = "/proc/driver/nvidia/version";

fn version(sight: &mut Sight<'_>) {
    let module = sight.read(LAYER, MODULE).filter(|text| is_version(text));
    let proc = sight.read_of(LAYER, PROC, &keep_nvrm);
    if let Some(text) = &proc
        && let Some(line) = text.lines().find(|line| line.starts_with("NVRM version:"))
    {
        sight.facts.driver.open = Some(line.contains("Open Kernel Module"));
        if let Some(version) = nvrm_version(line) {
            sight.saw(
                LAYER,
                PROC,
                line.split_whitespace().collect::<Vec<_>>().join(" "),
            );
            sight.facts.driver.version = Some(version.to_owned());
            sight.facts.driver.version_source = Some(PROC.to_owned());
        }
    }
    if let Some(version) = module {
        sight.saw(LAYER, MODULE, version.clone());
        sight.facts.driver.version = Some(version);
        sight.facts.driver.version_source = Some(MODULE.to_owned());
    }
}

/// The line of the module up to its version: behind it stands who built it, and where.
fn keep_nvrm(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().find(|line| line.starts_with("NVRM version:"));
    let kept = line.map(|line| match nvrm_version(line) {
        Some(version) => {
            let (before, _) = line.split_once(version).unwrap_or_default();
            format!("{before}{version}")
        }
        None if line.contains("Open Kernel Module") => {
            "NVRM version: Open Kernel Module".to_owned()
        }
        None => "NVRM version:".to_owned(),
    });
    kept.unwrap_or_default().into_bytes()
}

/// `535.129.03` or `580.95`.
pub(super) fn is_version(text: &str) -> bool {
    let mut parts = text.split('.');
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let branch = parts
        .next()
        .is_some_and(|part| part.len() == 3 && digits(part));
    let rest: Vec<&str> = parts.collect();
    branch && matches!(rest.len(), 1 | 2) && rest.iter().all(|part| digits(part))
}

/// `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  …`, or
/// `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build (…)`.
fn nvrm_version(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("Kernel Module")?;
    rest.split_whitespace().find(|word| is_version(word))
}

/// Modules that drive GPUs.
fn concerns_gpus(name: &str) -> bool {
    name.starts_with("nvidia")
        || name.starts_with("nova")
        || [
            "nouveau", "nvgpu", "amdgpu", "i915", "xe", "vfio_pci", "gdrdrv",
        ]
        .contains(&name)
}

fn modules(sight: &mut Sight<'_>) {
    const PATH: &str = "/proc/modules";
    let kept = |bytes: &[u8]| keep::first_words(bytes, ' ', concerns_gpus);
    match sight.system.text_of(PATH, 1024 * 1024, &kept) {
        Ok(text) => {
            let names = text.lines().filter_map(|line| line.split(' ').next());
            let mut names: Vec<String> = names.map(str::to_owned).collect();
            names.sort_unstable();
            let seen = match names.as_slice() {
                [] => "no module of a GPU is loaded".to_owned(),
                names => names.join(", "),
            };
            sight.saw(LAYER, PATH, seen);
            sight.facts.driver.modules_listed = true;
            sight.facts.driver.modules = names;
        }
        Err(trouble) => sight.missed(LAYER, PATH, &trouble),
    }
}

/// Whether depmod knows an `nvidia` module for the running kernel.
fn on_disk(sight: &mut Sight<'_>) {
    const MODULES: &str = "/lib/modules";
    let Some(kernel) = sight.facts.platform.kernel.clone() else {
        return;
    };
    let path = format!("{MODULES}/{kernel}/modules.dep");
    let is_nvidia =
        |module: &str| module.contains("/nvidia.ko") || module.contains("/nvidia-current.ko");
    let kept = |bytes: &[u8]| keep::first_words(bytes, ':', is_nvidia);
    match sight.system.text_of(&path, 16 * 1024 * 1024, &kept) {
        Ok(text) => {
            let module = text.lines().find_map(|line| line.split(':').next());
            sight.saw(LAYER, &path, module.unwrap_or("no nvidia module"));
            sight.facts.driver.module_on_disk = Some(module.is_some());
        }
        Err(trouble) if trouble.is_absent() => {
            // Where only other kernels have modules, the running one was removed by an update.
            let others = sight.system.list(MODULES, &|_| true).unwrap_or_default();
            if !others.is_empty() && !others.contains(&kernel) {
                sight.saw(
                    LAYER,
                    MODULES,
                    format!("no modules of the running kernel {kernel}"),
                );
                sight.facts.driver.module_on_disk = Some(false);
            }
        }
        Err(trouble) => sight.missed(LAYER, &path, &trouble),
    }
}

/// Beginnings of the names of packages that hold the driver.
pub(super) const DRIVER_PACKAGES: [&str; 22] = [
    "akmod-nvidia",
    "cuda-drivers",
    "kmod-nvidia",
    "libcuda1",
    "libnvidia-compute",
    "libnvidia-ml1",
    "linux-modules-nvidia-",
    "linux-objects-nvidia-",
    "nvidia-driver",
    "nvidia-dkms",
    "nvidia-headless",
    "nvidia-kernel",
    "nvidia-legacy",
    "nvidia-open",
    "nvidia-smi",
    "nvidia-tesla",
    "nvidia-utils",
    "nvidia-compute",
    "nvidia-gfx",
    "nvidia-lts",
    "nvidia-video",
    "xorg-x11-drv-nvidia",
];

/// Beginnings of the names of packages that hold the fabric manager.
pub(super) const FABRIC_MANAGER_PACKAGES: [&str; 2] =
    ["nvidia-fabricmanager", "nvidia-fabric-manager"];

fn installed(sight: &mut Sight<'_>, packages: &Packages) {
    let found = packages.starting(&DRIVER_PACKAGES);
    let found: Vec<String> = found
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    if !found.is_empty() {
        sight.saw(LAYER, packages.source, found.join(", "));
    }
    sight.facts.driver.packages = found;
}

fn fabric_manager(sight: &mut Sight<'_>, packages: &Packages) {
    const LAYER: Layer = Layer::FabricManager;
    const UNIT: &str = "nvidia-fabricmanager.service";
    let running = process::of_unit(sight, LAYER, UNIT);
    if let Some((path, processes)) = running {
        let seen = if processes.is_empty() {
            "no process"
        } else {
            "running"
        };
        sight.saw(LAYER, &path, seen);
        sight.facts.driver.fabric_manager_running = Some(!processes.is_empty());
    }
    let mut found = packages.starting(&FABRIC_MANAGER_PACKAGES);
    if let Some((name, version)) = found.find(|(name, _)| !name.contains("dev")) {
        let version = upstream(version).to_owned();
        sight.saw(LAYER, packages.source, format!("{name} {version}"));
        sight.facts.driver.fabric_manager_version = Some(version);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_of_the_version_are_read() {
        let closed = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19 18:56:32 UTC 2023";
        let open = "NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  580.95.05  Release Build  (dvs-builder@U22)";
        let two =
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  440.82  Wed Apr  1 20:04:33 UTC 2020";
        assert_eq!(nvrm_version(closed), Some("535.129.03"));
        assert_eq!(nvrm_version(open), Some("580.95.05"));
        assert_eq!(nvrm_version(two), Some("440.82"));
        assert_eq!(nvrm_version("NVRM version: NVIDIA UNIX 535.1"), None);
        for text in ["1", "12.8", "535", "535.", "535.1.2.3", "5350.1", ""] {
            assert!(!is_version(text), "{text}");
        }
    }
}
