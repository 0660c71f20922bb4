use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A node left over from another start of the module.
pub(crate) static RULE: Rule = Rule {
    name: "host-device-nodes-stale",
    summary: "/dev/nvidia-uvm is of a number that the kernel no longer uses",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-device-nodes-stale.md"),
    checks: &[Check::Host(Layer::DeviceNodes, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let nodes = &view.facts.nodes;
    let (Some(kernel), Some(node)) = (nodes.uvm_major, nodes.find("/dev/nvidia-uvm")) else {
        return;
    };
    let Some(major) = node.major.filter(|major| *major != kernel) else {
        return;
    };
    let finding = report
        .finding(
            format!(
                "/dev/nvidia-uvm has major number {major}, the kernel gave nvidia-uvm {kernel}"
            ),
            "/dev/nvidia-uvm",
            format!("major {major}"),
        )
        .why("nvidia-smi works and CUDA does not: \"CUDA unknown error\" (999)")
        .help("sudo rm /dev/nvidia-uvm /dev/nvidia-uvm-tools && sudo nvidia-modprobe -u -c=0");
    let finding = report.also(finding, "/proc/devices", format!("{kernel} nvidia-uvm"));
    report.add(finding);
}
