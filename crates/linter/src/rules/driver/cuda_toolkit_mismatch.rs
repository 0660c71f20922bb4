use facts::CudaVersion;
use facts::os_package::{self, Class, Runfile};
use source::{Location, Severity};

use super::runs;
use crate::derive::environment::StageView;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A toolkit of another version than the image's CUDA.
pub(crate) static RULE: Rule = Rule {
    name: "cuda-toolkit-mismatch",
    summary: "the installed toolkit differs from the base image's CUDA",
    section: Section::Driver,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/cuda-toolkit-mismatch.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let Some(image) = stage.image().filter(|image| image.is_nvidia()) else {
        return;
    };
    let Some(base) = image.cuda() else { return };
    for (_, run) in runs(stage) {
        for command in &run.commands {
            for package in command.effects.cuda_packages() {
                let name = os_package::bare(package.word.as_str());
                let compiler = match package.rule.class {
                    Class::Toolkit | Class::DriverMeta => true,
                    Class::ToolkitPart => {
                        name.starts_with("cuda-nvcc")
                            || name.starts_with("cuda-compiler")
                            || name.starts_with("cuda-minimal-build")
                    }
                    _ => false,
                };
                if let Some(cuda) = os_package::cuda_of_name(name).filter(|_| compiler) {
                    add(stage, base, cuda, name, package.word.place(), report);
                }
            }
            if let Some((Runfile::Toolkit { cuda, .. }, at)) = command.effects.cuda.runfile {
                add(stage, base, cuda, "the toolkit installer", at, report);
            }
        }
    }
}

fn add(
    stage: StageView<'_>,
    base: CudaVersion,
    cuda: CudaVersion,
    name: &str,
    at: Location,
    report: &mut Report<'_>,
) {
    if cuda == base {
        return;
    }
    report.add(
        report
            .finding(format!("{name} is CUDA {cuda}, the base image has CUDA {base}"), at)
            .label(format!("CUDA {cuda}"))
            .related(stage.image_at(), format!("CUDA {base}"))
            .why("two CUDA versions end up in one image, and /usr/local/cuda points to the one installed last: what is compiled and what is loaded may differ")
            .help(format!("install the packages for CUDA {base}, or use an image with CUDA {cuda}")),
    );
}
