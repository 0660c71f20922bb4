use host::facts::{Answer, EngineKind, Layer};
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// An engine that does not answer.
pub(crate) static RULE: Rule = Rule {
    name: "host-docker-unreachable",
    summary: "Docker's engine does not run, or does not answer this user",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-docker-unreachable.md"),
    checks: &[Check::Host(Layer::Docker, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let docker = &view.facts.docker;
    if !view.has_docker() || docker.kind == EngineKind::Remote {
        return;
    }
    let address = docker.address.as_deref().unwrap_or("/var/run/docker.sock");
    let start = view.commands().map_or("", |commands| &commands.start);
    // An engine that listens elsewhere is not one that stands still.
    let runs = docker.process.is_some();
    let finding = match docker.answer {
        Answer::Denied => report
            .with_severity(
                Severity::Info,
                "Docker's socket refuses this user, so that the engine was not asked",
                address,
                "permission denied",
            )
            .why("docker itself says \"permission denied while trying to connect to the Docker daemon socket\"")
            .help("sudo usermod -aG docker $USER, then log in anew; members of the group are as powerful as root"),
        Answer::NoSocket | Answer::Refused if !runs => {
            let severity = if !view.has_gpu() {
                Severity::Info
            } else if view.has_podman() {
                Severity::Warning
            } else {
                Severity::Error
            };
            let (message, help) = if docker.engine.is_none() && docker.kind == EngineKind::Rootful {
                ("Docker's client is installed, and no engine is", view.command(|family| &family.docker))
            } else {
                ("Docker's engine does not run", start)
            };
            let value = if docker.answer == Answer::NoSocket { "does not exist" } else { "nothing listens" };
            report
                .with_severity(severity, message, address, value)
                .why("\"Cannot connect to the Docker daemon. Is the docker daemon running?\"")
                .help(help)
        }
        _ => return,
    };
    let finding = match docker.address_source.as_deref() {
        Some(source) if source != "default" && source != "the default" => {
            report.also(finding, "address", format!("from {source}"))
        }
        _ => finding,
    };
    report.add(finding);
}
