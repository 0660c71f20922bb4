use facts::image::Flavor;
use facts::nvidia_cuda;
use source::{Diagnostic, Fix, Severity};

use crate::derive::effects::compile::Compile;
use crate::derive::effects::{RunCommand, Topic};
use crate::derive::environment::StageView;
use crate::derive::image::{BaseImage, CopyFrom, StepAction};
use crate::rules::edits;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// CUDA is compiled where there is no compiler for it.
pub(crate) static RULE: Rule = Rule {
    name: "nvcc-missing",
    summary: "CUDA code is compiled in an image without nvcc",
    section: Section::BaseImage,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/nvcc-missing.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let Some(image) = stage
        .image()
        .filter(|image| image.is_certain() && image.nvcc() == Some(false))
    else {
        return;
    };
    if stage.has_unreadable_step() {
        return;
    }
    let own = stage.stage().steps.first().map(|step| step.instruction);
    for step in stage.steps() {
        match &step.action {
            StepAction::Copy(copy) if copy.from != CopyFrom::Context => {
                let says_cuda = copy
                    .sources
                    .iter()
                    .chain([&copy.destination])
                    .any(|path| path.as_str().contains("cuda"));
                let brings_nvcc = match copy.from {
                    CopyFrom::Stage(from) => {
                        let from = stage.model.stage(from);
                        from.gives_python(copy) && from.installs_nvcc()
                    }
                    _ => false,
                };
                if says_cuda || brings_nvcc {
                    return;
                }
            }
            StepAction::Run(run) => {
                for command in &run.commands {
                    let mine = own.is_some_and(|first| step.instruction >= first);
                    let missing = command
                        .effects
                        .compiles
                        .iter()
                        .find(|compile| compile.certain);
                    if let Some(missing) = missing.filter(|_| mine && !command.is_conditional()) {
                        let provides_itself =
                            !command.effects.actions.is_empty() && command.effects.cuda.nvcc;
                        if !provides_itself {
                            report.add(finding(stage, image, missing, report));
                        }
                        return;
                    }
                    if command.effects.cuda.nvcc || command.is_opaque(Topic::System) {
                        return;
                    }
                }
            }
            _ => {}
        }
    }
}

fn finding(
    stage: StageView<'_>,
    image: &BaseImage,
    compile: &Compile,
    report: &Report<'_>,
) -> Diagnostic {
    let base = &stage.root().stage().image;
    let what = image
        .flavor()
        .map_or("no CUDA toolkit", |flavor| match flavor {
            Flavor::Base => "a -base image, without nvcc",
            _ => "a -runtime image, without nvcc",
        });
    let finding = report
        .finding(format!("{} compiles CUDA code, and the image has no nvcc", compile.what), compile.at)
        .label("needs nvcc here")
        .related(base.at(), what)
        .why("the build stops: \"nvcc: not found\", \"CUDA_HOME environment variable is not set\", or \"No CUDA toolset found\"");
    let devel = image
        .reference
        .tag
        .as_deref()
        .and_then(|tag| nvidia_cuda::with_flavor(tag, Flavor::Devel))
        .and_then(|tag| image.published(tag));
    let Some(devel) = devel.filter(|_| image.flavor().is_some()) else {
        return finding.help("build it in a stage on `nvidia/cuda:…-devel-…` and copy the result, or install a published wheel");
    };
    let finding = finding.help(format!(
        "use the `-devel` variant ({devel}) here or in a builder stage whose wheel is copied, or install a published wheel"
    ));
    if is_base_of_what_runs(stage) {
        return finding;
    }
    let edits = image
        .reference
        .tag_range
        .clone()
        .and_then(|range| edits::replace_part(base, range, &devel));
    match edits {
        Some(edits) => finding.fix(Fix::risky(
            format!("use the tag {devel}, which has nvcc and is some gigabytes larger"),
            "the image grows by some gigabytes",
            edits,
        )),
        None => finding,
    }
}

/// Whether a stage that runs, and compiles nothing, starts from the same base: it would grow for nothing.
fn is_base_of_what_runs(stage: StageView<'_>) -> bool {
    let root = stage.root().index;
    let mut finals = stage.model.finals.indices().iter();
    finals.any(|&index| {
        let other = stage.model.stage(index);
        let compiles = |command: &RunCommand| {
            command
                .effects
                .compiles
                .iter()
                .any(|compile| compile.certain)
        };
        index != stage.index && other.root().index == root && !other.commands().any(compiles)
    })
}
