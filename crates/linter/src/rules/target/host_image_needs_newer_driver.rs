use facts::cuda::{self, Gate};
use facts::release::{self, ReleaseVersion};
use host::HostFacts;
use source::{Location, Severity, Sources};

use super::{gate, is_jetson, is_refused};
use crate::derive::environment::StageView;
use crate::derive::image::BaseImage;
use crate::derive::machine::{HostView, Injection};
use crate::derive::names::Intent;
use crate::derive::service::{Contents, Form, Runtime, ServiceView};
use crate::derive::target::Target;
use crate::{Check, FixAvailability, Report, Rule, Section};

/// An image that the machine's container toolkit refuses to start.
pub(crate) static RULE: Rule = Rule {
    name: "host-image-needs-newer-driver",
    summary: "the machine's container toolkit refuses the image because of its driver",
    section: Section::Target,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../../../docs/rules/host-image-needs-newer-driver.md"),
    check: Check::StageAndService(check_stage, check_service),
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

/// How a container gets its GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A device request: `gpus`, `--gpus`, `deploy`.
    Request,
    /// `runtime: nvidia`.
    Runtime,
}

/// Whether containers start through `nvidia-container-cli`, which asks what images ask for; `None` where that cannot
/// be told. CDI asks nothing.
pub(super) fn refuses(host: &HostFacts, way: Way) -> Option<bool> {
    if host.toolkit.disable_require == Some(true) || host.platform.tegra.is_some() {
        return Some(false);
    }
    match way {
        Way::Request => match HostView::new(host, &mut Sources::new()).injection() {
            Injection::Hook => Some(true),
            Injection::Cdi => Some(false),
            Injection::Unknown => None,
        },
        Way::Runtime => match host.toolkit.mode.as_deref() {
            Some("legacy") => Some(true),
            Some("cdi" | "jit-cdi") => Some(false),
            None | Some("auto") => {
                let toolkit: ReleaseVersion = host.toolkit_version()?.parse().ok()?;
                Some(!release::runtime_prefers_cdi(toolkit))
            }
            Some(_) => None,
        },
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
