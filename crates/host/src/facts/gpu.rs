//! Hardware, driver and device nodes.

use serde::{Deserialize, Serialize};

/// GPUs on the bus, whoever drives them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hardware {
    /// Whether the PCI bus could be listed.
    pub pci_listed: bool,
    /// NVIDIA display controllers and accelerators.
    pub nvidia: Vec<PciGpu>,
    /// AMD ones.
    pub amd: Vec<PciGpu>,
    /// Intel ones.
    pub intel: Vec<PciGpu>,
    /// `/dev/kfd`: ROCm's way to the GPU.
    pub kfd: bool,
    /// `/dev/dxg`: WSL2's way to the GPU.
    pub dxg: bool,
    /// NVSwitch devices, which need the fabric manager.
    pub nvswitch: bool,
}

/// A GPU on the PCI bus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PciGpu {
    /// `0000:01:00.0`.
    pub address: String,
    /// PCI device id, `0x2684`.
    pub device: Option<String>,
    /// The kernel driver bound to it: `nvidia`, `nouveau`, `nova_core`, `vfio-pci`.
    pub driver: Option<String>,
}

/// The NVIDIA driver: kernel module and user-space libraries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Driver {
    /// The running driver's version, `535.129.03`.
    pub version: Option<String>,
    /// The file or program that gave the version.
    pub version_source: Option<String>,
    /// Whether the kernel module is the open one.
    pub open: Option<bool>,
    /// The newest CUDA version the driver says it runs, `12.2`.
    pub cuda: Option<String>,
    /// Whether `/proc/modules` could be read.
    pub modules_listed: bool,
    /// Loaded kernel modules that concern GPUs, sorted.
    pub modules: Vec<String>,
    /// Whether the running kernel has an `nvidia` module on disk; `None` where its folder cannot be read.
    pub module_on_disk: Option<bool>,
    /// `libcuda.so.*` and `libnvidia-ml.so.*` where the loader looks.
    pub libraries: Vec<Library>,
    /// Packages of the driver known to the package manager: `nvidia-driver-535 535.129.03-0ubuntu1`.
    pub packages: Vec<String>,
    /// Why `nvidia-smi` failed, in its own words.
    pub smi_error: Option<String>,
    /// Whether `nvidia-smi` was cut off at its time limit.
    pub smi_timed_out: bool,
    /// State of `nvidia-fabricmanager.service`: whether its process runs; `None` where that cannot be known.
    pub fabric_manager_running: Option<bool>,
    /// Version of the fabric manager's package.
    pub fabric_manager_version: Option<String>,
}

impl Driver {
    /// Whether a kernel module of this name is loaded.
    #[must_use]
    pub fn has_module(&self, name: &str) -> bool {
        self.modules.iter().any(|module| module == name)
    }
}

/// A driver library on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Library {
    /// `/usr/lib/x86_64-linux-gnu/libcuda.so.535.129.03`.
    pub path: String,
    /// The version in its name, `535.129.03`; `None` for the bare `libcuda.so.1`.
    pub version: Option<String>,
    /// Whether it is the one that comes from Windows (WSL2), or a link to it.
    pub wsl: bool,
    /// Whether the name that programs load, `libcuda.so.1`, leads to it.
    pub linked: bool,
}

/// A GPU as the driver sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gpu {
    /// `NVIDIA GeForce RTX 4090`.
    pub name: String,
    /// `GPU-…`, a stand-in: [`StandIns::begins`](crate::system::StandIns::begins) compares the real one.
    pub uuid: Option<String>,
    /// `8.9`.
    pub compute_capability: Option<String>,
    /// Memory in MiB.
    pub memory_mib: Option<u64>,
    /// `0000:01:00.0`.
    pub address: Option<String>,
    /// Whether Multi-Instance GPU is on.
    pub mig: Option<bool>,
    /// Compute instances that Multi-Instance GPU has made of it; `None` where that cannot be known.
    pub mig_instances: Option<u32>,
    /// The number of its device node, `0` for `/dev/nvidia0`.
    pub minor: Option<u32>,
}

/// `/dev/nvidia*`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Nodes {
    /// Whether `/dev` could be listed.
    pub listed: bool,
    /// Those that exist, by path.
    pub nodes: Vec<Node>,
    /// Major number of `nvidia-uvm` in `/proc/devices`.
    pub uvm_major: Option<u32>,
    /// Whether `/dev/char` has a link to the control device, which old runc needs under the systemd cgroup driver.
    pub char_links: bool,
}

impl Nodes {
    /// The node of this path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.path == path)
    }

    /// The nodes of single GPUs: `/dev/nvidia0`.
    pub fn gpus(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| {
            let number = node.path.strip_prefix("/dev/nvidia");
            number.is_some_and(|number| {
                !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
            })
        })
    }
}

/// One device node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Node {
    /// `/dev/nvidia0`.
    pub path: String,
    /// Permission bits.
    pub mode: u32,
    /// Major number; `None` where the path is no device.
    pub major: Option<u32>,
    /// Minor number.
    pub minor: Option<u32>,
}
