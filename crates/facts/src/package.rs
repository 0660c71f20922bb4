//! Python packages that use, bring or compile CUDA.

use crate::generated::PACKAGES;
use crate::packed::{List, Str};
use crate::{Confidence, CudaVersion, DriverVersion, cuda};

/// What a plain `pip install` gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum GivesGpu {
    /// A GPU build.
    Yes,
    /// As good as the torch it finds.
    ViaTorch,
    /// A GPU build that needs libraries of the system.
    Conditional,
    /// No GPU.
    No,
}

/// When nvcc is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Nvcc {
    /// Never.
    No,
    /// At `pip install`.
    Build,
    /// At `pip install`, when a switch turns the CUDA build on.
    BuildSwitch,
    /// At `pip install`, when no wheel fits.
    BuildFallback,
    /// At the first use.
    RuntimeJit,
    /// At the first use, with some options and GPUs.
    SometimesJit,
    /// It brings one.
    Provides,
}

/// How a source distribution or repository says what its build needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum SourceBuild {
    /// A `setup.py` alone: old versions of pip build it where torch is visible.
    SetupPy,
    /// A `pyproject.toml` that does not list torch: every installer isolates the build.
    Pyproject,
    /// A `pyproject.toml` that lists torch: an isolated build gets a torch of its own.
    FreshTorch,
}

/// One package.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Package {
    /// PEP 503 name.
    pub name: Str,
    /// `framework`, `cuda-extension`, `serving`, `name trap`, …
    pub kind: Str,
    /// What plain pip gives.
    pub gives_gpu: GivesGpu,
    /// It loads CUDA libraries of the image at run time.
    pub loads_system_cuda: bool,
    /// It needs cuDNN of the image.
    pub needs_cudnn: bool,
    /// When nvcc is needed.
    pub nvcc: Nvcc,
    /// Its build imports torch: pip needs `--no-build-isolation`.
    pub no_build_isolation: bool,
    /// How its build says what it needs; `None` where that was not read.
    pub build: Option<SourceBuild>,
    /// `PyPI` has nothing to install for Linux.
    pub git_only: bool,
    /// It brings CUDA libraries in its wheels.
    pub bundles_cuda: bool,
    /// Newest version seen.
    pub newest: Option<Str>,
    /// One line for messages.
    pub note: Str,
    /// The CUDA and cuDNN majors it loads, newest versions of the package first.
    pub libraries: List<Libraries>,
    /// How the row was established.
    pub confidence: Confidence,
}

/// Libraries that a package loads, from one of its versions on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Libraries {
    /// First version that loads them.
    pub from: Str,
    /// Major version of CUDA.
    pub cuda: u16,
    /// Major version of cuDNN.
    pub cudnn: u16,
}

/// A Git repository whose installation compiles CUDA.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Repository {
    /// `owner/name`, lower case.
    pub repository: Str,
    /// The package it builds.
    pub package: Str,
    /// When nvcc is needed.
    pub nvcc: Nvcc,
    /// Its build imports torch.
    pub no_build_isolation: bool,
    /// How its build says what it needs; `None` where that was not read.
    pub build: Option<SourceBuild>,
    /// How the row was established.
    pub confidence: Confidence,
}

/// `data/packages.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Packages {
    pub(crate) packages: List<Package>,
    pub(crate) repositories: List<Repository>,
}

/// Every package.
pub fn all() -> &'static [Package] {
    PACKAGES.packages.as_slice()
}

/// The package with this PEP 503 name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Package> {
    PACKAGES.packages.sorted(|row| row.name.cmp(name))
}

/// The repository in a Git address, if its installation is known to compile CUDA.
pub fn find_repository(address: &str) -> Option<&'static Repository> {
    let lower = address.to_ascii_lowercase();
    let path = lower
        .split_once("://")
        .map_or(lower.as_str(), |(_, rest)| rest);
    let path = path.split(['#', '?']).next().unwrap_or(path);
    let mut parts = path
        .split(['/', ':'])
        .filter(|part| !part.is_empty())
        .skip(1);
    let owner = parts.next()?;
    let name = parts.next()?.split('@').next()?.trim_end_matches(".git");
    let key = format!("{owner}/{name}");
    PACKAGES
        .repositories
        .sorted(|row| row.repository.as_str().cmp(&key))
}

/// The repository that a package is installed from, where `PyPI` has nothing, or another package of that name.
#[must_use]
pub fn repository_of(package: &Package) -> Option<&'static Repository> {
    if !package.git_only && package.kind != "name trap" {
        return None;
    }
    // Of forks, the row of the owner is the one that was read.
    let mut rows = PACKAGES.repositories.iter();
    rows.find(|row| row.package == package.name && row.confidence.supports_errors())
}

/// The CUDA version in a package's name: `cupy-cuda12x` is 12, `spconv-cu121` is 12.1, `nvidia-cublas-cu12` is 12.
pub fn cuda_of_name(name: &str) -> Option<NameCuda> {
    let tail = name.rsplit('-').next()?;
    if let Some(digits) = tail.strip_prefix("cuda") {
        let digits = digits.strip_suffix('x').unwrap_or(digits);
        return match digits.len() {
            2 => digits.parse().ok().map(NameCuda::Major),
            3 => CudaVersion::from_suffix(&format!("cu{digits}")).map(NameCuda::Exact),
            _ => None,
        };
    }
    let digits = tail.strip_prefix("cu")?;
    match digits.len() {
        2 => digits.parse().ok().map(NameCuda::Major),
        3 => CudaVersion::from_suffix(tail).map(NameCuda::Exact),
        _ => None,
    }
}

/// How precisely a package's name tells its CUDA version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameCuda {
    /// `-cu12`.
    Major(u16),
    /// `-cu121`.
    Exact(CudaVersion),
}

impl NameCuda {
    /// The lowest Linux driver that runs it; `None` where the tables do not say.
    #[must_use]
    pub fn needed_driver(self) -> Option<&'static str> {
        match self {
            Self::Major(major) => cuda::min_driver(major),
            Self::Exact(version) => cuda::needed(version),
        }
    }

    /// Whether a driver runs it; `None` where the tables do not say.
    #[must_use]
    pub fn runs_on(self, driver: &DriverVersion) -> Option<bool> {
        match self {
            Self::Major(major) => cuda::runs_major(driver, major),
            Self::Exact(version) => cuda::runs(driver, version),
        }
    }

    /// The major.
    #[must_use]
    pub fn major(self) -> u16 {
        match self {
            Self::Major(major) => major,
            Self::Exact(version) => version.major,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(all().is_sorted_by(|a, b| *a.name < *b.name));
        let repositories = PACKAGES.repositories.as_slice();
        assert!(repositories.is_sorted_by(|a, b| *a.repository < *b.repository));
    }

    #[test]
    fn every_name_is_normalised_and_found() {
        for row in all() {
            assert!(
                row.name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{}",
                row.name
            );
            assert_eq!(find(&row.name).unwrap().name, row.name);
        }
    }

    #[test]
    fn repositories_are_found_in_every_spelling() {
        for address in [
            "git+https://github.com/Dao-AILab/flash-attention.git@v2.5",
            "https://github.com/dao-ailab/flash-attention",
            "git+ssh://git@github.com/Dao-AILab/flash-attention#egg=flash-attn",
        ] {
            assert_eq!(
                find_repository(address).map(|row| row.package.as_str()),
                Some("flash-attn"),
                "{address}"
            );
        }
        assert!(find_repository("git+https://github.com/huggingface/transformers").is_none());
    }

    #[test]
    fn some_packages_come_from_their_repository() {
        let repository = |name| Some(repository_of(find(name)?)?.repository.as_str());
        assert_eq!(repository("apex"), Some("nvidia/apex"));
        assert_eq!(repository("pytorch3d"), Some("facebookresearch/pytorch3d"));
        assert_eq!(repository("flash-attn"), None);
    }

    #[test]
    fn names_tell_their_cuda() {
        assert_eq!(cuda_of_name("cupy-cuda12x"), Some(NameCuda::Major(12)));
        assert_eq!(
            cuda_of_name("spconv-cu121"),
            Some(NameCuda::Exact(CudaVersion::new(12, 1)))
        );
        assert_eq!(
            cuda_of_name("nvidia-cublas-cu12"),
            Some(NameCuda::Major(12))
        );
        assert_eq!(
            cuda_of_name("nvidia-dali-cuda120"),
            Some(NameCuda::Exact(CudaVersion::new(12, 0)))
        );
        assert_eq!(cuda_of_name("torch"), None);
        assert_eq!(cuda_of_name("accumulate"), None);
    }

    #[test]
    fn names_that_are_not_what_they_look_like() {
        assert_eq!(find("pytorch").unwrap().kind, "name trap");
        assert_eq!(find("faiss-gpu").unwrap().gives_gpu, GivesGpu::Yes);
        assert_eq!(find("jax").unwrap().gives_gpu, GivesGpu::No);
        assert!(find("onnxruntime-gpu").unwrap().loads_system_cuda);
        assert!(!find("torch").unwrap().loads_system_cuda);
        assert_eq!(find("flash-attn").unwrap().nvcc, Nvcc::Build);
        assert_eq!(find("xformers").unwrap().nvcc, Nvcc::BuildFallback);
    }
}
