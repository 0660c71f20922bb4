//! What an image says of a service: that it wants a GPU.

use facts::image::tag_says_gpu;
use facts::service::WithoutGpu;
use source::Location;

use super::contents::Contents;
use crate::derive::environment::{StageView, torch};
use crate::derive::image::BaseImage;

/// How much a service wants a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Its image is for CUDA and runs on the CPU too.
    Benefits,
    /// Its image is plainly for CUDA.
    Requires,
}

/// That a service wants a GPU, and how we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// How much.
    pub level: Level,
    /// What it is: `nvidia/cuda:12.1.1-runtime-ubuntu22.04 has CUDA 12.1`.
    pub because: String,
    /// Where that is written.
    pub at: Location,
}

/// Why a service with these contents wants an NVIDIA GPU, if its image says so.
pub(super) fn of_contents(contents: &Contents<'_>) -> Option<Need> {
    match contents {
        Contents::Image { image, at } => {
            if !image.is_certain() && tag_says_gpu(&image.reference) {
                return Some(Need {
                    level: Level::Benefits,
                    because: format!("the tag of `{}` chooses a build for the GPU", at.text),
                    at: at.at,
                });
            }
            if !image.is_nvidia() || !image.is_certain() {
                return None;
            }
            let because = match image.cuda() {
                Some(cuda) => format!("`{}` is built on CUDA {cuda}", at.text),
                None => format!("`{}` is made for NVIDIA GPUs", at.text),
            };
            Some(Need {
                level: level(image),
                because,
                at: at.at,
            })
        }
        Contents::Build { stage, .. } => of_stage(*stage),
        Contents::Unknown => None,
    }
}

/// How much an image for NVIDIA GPUs needs one.
fn level(image: &BaseImage) -> Level {
    let row = facts::service::find(&image.reference);
    if row.is_some_and(|row| row.without_gpu == WithoutGpu::Runs) {
        Level::Benefits
    } else {
        Level::Requires
    }
}

/// Why a service that runs this stage wants an NVIDIA GPU.
fn of_stage(stage: StageView<'_>) -> Option<Need> {
    if let Some(image) = stage.image()
        && image.is_nvidia()
        && image.is_certain()
    {
        let text = stage.root().stage().image.as_str();
        let because = match image.cuda() {
            Some(cuda) => format!("its Dockerfile starts from `{text}` with CUDA {cuda}"),
            None => format!("its Dockerfile starts from `{text}`, which is made for NVIDIA GPUs"),
        };
        return Some(Need {
            level: level(image),
            because,
            at: stage.image_at(),
        });
    }
    of_packages(stage)
}

/// Why a service wants an NVIDIA GPU by the packages that its Dockerfile installs.
pub(super) fn of_packages(stage: StageView<'_>) -> Option<Need> {
    // PyPI's own wheel is as often meant for the CPU; a chosen CUDA build is not.
    // `if [ "$USE_CUDA" = true ]`: which branch runs is not ours to tell.
    let chosen = torch::first_chosen(stage)?;
    let cuda = chosen.build.cuda()?;
    Some(Need {
        level: Level::Benefits,
        because: format!("its Dockerfile installs PyTorch for CUDA {cuda}"),
        at: chosen.requirement.name_at,
    })
}
