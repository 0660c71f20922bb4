use facts::CudaVersion;
use facts::os_package::{self, Class, Runfile};
use packages::text::Text;
use source::{Diagnostic, Edit, Fix, Severity};

use super::{Removal, runs};
use crate::derive::effects::RunCommand;
use crate::derive::effects::cuda::CudaPackage;
use crate::derive::environment::StageView;
use crate::derive::image::{RunStep, Step};
use crate::rules::edits;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A kernel driver, or its user-space libraries, in an image.
pub(crate) static RULE: Rule = Rule {
    name: "driver-in-image",
    summary: "an NVIDIA driver is installed into the image",
    section: Section::Driver,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/driver-in-image.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

const WHY: &str = "the driver belongs to the host's kernel; the NVIDIA runtime mounts the host's libraries over these, and where versions differ programs report \"Failed to initialize NVML: Driver/library version mismatch\" or \"system has unsupported display driver / cuda driver combination\"";

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    // Images that carry a driver for a host to load are built on purpose.
    if stage
        .image()
        .is_some_and(|image| image.reference.path.ends_with("nvidia/driver"))
    {
        return;
    }
    for (step, run) in runs(stage) {
        for (index, command) in run.commands.iter().enumerate() {
            packages(stage, step, run, index, report);
            if let Some(finding) = runfile(stage, step, run, index, command, report) {
                report.add(finding);
            }
        }
    }
}

fn is_driver(package: &CudaPackage<'_>) -> bool {
    if !package.rule.confidence.supports_errors() && package.rule.class != Class::Driver {
        return false;
    }
    match package.rule.class {
        Class::Driver => true,
        // From 13.4 on the driver is no longer part of the meta packages (open in the facts).
        Class::DriverMeta => os_package::cuda_of_name(package.word.as_str())
            .is_none_or(|cuda| cuda < CudaVersion::new(13, 4)),
        Class::GdsDriver => package.word.as_str().contains("nvidia-fs"),
        _ => false,
    }
}

fn packages(
    stage: StageView<'_>,
    step: &Step,
    run: &RunStep,
    index: usize,
    report: &mut Report<'_>,
) {
    let command = &run.commands[index];
    let drivers: Vec<CudaPackage<'_>> = command.effects.cuda_packages().filter(is_driver).collect();
    let plain: Vec<&Text> = drivers
        .iter()
        .filter(|package| package.rule.class != Class::DriverMeta)
        .map(|package| package.word)
        .collect();
    let mut first = true;
    for package in &drivers {
        let name = os_package::bare(package.word.as_str());
        let known = name.replace(packages::text::HOLE, "…");
        if package.rule.class == Class::DriverMeta {
            report.add(meta(package, name, report));
            continue;
        }
        let finding = report
            .finding(format!("{known} installs an NVIDIA driver into the image"), package.word.place())
            .label("belongs on the host")
            .why(WHY)
            .help("remove it; install the driver on the host, and start the container with `--gpus all`");
        // The edit that removes them all goes with the first.
        let finding = if std::mem::take(&mut first) {
            Removal::new(stage.model, step, run, index).of(&plain, finding)
        } else {
            finding
        };
        report.add(finding);
    }
}

/// `cuda`, `cuda-12-1`, `cuda-runtime-12-1`: the same without the driver has another name.
fn meta(package: &CudaPackage<'_>, name: &str, report: &Report<'_>) -> Diagnostic {
    let version = name
        .trim_start_matches("cuda-runtime")
        .trim_start_matches("cuda-demo-suite")
        .trim_start_matches("cuda");
    // `cuda-12.4.1-1` of yum and dnf is a version of `cuda`.
    let version = match version.trim_start_matches('-').split_once('.') {
        Some((major, rest)) => {
            let minor = rest.split(['.', '-']).next().unwrap_or_default();
            format!("-{major}-{minor}")
        }
        None => version.to_owned(),
    };
    let instead = if name.starts_with("cuda-runtime") {
        format!("cuda-libraries{version}")
    } else {
        format!("cuda-toolkit{version}")
    };
    let finding = report
        .finding(
            format!("{name} pulls an NVIDIA driver into the image"),
            package.word.place(),
        )
        .label("a meta package with the driver")
        .why(WHY)
        .help(format!("install `{instead}`, which leaves the driver out"));
    if name.starts_with("cuda-demo") {
        return finding;
    }
    match package.word.editable(0..name.len()) {
        Some(place) => {
            let title = format!("install {instead}");
            let fix = Fix::safe(title, vec![Edit::replace(place, instead)]);
            // Whether the toolkit is needed is asked once the driver is gone.
            finding.fix(fix.uncovering())
        }
        None => finding,
    }
}

fn runfile(
    stage: StageView<'_>,
    step: &Step,
    run: &RunStep,
    index: usize,
    command: &RunCommand,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    let (file, at) = command.effects.cuda.runfile?;
    let has = |names: &[&str]| {
        command.args().iter().any(|arg| {
            names
                .iter()
                .any(|name| arg.as_str() == *name || arg.as_str().starts_with(&format!("{name}=")))
        })
    };
    match file {
        Runfile::Driver => {
            let user_space = has(&["--no-kernel-module", "--no-kernel-modules", "-k"]);
            let severity = if user_space {
                Severity::Warning
            } else {
                Severity::Error
            };
            let message = if user_space {
                "the driver installer puts libraries of one driver version into the image"
            } else {
                "the driver installer puts an NVIDIA driver into the image"
            };
            let unpack = has(&["-x", "--extract-only", "--help", "--version"]);
            if unpack {
                return None;
            }
            let finding = report
                .with_severity(severity, message, at)
                .label("belongs on the host")
                .why(WHY)
                .help("remove the step; install the driver on the host");
            Some(
                match edits::remove_command(stage.model, step.instruction, &run.commands, index) {
                    Some(edits) => finding.fix(Fix::risky(
                        "remove the command",
                        "the other options and words of the command go with it",
                        edits,
                    )),
                    None => finding,
                },
            )
        }
        Runfile::Toolkit {
            with_driver: true,
            cuda,
        } => {
            let harmless = has(&[
                "--toolkit",
                "--toolkitpath",
                "--extract",
                "--samples",
                "--help",
                "--installpath",
                "--librarypath",
                "--defaultroot",
            ]) && !has(&["--driver"]);
            if harmless {
                return None;
            }
            let finding = report
                .finding(
                    format!("the CUDA {cuda} installer puts its driver into the image"),
                    at,
                )
                .label("installs everything it holds")
                .why(WHY)
                .help("add `--toolkit`, so that only the toolkit is installed");
            let end = source::Location::new(at.file, source::Span::empty(at.span.end));
            let explicit = has(&["--driver"]);
            Some(if explicit {
                finding
            } else {
                let edits = vec![Edit::insert(end, " --toolkit")];
                finding.fix(Fix::safe("install the toolkit only", edits).uncovering())
            })
        }
        Runfile::Toolkit { .. } => None,
    }
}
