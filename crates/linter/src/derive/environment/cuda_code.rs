//! What was compiled for CUDA and ends up in an image: its own libraries and the wheels. Each piece needs a driver
//! for its CUDA, and code for the GPU it runs on.

use facts::package::{self, NameCuda};
use facts::torch::TorchRelease;
use facts::{ComputeCapability, CudaVersion, arch, jax, pytorch_index, torch as releases};
use packages::action::{Requirement, VersionSpec};
use source::Location;

use super::python::Python;
use super::torch::{self, Build, By, Chosen, TorchInstall};
use super::view::StageView;
use crate::derive::image::BaseImage;
use crate::derive::target::{Platform, Target};

/// One piece.
#[derive(Clone, Debug)]
pub struct CudaCode {
    /// `PyTorch 2.11.0`, `the image`.
    pub what: String,
    /// Its CUDA.
    pub cuda: NameCuda,
    /// The text that decides it.
    pub at: Location,
    /// Other texts that decide it.
    pub origin: Vec<(Location, String)>,
    /// Whether the build is fixed by the files; otherwise it is what a build gets on the day of the facts.
    pub certain: bool,
    /// What it is.
    pub kind: Kind,
}

/// What a piece is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// The image at the bottom.
    Image,
    /// A `PyTorch` wheel.
    Torch(Wheel),
    /// Another wheel.
    Wheel,
}

/// A `PyTorch` wheel.
#[derive(Clone, Debug)]
pub struct Wheel {
    /// Its release, where known.
    pub release: Option<&'static TorchRelease>,
    /// `cu121`.
    pub suffix: String,
    /// The bytes to replace to get another build of the same release.
    pub editable: Option<Location>,
    /// Whether the version may be another one as well.
    pub any_version: bool,
}

impl CudaCode {
    /// The CUDA version in words: `12`, `12.1`.
    #[must_use]
    pub fn cuda_text(&self) -> String {
        match self.cuda {
            NameCuda::Major(major) => major.to_string(),
            NameCuda::Exact(version) => version.to_string(),
        }
    }

    /// Whether it has code that runs on a GPU; `None` where that is not known.
    #[must_use]
    pub fn runs_on(&self, gpu: ComputeCapability) -> Option<bool> {
        if let Kind::Torch(wheel) = &self.kind {
            let known = match wheel.release.filter(|_| !wheel.any_version) {
                Some(release) => release.runs_on(&wheel.suffix, gpu),
                None => ever_runs(&wheel.suffix, gpu),
            };
            if known.is_some() {
                return known;
            }
        }
        let toolkit = match self.cuda {
            NameCuda::Exact(version) => version,
            NameCuda::Major(major) => CudaVersion::new(major, 0),
        };
        // What the toolkit has dropped, nothing built with it can hold; what it does not know yet may run from PTX.
        match arch::compiles(toolkit, gpu)? {
            arch::Compiles::RemovedAfter(_) => Some(false),
            arch::Compiles::NeedsNewer(_) | arch::Compiles::Yes => None,
        }
    }
}

/// Whether any release of an index has code for a GPU.
fn ever_runs(suffix: &str, gpu: ComputeCapability) -> Option<bool> {
    let known = releases::all()
        .iter()
        .filter_map(|release| release.runs_on(suffix, gpu));
    known.reduce(|any, one| any || one)
}

/// What a stage holds when it runs, the image first. `target` decides what pip takes where the platform matters.
#[must_use]
pub fn in_stage(stage: StageView<'_>, target: &Target) -> Vec<CudaCode> {
    let mut found = Vec::new();
    let installs = torch::installs(stage);
    let last = installs.iter().rfind(|install| {
        install.requirement.name == "torch"
            && !install.satisfied
            && install.installed.install.target.is_none()
    });
    let wheel = last.and_then(|install| of_torch(stage, install, target));
    if let Some(image) = stage.image() {
        let mut code = of_image(image, stage.image_at(), wheel.is_some());
        if let Some(code) = &mut code {
            let written = &stage.root().stage().image;
            let definitions = written.definitions(written.all()).into_iter();
            let origin = definitions.map(|place| (place, "its tag comes from here".to_owned()));
            code.origin.extend(origin);
        }
        found.extend(code);
    }
    let replaced = last.is_some();
    if let Some(mut wheel) = wheel {
        if on_arm(target) {
            // The tables list what the wheels for x86_64 were compiled for.
            wheel.kind = Kind::Wheel;
        }
        found.push(wheel);
    }
    if !replaced {
        found.extend(of_conda(stage));
    }
    for installed in stage.python() {
        for requirement in installed.requirements() {
            if torch::FAMILY.contains(&requirement.name.as_str()) {
                continue;
            }
            let Some(cuda) = named_cuda(requirement) else {
                continue;
            };
            // One piece of a CUDA major says it for all.
            let said = |code: &CudaCode| {
                !matches!(code.kind, Kind::Image) && code.cuda.major() == cuda.major()
            };
            if !found.iter().any(said) {
                found.push(CudaCode {
                    what: requirement.name.clone(),
                    cuda,
                    at: requirement.name_at,
                    origin: Vec::new(),
                    certain: true,
                    kind: Kind::Wheel,
                });
            }
        }
    }
    found
}

fn on_arm(target: &Target) -> bool {
    let platform = target.platform.as_ref();
    platform.is_some_and(Platform::is_linux_arm64)
}

/// The CUDA code of an image as it is pulled.
#[must_use]
pub fn in_image(image: &BaseImage, at: Location) -> Vec<CudaCode> {
    of_image(image, at, false).into_iter().collect()
}

fn of_image(image: &BaseImage, at: Location, has_torch: bool) -> Option<CudaCode> {
    if !image.is_nvidia() || !image.is_certain() {
        return None;
    }
    let cuda = image.cuda()?;
    let shipped = image.torch().filter(|_| !has_torch).flatten();
    let (what, kind) = match shipped {
        Some(version) => {
            let wheel = Wheel {
                release: releases::release(version),
                suffix: cuda.suffix(),
                editable: None,
                any_version: false,
            };
            (format!("the image's PyTorch {version}"), Kind::Torch(wheel))
        }
        None => ("the image".to_owned(), Kind::Image),
    };
    Some(CudaCode {
        what,
        cuda: NameCuda::Exact(cuda),
        at,
        origin: Vec::new(),
        certain: true,
        kind,
    })
}

fn of_torch(stage: StageView<'_>, install: &TorchInstall<'_>, target: &Target) -> Option<CudaCode> {
    let (release, certain) = release_of(stage, install);
    let named = |release: Option<&TorchRelease>| match release {
        Some(release) => format!("PyTorch {}", release.version),
        None => "PyTorch".to_owned(),
    };
    match install.build {
        Build::Cuda(chosen) => {
            let cuda = chosen.cuda?;
            // Beside PyPI, pip takes the higher version of both, which for a range nobody can tell.
            let beside = chosen.by == By::ExtraIndex && !certain;
            let here = release.filter(|release| release.indexes.has(&chosen.suffix) && certain);
            Some(CudaCode {
                what: format!("{} ({})", named(here), chosen.suffix),
                cuda: NameCuda::Exact(cuda),
                at: chosen.at,
                origin: Vec::new(),
                certain: !beside,
                kind: Kind::Torch(Wheel {
                    release: here,
                    suffix: chosen.suffix.clone(),
                    editable: editable(chosen),
                    any_version: !certain,
                }),
            })
        }
        Build::Default => {
            let release = release?;
            if on_arm(target) && release.aarch64 != "cuda" {
                return None;
            }
            let at = match &install.requirement.version {
                VersionSpec::Exact { text, .. } => text.place(),
                _ => install.requirement.name_at,
            };
            Some(CudaCode {
                what: format!("{} from PyPI", named(Some(release))),
                cuda: NameCuda::Exact(release.cuda),
                at,
                origin: Vec::new(),
                certain,
                kind: Kind::Torch(Wheel {
                    release: Some(release),
                    suffix: release.suffix.to_string(),
                    editable: None,
                    any_version: false,
                }),
            })
        }
        Build::Cpu(_) | Build::Rocm(_) | Build::Other(_) | Build::Unknown(_) => None,
    }
}

/// A suffix that is written once and decides one package.
fn editable(chosen: &Chosen) -> Option<Location> {
    match chosen.by {
        By::Index | By::ExtraIndex | By::FindLinks | By::Backend => chosen.editable,
        // The version beside it would have to change with it, or the wheel's whole address.
        By::LocalVersion | By::Wheel => None,
    }
}

/// The release that an installation gets, and whether the files fix it.
fn release_of(
    stage: StageView<'_>,
    install: &TorchInstall<'_>,
) -> (Option<&'static TorchRelease>, bool) {
    if let Some(pin) = install.pin {
        return (releases::release(torch::public(pin)), true);
    }
    let python = stage.interpreter_of(&install.installed);
    let fits = |release: &&TorchRelease| {
        let supports = |python: &Python| releases::supports_python(release, &python.version);
        python.as_ref().and_then(supports) != Some(false)
    };
    let newest = || releases::all().iter().rev();
    match &install.requirement.version {
        VersionSpec::Any => (newest().find(fits), false),
        VersionSpec::Range { specifiers, .. } => {
            let allowed = |release: &&TorchRelease| {
                let version: Option<pep440_rs::Version> = release.version.parse().ok();
                version.is_some_and(|version| specifiers.contains(&version))
            };
            (newest().filter(fits).find(allowed), false)
        }
        VersionSpec::Exact { .. } | VersionSpec::Unknown => (None, false),
    }
}

/// `pytorch-cuda=12.1`, `cudatoolkit=11.3` beside pytorch.
fn of_conda(stage: StageView<'_>) -> Option<CudaCode> {
    stage.conda().find_map(|(_, install)| {
        let packages = || install.packages.iter();
        if !packages().any(|package| package.name == "pytorch") {
            return None;
        }
        let chooses = |name: &str| matches!(name, "pytorch-cuda" | "cudatoolkit" | "cuda-version");
        let package = packages().find(|package| chooses(&package.name))?;
        let text = package.version.as_ref()?;
        let version = text.known()?.trim_end_matches(".*");
        let cuda: CudaVersion = version.parse().ok()?;
        Some(CudaCode {
            what: "PyTorch from conda".to_owned(),
            cuda: NameCuda::Exact(cuda),
            at: text.place(),
            origin: Vec::new(),
            certain: true,
            kind: Kind::Wheel,
        })
    })
}

/// The CUDA that a requirement names, or is known to bring.
fn named_cuda(requirement: &Requirement) -> Option<NameCuda> {
    let name = requirement.name.as_str();
    match name {
        "tensorflow" if requirement.extras.iter().any(|extra| extra == "and-cuda") => {
            let VersionSpec::Exact { version, .. } = &requirement.version else {
                return None;
            };
            let row = facts::tensorflow::release(&version.to_string())?;
            let supported = row.and_cuda && row.confidence.supports_errors();
            row.cuda_version()
                .filter(|_| supported)
                .map(NameCuda::Exact)
        }
        "jax" => {
            let mut extras = requirement.extras.iter();
            let major = extras.find_map(|extra| jax::extra_cuda_major(extra));
            major.map(NameCuda::Major)
        }
        _ => package::cuda_of_name(name),
    }
}

/// The index of a release to use instead: the newest whose CUDA the driver runs and which has code for every GPU.
#[must_use]
pub fn other_index(release: &TorchRelease, target: &Target) -> Option<&'static str> {
    let mut fitting: Vec<(CudaVersion, &'static str)> = release
        .indexes
        .texts()
        .filter_map(|suffix| Some((CudaVersion::from_suffix(suffix)?, suffix)))
        .filter(|(_, suffix)| {
            matches!(
                pytorch_index::find(suffix),
                pytorch_index::IndexStatus::Published(_)
            )
        })
        .filter(|(cuda, suffix)| {
            let driver = target.driver.as_ref();
            let driver_runs =
                driver.is_none_or(|driver| facts::cuda::runs(driver, *cuda) == Some(true));
            let mut gpus = target.gpus.iter();
            driver_runs && gpus.all(|gpu| release.runs_on(suffix, gpu.capability) == Some(true))
        })
        .collect();
    fitting.sort_unstable();
    fitting.pop().map(|(_, suffix)| suffix)
}
