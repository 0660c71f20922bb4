use std::collections::BTreeMap;

use host::facts::{Answer, Layer};
use source::Severity;

use crate::derive::machine::HostView;
use crate::derive::service::ServiceView;
use crate::{Check, FixAvailability, HostReport, Report, Rule, Section, Special};

/// A runtime whose program was removed.
pub(crate) static RULE: Rule = Rule {
    name: "host-runtime-program-missing",
    summary: "a registered runtime is a program that does not exist",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-runtime-program-missing.md"),
    checks: &[
        Check::Host(Layer::DockerConfiguration, check),
        Check::Service(check_service),
    ],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let docker = &view.facts.docker;
    let runtimes = runtimes(view);
    for (name, runtime) in runtimes {
        let (Some(path), Some(false)) = (runtime.path.as_deref(), runtime.exists) else {
            continue;
        };
        let is_default = docker.default_runtime.as_deref() == Some(name);
        let nvidia = name == "nvidia" || path.contains("nvidia");
        if !nvidia && !is_default {
            continue;
        }
        let severity = if is_default {
            Severity::Error
        } else {
            Severity::Warning
        };
        let message = format!("runtime `{name}` is {path}, which does not exist");
        let written = view.daemon.value().and_then(|value| {
            let runtime = value.get("runtimes")?.get(name)?;
            view.daemon.at(runtime.get("path")?.span)
        });
        let finding = match written {
            Some(at) => report.at(severity, message, at),
            None => {
                report.with_severity(severity, message, "docker info", format!("{name}: {path}"))
            }
        };
        let why = if is_default {
            "no container starts: it is the default runtime"
        } else {
            "containers with this runtime do not start: \"executable file not found in $PATH\""
        };
        let help = if nvidia && !view.facts.toolkit.installed() {
            view.command(|family| &family.toolkit).to_owned()
        } else if nvidia {
            format!(
                "remove the entry, then {}",
                view.commands().map_or("", |commands| &commands.configure)
            )
        } else {
            format!("correct or remove the entry, then {}", view.restart())
        };
        report.add(finding.why(why).help(help));
    }
}

/// What the engine says of itself; else what it would read.
fn runtimes<'v>(view: &HostView<'v>) -> &'v BTreeMap<String, host::facts::Runtime> {
    let docker = &view.facts.docker;
    if docker.answer == Answer::Answered {
        &docker.runtimes
    } else {
        &docker.configured_runtimes
    }
}

fn check_service(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Some((name, at)) = super::nvidia_runtime(service) else {
        return;
    };
    let Some(view) = super::engine_of(service) else {
        return;
    };
    let Some(runtime) = runtimes(&view).get(name) else {
        return;
    };
    let (Some(path), Some(false)) = (runtime.path.as_deref(), runtime.exists) else {
        return;
    };
    report.add(
        report
            .with_severity(
                Severity::Error,
                format!("the machine's runtime `{name}` is {path}, which does not exist"),
                at,
            )
            .why("the container does not start: \"executable file not found in $PATH\"")
            .help(
                "request the GPU under deploy.resources.reservations.devices, or repair the runtime: env-doctor host",
            ),
    );
}
