use facts::DriverVersion;
use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// Libraries that were upgraded under a running kernel module.
pub(crate) static RULE: Rule = Rule {
    name: "host-driver-library-mismatch",
    summary: "the driver's libraries are of another version than its kernel module",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-driver-library-mismatch.md"),
    checks: &[Check::Host(Layer::Libraries, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if view.is_wsl() || view.is_tegra() {
        return;
    }
    let driver = &view.facts.driver;
    let Some(kernel) = view.kernel_driver() else {
        return;
    };
    let source = driver
        .version_source
        .as_deref()
        .unwrap_or("/proc/driver/nvidia/version");
    let versioned = driver.libraries.iter().filter_map(|library| {
        let version = library.version.as_deref()?;
        let parsed: DriverVersion = version.parse().ok()?;
        Some((parsed, version, library))
    });
    // What the names lead to that programs load; else the newest, which the loader prefers.
    let linked = versioned
        .clone()
        .find(|(_, version, library)| library.linked && *version != kernel);
    let any_linked = versioned.clone().any(|(_, _, library)| library.linked);
    let other = versioned
        .clone()
        .filter(|(_, version, _)| *version != kernel)
        .max_by(|a, b| a.0.cmp(&b.0));
    let also_matching = if any_linked {
        linked.is_none()
    } else {
        versioned.clone().any(|(_, version, _)| version == kernel)
    };
    let wrong = linked.or(other);
    let complaint = driver
        .smi_error
        .as_deref()
        .filter(|error| error.contains("version mismatch"));
    match wrong {
        Some((_, newest, library)) => {
            let path = library.path.as_str();
            let severity = if also_matching && complaint.is_none() {
                Severity::Warning
            } else {
                Severity::Error
            };
            let message = if severity == Severity::Error {
                format!("the kernel runs driver {kernel}, its libraries are {newest}")
            } else {
                format!(
                    "libraries of driver {newest} lie beside those of {kernel}, which the kernel runs"
                )
            };
            let finding = report.with_severity(severity, message, source, kernel);
            let finding = report.also(finding, path, newest);
            let finding = explain(finding, view, severity);
            report.add(finding);
        }
        None => {
            if let Some(complaint) = complaint {
                let message = format!(
                    "the kernel runs driver {kernel}, its libraries are of another version"
                );
                let finding = report.finding(message, source, kernel);
                let finding = report.also(finding, "nvidia-smi", complaint);
                let finding = explain(finding, view, Severity::Error);
                report.add(finding);
            }
        }
    }
}

fn explain(
    finding: source::Diagnostic,
    view: &HostView<'_>,
    severity: Severity,
) -> source::Diagnostic {
    let hold = view.command(|family| &family.hold);
    let help = if severity == Severity::Warning {
        "remove the libraries of the version that does not run, then sudo ldconfig".to_owned()
    } else if hold.is_empty() {
        "sudo reboot".to_owned()
    } else {
        format!("sudo reboot; so that upgrades wait for you from now on: {hold}")
    };
    finding
        .why("the packages were upgraded without a reboot: \"Failed to initialize NVML: Driver/library version mismatch\", and containers with a GPU do not start")
        .help(help)
}
