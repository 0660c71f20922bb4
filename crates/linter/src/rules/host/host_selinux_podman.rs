use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// SELinux in the way of GPUs.
pub(crate) static RULE: Rule = Rule {
    name: "host-selinux-podman",
    summary: "SELinux keeps Podman's containers from the GPU unless told otherwise",
    section: Section::Host,
    severity: Severity::Info,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-selinux-podman.md"),
    checks: &[Check::Host(Layer::Podman, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if view.facts.platform.selinux_enforcing != Some(true) || !view.has_gpu() {
        return;
    }
    let finding = report
        .finding(
            "SELinux keeps Podman's containers from the GPU unless it is told otherwise",
            "/sys/fs/selinux/enforce",
            "1",
        )
        .why("\"Failed to initialize NVML: Insufficient Permissions\"")
        .help("sudo setsebool -P container_use_devices=true, or run containers with --security-opt=label=disable");
    report.add(finding);
}
