use facts::release;
use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A Podman from before CDI or `--gpus`.
pub(crate) static RULE: Rule = Rule {
    name: "host-podman-too-old",
    summary: "Podman is too old to give GPUs as people ask for them",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-podman-too-old.md"),
    checks: &[Check::Host(Layer::Podman, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let (Some(release), Some(version)) = (view.podman(), view.facts.podman.version.as_deref())
    else {
        return;
    };
    if !view.has_gpu() {
        return;
    }
    let (severity, message, why, help) = if !release::podman_takes_cdi(release) {
        let severity = if view.has_docker() {
            Severity::Warning
        } else {
            Severity::Error
        };
        (
            severity,
            format!("Podman {version} takes no CDI names, by which it would give GPUs"),
            "\"stat nvidia.com/gpu=all: no such file or directory\"",
            "upgrade Podman to 4.1 or newer",
        )
    } else if !release::podman_takes_gpus(release) {
        (
            Severity::Info,
            format!("Podman {version} accepts `--gpus` and ignores it"),
            "the container starts without a GPU and without a word",
            "use `--device nvidia.com/gpu=all`, or upgrade Podman to 5.0 or newer",
        )
    } else {
        return;
    };
    let program = view.facts.podman.program.as_deref().unwrap_or("podman");
    let finding = report
        .with_severity(severity, message, program, version)
        .why(why)
        .help(help);
    report.add(finding);
}
