use facts::package;
use packages::action::{Requirement, RequirementOrigin};
use source::{Diagnostic, Location, Severity};

use crate::derive::effects::Topic;
use crate::derive::environment::torch::{self, Build, By};
use crate::derive::environment::{Installed, StageView};
use crate::derive::image::BaseImage;
use crate::derive::names::Intent;
use crate::rules::tensorflow;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A GPU framework on a base image without CUDA.
pub(crate) static RULE: Rule = Rule {
    name: "cpu-base-image",
    summary: "a GPU framework is installed on a base image without CUDA",
    section: Section::BaseImage,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/cpu-base-image.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

/// One framework that says the image is meant for a GPU.
struct Framework {
    severity: Severity,
    at: Location,
    name: String,
    how: How,
}

/// How the framework gets its CUDA libraries.
enum How {
    /// Not at all.
    Missing,
    /// In wheels that were chosen by name.
    Chosen,
    /// In the wheel that `PyPI` happens to give.
    Default,
}

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let Some(image) = stage.image().filter(|image| image.is_cpu()) else {
        return;
    };
    if !stage.runs() || stage.says_cpu() || stage.has_unreadable_step() {
        return;
    }
    // A base that an ARG names is there to be replaced.
    let word = &stage.root().stage().image;
    let replaceable = !word.definitions(0..1).is_empty();
    if replaceable && stage.model.intent != Intent::Gpu {
        return;
    }
    if image.facts.as_ref().is_some_and(|facts| facts.musl) {
        if let Some(framework) = frameworks(stage).into_iter().next() {
            report.add(on_alpine(stage, &framework, report));
        }
        return;
    }
    if stage.has_own_cuda() || stage.is_opaque(Topic::System) {
        return;
    }
    // One finding for the image: the worst that is installed in it.
    let worst = frameworks(stage)
        .into_iter()
        .rev()
        .max_by_key(|framework| framework.severity);
    if let Some(framework) = worst {
        report.add(finding(stage, image, &framework, report));
    }
}

fn frameworks(stage: StageView<'_>) -> Vec<Framework> {
    let mut found = Vec::new();
    let cpu = torch::chose_cpu(stage);
    for install in torch::installs(stage).iter().filter(|install| {
        let follows = cpu && install.requirement.name != "torch";
        !install.satisfied && !follows && !skipped(stage, install.installed, install.requirement)
    }) {
        let how = match install.build {
            Build::Default => How::Default,
            Build::Cuda(chosen) if chosen.by != By::Wheel => How::Chosen,
            _ => continue,
        };
        found.push(Framework {
            severity: if matches!(how, How::Default) {
                Severity::Warning
            } else {
                Severity::Info
            },
            at: install.requirement.name_at,
            name: install.requirement.name.clone(),
            how,
        });
    }
    let brings_cuda = !found.is_empty() || stage.brings_cuda_wheels();
    for installed in stage.python() {
        for requirement in installed.requirements() {
            if skipped(stage, installed, requirement) {
                continue;
            }
            if let Some(how) = other(requirement, &installed, brings_cuda) {
                let severity = if matches!(how, How::Missing) {
                    if wants_gpu(stage, requirement, &installed) {
                        Severity::Error
                    } else {
                        Severity::Warning
                    }
                } else {
                    Severity::Info
                };
                found.push(Framework {
                    severity,
                    at: requirement.name_at,
                    name: requirement.name.clone(),
                    how,
                });
            }
        }
    }
    found
}

/// Whether an installation says nothing about the image: it may not happen, or is for the CPU on purpose.
fn skipped(stage: StageView<'_>, installed: Installed<'_>, requirement: &Requirement) -> bool {
    installed.command.is_conditional() || stage.asks_for_cpu(&installed, requirement)
}

/// Whether something says that the GPU is wanted: the package's name, what was built with CUDA, or the project.
fn wants_gpu(stage: StageView<'_>, requirement: &Requirement, installed: &Installed<'_>) -> bool {
    let name = requirement.name.as_str();
    let built = installed.command.effects.compiles.iter();
    stage.model.intent == Intent::Gpu
        || ["gpu", "cuda", "-cu1"]
            .iter()
            .any(|word| name.contains(word))
        || !requirement.extras.is_empty()
        || built
            .filter(|compile| compile.certain)
            .any(|compile| compile.at == requirement.name_at)
}

/// Frameworks other than `PyTorch`.
fn other(requirement: &Requirement, installed: &Installed<'_>, brings_cuda: bool) -> Option<How> {
    let extra = |wanted: &str| {
        requirement
            .extras
            .iter()
            .any(|extra| extra.starts_with(wanted))
    };
    match requirement.name.as_str() {
        "tensorflow" if extra("and-cuda") => Some(How::Chosen),
        "tensorflow" if tensorflow::needs_system_cuda(requirement) => Some(How::Missing),
        "tensorflow-gpu" => Some(How::Missing),
        "jax" | "jaxlib" => {
            let extra = requirement
                .extras
                .iter()
                .find(|extra| facts::jax::extra_cuda_major(extra).is_some())?;
            Some(if facts::jax::extra_uses_system_cuda(extra) {
                How::Missing
            } else {
                How::Chosen
            })
        }
        "llama-cpp-python" => {
            let built = installed
                .command
                .effects
                .compiles
                .iter()
                .any(|compile| compile.certain && compile.at == requirement.name_at);
            built.then_some(How::Missing)
        }
        "faster-whisper" | "whisperx" | "paddlepaddle-gpu" => None,
        // A lock file names it for whoever depends on faster-whisper.
        "ctranslate2" if matches!(requirement.origin, RequirementOrigin::Lock { .. }) => None,
        name => {
            let row = package::find(name)
                .filter(|row| row.loads_system_cuda && row.confidence.supports_errors())?;
            let ctk = extra("ctk") || extra("cuda") || extra("cudnn");
            (row.name != "tensorflow" && !ctk && requirement.url.is_none()).then_some(How::Missing)
        }
    }
    .filter(|how| !(matches!(how, How::Missing) && brings_cuda))
}

fn finding(
    stage: StageView<'_>,
    image: &BaseImage,
    framework: &Framework,
    report: &Report<'_>,
) -> Diagnostic {
    let base = &stage.root().stage().image;
    let name = image.reference.path.trim_start_matches("library/");
    let name = match &image.reference.tag {
        Some(tag) => format!("{name}:{tag}"),
        None => name.to_owned(),
    };
    let package = &framework.name;
    let message = match framework.how {
        How::Missing => format!(
            "{package} gets no CUDA libraries: {name} has none, and nothing else brings them"
        ),
        How::Default => format!(
            "{name} has no CUDA; the GPU depends on the libraries inside whichever {package} wheel PyPI gives"
        ),
        How::Chosen => format!("{name} has no CUDA; {package} brings its own libraries"),
    };
    let why = match framework.how {
        How::Missing => {
            "the program runs on the CPU or stops: \"Could not load dynamic library 'libcudart.so'\", \"libcublas.so: cannot open shared object file\""
        }
        How::Default => {
            "an unpinned wheel changes its CUDA version with each release; a host with an older driver then reports \"The NVIDIA driver on your system is too old\""
        }
        How::Chosen => {
            "this works with `--gpus`; a CUDA base image would add libraries for programs outside the wheels, and NVIDIA_VISIBLE_DEVICES, which `runtime: nvidia` needs"
        }
    };
    let help = match framework.how {
        How::Missing => {
            "use a CUDA image with cuDNN, such as `FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu22.04`, or the package's own CUDA extra"
        }
        How::Default => {
            "choose the wheel with `--index-url https://download.pytorch.org/whl/cuNNN`, or start from `nvidia/cuda:…-runtime-…` or `pytorch/pytorch`"
        }
        How::Chosen => "nothing to do unless other programs in the image need CUDA",
    };
    report
        .with_severity(framework.severity, message, base.place())
        .label("an image without CUDA")
        .related(framework.at, format!("{package} is installed here"))
        .why(why)
        .help(help)
}

fn on_alpine(stage: StageView<'_>, framework: &Framework, report: &Report<'_>) -> Diagnostic {
    report
        .with_severity(
            Severity::Error,
            format!("{} cannot use CUDA on Alpine: CUDA libraries and wheels need glibc", framework.name),
            stage.root().stage().image.place(),
        )
        .label("musl instead of glibc")
        .related(framework.at, format!("{} is installed here", framework.name))
        .why("pip finds no wheel (\"No matching distribution found\") or builds without CUDA")
        .help("use a Debian or Ubuntu based image, such as `nvidia/cuda:…-runtime-ubuntu22.04` or `python:…-slim`")
}
