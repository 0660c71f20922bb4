//! Packages that are compiled, run on PyTorch, or need nothing in particular.

use facts::image::{Cudnn, ImageFacts};
use facts::install;
use facts::package::{self, GivesGpu, Nvcc, Package};

use super::machine::Question;
use super::requirement::Wanted;
use super::step::Install;
use super::torch::{self, Chosen};
use super::{Advice, Refusal};

/// Says what to install.
pub(super) fn advise(
    question: &Question,
    wanted: &Wanted,
    torch: Option<Chosen>,
    advice: &mut Advice,
) {
    let Some(package) = package::find(&wanted.name) else {
        advice.refuse(wanted, "not in the tables", None);
        return;
    };
    if torch::belongs_to_torch(package) && torch.is_none() {
        // Why there is no torch for it is said already.
        return;
    }
    let repository = package::repository_of(package);
    if package.kind == "name trap" && repository.is_none() {
        advice.refused.push(Refusal {
            package: wanted.to_string(),
            why: format!(
                "the package of that name on PyPI is another one: {}",
                package.note
            ),
            nearest: None,
        });
        return;
    }
    let named = package::cuda_of_name(&package.name);
    if let Some(Err(why)) = named.map(|cuda| question.runs(cuda.major())) {
        advice.refuse(wanted, why, None);
        return;
    }
    let mut step = Install::of([wanted.requirement()]);
    if let Some(repository) = repository {
        step.requirements = vec![format!("git+https://github.com/{}", repository.repository)];
        step.no_build_isolation = repository.no_build_isolation;
    }
    if let Some(chosen) = torch
        && let Some(pin) = torch::pin(wanted, chosen.release)
    {
        step.requirements = vec![format!("{}=={}", package.name, pin.version)];
        advice.reasons.push(format!(
            "{} {} wants torch{}: the newest in the tables that does",
            package.name, pin.version, pin.torch
        ));
    }
    if compiles(package, repository.is_some()) {
        step.no_build_isolation |= package.no_build_isolation;
        compiled(question, package, torch, &mut step, advice);
    }
    advice.steps.push(step);
    notes(question, package, advice);
}

fn compiles(package: &Package, from_repository: bool) -> bool {
    package.nvcc == Nvcc::Build || from_repository || is_forced(package)
}

/// Extensions of torch that look for a GPU, and without one compile for the CPU.
fn is_forced(package: &Package) -> bool {
    package.nvcc == Nvcc::BuildSwitch && package.no_build_isolation
}

/// What a package needs that is built with nvcc.
fn compiled(
    question: &Question,
    package: &Package,
    torch: Option<Chosen>,
    step: &mut Install,
    advice: &mut Advice,
) {
    if is_forced(package) {
        step.environment.push(("FORCE_CUDA", "1".to_owned()));
        advice.reasons.push(format!(
            "{} compiles for the CPU alone where it sees no GPU, as in a build: FORCE_CUDA=1",
            package.name
        ));
    }
    let gpus = &question.target.gpus;
    if !gpus.is_empty() && torch.is_some() {
        let mut list: Vec<_> = gpus.iter().map(|gpu| gpu.capability).collect();
        list.sort_unstable();
        list.dedup();
        let list: Vec<String> = list.iter().map(ToString::to_string).collect();
        step.environment
            .push(("TORCH_CUDA_ARCH_LIST", list.join(";")));
    } else if torch.is_some() {
        advice.needs.push("TORCH_CUDA_ARCH_LIST with the compute capabilities of the GPUs that will run it: a build sees no GPU (--gpu says which)".to_owned());
    }
    let major = torch
        .map(|torch| torch.cuda.major)
        .or(question.cuda().map(|cuda| cuda.major));
    let cuda = major.map_or_else(|| "CUDA".to_owned(), |major| format!("CUDA {major}"));
    match &question.base {
        Some((_, image)) if image.nvcc == Some(true) => {}
        Some((name, _)) => advice.needs.push(format!(
            "nvcc of {cuda} to compile {}: {name} has none; use a -devel image in the stage that compiles",
            package.name
        )),
        None => advice.needs.push(format!(
            "nvcc of {cuda} to compile {}: nvidia/cuda:…-devel-… of {cuda}, not -runtime or -base",
            package.name
        )),
    }
    if step.no_build_isolation {
        advice.reasons.push(format!(
            "{} is built against the torch that is installed: torch first, then --no-build-isolation",
            package.name
        ));
        advice.plain.push(format!(
            "`pip install {}` builds in an isolated environment, without that torch: \"No module named 'torch'\"",
            package.name
        ));
    }
}

fn notes(question: &Question, package: &Package, advice: &mut Advice) {
    let name = package.name.as_str();
    let pins = install::torch_pins(name).next().is_some();
    match package.gives_gpu {
        GivesGpu::No if package.nvcc == Nvcc::No && package::repository_of(package).is_none() => {
            advice
                .reasons
                .push(format!("{name} has no GPU build of its own"));
        }
        GivesGpu::ViaTorch if !pins && package.nvcc != Nvcc::Build => {
            advice.reasons.push(format!("{name} runs on the GPU through torch: torch first, so that it does not bring PyPI's"));
        }
        GivesGpu::Conditional if package.loads_system_cuda => {
            let cudnn = if package.needs_cudnn {
                " and cuDNN"
            } else {
                ""
            };
            let era = install::eras("ctranslate2").next();
            let era = era.filter(|_| package.kind.contains("ctranslate2"));
            let what = match era {
                Some(era) => format!("CUDA {} and cuDNN {}", era.cuda, era.cudnn),
                None => format!("CUDA libraries{cudnn}"),
            };
            if !question
                .base()
                .is_some_and(|image| has_libraries(image, era))
            {
                advice.needs.push(format!("{what} in the image for {name}"));
            }
        }
        _ => {}
    }
    match package.nvcc {
        Nvcc::RuntimeJit if question.base().is_none_or(|image| image.nvcc != Some(true)) => {
            advice.needs.push(format!("nvcc where {name} runs: it compiles at its first use; base the stage that runs on a -devel image"));
        }
        Nvcc::BuildFallback => advice.needs.push(format!(
            "nvcc only where no wheel of {name} fits the platform and Python"
        )),
        Nvcc::BuildSwitch if !is_forced(package) => advice
            .needs
            .push(format!("nvcc, if the CUDA build of {name} is switched on")),
        _ => {}
    }
    // Notes of packages that pin torch repeat the table.
    if !package.note.is_empty() && !pins {
        advice.reasons.push(format!("{name}: {}", package.note));
    }
}

/// Whether an image has CUDA and cuDNN, of these majors where they are known.
fn has_libraries(image: &ImageFacts, era: Option<&install::Era>) -> bool {
    let (Some(cuda), Some(Cudnn::Present(cudnn))) = (image.cuda, image.cudnn) else {
        return false;
    };
    era.is_none_or(|era| era.cuda == cuda.major && cudnn.is_none_or(|cudnn| cudnn == era.cudnn))
}
