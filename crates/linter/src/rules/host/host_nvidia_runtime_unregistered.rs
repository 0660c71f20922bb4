use host::facts::{Answer, Layer};
use source::Severity;

use crate::derive::machine::HostView;
use crate::derive::service::ServiceView;
use crate::{Check, FixAvailability, HostReport, Report, Rule, Section, Special};

/// An engine that does not know `runtime: nvidia`.
pub(crate) static RULE: Rule = Rule {
    name: "host-nvidia-runtime-unregistered",
    summary: "the engine has no runtime named nvidia",
    section: Section::Host,
    severity: Severity::Info,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-nvidia-runtime-unregistered.md"),
    checks: &[
        Check::Host(Layer::Docker, check),
        Check::Service(check_service),
    ],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let docker = &view.facts.docker;
    if !view.is_docker_here() || !view.has_gpu() || !view.facts.toolkit.installed() {
        return;
    }
    if docker.answer != Answer::Answered || view.knows_runtime("nvidia") != Some(false) {
        return;
    }
    // What the file defines waits for a restart only.
    if view
        .daemon
        .runtimes()
        .is_some_and(|known| known.contains(&"nvidia"))
    {
        return;
    }
    let known: Vec<&str> = docker.runtimes.keys().map(String::as_str).collect();
    let finding = report
        .finding(
            "the engine has no runtime `nvidia`",
            "docker info",
            format!("runtimes: {}", known.join(" ")),
        )
        .why("`--gpus`, `deploy` and CDI names do without it; `runtime: nvidia` and the GPU check of Dev Containers need it")
        .help(view.commands().map_or("", |commands| &commands.configure));
    report.add(finding);
}

fn check_service(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Some((name, at)) = super::nvidia_runtime(service) else {
        return;
    };
    let Some(view) = super::engine_of(service) else {
        return;
    };
    if view.knows_runtime(name) != Some(false) {
        return;
    }
    report.add(
        report
            .with_severity(
                Severity::Error,
                format!("the machine's engine has no runtime `{name}`"),
                at,
            )
            .why(format!("the container does not start: \"unknown or invalid runtime name: {name}\""))
            .help(format!(
                "request the GPU under deploy.resources.reservations.devices, or register the runtime: {}",
                view.commands().map_or("", |commands| &commands.configure)
            )),
    );
}
