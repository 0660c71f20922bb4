use facts::image::Accelerator;
use source::{Edit, Fix, Severity, suggest};

use super::words;
use crate::derive::service::device::{DeviceNode, devices};
use crate::derive::service::{Driver, Form, KnownText, Request, Selection, ServiceView, Vendor};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A device driver that the engine does not have, or that does not fit the image.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-driver-unknown",
    summary: "the engine has no such device driver, or it does not fit the image",
    section: Section::Compose,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/gpu-driver-unknown.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    amd_devices(service, report);
    for &request in &service.requests {
        if request.form == Form::Cdi {
            continue;
        }
        if let Driver::Named(name) = request.driver() {
            if facts::engine::driver(name.text).is_none() {
                unknown(request, name, report);
                continue;
            }
            if name.text == "cdi" {
                cdi(request, name, report);
            }
        }
        other_maker(service, request, report);
    }
}

fn unknown(request: Request<'_>, name: KnownText<'_>, report: &mut Report<'_>) {
    let known = facts::engine::drivers().iter().map(|row| row.name.as_str());
    let capabilities = request.capabilities().unwrap_or_default();
    // A plug-in of the engine may serve other kinds of devices.
    if !capabilities.is_empty() && request.form == Form::Reservation && !asks_gpu(&capabilities) {
        return;
    }
    let near = match name.text.to_ascii_lowercase().as_str() {
        "nvidia"
        | "gpu"
        | "cuda"
        | "nvidia-docker"
        | "nvidia-container-runtime"
        | "nvidia.com/gpu" => Some("nvidia"),
        "rocm" => Some("amd"),
        other => suggest::nearest(other, known),
    };
    let list = words(&capabilities);
    let mut finding = report
        .finding(
            format!("Docker has no device driver `{}`", name.text),
            name.at,
        )
        .why(format!(
            "Compose takes any word, then the container does not start: could not select device driver \
             \"{}\" with capabilities: [[{list}]]",
            name.text
        ));
    finding = match near {
        Some(near) => {
            let title = format!("use the driver `{near}`");
            let edits = vec![Edit::replace(name.at, near)];
            // AMD's driver is new, and knows fewer capabilities.
            let fix = match near {
                "amd" => Fix::risky(title, "what was meant is a guess from the spelling", edits),
                _ => Fix::safe(title, edits),
            };
            finding
                .help(format!("write `driver: {near}`"))
                .fix(fix.uncovering())
        }
        None => finding.help("write `driver: nvidia`"),
    };
    report.add(finding);
}

fn asks_gpu(capabilities: &[KnownText<'_>]) -> bool {
    let mut capabilities = capabilities.iter();
    capabilities.any(|word| {
        let word = word.text.to_ascii_lowercase();
        facts::engine::capability(&word).is_some() || word.contains("nvidia")
    })
}

fn cdi(request: Request<'_>, name: KnownText<'_>, report: &mut Report<'_>) {
    let why = match request.selection() {
        Selection::All | Selection::First(_) => {
            "the container does not start: unexpected count in CDI device request"
        }
        Selection::Ids(ids)
            if ids
                .iter()
                .any(|id| !crate::derive::service::device::is_qualified(id.text)) =>
        {
            "the container does not start: unresolvable CDI devices"
        }
        _ => return,
    };
    let at = request
        .entry("count")
        .or_else(|| request.entry("device_ids"));
    let at = at.map_or(name.at, |entry| entry.value.location);
    let finding = report
        .finding("`driver: cdi` needs `device_ids` with full CDI names", at)
        .why(why)
        .help("write `device_ids: [\"nvidia.com/gpu=all\"]` and no `count`, or `driver: nvidia`");
    report.add(finding);
}

/// `/dev/kfd` is ROCm's; a program for CUDA does nothing with it.
fn amd_devices(service: ServiceView<'_>, report: &mut Report<'_>) {
    let image = service.contents.image();
    if !image.is_some_and(|image| image.is_certain() && image.is_nvidia()) {
        return;
    }
    let mut nodes = devices(service.compose).filter(|device| device.node() == DeviceNode::Amd);
    let Some(node) = nodes.next().filter(|_| !service.requests_nvidia()) else {
        return;
    };
    let mut finding = report
        .finding(
            "the device of an AMD GPU is given to a CUDA image",
            node.at(),
        )
        .why("the program finds no GPU that it can use")
        .help("use the ROCm image, or request the NVIDIA GPU and leave the device out");
    if let Some(place) = service.contents.image_at() {
        finding = finding.related(place, "the image");
    }
    report.add(finding);
}

fn other_maker(service: ServiceView<'_>, request: Request<'_>, report: &mut Report<'_>) {
    let Some(image) = service.contents.image().filter(|image| image.is_certain()) else {
        return;
    };
    let at = match request.driver() {
        Driver::Named(name) => name.at,
        _ => request.at(),
    };
    // `gpu` alone serves either maker.
    let says_nvidia = match request.driver() {
        Driver::Named(name) => name.text.starts_with("nvidia"),
        _ => request
            .capabilities()
            .unwrap_or_default()
            .iter()
            .any(|word| word.text == "nvidia"),
    };
    let (message, help) = match (image.accelerator(), request.vendor()) {
        (Some(Accelerator::Amd), Vendor::Nvidia) if says_nvidia => (
            "an NVIDIA GPU is requested for a ROCm image",
            "give the service `devices: [/dev/kfd, /dev/dri]`, or use the CUDA image",
        ),
        (Some(Accelerator::Nvidia), Vendor::Amd) => (
            "an AMD GPU is requested for a CUDA image",
            "write `driver: nvidia`, or use the ROCm image",
        ),
        _ => return,
    };
    let mut finding = report
        .finding(message, at)
        .why("the program finds no GPU that it can use")
        .help(help);
    if let Some(place) = service.contents.image_at() {
        finding = finding.related(place, "the image");
    }
    report.add(finding);
}
