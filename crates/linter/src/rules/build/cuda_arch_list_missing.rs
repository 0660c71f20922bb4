use source::{Diagnostic, Severity};

use crate::derive::effects::compile::Compile;
use crate::derive::environment::StageView;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A torch extension compiled without saying for which GPUs.
pub(crate) static RULE: Rule = Rule {
    name: "cuda-arch-list-missing",
    summary: "a torch extension is compiled without TORCH_CUDA_ARCH_LIST",
    section: Section::Build,
    severity: Severity::Info,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/cuda-arch-list-missing.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

/// Extensions with switches of their own for the architectures.
const OWN_SWITCH: &[&str] = &[
    "flash-attn",
    "flash-attn-3",
    "mamba-ssm",
    "causal-conv1d",
    "transformer-engine",
    "natten",
];

/// It asks the GPU, or this variable (NVlabs/tiny-cuda-nn, `bindings/torch/setup.py`).
const TINY_CUDA_NN: &str = "tinycudann";
const TINY_SWITCH: &str = "TCNN_CUDA_ARCHITECTURES";

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let compiles = stage
        .image()
        .and_then(crate::derive::image::BaseImage::nvcc)
        == Some(true)
        || stage.installs_nvcc();
    let sets_it = stage
        .image()
        .is_some_and(crate::derive::image::BaseImage::is_ngc_pytorch);
    if !compiles || sets_it {
        return;
    }
    for command in stage.own_commands() {
        if let Some(tiny) = command
            .effects
            .compiles
            .iter()
            .find(|compile| compile.certain && compile.what == TINY_CUDA_NN)
        {
            if command.invocation.variable(TINY_SWITCH).is_none() {
                report.add(without_a_gpu(tiny, report));
            }
            continue;
        }
        if command
            .invocation
            .variable("TORCH_CUDA_ARCH_LIST")
            .is_some()
        {
            continue;
        }
        let extension = command.effects.compiles.iter().find(|compile| {
            compile.certain
                && compile.torch_extension
                && !OWN_SWITCH.contains(&compile.what.as_str())
        });
        if let Some(extension) = extension {
            report.add(
                report
                    .finding(format!("{} is compiled without TORCH_CUDA_ARCH_LIST", extension.what), extension.at)
                    .label("for which GPUs?")
                    .why("no GPU is visible in a build, so torch compiles for every architecture it knows, which takes long, or for none that you have: \"no kernel image is available for execution on the device\"")
                    .help("name the compute capabilities that will run it: `ENV TORCH_CUDA_ARCH_LIST=\"8.0;8.6;9.0+PTX\"`"),
            );
        }
    }
}

fn without_a_gpu(tiny: &Compile, report: &Report<'_>) -> Diagnostic {
    report
        .with_severity(
            Severity::Error,
            format!("tiny-cuda-nn is compiled without {TINY_SWITCH}"),
            tiny.at,
        )
        .label("for which GPUs?")
        .why("no GPU is visible in a build, and the build stops: \"Unknown compute capability. Specify the target compute capabilities in the TCNN_CUDA_ARCHITECTURES environment variable\"")
        .help(format!("name the compute capabilities that will run it: `ENV {TINY_SWITCH}=80;86;90`"))
}
