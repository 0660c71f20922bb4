use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A kernel module without the libraries that programs load.
pub(crate) static RULE: Rule = Rule {
    name: "host-driver-libraries-missing",
    summary: "the driver's libraries are not installed",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-driver-libraries-missing.md"),
    checks: &[Check::Host(Layer::Libraries, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if view.is_wsl() || view.is_tegra() || view.facts.unknown_about(Layer::Libraries).is_some() {
        return;
    }
    let driver = &view.facts.driver;
    let Some(kernel) = view.kernel_driver() else {
        return;
    };
    let has = |name: &str| {
        driver
            .libraries
            .iter()
            .any(|library| library.path.contains(name))
    };
    let found = has("libcuda.so") || has("libnvidia-ml.so");
    // What nvidia-smi loads, or the driver of a cluster, may be where we do not look.
    let answers = view
        .facts
        .gpus
        .iter()
        .any(|gpu| gpu.compute_capability.is_some());
    let toolkit = view
        .facts
        .toolkit
        .ctk
        .as_deref()
        .or(view.facts.toolkit.runtime.as_deref());
    let of_cluster = toolkit.is_some_and(|path| path.starts_with("/usr/local/nvidia/"));
    let known = view.family.is_some_and(|family| family.name != "other");
    if !found && (answers || of_cluster || !known) {
        return;
    }
    let (missing, consequence) = match (has("libcuda.so"), has("libnvidia-ml.so")) {
        (true, true) => return,
        (false, false) => (
            "libcuda and libnvidia-ml",
            "\"nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1\"",
        ),
        (true, false) => (
            "libnvidia-ml",
            "\"nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1\"",
        ),
        (false, true) => (
            "libcuda",
            "nvidia-smi works and CUDA does not: \"libcuda.so.1: cannot open shared object file\"",
        ),
    };
    let source = driver
        .version_source
        .as_deref()
        .unwrap_or("/proc/driver/nvidia/version");
    let finding = report
        .finding(
            format!("the kernel runs driver {kernel}, and {missing} of it cannot be found"),
            source,
            kernel,
        )
        .why(consequence)
        .help(view.command(|family| &family.libraries));
    let finding = report.also(finding, "library folders", format!("no {missing}"));
    report.add(finding);
}
