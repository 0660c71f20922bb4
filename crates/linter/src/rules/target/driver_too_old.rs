use facts::{CudaVersion, DriverVersion, cuda};
use host::HostFacts;
use source::{Diagnostic, Severity};

use super::{Compat, compat, other_wheels};
use crate::derive::environment::StageView;
use crate::derive::environment::cuda_code::{self, CudaCode, Kind};
use crate::derive::image::BaseImage;
use crate::derive::machine::requirement::{Way, gate, is_jetson, is_refused, refuses};
use crate::derive::names::Intent;
use crate::derive::service::{Contents, ServiceView};
use crate::derive::target::Target;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// An image or wheel whose CUDA the target's driver does not run.
pub(crate) static RULE: Rule = Rule {
    name: "driver-too-old",
    summary: "the target's driver does not run the CUDA of the image or of a wheel",
    section: Section::Target,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/driver-too-old.md"),
    checks: &[Check::Stage(check_stage), Check::Service(check_service)],
    special: Special::NOTHING,
};

fn check_stage(stage: StageView<'_>, report: &mut Report<'_>) {
    let target = stage.model.target;
    if !stage.runs() || stage.model.intent == Intent::Cpu {
        return;
    }
    let Some(driver) = driver(target) else { return };
    let disabled = stage
        .env("NVIDIA_DISABLE_REQUIRE")
        .is_some_and(|setting| !matches!(setting.value.known(), Some("" | "0" | "false")));
    let gated = !disabled && is_gated(stage.model.host);
    for code in cuda_code::in_stage(stage, target) {
        judge(&code, stage.image(), driver, target, gated, report);
    }
}

fn check_service(service: ServiceView<'_>, report: &mut Report<'_>) {
    let target = service.project.target;
    let (Contents::Image { image, at }, Some(driver)) = (&service.contents, driver(target)) else {
        return;
    };
    if !service.may_have_gpu() {
        return;
    }
    let disabled = service
        .variable("NVIDIA_DISABLE_REQUIRE")
        .value()
        .is_some_and(|value| !matches!(value, "" | "0" | "false"));
    let gated = !disabled && is_gated(service.project.host);
    for code in cuda_code::in_image(image, at.at) {
        judge(&code, Some(image), driver, target, gated, report);
    }
}

/// Jetson modules have drivers of their own.
fn driver(target: &Target) -> Option<&DriverVersion> {
    target.driver.as_ref().filter(|_| !is_jetson(target))
}

/// Whether something may refuse the image for its minor; where the machine tells, the verdict is another rule's.
fn is_gated(host: Option<&HostFacts>) -> bool {
    host.is_none_or(|host| refuses(host, Way::Request).is_none())
}

fn judge(
    code: &CudaCode,
    image: Option<&BaseImage>,
    driver: &DriverVersion,
    target: &Target,
    gated: bool,
    report: &mut Report<'_>,
) {
    match code.cuda.runs_on(driver) {
        None => {}
        Some(false) => {
            if let Some(finding) = major(code, image, driver, target, report) {
                report.add(finding);
            }
        }
        Some(true) => {
            let asks = image.filter(|_| matches!(code.kind, Kind::Image) && gated);
            let gate = asks.and_then(gate);
            if let Some(gate) = gate
                && is_refused(gate, driver, target) != Some(false)
                && let Some(reports) = cuda::max_cuda(driver)
            {
                report.add(minor(code, gate.image_cuda, driver, reports, report));
            }
        }
    }
}

fn major(
    code: &CudaCode,
    image: Option<&BaseImage>,
    driver: &DriverVersion,
    target: &Target,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    let needed = code.cuda.needed_driver()?;
    let compat = compat(image, code, target);
    let severity = match compat {
        Compat::Yes => Severity::Info,
        Compat::No | Compat::PerhapsForGpu if code.certain => Severity::Error,
        Compat::No | Compat::PerhapsForGpu => Severity::Warning,
    };
    let cuda = code.cuda_text();
    let today = if code.certain { "" } else { " today" };
    let message = match compat {
        Compat::Yes => format!(
            "{} is for CUDA {cuda}, which driver {driver} runs only through the image's cuda-compat libraries",
            code.what
        ),
        Compat::No | Compat::PerhapsForGpu => format!(
            "{} is{today} for CUDA {cuda}, which needs driver {needed} or newer; the target has {driver}",
            code.what
        ),
    };
    let why = match &code.kind {
        Kind::Image => {
            "the container does not start (\"requirement error: unsatisfied condition: cuda>=…\"), or its programs stop with \"CUDA driver version is insufficient for CUDA runtime version\""
        }
        Kind::Torch(_) | Kind::Wheel => {
            "the program finds no usable GPU: \"The NVIDIA driver on your system is too old\""
        }
    };
    let mut help = format!("upgrade the driver to {needed} or newer");
    let mut fix = None;
    match other_wheels(code, target) {
        Some((wheels, edit)) => {
            help = format!("{wheels}, or {help}");
            fix = edit;
        }
        None if matches!(code.kind, Kind::Image) => {
            if let Some(major) = newest_major(driver) {
                help = format!("{help}, or use an image for CUDA {major}");
            }
        }
        None => {
            if let Some(major) = newest_major(driver) {
                help = format!("{help}, or install what is built for CUDA {major}");
            }
        }
    }
    if compat == Compat::PerhapsForGpu {
        help.push_str(
            ". On data-centre GPUs the cuda-compat libraries of the image bridge the gap; --gpu NAME says which it is",
        );
    }
    let mut finding = report
        .with_severity(severity, message, code.at)
        .label(format!("needs driver {needed} or newer"))
        .why(why)
        .help(help);
    for (place, text) in &code.origin {
        finding = finding.related(*place, text.clone());
    }
    Some(match fix {
        Some(fix) if compat != Compat::Yes => finding.fix(fix),
        _ => finding,
    })
}

/// The newest CUDA major that a driver runs.
fn newest_major(driver: &DriverVersion) -> Option<u16> {
    let majors = (11..=99).map_while(|major| Some((major, cuda::runs_major(driver, major)?)));
    majors
        .filter(|(_, runs)| *runs)
        .map(|(major, _)| major)
        .last()
}

fn minor(
    code: &CudaCode,
    asked: CudaVersion,
    driver: &DriverVersion,
    reports: CudaVersion,
    report: &Report<'_>,
) -> Diagnostic {
    report
        .with_severity(
            Severity::Info,
            format!("{} asks for a driver that reports CUDA {asked}; {driver} reports {reports}", code.what),
            code.at,
        )
        .label(format!("NVIDIA_REQUIRE_CUDA: cuda>={asked}"))
        .why("its programs would run, but nvidia-container-cli refuses to start it (\"unsatisfied condition\"), except on data-centre GPUs with some driver branches; GPUs given through CDI are not checked")
        .help(format!(
            "use an image for CUDA {reports} or older, upgrade the driver, or set NVIDIA_DISABLE_REQUIRE=1 in full knowledge"
        ))
}
