use facts::arch::{self, Compiles};
use facts::torch::TorchRelease;
use facts::{ComputeCapability, CudaVersion, torch as releases};
use source::{Diagnostic, Severity};

use super::other_wheels;
use crate::derive::effects::compile::Compile;
use crate::derive::environment::StageView;
use crate::derive::environment::cuda_code::{self, CudaCode, Kind};
use crate::derive::machine::requirement::is_jetson;
use crate::derive::names::Intent;
use crate::derive::service::{Contents, ServiceView};
use crate::derive::target::{Target, TargetGpu};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A wheel or toolkit without code for a GPU of the target.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-unsupported",
    summary: "a wheel or toolkit has no code for the target's GPU",
    section: Section::Target,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/gpu-unsupported.md"),
    checks: &[Check::Stage(check_stage), Check::Service(check_service)],
    special: Special::NOTHING,
};

fn check_stage(stage: StageView<'_>, report: &mut Report<'_>) {
    let target = stage.model.target;
    if !stage.runs() || stage.model.intent == Intent::Cpu || target.gpus.is_empty() {
        return;
    }
    if is_jetson(target) {
        return;
    }
    let found = cuda_code::in_stage(stage, target);
    let has_torch = found.iter().any(|code| matches!(code.kind, Kind::Torch(_)));
    for code in &found {
        // What runs is the wheel; the image's own libraries lie idle beside it.
        if matches!(code.kind, Kind::Image) && has_torch {
            continue;
        }
        judge(code, target, report);
    }
    if !has_torch {
        old_compiler(stage, target, report);
    }
}

fn check_service(service: ServiceView<'_>, report: &mut Report<'_>) {
    let target = service.project.target;
    let Contents::Image { image, at } = &service.contents else {
        return;
    };
    if !service.may_have_gpu() || is_jetson(target) {
        return;
    }
    for code in cuda_code::in_image(image, at.at) {
        judge(&code, target, report);
    }
}

fn judge(code: &CudaCode, target: &Target, report: &mut Report<'_>) {
    let unsupported: Vec<&TargetGpu> = target
        .gpus
        .iter()
        .filter(|gpu| code.runs_on(gpu.capability) == Some(false))
        .collect();
    if unsupported.is_empty() {
        return;
    }
    let sure = code.certain
        && unsupported
            .iter()
            .any(|gpu| gpu.confidence.supports_errors());
    let severity = if sure {
        Severity::Error
    } else {
        Severity::Warning
    };
    let mut finding = report
        .with_severity(
            severity,
            format!("{} has no code for {}", code.what, names(&unsupported)),
            code.at,
        )
        .label(format!("built for CUDA {}", code.cuda_text()))
        .why(
            "the first kernel fails: \"no kernel image is available for execution on the device\"",
        );
    match other_wheels(code, target) {
        Some((help, fix)) => {
            finding = finding.help(help);
            finding.fixes.extend(fix);
        }
        None => finding = finding.help(advice(code, target, &unsupported)),
    }
    report.add(finding);
}

/// `GeForce RTX 5090 (sm_120) and H100 (sm_90)`.
fn names(gpus: &[&TargetGpu]) -> String {
    let names: Vec<String> = gpus.iter().map(ToString::to_string).collect();
    names.join(" and ")
}

fn advice(code: &CudaCode, target: &Target, unsupported: &[&TargetGpu]) -> String {
    if matches!(code.kind, Kind::Torch(_))
        && let Some((release, suffix)) = nearest_release(code, target)
    {
        return format!(
            "install torch=={} with --index-url {}",
            release.version,
            crate::rules::torch::index_url(suffix)
        );
    }
    let lasts = unsupported
        .iter()
        .filter_map(|gpu| last_toolkit(gpu.capability));
    match lasts.min() {
        Some(last) => format!("use what is built for CUDA {last} or older"),
        None => "use a newer build".to_owned(),
    }
}

fn last_toolkit(gpu: ComputeCapability) -> Option<CudaVersion> {
    arch::capability(gpu)?.last_toolkit
}

/// The release nearest to the one at hand, newer ones first, that has wheels for every GPU of the target.
fn nearest_release(
    code: &CudaCode,
    target: &Target,
) -> Option<(&'static TorchRelease, &'static str)> {
    let Kind::Torch(wheel) = &code.kind else {
        return None;
    };
    let all = releases::all();
    let here = wheel
        .release
        .and_then(|release| all.iter().position(|row| row.version == release.version));
    let usable = |row: &'static TorchRelease| Some((row, cuda_code::other_index(row, target)?));
    match here {
        Some(at) => all[at..]
            .iter()
            .find_map(usable)
            .or_else(|| all[..at].iter().rev().find_map(usable)),
        None => all.iter().rev().find_map(usable),
    }
}

/// An nvcc that does not know the GPU yet, in a stage that compiles.
fn old_compiler(stage: StageView<'_>, target: &Target, report: &mut Report<'_>) {
    let Some(toolkit) = stage.compiler() else {
        return;
    };
    let Some(compile) = stage.compiles().find(|compile| compile.certain) else {
        return;
    };
    let mut first = None;
    let unknown: Vec<&TargetGpu> = target
        .gpus
        .iter()
        .filter(|gpu| match arch::compiles(toolkit, gpu.capability) {
            Some(Compiles::NeedsNewer(needed)) => {
                first = first.max(Some(needed));
                true
            }
            _ => false,
        })
        .collect();
    let Some(first) = first else { return };
    report.add(too_old(stage, toolkit, first, compile, &unknown, report));
}

fn too_old(
    stage: StageView<'_>,
    toolkit: CudaVersion,
    first: CudaVersion,
    compile: &Compile,
    unknown: &[&TargetGpu],
    report: &Report<'_>,
) -> Diagnostic {
    report
        .with_severity(
            Severity::Warning,
            format!("nvcc {toolkit} cannot compile for {}", names(unknown)),
            stage.image_at(),
        )
        .label(format!("CUDA {toolkit}"))
        .related(compile.at, format!("{} is compiled here", compile.what))
        .why("only PTX, where the build embeds it, runs there; otherwise \"no kernel image is available for execution on the device\"")
        .help(format!("use an image with CUDA {first} or newer"))
}
