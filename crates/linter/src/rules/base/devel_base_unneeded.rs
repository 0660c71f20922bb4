use facts::image::Flavor;
use facts::nvidia_cuda;
use facts::pypi;
use source::{Fix, Severity};

use crate::derive::environment::StageView;
use crate::derive::image::{CopyFrom, StepAction};
use crate::rules::edits;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A compiler in the image that runs, and nothing that it compiles.
pub(crate) static RULE: Rule = Rule {
    name: "devel-base-unneeded",
    summary: "the image that runs carries a compiler that nothing uses",
    section: Section::BaseImage,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/devel-base-unneeded.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let Some(image) = stage
        .image()
        .filter(|image| image.is_certain() && image.flavor() == Some(Flavor::Devel))
    else {
        return;
    };
    let Some(tag) = image.reference.tag.as_deref().filter(|_| stage.runs()) else {
        return;
    };
    // Only tags that say so, and have a sibling that does not.
    let runtime = nvidia_cuda::with_flavor(tag, Flavor::Runtime);
    let Some(runtime) = runtime.and_then(|tag| image.published(tag)) else {
        return;
    };
    let official =
        image.is_official_cuda() || image.reference.repository() == "docker.io/pytorch/pytorch";
    if !official || stage.is_for_development() || may_compile(stage) {
        return;
    }
    // Where nothing visible is installed, what the image is for cannot be known.
    if stage.python().next().is_none() {
        return;
    }
    let base = &stage.root().stage().image;
    let Some(range) = image.reference.tag_range.clone() else {
        return;
    };
    let finding = report
        .finding("the image that runs is on a -devel base, and nothing in it compiles CUDA", base.locate(range.clone()))
        .label("nvcc, headers and static libraries")
        .why("a -devel image is several gigabytes larger than its -runtime sibling; pulling it costs every host that time and space")
        .help(format!("use `{runtime}`; if a program compiles kernels at its first use, keep -devel"));
    report.add(match edits::replace_part(base, range, &runtime) {
        Some(edits) => finding.fix(Fix::risky(
            format!("use the tag {runtime}"),
            "nvcc and headers are gone, also for what compiles when it runs",
            edits,
        )),
        None => finding,
    });
}

/// Whether a package is installed that has no wheels on `PyPI`: what its build needs is not known, a compiler at least.
fn builds_from_source(stage: StageView<'_>) -> bool {
    stage.python().any(|installed| {
        installed.requirements().any(|requirement| {
            let project = pypi::project(&requirement.name).filter(|_| requirement.url.is_none());
            let newest = project.and_then(|project| project.newest_first().next());
            newest.is_some_and(|newest| newest.release.wheels(stage.stage().machine).is_none())
        })
    })
}

fn may_compile(stage: StageView<'_>) -> bool {
    let received = stage.steps().any(|step| match &step.action {
        StepAction::Copy(copy) => match copy.from {
            CopyFrom::Stage(from) => stage.model.stage(from).may_compile(),
            CopyFrom::Context => false,
            // A program by itself: `COPY --from=ghcr.io/astral-sh/uv /uv /bin/`.
            CopyFrom::Image(ref image) if image.contains("astral") => false,
            _ => true,
        },
        StepAction::Env(settings) => settings
            .iter()
            .any(|setting| setting.name == "TORCH_CUDA_ARCH_LIST" || setting.name == "CUDA_HOME"),
        _ => false,
    });
    let ninja = stage
        .python()
        .any(|installed| installed.requirements().any(|r| r.name == "ninja"))
        || stage.os().any(|(_, install)| {
            install
                .packages
                .iter()
                .any(|package| package.as_str().starts_with("ninja"))
        });
    received
        || ninja
        || builds_from_source(stage)
        || stage.compiles_at_first_use()
        || stage.has_unreadable_step()
        || stage.may_compile()
        || stage
            .start_commands()
            .any(|command| !command.effects.compiles.is_empty())
}
