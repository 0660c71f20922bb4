use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A driver that does not take the GPU on the bus.
pub(crate) static RULE: Rule = Rule {
    name: "host-driver-without-gpu",
    summary: "the driver is loaded and takes no GPU",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-driver-without-gpu.md"),
    checks: &[Check::Host(Layer::DeviceNodes, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let facts = view.facts;
    if view.is_wsl() || view.is_tegra() || !view.is_driver_loaded() {
        return;
    }
    let complaint = facts.driver.smi_error.as_deref();
    let complaint = complaint.filter(|error| error.contains("No devices were found"));
    let (Some(complaint), Some(gpu)) = (complaint, facts.hardware.nvidia.first()) else {
        return;
    };
    let version = facts.driver_version().unwrap_or_default();
    let closed = facts.driver.open == Some(false);
    let help = if closed {
        "GPUs from Blackwell on need the open kernel module and a driver of branch 570 or newer; the reason is in: sudo dmesg | grep NVRM"
    } else {
        "a GPU that is newer or older than the driver's branch, a fault of the GPU, or its power; the reason is in: sudo dmesg | grep NVRM"
    };
    let bus = format!("/sys/bus/pci/devices/{}", gpu.address);
    let finding = report
        .finding(
            format!("driver {version} is loaded and takes none of the machine's GPUs"),
            "nvidia-smi",
            complaint,
        )
        .why("containers start and find no GPU: \"no CUDA-capable device is detected\"")
        .help(help);
    let finding = report.also(finding, &bus, "NVIDIA GPU");
    report.add(finding);
}
