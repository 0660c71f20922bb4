use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// The hook file of the time before CDI.
pub(crate) static RULE: Rule = Rule {
    name: "host-podman-hook-conflict",
    summary: "an old hook gives Podman the GPU beside CDI",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-podman-hook-conflict.md"),
    checks: &[Check::Host(Layer::Podman, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let Some(path) = &view.facts.podman.hook_file else {
        return;
    };
    if view.cdi_specs().next().is_none() {
        return;
    }
    let finding = report
        .finding(
            "an old hook gives Podman's containers the GPU beside CDI",
            path,
            "exists",
        )
        .why("the driver is mounted twice: containers fail to start, or get the wrong libraries")
        .help(format!("sudo rm {path}"));
    report.add(finding);
}
