use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// NVSwitch systems without their fabric manager.
pub(crate) static RULE: Rule = Rule {
    name: "host-fabric-manager-stopped",
    summary: "the fabric manager of an NVSwitch system does not run",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-fabric-manager-stopped.md"),
    checks: &[Check::Host(Layer::FabricManager, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let driver = &view.facts.driver;
    if !view.facts.hardware.nvswitch {
        return;
    }
    let why = "nvidia-smi works and CUDA does not: \"system not yet initialized\" (802)";
    let unit = "nvidia-fabricmanager.service";
    let install = super::for_branch(view.command(|family| &family.fabric_manager), view);
    let installed = driver.fabric_manager_version.as_deref();
    let version = installed.map(|version| version.split(['-', '+']).next().unwrap_or(version));
    let finding = match (version, driver.version.as_deref()) {
        // An epoch, and the distribution's own numbers, may surround the release.
        (Some(version), Some(kernel)) if !version.ends_with(kernel) => {
            let message = format!(
                "the fabric manager is {version}, the driver is {kernel}; they must be the same"
            );
            report
                .finding(message, view.package_source(version), format!("nvidia-fabricmanager {version}"))
                .help(format!("install the fabric manager {kernel}, then sudo systemctl restart nvidia-fabricmanager"))
        }
        _ if driver.fabric_manager_running == Some(false) => {
            let message = "the machine has NVSwitches, and the fabric manager does not run";
            let start = "sudo systemctl enable --now nvidia-fabricmanager";
            let help = match installed {
                Some(_) => start.to_owned(),
                None => format!("{install} && {start}"),
            };
            report.finding(message, unit, "does not run").help(help)
        }
        _ => return,
    };
    report.add(finding.why(why));
}
