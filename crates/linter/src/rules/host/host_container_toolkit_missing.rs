use host::facts::Layer;
use source::Severity;

use crate::derive::machine::{HostView, Injection};
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// An engine without what gives its containers the GPU.
pub(crate) static RULE: Rule = Rule {
    name: "host-container-toolkit-missing",
    summary: "the NVIDIA Container Toolkit is not installed",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-container-toolkit-missing.md"),
    checks: &[Check::Host(Layer::Toolkit, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let toolkit = &view.facts.toolkit;
    let docker = view.is_docker_here();
    if view.facts.unknown_about(Layer::Toolkit).is_some() || !(docker || view.has_podman()) {
        return;
    }
    if toolkit.installed() {
        hook_missing(view, report);
        return;
    }
    let why = if docker {
        "no container gets the GPU: \"could not select device driver \\\"\\\" with capabilities: [[gpu]]\", since Docker 29.3 \"failed to discover GPU vendor from CDI: no known GPU vendor found\""
    } else {
        "no container gets the GPU: \"unresolvable CDI devices nvidia.com/gpu=all\""
    };
    let install = view.command(|family| &family.toolkit);
    let configure = view.commands().filter(|_| docker);
    let help = match configure {
        Some(commands) => format!("{install} && {}", commands.configure),
        None => install.to_owned(),
    };
    let finding = report
        .finding(
            "the NVIDIA Container Toolkit is not installed",
            "nvidia-container-runtime-hook, nvidia-cdi-hook, nvidia-ctk",
            "in no folder for programs",
        )
        .why(why)
        .help(help);
    report.add(finding);
}

/// The package with the base alone serves CDI, and nothing else.
fn hook_missing(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let toolkit = &view.facts.toolkit;
    if toolkit.hook.is_some() || !view.is_docker_here() || view.injection() != Injection::Hook {
        return;
    }
    let (Some(base), Some(engine)) = (
        toolkit.ctk.as_ref().or(toolkit.cdi_hook.as_ref()),
        view.facts.docker_version(),
    ) else {
        return;
    };
    let finding = report
        .with_severity(
            Severity::Warning,
            format!("only the base of the container toolkit is installed; Docker {engine} gives GPUs to `--gpus` and `deploy` through its hook"),
            base,
            "exists",
        )
        .why("GPUs work by CDI names only; else \"could not select device driver \\\"\\\" with capabilities: [[gpu]]\"")
        .help(format!(
            "{} && {}",
            view.command(|family| &family.toolkit),
            view.restart()
        ));
    let finding = report.also(finding, "nvidia-container-runtime-hook", "not found");
    report.add(finding);
}
