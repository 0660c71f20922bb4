//! What a stage starts from, in the terms of rules.

use std::sync::Arc;

use facts::image::{self, Accelerator, Cudnn, Flavor, ImageFacts, ImageRef};
use facts::{Confidence, CudaVersion};

use crate::derive::known::{Known, KnownImage};

/// A named image and what is known of it.
#[derive(Clone, Debug)]
pub struct BaseImage {
    /// Its reference.
    pub reference: ImageRef,
    /// What is known; `None` for images in no table.
    pub facts: Option<ImageFacts>,
    /// What the user says of it, which the facts then hold.
    pub said: Option<Arc<KnownImage>>,
}

/// A package that an image has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shipped<'a> {
    /// In this version.
    Version(&'a str),
    /// In a version that is not told.
    SomeVersion,
}

impl BaseImage {
    /// The image behind the text of a FROM; `None` where the text is no reference.
    #[must_use]
    pub fn resolve(text: &str, known: &Known) -> Option<Self> {
        let reference = ImageRef::parse(text)?;
        let said = known.image(&reference).cloned();
        let facts = match &said {
            Some(said) => said.describe(&reference),
            None => image::describe(&reference),
        };
        Some(Self {
            reference,
            facts,
            said,
        })
    }

    /// Whether errors may rest on what is known of it.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.facts
            .as_ref()
            .is_some_and(|facts| facts.confidence.supports_errors())
    }

    /// CUDA in the image.
    #[must_use]
    pub fn cuda(&self) -> Option<CudaVersion> {
        self.facts.as_ref().and_then(|facts| facts.cuda)
    }

    /// How much of CUDA it holds.
    #[must_use]
    pub fn flavor(&self) -> Option<Flavor> {
        self.facts.as_ref().and_then(|facts| facts.flavor)
    }

    /// cuDNN in the image.
    #[must_use]
    pub fn cudnn(&self) -> Option<Cudnn> {
        self.facts.as_ref().and_then(|facts| facts.cudnn)
    }

    /// Whether nvcc is in it.
    #[must_use]
    pub fn nvcc(&self) -> Option<bool> {
        self.facts.as_ref().and_then(|facts| facts.nvcc)
    }

    /// Known to be for NVIDIA GPUs.
    #[must_use]
    pub fn is_nvidia(&self) -> bool {
        self.accelerator() == Some(Accelerator::Nvidia)
    }

    /// Known to hold no CUDA, from a row that findings may rest on.
    #[must_use]
    pub fn is_cpu(&self) -> bool {
        self.accelerator() == Some(Accelerator::Cpu) && self.is_certain()
    }

    /// For AMD, Intel, Jetson and the like: none of our business.
    #[must_use]
    pub fn is_other_vendor(&self) -> bool {
        matches!(
            self.accelerator(),
            Some(Accelerator::Amd | Accelerator::Other | Accelerator::Jetson)
        )
    }

    /// What it is for.
    #[must_use]
    pub fn accelerator(&self) -> Option<Accelerator> {
        self.facts.as_ref().map(|facts| facts.accelerator)
    }

    /// Whether its tags are those of nvidia/cuda and it is pulled from NVIDIA or Docker Hub.
    #[must_use]
    pub fn is_official_cuda(&self) -> bool {
        self.facts
            .as_ref()
            .is_some_and(|facts| facts.is_nvidia_cuda && facts.confidence >= Confidence::Doc)
    }

    /// Whether what it lacks is known too: of nvidia/cuda, and of images as far as the user says it.
    #[must_use]
    pub fn says_what_it_lacks(&self) -> bool {
        self.is_official_cuda() || self.said.is_some()
    }

    /// `tag` of the same repository, or the published tag nearest to it; `None` where its tags are not known.
    #[must_use]
    pub fn published(&self, tag: String) -> Option<String> {
        if self.said.is_some() {
            return None;
        }
        if !self.is_official_cuda() {
            return Some(tag);
        }
        match facts::nvidia_cuda::verdict(&tag) {
            facts::nvidia_cuda::Verdict::Missing { instead, .. } => instead,
            _ => Some(tag),
        }
    }

    /// Whether its name or tag says that torch is in it, for whatever CUDA: `torch2.4.1`, `cu124`.
    #[must_use]
    pub fn says_torch(&self) -> bool {
        let tag = self.reference.tag.as_deref().unwrap_or_default();
        let words = [self.reference.path.as_str(), tag].map(str::to_ascii_lowercase);
        words.iter().any(|text| {
            let mut parts = text.split(|c: char| !c.is_ascii_alphanumeric());
            text.contains("torch") || parts.any(|part| CudaVersion::from_suffix(part).is_some())
        })
    }

    /// The version of torch that it ships; `Some(None)` when it ships one of unknown version.
    #[must_use]
    pub fn torch(&self) -> Option<Option<&str>> {
        let facts = self
            .facts
            .as_ref()
            .filter(|facts| facts.framework == Some("torch"))?;
        Some(facts.framework_version.as_deref())
    }

    /// What the image ships of a member of the `PyTorch` family; `None` where it ships none.
    #[must_use]
    pub fn family_version(&self, package: &str) -> Option<Shipped<'_>> {
        let torch = self.torch()?;
        let official = self.reference.repository() == "docker.io/pytorch/pytorch";
        let version = match package {
            "torch" => torch.filter(|_| official || self.is_ngc_pytorch() || self.said.is_some()),
            _ => torch
                .filter(|_| official)
                .and_then(facts::torch::release)
                .and_then(|release| facts::torch::companion(release, package)),
        };
        Some(version.map_or(Shipped::SomeVersion, Shipped::Version))
    }

    /// NVIDIA's monthly `PyTorch` image, which ships compiled extensions and sets their architectures.
    #[must_use]
    pub fn is_ngc_pytorch(&self) -> bool {
        self.reference.domain == "nvcr.io" && self.reference.path == "nvidia/pytorch"
    }

    /// Whether a package is in the image already, so that an unpinned requirement installs nothing.
    #[must_use]
    pub fn ships(&self, package: &str) -> bool {
        self.is_ngc_pytorch()
            && matches!(
                package,
                "flash-attn" | "transformer-engine" | "apex" | "torch-tensorrt" | "torchvision"
            )
    }

    /// Whether its system's own Python is older than what packages of today install on.
    #[must_use]
    pub fn has_old_python(&self) -> bool {
        let tag = self.reference.tag.as_deref().unwrap_or_default();
        let system = ["ubuntu16", "ubuntu18", "centos7", "ubi7"];
        // Tags of CUDA 10 and before may leave the system out: none newer than Ubuntu 18.04.
        system.iter().any(|os| tag.contains(os))
            || (self.is_official_cuda() && self.cuda().is_some_and(|cuda| cuda.major < 11))
    }

    /// Windows containers run another shell.
    #[must_use]
    pub fn is_windows(&self) -> bool {
        let path = &self.reference.path;
        path.starts_with("windows")
            || path.contains("/windows")
            || path.contains("nanoserver")
            || path.contains("servercore")
    }

    /// Variables that the image is known to set.
    pub fn environment(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        let facts = self.facts.as_ref();
        let nvidia = facts.is_some_and(|facts| facts.sets_nvidia_environment);
        let fixed: &[(&str, &str)] = if nvidia {
            &[
                ("NVIDIA_VISIBLE_DEVICES", "all"),
                ("NVIDIA_DRIVER_CAPABILITIES", "compute,utility"),
            ]
        } else {
            &[]
        };
        let library_path = facts.and_then(|facts| facts.library_path);
        fixed
            .iter()
            .copied()
            .chain(library_path.map(|value| ("LD_LIBRARY_PATH", value)))
    }
}
