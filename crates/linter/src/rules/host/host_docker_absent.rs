use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A GPU machine without Docker and Podman.
pub(crate) static RULE: Rule = Rule {
    name: "host-docker-absent",
    summary: "the machine has no container engine",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-docker-absent.md"),
    checks: &[Check::Host(Layer::Docker, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if view.has_docker() || view.has_podman() || !view.has_gpu() {
        return;
    }
    let facts = view.facts;
    if facts.platform.os != "linux" || facts.unknown_about(Layer::Docker).is_some() {
        return;
    }
    let finding = report
        .finding(
            "the machine has a GPU and neither Docker nor Podman",
            "docker, dockerd, podman",
            "in no folder for programs",
        )
        .help(view.command(|family| &family.docker));
    report.add(finding);
}
