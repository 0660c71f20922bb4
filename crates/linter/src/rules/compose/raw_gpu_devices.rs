use source::Severity;

use super::request_block;
use crate::derive::service::{Runtime, ServiceView};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// Device nodes or `privileged` as the only way to the GPU.
pub(crate) static RULE: Rule = Rule {
    name: "raw-gpu-devices",
    summary: "device nodes or `privileged` give the GPU without its driver libraries",
    section: Section::Compose,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/raw-gpu-devices.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    if !service.requests.is_empty()
        || service.runtime() != Runtime::Default
        || service.is_set_up_by_hand()
        || service.has_unknown_request()
        || service.has_gpu_overlay()
        || service.project.compose.overlay
        || service.project.default_runtime_gives_gpu()
    {
        return;
    }
    let name = service.name();
    let (at, what) = if let Some(at) = service.device_nodes() {
        (at, "device nodes alone give")
    } else if let Some(at) = service.privileged() {
        // Privileged services that have nothing to do with GPUs are many.
        if service.need().is_none() || service.may_go_without() {
            return;
        }
        (at, "`privileged` alone gives")
    } else {
        return;
    };
    let message = format!("{what} service `{name}` no driver libraries");
    let mut finding = report
        .finding(message, at)
        .why("libcuda.so.1: cannot open shared object file, unless the image holds exactly the host's driver")
        .help("request the GPU: deploy.resources.reservations.devices; nodes may stay beside it");
    let consequence = "the service gets every GPU of the machine";
    finding
        .fixes
        .extend(request_block::fix(service, consequence));
    report.add(finding);
}
