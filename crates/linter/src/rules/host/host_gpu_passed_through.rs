use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// GPUs that vfio-pci keeps for virtual machines.
pub(crate) static RULE: Rule = Rule {
    name: "host-gpu-passed-through",
    summary: "every NVIDIA GPU is reserved for virtual machines",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-gpu-passed-through.md"),
    checks: &[Check::Host(Layer::Gpu, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if !view.is_passed_through() {
        return;
    }
    let Some(first) = view.facts.hardware.nvidia.first() else {
        return;
    };
    let source = format!("/sys/bus/pci/devices/{}/driver", first.address);
    let count = view.facts.hardware.nvidia.len();
    let which = if count == 1 {
        "the NVIDIA GPU is"
    } else {
        "all NVIDIA GPUs are"
    };
    let finding = report
        .finding(format!("{which} reserved for virtual machines"), &source, "vfio-pci")
        .why("the driver of this system cannot use what is passed to a virtual machine: containers here get no GPU")
        .help("run the containers in the virtual machine, or remove the GPU from vfio-pci.ids on the kernel's command line and in /etc/modprobe.d, and reboot");
    report.add(finding);
}
