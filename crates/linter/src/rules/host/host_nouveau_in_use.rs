use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A GPU that the open kernel driver holds, which gives containers nothing.
pub(crate) static RULE: Rule = Rule {
    name: "host-nouveau-in-use",
    summary: "the GPU is driven by nouveau",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-nouveau-in-use.md"),
    checks: &[Check::Host(Layer::Driver, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if view.is_wsl() || view.is_tegra() || view.is_driver_loaded() {
        return;
    }
    let Some((source, name)) = super::nouveau(view) else {
        return;
    };
    let finding = report
        .finding(
            format!("the GPU is driven by {name}, with which CUDA does not work"),
            &source,
            name,
        )
        .why("no container gets the GPU: \"nvml error: driver not loaded\"")
        .help(view.command(|family| &family.without_nouveau));
    report.add(finding);
}
