use host::facts::Layer;
use source::Severity;

use super::driver_traces;
use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A GPU for which no driver is installed.
pub(crate) static RULE: Rule = Rule {
    name: "host-driver-missing",
    summary: "the machine has an NVIDIA GPU and no driver",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-driver-missing.md"),
    checks: &[Check::Host(Layer::Driver, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if view.is_wsl() || view.is_tegra() || view.is_driver_loaded() || super::has_nouveau(view) {
        return;
    }
    let (facts, hardware) = (view.facts, &view.facts.hardware.nvidia);
    let Some(gpu) = hardware.first() else { return };
    if !facts.driver.modules_listed || driver_traces(view).is_some() {
        return;
    }
    let source = format!("/sys/bus/pci/devices/{}", gpu.address);
    let bound = gpu.driver.as_deref().unwrap_or("none");
    let finding = report
        .finding(
            "the machine has an NVIDIA GPU and no driver for it",
            &source,
            format!("NVIDIA GPU, driver: {bound}"),
        )
        .why("no container gets the GPU: \"nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1\"")
        .help(view.command(|family| &family.driver));
    let finding = report.also(finding, "/proc/modules", "no nvidia");
    report.add(finding);
}
