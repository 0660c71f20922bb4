use host::facts::{EngineKind, Layer};
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// Docker Desktop on Linux, whose virtual machine has no GPU.
pub(crate) static RULE: Rule = Rule {
    name: "host-docker-desktop-without-gpu",
    summary: "Docker Desktop runs containers in a machine without the GPU",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-docker-desktop-without-gpu.md"),
    checks: &[Check::Host(Layer::Docker, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let docker = &view.facts.docker;
    if docker.kind != EngineKind::Desktop || view.is_wsl() || !view.has_gpu() {
        return;
    }
    let address = docker.address.as_deref().unwrap_or("docker info");
    let value = docker
        .operating_system
        .as_deref()
        .unwrap_or("Docker Desktop");
    let finding = report
        .finding(
            "Docker Desktop runs containers in a virtual machine, which has no GPU",
            address,
            value,
        )
        .why("\"could not select device driver \\\"\\\" with capabilities: [[gpu]]\", or \"load library failed: libnvidia-ml.so.1\"")
        .help(if docker.engine.is_some() {
            "switch to the engine of this system: docker context use default".to_owned()
        } else {
            let install = view.command(|family| &family.docker);
            format!("{install} && docker context use default")
        });
    report.add(finding);
}
