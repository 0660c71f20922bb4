//! Container images: references, and what is known of the image behind one.

mod describe;
mod old_key;
mod reference;
pub(crate) mod table;

use crate::{Confidence, CudaVersion};

pub use describe::{describe, tag_says_gpu};
pub use old_key::carries_old_key;
pub use reference::ImageRef;

/// What kind of hardware an image is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accelerator {
    /// CUDA on NVIDIA GPUs.
    Nvidia,
    /// NVIDIA Jetson modules.
    Jetson,
    /// `ROCm` on AMD GPUs.
    Amd,
    /// Intel, Habana, Neuron, TPU.
    Other,
    /// None.
    Cpu,
}

/// How much of the CUDA toolkit an image holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flavor {
    /// The runtime library alone.
    Base,
    /// All runtime libraries.
    Runtime,
    /// Compiler and headers too.
    Devel,
}

impl Flavor {
    /// The flavour of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Base, Self::Runtime, Self::Devel];
        all.into_iter().find(|flavor| flavor.as_str() == word)
    }

    /// The word in tags.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Runtime => "runtime",
            Self::Devel => "devel",
        }
    }
}

/// cuDNN in an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cudnn {
    /// None.
    Absent,
    /// Present; its major where known.
    Present(Option<u16>),
}

/// What is known of an image.
#[derive(Clone, Debug)]
pub struct ImageFacts {
    /// What it is for.
    pub accelerator: Accelerator,
    /// Its CUDA version.
    pub cuda: Option<CudaVersion>,
    /// How much of CUDA it holds.
    pub flavor: Option<Flavor>,
    /// Its cuDNN.
    pub cudnn: Option<Cudnn>,
    /// Whether it has Python and pip.
    pub python: Option<bool>,
    /// `3.10`, where the tag says so.
    pub python_version: Option<String>,
    /// The framework it ships: `torch`, `tensorflow`, `jax`, `paddle`.
    pub framework: Option<&'static str>,
    /// The version of that framework, where the tag says so.
    pub framework_version: Option<String>,
    /// Whether nvcc is in it.
    pub nvcc: Option<bool>,
    /// Alpine: no CUDA wheel or library works.
    pub musl: bool,
    /// Whether its tags are those of nvidia/cuda.
    pub is_nvidia_cuda: bool,
    /// `LD_LIBRARY_PATH` that the image sets.
    pub library_path: Option<&'static str>,
    /// Whether it sets `NVIDIA_VISIBLE_DEVICES=all` and `NVIDIA_DRIVER_CAPABILITIES=compute,utility`.
    pub sets_nvidia_environment: bool,
    /// How the row was established; `Seen` where only names were read.
    pub confidence: Confidence,
}

impl ImageFacts {
    /// An image of which only its purpose is known.
    #[must_use]
    pub fn unknown(accelerator: Accelerator) -> Self {
        Self {
            accelerator,
            cuda: None,
            flavor: None,
            cudnn: None,
            python: None,
            python_version: None,
            framework: None,
            framework_version: None,
            nvcc: None,
            musl: false,
            is_nvidia_cuda: false,
            library_path: None,
            sets_nvidia_environment: false,
            confidence: Confidence::Seen,
        }
    }
}
