use facts::release;
use host::facts::{EngineKind, Layer};
use source::Severity;

use crate::derive::machine::HostView;
use crate::derive::service::{Form, ServiceView, Vendor};
use crate::{Check, FixAvailability, HostReport, Report, Rule, Section, Special};

/// Podman in the place of Docker.
pub(crate) static RULE: Rule = Rule {
    name: "host-podman-request-ignored",
    summary: "Podman drops device requests that come through Docker's API",
    section: Section::Host,
    severity: Severity::Info,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-podman-request-ignored.md"),
    checks: &[
        Check::Host(Layer::Podman, check),
        Check::Service(check_service),
    ],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let docker = &view.facts.docker;
    if docker.kind != EngineKind::Podman || !view.has_gpu() {
        return;
    }
    let address = docker.address.as_deref().unwrap_or("docker");
    let finding = report
        .finding(
            "Podman answers for Docker, and drops `gpus` and `deploy` requests of Compose files",
            address,
            "Podman",
        )
        .why("services start without a GPU and without a word")
        .help("give GPUs by CDI names in Compose files: devices: [nvidia.com/gpu=all]");
    report.add(finding);
}

fn check_service(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Some(facts) = service.project.host else {
        return;
    };
    // podman-compose has its own ways.
    let podman_compose = facts.podman.compose.is_some() && facts.compose_version().is_none();
    if facts.docker.kind != EngineKind::Podman || podman_compose {
        return;
    }
    let version = facts.podman.version.as_deref();
    let takes = version
        .and_then(|version| version.parse().ok())
        .map(release::podman_takes_requests);
    for request in &service.requests {
        if request.vendor() != Vendor::Nvidia || !request.may_give_gpu() {
            continue;
        }
        let named = request.form == Form::Cdi || super::names_cdi(*request);
        // What an unknown Podman does with names is unknown.
        if named && takes != Some(false) {
            continue;
        }
        let (message, help) = if named {
            (
                format!(
                    "the machine's Podman {} drops CDI names that come through Docker's API",
                    version.unwrap_or_default()
                ),
                "upgrade Podman to 5.4 or newer",
            )
        } else {
            (
                "the machine's engine is Podman, which drops this request".to_owned(),
                "give the GPU by its CDI name: devices: [nvidia.com/gpu=all]",
            )
        };
        report.add(
            report
                .with_severity(Severity::Error, message, request.at())
                .why("the service starts without a GPU and without a word")
                .help(help),
        );
    }
}
