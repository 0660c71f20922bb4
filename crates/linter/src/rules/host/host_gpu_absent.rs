use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A machine without an NVIDIA GPU.
pub(crate) static RULE: Rule = Rule {
    name: "host-gpu-absent",
    summary: "the machine has no NVIDIA GPU",
    section: Section::Host,
    severity: Severity::Info,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-gpu-absent.md"),
    checks: &[Check::Host(Layer::Gpu, check)],
    special: Special {
        about_absence: true,
        ..Special::NOTHING
    },
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let facts = view.facts;
    if view.has_gpu() || view.is_passed_through() {
        return;
    }
    if let Some(version) = facts.platform.wsl {
        wsl(view, version, report);
        return;
    }
    if facts.platform.os == "macos" {
        let finding = report
            .finding("macOS gives containers no NVIDIA GPU", "system", "macOS")
            .help("run GPU containers on a Linux machine, or on Windows with WSL 2");
        report.add(finding);
        return;
    }
    if !facts.hardware.pci_listed {
        return;
    }
    let bus = "/sys/bus/pci/devices";
    let other = match (
        facts.hardware.amd.is_empty(),
        facts.hardware.intel.is_empty(),
    ) {
        (false, _) => Some("AMD"),
        (true, false) => Some("Intel"),
        (true, true) => None,
    };
    let seen = match other {
        Some(maker) => format!("no device of NVIDIA; a GPU of {maker}"),
        None => "no GPU of NVIDIA".to_owned(),
    };
    let set_up = set_up(view);
    let finding = match &set_up {
        Some((what, _, _)) => {
            let message = format!("the machine has no NVIDIA GPU, although {what}");
            report.with_severity(Severity::Warning, message, bus, seen)
        }
        None => report.finding("the machine has no NVIDIA GPU", bus, seen),
    };
    let finding = match set_up {
        Some((_, source, value)) => report.also(finding, source, value).why(
            "a container that asks for a GPU does not start: \"nvml error: driver not loaded\"",
        ),
        None => finding,
    };
    let finding = if other == Some("AMD") {
        finding.help("use images for ROCm, with /dev/kfd and /dev/dri as devices")
    } else {
        finding.help("check files for the machine that has one: --driver VERSION, --gpu MODEL, or --host FILE")
    };
    report.add(finding);
}

fn wsl(view: &HostView<'_>, version: u8, report: &mut HostReport<'_>) {
    let finding = if version == 1 {
        report
            .finding(
                "WSL 1 gives Linux no GPU",
                "/proc/sys/kernel/osrelease",
                "WSL 1",
            )
            .help("in Windows: wsl --set-version DISTRIBUTION 2")
    } else if view.facts.hardware.dxg {
        report
            .finding(
                "Windows gives Linux no NVIDIA driver",
                "/usr/lib/wsl/lib",
                "no libcuda.so.1",
            )
            .why("without an NVIDIA GPU and its driver on Windows: \"WSL environment detected but no adapters were found\"")
            .help(view.command(|family| &family.driver))
    } else {
        report
            .finding("Windows gives Linux no GPU", "/dev/dxg", "does not exist")
            .help("in Windows: wsl --update, then wsl --shutdown")
    };
    report.add(finding);
}

/// What on the machine is meant for NVIDIA GPUs, and where that was seen.
fn set_up<'v>(view: &HostView<'v>) -> Option<(&'static str, &'v str, String)> {
    let docker = &view.facts.docker;
    if docker.default_runtime.as_deref() == Some("nvidia") {
        let value = "default runtime nvidia".to_owned();
        return Some((
            "containers start through the nvidia runtime",
            "docker info",
            value,
        ));
    }
    let toolkit = &view.facts.toolkit;
    let paths = [&toolkit.hook, &toolkit.runtime, &toolkit.ctk, &toolkit.cli];
    let path = paths.into_iter().flatten().next()?;
    Some((
        "the container toolkit is installed",
        path,
        toolkit
            .version
            .clone()
            .unwrap_or_else(|| "exists".to_owned()),
    ))
}
