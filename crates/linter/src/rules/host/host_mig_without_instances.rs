use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// GPUs that were cut into no slices.
pub(crate) static RULE: Rule = Rule {
    name: "host-mig-without-instances",
    summary: "Multi-Instance GPU is on, and there is no instance",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-mig-without-instances.md"),
    checks: &[Check::Host(Layer::DeviceNodes, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let gpus = &view.facts.gpus;
    let empty = |gpu: &&host::facts::Gpu| gpu.mig == Some(true) && gpu.mig_instances == Some(0);
    let Some(first) = gpus.iter().find(empty) else {
        return;
    };
    let all = gpus.iter().filter(empty).count() == gpus.len();
    let severity = if all {
        Severity::Error
    } else {
        Severity::Warning
    };
    let address = first.address.as_deref().unwrap_or("nvidia-smi");
    let finding = report
        .with_severity(
            severity,
            format!("Multi-Instance GPU is on for {}, and there is no instance on it", first.name),
            "nvidia-smi",
            format!("{address}: MIG enabled, no compute instance"),
        )
        .why("CUDA finds no device on it: \"No CUDA GPUs are available\"")
        .help("make instances (sudo nvidia-smi mig -cgi 19,19 -C), or switch it off (sudo nvidia-smi -mig 0); then make the CDI specification anew");
    report.add(finding);
}
