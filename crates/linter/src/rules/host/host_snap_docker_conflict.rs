use facts::release;
use host::facts::{EngineKind, Layer};
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A docker snap that is not alone.
pub(crate) static RULE: Rule = Rule {
    name: "host-snap-docker-conflict",
    summary: "Docker from a snap, beside another Docker or toolkit",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-snap-docker-conflict.md"),
    checks: &[Check::Host(Layer::Docker, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let docker = &view.facts.docker;
    let toolkit = &view.facts.toolkit;
    if docker.kind == EngineKind::Snap {
        let programs = [&toolkit.hook, &toolkit.ctk, &toolkit.runtime, &toolkit.cli];
        let Some(program) = programs
            .into_iter()
            .flatten()
            .find(|path| !path.contains("/snap/"))
        else {
            return;
        };
        let breaks = view.engine().is_some_and(release::engine_prefers_cdi);
        let severity = if breaks {
            Severity::Error
        } else {
            Severity::Warning
        };
        let finding = report
            .with_severity(
                severity,
                "Docker is a snap with a container toolkit of its own, and the system has another one",
                program,
                "exists",
            )
            .why("the snap finds the system's toolkit and cannot run it: containers with a GPU do not start")
            .help("remove nvidia-container-toolkit from the system, or replace the snap by Docker's packages; with the snap use `runtime: nvidia`");
        let address = docker.address.as_deref().unwrap_or("docker info");
        let finding = report.also(finding, address, "answered by the snap");
        report.add(finding);
    } else if docker.snap
        && docker
            .engine
            .as_deref()
            .is_some_and(|engine| !engine.contains("/snap/"))
    {
        let engine = docker.engine.as_deref().unwrap_or("dockerd");
        let finding = report
            .finding(
                "Docker is installed twice, as a snap and as a package; which one answers decides about the GPU",
                "/snap/bin/docker",
                "exists",
            )
            .why("containers, images and daemon.json of the two are different")
            .help("sudo snap remove docker");
        let finding = report.also(finding, engine, "exists");
        report.add(finding);
    }
}
