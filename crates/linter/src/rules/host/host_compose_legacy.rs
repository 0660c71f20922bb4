use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// The Compose of the time before plugins.
pub(crate) static RULE: Rule = Rule {
    name: "host-compose-legacy",
    summary: "docker-compose 1.x, which is no longer maintained",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-compose-legacy.md"),
    checks: &[Check::Host(Layer::Compose, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let compose = &view.facts.compose;
    let Some(legacy) = compose.legacy_version.as_deref() else {
        return;
    };
    let (severity, message, help) = match compose.version.as_deref() {
        Some(version) => (
            Severity::Info,
            format!("docker-compose {legacy} is installed beside Compose {version}"),
            "type `docker compose`, and remove docker-compose",
        ),
        None => (
            Severity::Warning,
            format!("Compose is docker-compose {legacy}, which has had no updates since 2023"),
            "install the package docker-compose-plugin, and type `docker compose`",
        ),
    };
    let finding = report
        .with_severity(severity, message, "docker-compose", legacy)
        .why("it refuses `gpus` and takes CDI names for paths")
        .help(help);
    report.add(finding);
}
