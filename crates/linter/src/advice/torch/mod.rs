//! PyTorch, its companions, and the packages that decide which release it is.

mod existing;
mod search;
mod words;

use facts::package::{self, GivesGpu, Nvcc, Package};
use facts::torch::{self, TorchRelease};
use facts::{CudaVersion, install};

pub(crate) use existing::index_for;

use super::Advice;
use super::machine::Question;
use super::requirement::Wanted;
use super::step::Install;
use search::Search;

/// What is asked for of PyTorch.
#[derive(Default)]
pub(super) struct Family<'q> {
    /// torch and its companions.
    pub(super) wanted: Vec<&'q Wanted>,
    /// Other packages that run on it.
    pub(super) needed_by: Vec<&'q Wanted>,
}

/// The PyTorch that suits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen {
    pub(super) release: &'static TorchRelease,
    pub(super) suffix: &'static str,
    pub(super) cuda: CudaVersion,
}

/// torch and what is released with it.
pub(super) fn is_family(name: &str) -> bool {
    matches!(name, "torch" | "torchvision" | "torchaudio")
}

/// Whether a package runs on torch or is built with it.
pub(super) fn belongs_to_torch(package: &Package) -> bool {
    let pins = install::torch_pins(&package.name).next().is_some()
        || package::repository_of(package).is_some_and(|repository| repository.no_build_isolation);
    let builds =
        package.no_build_isolation && matches!(package.nvcc, Nvcc::Build | Nvcc::BuildSwitch);
    pins || builds
        || package.gives_gpu == GivesGpu::ViaTorch && !package.kind.starts_with("needs tensorflow")
}

/// Chooses, and says why.
pub(super) fn advise(
    question: &Question,
    family: &Family<'_>,
    advice: &mut Advice,
) -> Option<Chosen> {
    if family.wanted.is_empty() && family.needed_by.is_empty() {
        return None;
    }
    if let Some(refusal) = words::refused_index(question, family) {
        advice.refused.push(refusal);
        return None;
    }
    let search = Search { question, family };
    let chosen = match search.best() {
        Ok(chosen) => chosen,
        Err(why) => {
            words::refuse(question, family, &why, advice);
            return None;
        }
    };
    // A package that pins torch brings it along, from PyPI.
    let brought =
        family.wanted.is_empty() && family.needed_by.iter().all(|wanted| has_pins(wanted));
    if !brought {
        advice.steps.push(step(question, family, chosen));
    }
    words::reasons(question, family, chosen, advice);
    Some(chosen)
}

/// Whether a release is the one that a package pins; `None` for packages that pin none.
fn pinned(wanted: &Wanted, release: &TorchRelease) -> Option<bool> {
    install::torch_pins(&wanted.name).next()?;
    Some(pin(wanted, release).is_some())
}

/// The newest version of a package that is wanted and pins a release.
pub(super) fn pin(wanted: &Wanted, release: &TorchRelease) -> Option<install::TorchPin> {
    install::torch_pins(&wanted.name)
        .filter(|pin| pin.accepts(&release.version) && wanted.allows(pin.version))
        .last()
}

/// The command.
fn step(question: &Question, family: &Family<'_>, chosen: Chosen) -> Install {
    let index = format!("https://download.pytorch.org/whl/{}", chosen.suffix);
    let named = |name: &str| match torch::companion(chosen.release, name) {
        Some(version) => format!("{name}=={version}"),
        None => name.to_owned(),
    };
    let mut requirements: Vec<String> = family
        .wanted
        .iter()
        .map(|wanted| named(&wanted.name))
        .collect();
    if !family.wanted.iter().any(|wanted| wanted.name == "torch") {
        requirements.insert(0, named("torch"));
    }
    Install {
        requirements,
        // For Arm, only what PyPI has is known.
        index: (!question.is_arm()).then_some(index),
        ..Install::default()
    }
}

/// Whether the releases of a package want one release of torch each.
fn has_pins(wanted: &Wanted) -> bool {
    install::torch_pins(&wanted.name).next().is_some()
}
