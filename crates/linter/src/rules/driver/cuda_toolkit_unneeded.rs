use facts::image::Flavor;
use facts::os_package::{self, Class, Runfile};
use source::{Diagnostic, Location, Severity};

use super::{Removal, runs};
use crate::derive::environment::StageView;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A full toolkit in the image that runs, and nothing that compiles.
pub(crate) static RULE: Rule = Rule {
    name: "cuda-toolkit-unneeded",
    summary: "a CUDA toolkit is installed and nothing compiles with it",
    section: Section::Driver,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/cuda-toolkit-unneeded.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    if !stage.is_inherited_by_final() || stage.has_unreadable_step() || stage.is_for_development() {
        return;
    }
    // What inherits this stage may be what compiles.
    if stage.heirs_may_compile() || stage.may_compile() {
        return;
    }
    // On a plain system with nothing else to be seen, the toolkit may be what the image is for.
    let plain = !stage
        .image()
        .is_some_and(crate::derive::image::BaseImage::is_nvidia);
    let only_toolkit = plain
        && stage.python().next().is_none()
        && stage.conda().next().is_none()
        && stage.start_commands().next().is_none();
    let image = stage.image();
    let devel = image
        .filter(|image| image.flavor() == Some(Flavor::Devel))
        .and_then(crate::derive::image::BaseImage::cuda);
    for (step, run) in runs(stage) {
        for (index, command) in run.commands.iter().enumerate() {
            let mut removal = None;
            for package in command
                .effects
                .cuda_packages()
                .filter(|package| package.rule.class == Class::Toolkit)
            {
                let name = os_package::bare(package.word.as_str());
                if name.contains("dev") && !name.starts_with("nvidia-cuda-dev")
                    || name.contains("nsight")
                    || name.contains("documentation")
                {
                    continue;
                }
                let redundant = devel.is_some_and(|cuda| {
                    os_package::cuda_of_name(name).is_none_or(|wanted| wanted == cuda)
                });
                if only_toolkit && !redundant {
                    continue;
                }
                let finding = finding(stage, name, package.word.place(), redundant, report);
                let removal =
                    removal.get_or_insert_with(|| Removal::new(stage.model, step, run, index));
                report.add(removal.of(&[package.word], finding));
            }
            if let Some((Runfile::Toolkit { cuda, .. }, at)) = command.effects.cuda.runfile
                && (!only_toolkit || devel == Some(cuda))
            {
                report.add(finding(
                    stage,
                    &format!("the CUDA {cuda} toolkit"),
                    at,
                    devel == Some(cuda),
                    report,
                ));
            }
        }
    }
}

fn finding(
    stage: StageView<'_>,
    name: &str,
    at: Location,
    redundant: bool,
    report: &Report<'_>,
) -> Diagnostic {
    if redundant {
        return report
            .finding(
                format!("{name} is installed on a -devel image, which has the toolkit already"),
                at,
            )
            .label("a second copy")
            .related(stage.image_at(), "nvcc, headers and libraries are here")
            .why("it adds gigabytes and nothing else")
            .help("remove it");
    }
    report
        .finding(format!("{name} is installed, and nothing in the image compiles CUDA"), at)
        .label("compiler, headers and static libraries")
        .why("the toolkit adds some gigabytes; running PyTorch, TensorFlow or a built program needs libraries only")
        .help("remove it, or install the libraries alone (`cuda-libraries-X-Y`); compile in a builder stage")
}
