use source::Severity;

use super::request_block;
use crate::derive::service::{Level, ServiceView};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A service whose image is for the GPU and that never asks for one.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-request-missing",
    summary: "the service's image is for the GPU, and nothing gives it one",
    section: Section::Compose,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/gpu-request-missing.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    let project = service.project;
    if project.compose.overlay || project.default_runtime_gives_gpu() || service.has_gpu_overlay() {
        return;
    }
    // An empty request is another rule's.
    if service.may_have_gpu()
        || !service.requests.is_empty()
        || service.device_nodes().is_some()
        || service.privileged().is_some()
    {
        return;
    }
    let Some(need) = service.need() else {
        return;
    };
    if service.may_go_without() || service.leaves_gpu_to_others(&need) {
        return;
    }
    // A request that Compose refuses is reported where it stands.
    if service.is_refused() {
        return;
    }
    // Who has written the request and switched it off knows of it.
    let commented = service.commented_request();
    let severity = match need.level {
        Level::Requires if commented.is_none() => Severity::Error,
        Level::Benefits if commented.is_some() => return,
        Level::Requires | Level::Benefits => Severity::Warning,
    };
    let name = service.name();
    let message = match need.level {
        Level::Requires => format!("service `{name}` is made for the GPU and requests none"),
        Level::Benefits => format!("service `{name}` requests no GPU and will run on the CPU"),
    };
    let mut finding = report
        .with_severity(severity, message, service.at())
        .label("no device request, no CDI device, no `runtime: nvidia`")
        .related(need.at, need.because)
        .why(
            "Compose starts the service without a word, and there is no GPU in it unless nvidia is the \
             engine's default runtime",
        )
        .help(
            "request the GPU: deploy.resources.reservations.devices with `driver: nvidia`, `count: all` and \
             `capabilities: [gpu]`",
        );
    if let Some(comment) = commented {
        finding = finding
            .related(comment, "the request is commented out here")
            .help("on a machine with a GPU take the `#` away");
    } else {
        let consequence =
            "the service gets every GPU of the machine, and starts on machines with one only";
        finding
            .fixes
            .extend(request_block::fix(service, consequence));
    }
    report.add(finding);
}
