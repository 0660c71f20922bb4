use facts::release;
use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::derive::service::{Form, ServiceView, Vendor};
use crate::{Check, FixAvailability, HostReport, Report, Rule, Section, Special};

/// An engine in which CDI names are unknown.
pub(crate) static RULE: Rule = Rule {
    name: "host-cdi-disabled",
    summary: "CDI is switched off in the engine, or the engine has none",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-cdi-disabled.md"),
    checks: &[
        Check::Host(Layer::DockerConfiguration, check),
        Check::Service(check_service),
    ],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if view.daemon.cdi_feature() != Some(false) {
        return;
    }
    let feature = view
        .daemon
        .value()
        .and_then(|value| value.get("features")?.entry("cdi"));
    let Some(at) = feature.and_then(|entry| view.daemon.at(entry.value.span)) else {
        return;
    };
    if view
        .engine()
        .is_some_and(|engine| !release::engine_knows_cdi(engine))
    {
        return;
    }
    let finding = report
        .at(Severity::Warning, "CDI is switched off in the engine", at)
        .why("devices by CDI names fail, and GPUs go the way through the hook, which loses them at `systemctl daemon-reload`")
        .help(format!("remove the line, then {}", view.restart()))
        .fix(source::Fix::by_hand(
            "switch CDI on",
            vec![source::Edit::replace(at, "true")],
        ));
    report.add(finding);
}

fn check_service(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Some(view) = super::engine_of(service) else {
        return;
    };
    if view.docker_has_cdi() != Some(false) {
        return;
    }
    for request in &service.requests {
        let named = request.form == Form::Cdi || super::names_cdi(*request);
        if !named || request.vendor() != Vendor::Nvidia {
            continue;
        }
        let engine = view.facts.docker_version().unwrap_or("of this machine");
        let known = view.engine().is_some_and(release::engine_knows_cdi);
        let (message, help) = if known {
            (
                format!("CDI is switched off in the machine's Docker {engine}"),
                format!(
                    "set {{\"features\": {{\"cdi\": true}}}} in daemon.json and {}, or request the GPU under `deploy`",
                    view.restart()
                ),
            )
        } else {
            (
                format!("the machine's Docker {engine} knows no CDI names"),
                "request the GPU under deploy.resources.reservations.devices, or upgrade Docker to 28.2 or newer".to_owned(),
            )
        };
        report.add(
            report
                .with_severity(Severity::Error, message, request.at())
                .why("the container does not start: \"could not select device driver \\\"cdi\\\" with capabilities: []\"")
                .help(help),
        );
    }
}
