use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A driver without the nodes in /dev that containers get.
pub(crate) static RULE: Rule = Rule {
    name: "host-device-nodes-missing",
    summary: "device nodes of the driver do not exist",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-device-nodes-missing.md"),
    checks: &[Check::Host(Layer::DeviceNodes, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let facts = view.facts;
    if !facts.nodes.listed || !view.is_driver_loaded() {
        return;
    }
    let mut missing = Vec::new();
    if facts.nodes.find("/dev/nvidiactl").is_none() {
        missing.push("/dev/nvidiactl");
    }
    if facts.nodes.gpus().next().is_none() {
        missing.push("/dev/nvidia0");
    }
    let gpu = !missing.is_empty();
    if facts.nodes.find("/dev/nvidia-uvm").is_none() {
        missing.push("/dev/nvidia-uvm");
    }
    if missing.is_empty() {
        return;
    }
    // A hook makes them at the start of a container; a CDI specification only names them.
    let spec = view.cdi_spec();
    let in_spec = spec.is_some_and(|spec| {
        spec.missing
            .iter()
            .any(|path| missing.contains(&path.as_str()))
    });
    let fatal = (gpu || in_spec) && super::is_through_cdi(view);
    let severity = if fatal {
        Severity::Error
    } else {
        Severity::Warning
    };
    let names = missing.join(" and ");
    let verb = if missing.len() == 1 { "does" } else { "do" };
    let why = if gpu {
        "only nvidia-container-cli makes them when a container starts; CDI and rootless engines find no device"
    } else {
        "nvidia-smi works and CUDA does not: \"CUDA unknown error\" (999); nvidia-container-cli makes it when a container starts, if it may"
    };
    let message = format!("the driver is loaded, and {names} {verb} not exist");
    let finding = report
        .with_severity(severity, message, missing[0], "does not exist")
        .why(why)
        .help(if gpu {
            "sudo nvidia-ctk system create-device-nodes --control-devices --load-kernel-modules && sudo nvidia-smi; nvidia-persistenced makes them at every start"
        } else {
            "sudo nvidia-modprobe -u -c=0"
        });
    let finding = if !facts.driver.has_module("nvidia_uvm") && facts.driver.modules_listed {
        report.also(finding, "/proc/modules", "no nvidia_uvm")
    } else {
        finding
    };
    report.add(finding);
}
