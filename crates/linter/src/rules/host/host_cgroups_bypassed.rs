use host::facts::{EngineKind, Layer};
use source::Severity;

use crate::derive::machine::{HostView, Injection};
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A toolkit that is set up for rootless Docker, under Docker of root.
pub(crate) static RULE: Rule = Rule {
    name: "host-cgroups-bypassed",
    summary: "no-cgroups is on although Docker runs as root",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-cgroups-bypassed.md"),
    checks: &[Check::Host(Layer::Cgroups, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let toolkit = &view.facts.toolkit;
    if toolkit.no_cgroups != Some(true) || view.facts.docker.kind != EngineKind::Rootful {
        return;
    }
    // CDI leaves devices to the engine, which goes by its cgroups.
    let severity = if view.injection() == Injection::Cdi {
        Severity::Info
    } else {
        Severity::Warning
    };
    let source = view.toolkit_config();
    let finding = report
        .with_severity(
            severity,
            "the container toolkit leaves cgroups alone, which is meant for rootless Docker",
            source,
            "no-cgroups = true",
        )
        .why("containers start and may not open the GPU: \"Failed to initialize NVML: Unknown Error\"")
        .help("sudo nvidia-ctk config --set nvidia-container-cli.no-cgroups=false --in-place");
    report.add(finding);
}
