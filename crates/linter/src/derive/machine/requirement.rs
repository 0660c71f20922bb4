//! What the engine asks of the host before it starts an image of nvidia/cuda: NVIDIA_REQUIRE_CUDA.

use facts::arch::Kind as GpuKind;
use facts::cuda::{self, Gate};
use facts::release::{self, ReleaseVersion};
use facts::{DriverVersion, gpu_name};
use host::HostFacts;
use source::Sources;

use super::{HostView, Injection};
use crate::derive::image::BaseImage;
use crate::derive::target::{Target, TargetGpu};

/// What an image of nvidia/cuda asks before it starts.
pub(crate) fn gate(image: &BaseImage) -> Option<&'static Gate> {
    let cuda = image.cuda().filter(|_| image.is_official_cuda())?;
    cuda::gate(cuda).filter(|gate| gate.confidence.supports_errors())
}

/// Whether the driver is refused by what the image asks although it runs the image's CUDA major.
pub(crate) fn is_refused(gate: &Gate, driver: &DriverVersion, target: &Target) -> Option<bool> {
    if cuda::max_cuda(driver)? >= gate.image_cuda {
        return Some(false);
    }
    if !gate.escape_branches.contains(&driver.branch()) {
        return Some(true);
    }
    if gate.geforce_escapes {
        return Some(false);
    }
    let known: Option<Vec<bool>> = target.gpus.iter().map(is_data_center).collect();
    match known?.as_slice() {
        [] => None,
        gpus => Some(gpus.contains(&false)),
    }
}

/// How a container gets its GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A device request: `gpus`, `--gpus`, `deploy`.
    Request,
    /// `runtime: nvidia`.
    Runtime,
}

/// Whether containers start through `nvidia-container-cli`, which asks what images ask for; `None` where that cannot
/// be told. CDI asks nothing.
pub(crate) fn refuses(host: &HostFacts, way: Way) -> Option<bool> {
    if host.toolkit.disable_require == Some(true) || host.platform.tegra.is_some() {
        return Some(false);
    }
    match way {
        Way::Request => match HostView::new(host, &mut Sources::new()).injection() {
            Injection::Hook => Some(true),
            Injection::Cdi => Some(false),
            Injection::Unknown => None,
        },
        Way::Runtime => match host.toolkit.mode.as_deref() {
            Some("legacy") => Some(true),
            Some("cdi" | "jit-cdi") => Some(false),
            None | Some("auto") => {
                let toolkit: ReleaseVersion = host.toolkit_version()?.parse().ok()?;
                Some(!release::runtime_prefers_cdi(toolkit))
            }
            Some(_) => None,
        },
    }
}

/// Whether a GPU is one that `cuda-compat` is meant for; `None` where its model is not known.
pub(crate) fn is_data_center(gpu: &TargetGpu) -> Option<bool> {
    let rows = gpu_name::find(gpu.name.as_deref()?);
    let first = rows.first()?;
    rows.iter()
        .all(|row| row.kind == first.kind)
        .then_some(first.kind == GpuKind::DataCenter)
}

/// Whether a GPU of the target is a Jetson module.
pub(crate) fn is_jetson(target: &Target) -> bool {
    let mut gpus = target.gpus.iter();
    gpus.any(|gpu| {
        let name = gpu.name.as_deref().unwrap_or_default();
        gpu_name::find(name)
            .iter()
            .any(|row| row.kind == GpuKind::Jetson)
    })
}
