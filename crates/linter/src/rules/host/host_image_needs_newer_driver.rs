use facts::cuda::{self, Gate};
use source::{Location, Severity};

use crate::derive::environment::StageView;
use crate::derive::image::BaseImage;
use crate::derive::machine::requirement::{Way, gate, is_jetson, is_refused, refuses};
use crate::derive::names::Intent;
use crate::derive::service::{Contents, Form, Runtime, ServiceView};
use crate::derive::target::Target;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// An image that the machine's container toolkit refuses to start.
pub(crate) static RULE: Rule = Rule {
    name: "host-image-needs-newer-driver",
    summary: "the machine's container toolkit refuses the image because of its driver",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-image-needs-newer-driver.md"),
    checks: &[Check::Stage(check_stage), Check::Service(check_service)],
    special: Special::NOTHING,
};

fn check_stage(stage: StageView<'_>, report: &mut Report<'_>) {
    let model = stage.model;
    let (Some(image), Some(host)) = (stage.image(), model.host) else {
        return;
    };
    if !stage.runs() || model.intent == Intent::Cpu {
        return;
    }
    let disabled = stage.env("NVIDIA_DISABLE_REQUIRE").is_some();
    if !disabled && refuses(host, Way::Request) == Some(true) {
        judge(image, stage.image_at(), model.target, report);
    }
}

fn check_service(service: ServiceView<'_>, report: &mut Report<'_>) {
    let (Contents::Image { image, at }, Some(host)) = (&service.contents, service.project.host)
    else {
        return;
    };
    let cdi = service
        .requests
        .iter()
        .any(|request| request.form == Form::Cdi);
    let way = if matches!(service.runtime(), Runtime::Nvidia(_)) {
        Way::Runtime
    } else if cdi || !service.requests_nvidia() {
        return;
    } else {
        Way::Request
    };
    let disabled = service.variable("NVIDIA_DISABLE_REQUIRE").value().is_some();
    if !disabled && refuses(host, way) == Some(true) {
        judge(image, at.at, service.project.target, report);
    }
}

fn judge(image: &BaseImage, at: Location, target: &Target, report: &mut Report<'_>) {
    let (Some(driver), Some(gate)) = (&target.driver, gate(image)) else {
        return;
    };
    // Another major is the other rule's subject.
    if is_jetson(target) || cuda::runs_major(driver, gate.image_cuda.major) != Some(true) {
        return;
    }
    let Some(reports) = cuda::max_cuda(driver) else {
        return;
    };
    if is_refused(gate, driver, target) != Some(true) {
        return;
    }
    let Gate { image_cuda, .. } = gate;
    report.add(
        report
            .finding(
                format!(
                    "the container will not start: the image asks for CUDA {image_cuda}, driver {driver} reports {reports}"
                ),
                at,
            )
            .label(format!("NVIDIA_REQUIRE_CUDA: cuda>={image_cuda}"))
            .why(format!(
                "\"nvidia-container-cli: requirement error: unsatisfied condition: cuda>={image_cuda}\""
            ))
            .help(format!(
                "upgrade the driver, use an image for CUDA {reports} or older, or set NVIDIA_DISABLE_REQUIRE=1: its programs would run"
            )),
    );
}
