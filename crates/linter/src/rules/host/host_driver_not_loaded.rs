use host::facts::Layer;
use source::Severity;

use super::driver_traces;
use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A driver whose kernel module is not loaded.
pub(crate) static RULE: Rule = Rule {
    name: "host-driver-not-loaded",
    summary: "the driver is installed, and the kernel has not loaded it",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-driver-not-loaded.md"),
    checks: &[Check::Host(Layer::Driver, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if view.is_wsl() || view.is_tegra() || view.is_driver_loaded() || super::has_nouveau(view) {
        return;
    }
    let (driver, platform) = (&view.facts.driver, &view.facts.platform);
    if !driver.modules_listed || view.facts.hardware.nvidia.is_empty() {
        return;
    }
    let Some((source, value)) = driver_traces(view) else {
        return;
    };
    let kernel = platform.kernel.as_deref().unwrap_or("that runs");
    let unsigned = platform.secure_boot == Some(true) && driver.module_on_disk == Some(true);
    let message = if driver.module_on_disk == Some(false) {
        format!("the driver is installed, but has no module for kernel {kernel}")
    } else if unsigned {
        "the driver is installed and not loaded, and Secure Boot takes signed modules only"
            .to_owned()
    } else {
        "the driver is installed, and its module is not loaded".to_owned()
    };
    let help = if driver.module_on_disk == Some(false) {
        format!(
            "reboot if a newer kernel was installed since the last start; else {}",
            view.command(|family| &family.module)
        )
    } else if unsigned {
        super::for_branch(view.command(|family| &family.secure_boot), view)
    } else {
        "load it and look for the reason if it refuses: sudo modprobe nvidia || sudo dmesg | grep -i -e nvrm -e nvidia"
            .to_owned()
    };
    let finding = report
        .finding(message, "/proc/modules", "no nvidia")
        .why("no container gets the GPU: \"nvidia-container-cli: initialization error: nvml error: driver not loaded\"")
        .help(help);
    let mut finding = report.also(finding, &source, value);
    if driver.module_on_disk == Some(false) {
        let folder = format!("/lib/modules/{kernel}");
        finding = report.also(finding, &folder, "no nvidia module");
    }
    if unsigned {
        finding = report.also(finding, "/sys/firmware/efi/efivars", "Secure Boot is on");
    }
    report.add(finding);
}
