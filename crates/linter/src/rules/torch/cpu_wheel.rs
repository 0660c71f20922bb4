use std::cell::OnceCell;

use facts::package::{self, GivesGpu};
use facts::pypi::Machine;
use packages::action::{Requirement, RequirementOrigin, VersionSpec};
use source::{Diagnostic, Fix, Severity};

use super::{choose_build, choose_index, own, release_of};
use crate::derive::environment::torch::{Build, first_chosen, public};
use crate::derive::environment::{Installed, StageView};
use crate::derive::image::BaseImage;
use crate::derive::names::Intent;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A build without GPU code in an image that is meant for the GPU.
pub(crate) static RULE: Rule = Rule {
    name: "cpu-wheel",
    summary: "a CPU build is installed in a GPU image",
    section: Section::Pytorch,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/cpu-wheel.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

/// Packages whose name means a CPU build, and what to install instead.
const CPU_PACKAGES: &[(&str, &str)] = &[
    ("faiss-cpu", "faiss-gpu-cu12"),
    ("onnxruntime", "onnxruntime-gpu"),
    ("tensorflow-cpu", "tensorflow[and-cuda]"),
];

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let image = stage
        .image()
        .filter(|image| image.is_nvidia() && image.is_certain());
    if !stage.says_cpu() {
        looks_for_a_driver(stage, report);
    }
    let meant = image.is_some() || is_asked_for(stage);
    if !meant || stage.says_cpu() || !stage.is_inherited_by_final() {
        return;
    }
    for install in own(stage) {
        let Build::Cpu(chosen) = install.build else {
            continue;
        };
        let name = &install.requirement.name;
        let place = match image {
            Some(_) => "with CUDA",
            None => "that is given a GPU",
        };
        let mut finding = report
            .finding(
                format!("the CPU build of {name} in an image {place}"),
                chosen.at,
            )
            .label("wheels without GPU code")
            .why("`torch.cuda.is_available()` is False: \"Torch not compiled with CUDA enabled\"");
        finding = match image {
            Some(_) => finding.related(stage.image_at(), "an image for the GPU"),
            None => finding.help(
                "install from a CUDA index: --index-url https://download.pytorch.org/whl/cuNNN",
            ),
        };
        let release = install.pin.and_then(|pin| release_of(name, pin));
        if let Some(suffix) = image
            .and_then(BaseImage::cuda)
            .and_then(|base| choose_index(Some(base), release))
        {
            finding = finding.help(format!(
                "use the {suffix} wheels, or a base image without CUDA"
            ));
            if let Some(edits) = choose_build(&install, chosen, suffix) {
                finding = finding.fix(Fix::risky(
                    format!("use the {suffix} wheels"),
                    "the image grows by some gigabytes",
                    edits,
                ));
            }
        }
        report.add(finding);
    }
    if stage.stage().machine == Machine::Aarch64 {
        on_arm(stage, report);
    }
    // Lines for several Pythons name one package more than once.
    let mut seen: Vec<&str> = Vec::new();
    let others = Others::new(stage);
    for installed in stage.own_python() {
        for requirement in installed.requirements() {
            if seen.contains(&requirement.name.as_str())
                || stage.asks_for_cpu(&installed, requirement)
            {
                continue;
            }
            if let Some(finding) = named(stage, &others, &installed, requirement, report) {
                seen.push(&requirement.name);
                report.add(finding);
            }
        }
    }
}

/// `--torch-backend=auto` looks for a driver, which no build has.
fn looks_for_a_driver(stage: StageView<'_>, report: &mut Report<'_>) {
    for installed in stage.own_python() {
        let Some(backend) = &installed.install.indexes.torch_backend else {
            continue;
        };
        if backend.known() != Some("auto") || installed.requirements().next().is_none() {
            continue;
        }
        report.add(
            report
                .finding("`--torch-backend=auto` finds no driver while the image is built, and takes the CPU build of torch", backend.place())
                .label("looks for a driver")
                .why("no GPU and no driver is visible during `docker build`: `torch.cuda.is_available()` is then False, \"Torch not compiled with CUDA enabled\"")
                .help("name the build: `--torch-backend=cu128`"),
        );
    }
}

/// `PyPI`'s torch for aarch64, which has no GPU code in older releases.
fn on_arm(stage: StageView<'_>, report: &mut Report<'_>) {
    for install in own(stage) {
        if !super::is_cpu_on_arm(stage, &install) {
            continue;
        }
        let version = install.pin.map(public).unwrap_or_default();
        report.add(
            report
                .finding(
                    format!("torch {version} of PyPI has no GPU code on arm64"),
                    install.requirement.name_at,
                )
                .label("a CPU build on this machine")
                .related(stage.image_at(), "an image for the GPU")
                .why("up to torch 2.10 PyPI's wheels for aarch64 are CPU builds: `torch.cuda.is_available()` is False, \"Torch not compiled with CUDA enabled\"")
                .help("use torch 2.11 or newer, or an image that ships torch for arm64, such as `nvcr.io/nvidia/pytorch`"),
        );
    }
}

/// Whether a project gives the image a GPU that nothing else in it uses, as far as is seen.
fn is_asked_for(stage: StageView<'_>) -> bool {
    let uses = |requirement: &Requirement| {
        let own = matches!(
            &*requirement.name,
            "torch" | "torchvision" | "torchaudio" | "jax" | "jaxlib"
        );
        !own && package::find(&requirement.name).is_some_and(|row| row.gives_gpu != GivesGpu::No)
    };
    stage.model.intent == Intent::Gpu
        && stage.runs()
        && stage.image().is_some_and(BaseImage::is_cpu)
        && !stage
            .python()
            .any(|installed| installed.requirements().any(uses))
}

fn named(
    stage: StageView<'_>,
    others: &Others<'_>,
    installed: &Installed<'_>,
    requirement: &Requirement,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    if matches!(requirement.origin, RequirementOrigin::Lock { .. })
        || requirement.url.is_some()
        || installed.install.indexes.unknown
    {
        return None;
    }
    let at = requirement.name_at;
    let on_cuda = stage.image().is_some_and(BaseImage::is_nvidia);
    let base = |message: String| {
        let finding = report.finding(message, at).label("no GPU code inside");
        if on_cuda {
            finding.related(stage.image_at(), "an image for the GPU")
        } else {
            finding
        }
    };
    if requirement.name == "jax" {
        return jax(stage, others, requirement).then(|| {
            base("plain jax runs on the CPU only".to_owned())
                .why("JAX says \"An NVIDIA GPU may be present on this machine, but a CUDA-enabled jaxlib is not installed. Falling back to cpu.\"")
                .help("install `jax[cuda12]`, or `jax[cuda13]` for drivers from 580 on")
        });
    }
    // Beside a service's model they may serve what needs no GPU.
    let (name, instead) = CPU_PACKAGES
        .iter()
        .find(|(name, _)| on_cuda && *name == requirement.name)?;
    // Another index may carry a GPU build under the same name.
    if installed.install.indexes.all().next().is_some() {
        return None;
    }
    if *name == "onnxruntime" && others.require_onnxruntime() {
        return None;
    }
    if *name == "onnxruntime" && others.have_onnxruntime_gpu() {
        if others.onnxruntime_gpu_is_last() {
            return None;
        }
        return Some(
            base("onnxruntime beside onnxruntime-gpu: the last one installed wins".to_owned())
                .why("both packages install the same folder; with the CPU build on top only CPUExecutionProvider is left")
                .help("install onnxruntime-gpu alone"),
        );
    }
    // Another framework may be what the GPU is for.
    let framework = stage
        .image()
        .and_then(|image| image.facts.as_ref())
        .is_some_and(|facts| facts.framework.is_some());
    let mut finding = base(format!("{name} is the CPU build, in an image with CUDA"));
    let why = if framework || others.have_cuda_torch() {
        finding.severity = Severity::Info;
        "what this package computes runs without the GPU, and without an error"
    } else {
        "the program runs without the GPU and without an error"
    };
    Some(finding.why(why).help(format!(
        "install `{instead}`, or start from an image without CUDA"
    )))
}

/// What else is installed in a stage, looked for once.
struct Others<'m> {
    stage: StageView<'m>,
    onnxruntime_gpu: OnceCell<bool>,
    onnxruntime_gpu_last: OnceCell<bool>,
    onnxruntime_required: OnceCell<bool>,
    cuda_torch: OnceCell<bool>,
    jax_plugin: OnceCell<bool>,
}

impl<'m> Others<'m> {
    fn new(stage: StageView<'m>) -> Self {
        Self {
            stage,
            onnxruntime_gpu: OnceCell::new(),
            onnxruntime_gpu_last: OnceCell::new(),
            onnxruntime_required: OnceCell::new(),
            cuda_torch: OnceCell::new(),
            jax_plugin: OnceCell::new(),
        }
    }

    fn have_onnxruntime_gpu(&self) -> bool {
        *self.onnxruntime_gpu.get_or_init(|| {
            let mut requirements = self.stage.python().flat_map(Installed::requirements);
            requirements.any(|requirement| requirement.name == "onnxruntime-gpu")
        })
    }

    /// Whether another package that is installed requires onnxruntime itself.
    fn require_onnxruntime(&self) -> bool {
        *self.onnxruntime_required.get_or_init(|| {
            self.stage.python().any(|installed| {
                let stage = self.stage.model.stage(installed.stage);
                let step = stage.choices_of(&installed);
                let choices = step.map_or(&[][..], |step| &step.choices);
                choices
                    .iter()
                    .any(|choice| choice.name == "onnxruntime" && !choice.required_by.is_empty())
            })
        })
    }

    /// Whether a command of its own installs onnxruntime-gpu after all that install onnxruntime.
    fn onnxruntime_gpu_is_last(&self) -> bool {
        *self
            .onnxruntime_gpu_last
            .get_or_init(|| self.finds_onnxruntime_gpu_last())
    }

    fn finds_onnxruntime_gpu_last(&self) -> bool {
        let mut last = false;
        for installed in self.stage.python() {
            let names = |wanted: &str| {
                let mut all = installed.requirements();
                all.any(|requirement| requirement.name == wanted)
            };
            if names("onnxruntime") {
                last = false;
            } else if names("onnxruntime-gpu") {
                last = true;
            }
        }
        last
    }

    fn have_cuda_torch(&self) -> bool {
        *self
            .cuda_torch
            .get_or_init(|| first_chosen(self.stage).is_some())
    }

    /// Whether something adds JAX's CUDA plugin.
    fn have_jax_plugin(&self) -> bool {
        *self.jax_plugin.get_or_init(|| {
            self.stage.python().any(|installed| {
                let mut links = installed.install.indexes.find_links.iter();
                installed.requirements().any(is_jax_plugin)
                    || links.any(|links| links.url.as_str().contains("jax"))
            })
        })
    }
}

fn is_jax_plugin(requirement: &Requirement) -> bool {
    let cuda = requirement
        .extras
        .iter()
        .any(|extra| extra.starts_with("cuda"));
    let local = matches!(&requirement.version, VersionSpec::Exact { version, .. } if !version.local().is_empty());
    requirement.name.starts_with("jax-cuda")
        || (matches!(&*requirement.name, "jax" | "jaxlib") && (cuda || local))
}

/// Plain `jax` without anything that adds its CUDA plugin.
fn jax(stage: StageView<'_>, others: &Others<'_>, requirement: &Requirement) -> bool {
    let ships = stage
        .image()
        .and_then(|image| image.facts.as_ref())
        .is_some_and(|facts| facts.framework == Some("jax"));
    let plain =
        requirement.extras.is_empty() || requirement.extras.iter().all(|extra| extra == "cpu");
    plain && !ships && !others.have_jax_plugin()
}
