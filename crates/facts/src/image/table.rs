//! The rows of `data/images.json`.

use crate::Confidence;
use crate::nvidia_cuda::{OsSpan, Release};
use crate::packed::{List, Str};

/// `data/images.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Images {
    pub(crate) families: List<Family>,
    pub(crate) cuda_releases: List<Release>,
    pub(crate) cuda_os: List<OsSpan>,
    pub(crate) ngc: List<Month>,
    pub(crate) old_keys: List<OldKey>,
}

/// One image repository, or several with a common prefix.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Family {
    /// `docker.io/pytorch/pytorch`; `*` stands for any text.
    pub(crate) name: Str,
    pub(crate) accelerator: Str,
    /// Where the CUDA version stands: `leading`, `tag`, `name`, `ngc`, `tensorflow`.
    pub(crate) cuda: Option<Str>,
    pub(crate) flavor: Option<Str>,
    pub(crate) python: Option<bool>,
    pub(crate) framework: Option<Str>,
    /// The word in the tag that says GPU; without it the image is for the CPU.
    pub(crate) gpu_word: Option<Str>,
    /// The word in the tag that says CPU.
    pub(crate) cpu_word: Option<Str>,
    pub(crate) confidence: Confidence,
}

/// CUDA and torch of an NGC monthly release.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Month {
    pub(crate) month: Str,
    pub(crate) cuda: Str,
    pub(crate) torch: Option<Str>,
    pub(crate) confidence: Confidence,
}

/// A range of tags that carry the repository of NVIDIA with the key it no longer has.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct OldKey {
    pub(crate) name: Str,
    /// A part of the tag: images of other kinds have no such repository.
    pub(crate) word: Str,
    /// The last release of the range.
    pub(crate) through: Str,
    /// Later patches of releases before it, built with the new key.
    pub(crate) except: List<Str>,
    /// Tags without a release that were last pushed before.
    pub(crate) ended: List<Str>,
    pub(crate) confidence: Confidence,
}
