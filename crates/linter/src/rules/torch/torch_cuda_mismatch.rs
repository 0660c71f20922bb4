use std::collections::HashSet;

use facts::CudaVersion;
use facts::pypi::Machine;
use packages::action::{PythonInstall, RequirementOrigin};
use source::{Diagnostic, Edit, Fix, Severity};

use super::{choose_index, extension_wheels, is_lock, own, release_of};
use crate::derive::effects::compile::Compile;
use crate::derive::environment::StageView;
use crate::derive::environment::installed::{Asked, Choice, Pick};
use crate::derive::environment::torch::{Build, By, Chosen, TorchInstall};
use crate::derive::image::BaseImage;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// Wheels for one CUDA version in an image that carries another.
pub(crate) static RULE: Rule = Rule {
    name: "torch-cuda-mismatch",
    summary: "PyTorch's CUDA differs from the image's",
    section: Section::Pytorch,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/torch-cuda-mismatch.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    extension_wheels::check(stage, report);
    let Some(image) = stage.image().filter(|image| image.is_nvidia()) else {
        return;
    };
    let Some(base) = image.cuda() else { return };
    if stage.installs_nvcc() {
        return;
    }
    let extension = stage
        .compiles()
        .find(|compile| compile.certain && compile.torch_extension);
    let mut seen: HashSet<(*const PythonInstall, &str)> = HashSet::new();
    for install in own(stage) {
        let Some(chosen) = install.build.chosen() else {
            if let Some(finding) = locked(stage, base, &install, report) {
                report.add(finding);
            }
            continue;
        };
        // One finding a command, though each of its packages may name the build.
        let command = std::ptr::from_ref(install.installed.install);
        if !seen.insert((command, &chosen.suffix)) {
            continue;
        }
        match install.build {
            Build::Rocm(chosen) => report.add(rocm(stage, base, chosen, report)),
            Build::Cuda(chosen) => {
                // pip takes the highest version of both indexes, which need not be this one's.
                let open = chosen.by == By::ExtraIndex
                    && install.pin.is_none()
                    && !install.installed.install.tool.is_uv();
                if let Some(wheel) = chosen
                    .cuda
                    .filter(|_| !open && !super::never_existed(&chosen.suffix))
                    && (wheel.major != base.major || wheel > base)
                {
                    report.add(cuda(
                        stage, base, wheel, chosen, &install, extension, report,
                    ));
                }
            }
            _ => {}
        }
    }
    brought(stage, base, report);
    conda(stage, base, report);
    cupy(stage, image, base, report);
}

/// Packages that bring a torch of `PyPI` which is for another CUDA major than the image.
fn brought(stage: StageView<'_>, base: CudaVersion, report: &mut Report<'_>) {
    if stage.says_cpu() || stage.stage().machine != Machine::X86_64 {
        return;
    }
    for installed in stage.own_python() {
        let step = stage.choices_of(&installed);
        // Over a torch that is there, it is a replacement: another rule's.
        let step = step.filter(|step| !step.found.contains_key("torch"));
        let torch = step.and_then(|step| step.choices.iter().find(|it| it.name == "torch"));
        let Some(Choice {
            pick: Pick::Takes(versions),
            asked: Asked::Required { root, by, wants },
            ..
        }) = torch
        else {
            continue;
        };
        let Some(requirement) = installed.install.requirements.get(*root) else {
            continue;
        };
        // A lock names torch itself.
        if matches!(requirement.origin, RequirementOrigin::Lock { .. })
            || installed.command.is_conditional()
            || stage.suffix_of(&installed, requirement).is_some()
        {
            continue;
        }
        let releases: Option<Vec<_>> = versions
            .iter()
            .map(|it| facts::torch::release(it))
            .collect();
        let Some(newest) = releases
            .filter(|all| all.iter().all(|row| row.cuda.major > base.major))
            .and_then(|all| all.last().copied())
        else {
            continue;
        };
        let name = &requirement.name;
        let needed = facts::cuda::min_driver(newest.cuda.major).unwrap_or("a newer one");
        let help = match choose_index(Some(base), None) {
            Some(suffix) => format!(
                "install a torch that {name} accepts from the {suffix} index first, in a command before this one; or use a base image with CUDA {}",
                newest.cuda
            ),
            None => format!("use a base image with CUDA {}", newest.cuda),
        };
        report.add(
            report
                .finding(
                    format!(
                        "{name} brings torch {} for CUDA {}, in an image with CUDA {base}",
                        newest.version, newest.cuda
                    ),
                    requirement.text.place(),
                )
                .label(format!("{by} requires {wants}, and PyPI gives this one"))
                .related(stage.image_at(), format!("the base image has CUDA {base}"))
                .why(format!(
                    "the wheel brings its own CUDA {} libraries and needs driver {needed} or newer, whatever the image asks for: \"The NVIDIA driver on your system is too old\"",
                    newest.cuda.major
                ))
                .help(help),
        );
    }
}

/// A lock file or a compiled list that takes the wheel of `PyPI`, which is for another CUDA major than the image, or for
/// a newer CUDA.
fn locked(
    stage: StageView<'_>,
    base: CudaVersion,
    install: &TorchInstall<'_>,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    let on_pypi = matches!(install.build, Build::Default) && install.requirement.name == "torch";
    let x86 = stage.stage().machine == Machine::X86_64;
    if !on_pypi || !x86 || !is_lock(install) {
        return None;
    }
    let pin = install.pin?;
    let release = facts::torch::release(pin).filter(|row| row.confidence.supports_errors())?;
    let wheel = release.cuda;
    if wheel.major == base.major && wheel <= base {
        return None;
    }
    let tool = install.installed.install.tool;
    let help = if tool.is_uv() {
        "name an index of PyTorch for that CUDA under `[[tool.uv.index]]` and `[tool.uv.sources]`, and lock again"
    } else {
        "lock again with an index of PyTorch for that CUDA"
    };
    Some(
        report
            .finding(
                format!("the lock takes torch {pin} for CUDA {wheel}, in an image with CUDA {base}"),
                install.requirement.text.place(),
            )
            .label(format!("PyPI's wheel, built for CUDA {wheel}"))
            .related(stage.image_at(), format!("the base image has CUDA {base}"))
            .related(install.installed.command.at(), "installed by this command")
            .why(format!(
                "the wheel brings its own CUDA {} libraries, so the driver must suit that, not what the image asks for: \"CUDA driver version is insufficient for CUDA runtime version\"",
                wheel.major
            ))
            .help(format!("{help}; or use a base image with CUDA {wheel}")),
    )
}

fn rocm(
    stage: StageView<'_>,
    base: CudaVersion,
    chosen: &Chosen,
    report: &Report<'_>,
) -> Diagnostic {
    report
        .with_severity(
            Severity::Error,
            format!(
                "PyTorch for AMD GPUs ({}) in a CUDA {base} image",
                chosen.suffix
            ),
            chosen.at,
        )
        .label("a ROCm wheel")
        .related(stage.image_at(), format!("the base image has CUDA {base}"))
        .why("a ROCm build sees no NVIDIA GPU: `torch.cuda.is_available()` is False")
        .help("use a CUDA index, or a `rocm/pytorch` base image")
}

fn cuda(
    stage: StageView<'_>,
    base: CudaVersion,
    wheel: CudaVersion,
    chosen: &Chosen,
    install: &TorchInstall<'_>,
    extension: Option<&Compile>,
    report: &Report<'_>,
) -> Diagnostic {
    let majors_differ = wheel.major != base.major;
    let breaks = extension.filter(|_| majors_differ);
    let severity = if breaks.is_some() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let message = match breaks {
        Some(_) => format!("PyTorch for CUDA {wheel} next to a CUDA {base} compiler"),
        None => format!("PyTorch for CUDA {wheel} in an image with CUDA {base}"),
    };
    let why = match (breaks, majors_differ) {
        (Some(_), _) => format!(
            "torch refuses to build extensions with another CUDA major: \"The detected CUDA version ({base}) mismatches the version that was used to compile PyTorch ({wheel})\""
        ),
        (None, true) => format!(
            "the wheel brings its own CUDA {wheel} libraries, so the image's are dead weight, and the driver must suit CUDA {}, not what the image asks for: \"CUDA driver version is insufficient for CUDA runtime version\"",
            wheel.major
        ),
        (None, false) => format!(
            "the wheel brings its own CUDA {wheel} libraries, newer than the image's: the driver check of the image (CUDA {base}) no longer covers what runs, and extensions compiled with nvcc {base} only get a warning"
        ),
    };
    let mut finding = report
        .with_severity(severity, message, chosen.at)
        .label(format!("wheel built for CUDA {wheel}"))
        .related(stage.image_at(), format!("the base image has CUDA {base}"))
        .why(why);
    for definition in stage
        .root()
        .stage()
        .image
        .definitions(stage.root().stage().image.all())
    {
        finding = finding.related(definition, "CUDA of the image comes from here");
    }
    if let Some(compile) = breaks {
        finding = finding.related(compile.at, format!("compiled here, with nvcc {base}"));
    }
    let release = install
        .pin
        .and_then(|pin| release_of(&install.requirement.name, pin));
    let pinned_elsewhere = install.pin.is_some() && release.is_none();
    match choose_index(Some(base), release).filter(|_| !pinned_elsewhere) {
        Some(suffix)
            if suffix != chosen.suffix
                && CudaVersion::from_suffix(suffix)
                    .is_some_and(|cuda| cuda.major == base.major && cuda <= base) =>
        {
            let finding = finding.help(format!(
                "use the {suffix} wheels, or a base image with CUDA {wheel}"
            ));
            // A local version (`+cu117`) is written once for each package.
            let local = install.pin.is_some_and(|pin| pin.contains('+'));
            match chosen.editable.filter(|_| !local) {
                Some(place) => finding.fix(Fix::risky(
                    format!("use the {suffix} wheels"),
                    "another build of torch is installed",
                    vec![Edit::replace(place, suffix)],
                )),
                None => finding,
            }
        }
        _ => finding.help(format!("use a base image with CUDA {wheel}")),
    }
}

/// `pytorch-cuda=12.1`, `cudatoolkit=11.3`.
fn conda(stage: StageView<'_>, base: CudaVersion, report: &mut Report<'_>) {
    for (_, install) in stage.own_conda() {
        let torch = install
            .packages
            .iter()
            .any(|package| package.name == "pytorch");
        for package in install.packages.iter().filter(|_| torch) {
            if !matches!(package.name.as_str(), "pytorch-cuda" | "cudatoolkit") {
                continue;
            }
            let Some(text) = &package.version else {
                continue;
            };
            let Some(wheel) = text
                .known()
                .and_then(|version| version.trim_end_matches(".*").parse::<CudaVersion>().ok())
            else {
                continue;
            };
            if wheel.major == base.major && wheel <= base {
                continue;
            }
            report.add(
                report
                    .finding(format!("PyTorch for CUDA {wheel} in an image with CUDA {base}"), text.place())
                    .label(format!("conda packages for CUDA {wheel}"))
                    .related(stage.image_at(), format!("the base image has CUDA {base}"))
                    .why("conda brings its own CUDA libraries: the image's are dead weight, and the driver must suit conda's")
                    .help(format!("use a base image with CUDA {wheel}, or a plain one")),
            );
        }
    }
}

/// `cupy-cuda11x` loads the image's libraries, which have another major.
fn cupy(stage: StageView<'_>, image: &BaseImage, base: CudaVersion, report: &mut Report<'_>) {
    if !image.is_certain() || stage.has_own_cuda() {
        return;
    }
    for installed in stage.own_python() {
        for requirement in installed
            .requirements()
            .filter(|r| r.name.starts_with("cupy-cuda"))
        {
            let Some(wheel) = facts::package::cuda_of_name(&requirement.name) else {
                continue;
            };
            if wheel.major() == base.major || requirement.extras.iter().any(|extra| extra == "ctk")
            {
                continue;
            }
            report.add(
                report
                    .finding(format!("{} looks for CUDA {} libraries, the image has CUDA {base}", requirement.name, wheel.major()), requirement.name_at)
                    .label(format!("built for CUDA {}", wheel.major()))
                    .related(stage.image_at(), format!("the base image has CUDA {base}"))
                    .why("CuPy stops at its first use: \"libcublas.so: cannot open shared object file\"")
                    .help(format!("install `cupy-cuda{}x`", base.major)),
            );
        }
    }
}
