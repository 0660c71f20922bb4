use facts::release;
use host::facts::Layer;
use source::Severity;

use crate::Report;
use crate::derive::machine::HostView;
use crate::derive::service::{Form, ServiceView, Vendor};
use crate::{Check, FixAvailability, HostReport, Rule, Section};

/// An engine that finds GPUs by a specification that does not exist.
pub(crate) static RULE: Rule = Rule {
    name: "host-cdi-spec-missing",
    summary: "no CDI specification names the GPUs",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../../../docs/rules/host-cdi-spec-missing.md"),
    check: Check::HostAndService(Layer::Cdi, check, check_service),
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if !is_missing(view) || view.is_tegra() {
        return;
    }
    let toolkit = &view.facts.toolkit;
    let docker = view.is_docker_here()
        && toolkit.hook.is_none()
        && view.engine().is_some_and(release::engine_prefers_cdi);
    let severity = if docker || (view.has_podman() && !view.has_docker()) {
        Severity::Error
    } else if view.has_podman() {
        Severity::Warning
    } else {
        // The hook does without.
        return;
    };
    let who = if docker { "Docker" } else { "Podman" };
    let why = if docker {
        "no container gets the GPU: \"failed to discover GPU vendor from CDI: no known GPU vendor found\""
    } else {
        "no container gets the GPU: \"unresolvable CDI devices nvidia.com/gpu=all\""
    };
    let finding = report
        .with_severity(
            severity,
            format!("no CDI specification names the GPUs, by which {who} finds them"),
            &folders(view),
            "no specification of nvidia.com/gpu",
        )
        .why(why)
        .help(super::make_spec(view));
    report.add(finding);
}

fn check_service(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Some(view) = super::engine_of(service) else {
        return;
    };
    let known = view.discovers_nvidia() == Some(true);
    if known || !is_missing(&view) || !view.has_gpu() || view.docker_has_cdi() == Some(false) {
        return;
    }
    for request in &service.requests {
        let named = request.form == Form::Cdi || super::names_cdi(*request);
        if !named || request.vendor() != Vendor::Nvidia {
            continue;
        }
        report.add(
            report
                .finding(
                    "the machine has no CDI specification that names this device",
                    request.at(),
                )
                .label(format!("nothing of nvidia.com/gpu in {}", folders(&view)))
                .why("the container does not start: \"CDI device injection failed: unresolvable CDI devices\"")
                .help(super::make_spec(&view)),
        );
    }
}

/// Whether there is none, for certain.
fn is_missing(view: &HostView<'_>) -> bool {
    view.cdi_specs().next().is_none() && view.facts.unknown_about(Layer::Cdi).is_none()
}

fn folders(view: &HostView<'_>) -> String {
    let folders = &view.facts.cdi.folders;
    if folders.is_empty() {
        "/etc/cdi, /var/run/cdi".to_owned()
    } else {
        folders.join(", ")
    }
}
