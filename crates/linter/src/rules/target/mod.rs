//! The machine that will run it: its driver, its GPUs, its engine.

pub(super) mod driver_too_old;
pub(super) mod gpu_unsupported;
pub(super) mod host_compose_too_old;
pub(super) mod host_device_id_unknown;
pub(super) mod host_image_needs_newer_driver;

use facts::arch::Kind as GpuKind;
use facts::cuda::{self, Gate};
use facts::{DriverVersion, gpu_name};

use crate::derive::environment::cuda_code::{self, CudaCode, Kind};
use crate::derive::image::BaseImage;
use crate::derive::target::{Target, TargetGpu};

/// Whether a GPU is one that `cuda-compat` is meant for; `None` where its model is not known.
fn is_data_center(gpu: &TargetGpu) -> Option<bool> {
    let rows = gpu_name::find(gpu.name.as_deref()?);
    let first = rows.first()?;
    rows.iter()
        .all(|row| row.kind == first.kind)
        .then_some(first.kind == GpuKind::DataCenter)
}

fn is_jetson(target: &Target) -> bool {
    let mut gpus = target.gpus.iter();
    gpus.any(|gpu| {
        let name = gpu.name.as_deref().unwrap_or_default();
        gpu_name::find(name)
            .iter()
            .any(|row| row.kind == GpuKind::Jetson)
    })
}

/// What an image of nvidia/cuda asks before it starts.
fn gate(image: &BaseImage) -> Option<&'static Gate> {
    let cuda = image.cuda().filter(|_| image.is_official_cuda())?;
    cuda::gate(cuda).filter(|gate| gate.confidence.supports_errors())
}

/// Whether a driver that is too old for an image is helped by the `cuda-compat` libraries in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compat {
    /// There is none, or not for this driver or GPU.
    No,
    /// On data-centre GPUs; whether the machine has one is not known.
    PerhapsForGpu,
    /// Yes.
    Yes,
}

fn compat(image: Option<&BaseImage>, code: &CudaCode, target: &Target) -> Compat {
    let driver = target.driver.as_ref();
    let gate = image.and_then(gate);
    let helps = gate.zip(driver).is_some_and(|(gate, driver)| {
        gate.escape_branches.contains(&driver.branch())
            && gate.image_cuda.major >= code.cuda.major()
    });
    if !helps {
        return Compat::No;
    }
    let known: Vec<Option<bool>> = target.gpus.iter().map(is_data_center).collect();
    if known.contains(&Some(false)) {
        Compat::No
    } else if known.is_empty() || known.contains(&None) {
        Compat::PerhapsForGpu
    } else {
        Compat::Yes
    }
}

/// Whether the driver is refused by what the image asks although it runs the image's CUDA major.
fn is_refused(gate: &Gate, driver: &DriverVersion, target: &Target) -> Option<bool> {
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

/// Where the user says what to get instead: the wheels of another index, if the release has one that fits.
fn other_wheels(code: &CudaCode, target: &Target) -> Option<(String, Option<source::Fix>)> {
    let Kind::Torch(wheel) = &code.kind else {
        return None;
    };
    let release = wheel.release?;
    let suffix = cuda_code::other_index(release, target)?;
    let fix = wheel.editable.map(|place| {
        source::Fix::risky(
            format!("use the {suffix} wheels"),
            "another build of torch is installed",
            vec![source::Edit::replace(place, suffix)],
        )
    });
    let help = match fix {
        Some(_) => format!("use the {suffix} wheels"),
        None => format!(
            "install from the {suffix} index: --index-url {}",
            super::torch::index_url(suffix)
        ),
    };
    Some((help, fix))
}
