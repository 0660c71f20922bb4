use host::facts::Answer;
use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section};

/// A runtime whose program was removed.
pub(crate) static RULE: Rule = Rule {
    name: "host-runtime-program-missing",
    summary: "a registered runtime is a program that does not exist",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../../../docs/rules/host-runtime-program-missing.md"),
    check: Check::Host(Layer::DockerConfiguration, check),
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let docker = &view.facts.docker;
    // What the engine says of itself counts; else what it would read.
    let runtimes = if docker.answer == Answer::Answered {
        &docker.runtimes
    } else {
        &docker.configured_runtimes
    };
    for (name, runtime) in runtimes {
        let (Some(path), Some(false)) = (runtime.path.as_deref(), runtime.exists) else {
            continue;
        };
        let is_default = docker.default_runtime.as_deref() == Some(name);
        let nvidia = name == "nvidia" || path.contains("nvidia");
        if !nvidia && !is_default {
            continue;
        }
        let message = format!("runtime `{name}` is {path}, which does not exist");
        let written = view.daemon.value().and_then(|value| {
            let runtime = value.get("runtimes")?.get(name)?;
            view.daemon.at(runtime.get("path")?.span)
        });
        let finding = match written {
            Some(at) => report.at(Severity::Error, message, at),
            None => report.finding(message, "docker info", format!("{name}: {path}")),
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
                view.commands().map_or("", |commands| commands.configure)
            )
        } else {
            format!("correct or remove the entry, then {}", view.restart())
        };
        report.add(finding.why(why).help(help));
    }
}
