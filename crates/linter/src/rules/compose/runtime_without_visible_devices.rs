use source::Severity;

use crate::derive::service::{Runtime, ServiceView, Variable};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// `runtime: nvidia` for a container in which nothing chooses a GPU.
pub(crate) static RULE: Rule = Rule {
    name: "runtime-without-visible-devices",
    summary: "`runtime: nvidia` gives no GPU, for nothing sets NVIDIA_VISIBLE_DEVICES",
    section: Section::Compose,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/runtime-without-visible-devices.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Runtime::Nvidia(at) = service.runtime() else {
        return;
    };
    if !service.requests.is_empty()
        || service.has_misspelt_request()
        || service.is_set_up_by_hand()
        || service.may_go_without()
    {
        return;
    }
    // The runtime gives images of old all GPUs: they name their CUDA version and nothing else.
    let unset = ["NVIDIA_VISIBLE_DEVICES", "CUDA_VERSION"]
        .iter()
        .all(|name| service.variable(name) == Variable::Unset);
    if !unset {
        return;
    }
    let mut finding = report
        .finding(
            format!(
                "service `{}` gets no GPU: nothing sets NVIDIA_VISIBLE_DEVICES",
                service.name()
            ),
            at,
        )
        .why("the NVIDIA runtime then starts the container like any other, without an error")
        .help("request the GPU with a device request, or set `NVIDIA_VISIBLE_DEVICES: all`");
    if let Some(image) = service.contents.image_at() {
        finding = finding.related(image, "this image does not set it");
    }
    report.add(finding);
}
