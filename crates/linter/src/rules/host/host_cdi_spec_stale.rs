use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A specification from before the driver was upgraded.
pub(crate) static RULE: Rule = Rule {
    name: "host-cdi-spec-stale",
    summary: "the CDI specification describes another driver",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-cdi-spec-stale.md"),
    checks: &[Check::Host(Layer::Cdi, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let Some(spec) = view.cdi_spec() else { return };
    // Who gets GPUs through the hook meets the specification only by name.
    let severity = if super::is_through_cdi(view) {
        Severity::Error
    } else {
        Severity::Warning
    };
    let kernel = view.kernel_driver();
    let other = kernel.filter(|kernel| {
        !spec.driver_versions.is_empty()
            && !spec.driver_versions.iter().any(|found| found == kernel)
    });
    // Nodes of the driver that do not exist are another rule's.
    let mut paths = spec.missing.iter();
    let missing = paths.find(|path| !path.starts_with("/dev/nvidia"));
    let major = view.facts.nodes.uvm_major.zip(spec.uvm_major);
    let major = major.filter(|(kernel, written)| kernel != written);
    let (message, value, evidence) = if let Some(kernel) = other {
        let written = spec.driver_versions.join(", ");
        let source = view.facts.driver.version_source.as_deref();
        (
            format!("the CDI specification is of driver {written}, the kernel runs {kernel}"),
            format!("driver {written}"),
            Some((
                source.unwrap_or("/proc/driver/nvidia/version").to_owned(),
                kernel.to_owned(),
            )),
        )
    } else if let Some(path) = missing {
        (
            format!("the CDI specification mounts {path}, which does not exist"),
            path.clone(),
            Some((path.clone(), "does not exist".to_owned())),
        )
    } else if let Some((kernel, written)) = major {
        (
            format!(
                "the CDI specification gives /dev/nvidia-uvm major number {written}, the kernel {kernel}"
            ),
            format!("major {written}"),
            Some(("/proc/devices".to_owned(), format!("{kernel} nvidia-uvm"))),
        )
    } else {
        return;
    };
    let why = if major.is_some() && other.is_none() && missing.is_none() {
        "nvidia-smi works in the container and CUDA does not: \"CUDA unknown error\" (999)"
    } else {
        "the container does not start: \"error stat'ing file …: no such file or directory\""
    };
    let mut finding = report
        .with_severity(severity, message, &spec.path, value)
        .why(why)
        .help(format!(
            "{}; containers must be made anew",
            super::make_spec(view)
        ));
    if let Some((source, value)) = evidence {
        finding = report.also(finding, &source, value);
    }
    report.add(finding);
}
