//! The machine that will run it: its driver, its GPUs, its engine.

pub(super) mod driver_too_old;
pub(super) mod gpu_unsupported;

use crate::derive::environment::cuda_code::{self, CudaCode, Kind};
use crate::derive::image::BaseImage;
use crate::derive::machine::requirement::{gate, is_data_center};
use crate::derive::target::Target;

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
