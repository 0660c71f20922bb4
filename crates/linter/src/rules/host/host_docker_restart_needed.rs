use host::facts::{Answer, Layer};
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A set-up that changed after the engine was started.
pub(crate) static RULE: Rule = Rule {
    name: "host-docker-restart-needed",
    summary: "the engine still runs with its old set-up",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-docker-restart-needed.md"),
    checks: &[Check::Host(Layer::Docker, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if !view.is_docker_here() {
        return;
    }
    if !configuration(view, report) {
        toolkit(view, report);
    }
}

/// What the file says about GPUs and the engine does not know.
fn configuration(view: &HostView<'_>, report: &mut HostReport<'_>) -> bool {
    let docker = &view.facts.docker;
    let Some(value) = view.daemon.value() else {
        return false;
    };
    let started = docker.process.as_ref().and_then(|process| process.started);
    let changed = docker.config.as_ref().and_then(|config| config.changed);
    let later = started
        .zip(changed)
        .map(|(started, changed)| changed > started);
    let answered = docker.answer == Answer::Answered;
    // Known to be older than the engine: it is in force.
    if later == Some(false) || (!answered && later.is_none()) {
        return false;
    }
    let runtimes = value.get("runtimes");
    let unknown = runtimes.and_then(|runtimes| {
        let mut entries = runtimes.entries().iter();
        entries.find(|entry| !answered || !docker.runtimes.contains_key(&entry.key))
    });
    let default = value
        .entry("default-runtime")
        .filter(|entry| !answered || docker.default_runtime.as_deref() != entry.value.as_text());
    let (at, message) = match (unknown, default) {
        (Some(entry), _) if answered => (
            entry.key_span,
            format!(
                "the engine does not know the runtime `{}` of its configuration yet",
                entry.key
            ),
        ),
        (_, Some(entry)) if answered => (
            entry.value.span,
            "the engine does not use the default runtime of its configuration yet".to_owned(),
        ),
        (Some(entry), _) | (None, Some(entry)) => (
            entry.key_span,
            "the configuration changed after the engine was started".to_owned(),
        ),
        (None, None) => return false,
    };
    let Some(at) = view.daemon.at(at) else {
        return false;
    };
    let mut finding = report
        .at(Severity::Warning, message, at)
        .why("until then: \"unknown or invalid runtime name: nvidia\", or a GPU that containers do not get")
        .help(view.restart());
    if let Some(process) = docker.process.as_ref().filter(|_| later == Some(true)) {
        let source = format!("/proc/{}", process.pid);
        finding = report.also(
            finding,
            &source,
            "dockerd was started before the file changed",
        );
    }
    report.add(finding);
    true
}

/// The engine looks for the toolkit once, when it starts.
fn toolkit(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let docker = &view.facts.docker;
    let Some(process) = &docker.process else {
        return;
    };
    let (Some(started), Some(changed)) = (process.started, view.facts.toolkit.changed) else {
        return;
    };
    if changed <= started {
        return;
    }
    // What the engine knows already was there before, in another version.
    let knows_runtime = docker.runtimes.contains_key("nvidia");
    let knows_device = view.discovers_nvidia() == Some(true);
    if knows_runtime || knows_device {
        return;
    }
    let toolkit = &view.facts.toolkit;
    let path = toolkit
        .hook
        .as_deref()
        .or(toolkit.cdi_hook.as_deref())
        .or(toolkit.ctk.as_deref());
    let finding = report
        .finding(
            "the container toolkit was installed after the engine was started",
            path.unwrap_or("nvidia-container-toolkit"),
            "newer than the engine's process",
        )
        .why("the engine looks for it when it starts: \"could not select device driver \\\"\\\" with capabilities: [[gpu]]\"")
        .help(view.restart());
    let source = format!("/proc/{}", process.pid);
    let finding = report.also(finding, &source, "dockerd was started before");
    report.add(finding);
}
