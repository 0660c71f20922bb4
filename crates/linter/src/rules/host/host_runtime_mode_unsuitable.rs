use host::facts::Layer;
use source::Severity;

use crate::derive::machine::{HostView, Injection};
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A mode of the nvidia runtime that belongs on other machines.
pub(crate) static RULE: Rule = Rule {
    name: "host-runtime-mode-unsuitable",
    summary: "the toolkit's mode does not suit the machine",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-runtime-mode-unsuitable.md"),
    checks: &[Check::Host(Layer::Toolkit, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let toolkit = &view.facts.toolkit;
    let Some(mode) = toolkit.mode.as_deref() else {
        return;
    };
    let hook = view.is_docker_here() && view.injection() == Injection::Hook;
    let message = match mode {
        "csv" if !view.is_tegra() => {
            "the container toolkit is in csv mode, which is for Jetson boards"
        }
        "cdi" if hook => {
            "the container toolkit is in cdi mode, in which `--gpus` and `deploy` fail on this Docker"
        }
        _ => return,
    };
    let source = view.toolkit_config();
    let finding = report
        .finding(message, source, format!("mode = {mode}"))
        .why("\"invoking the NVIDIA Container Runtime Hook directly (e.g. specifying the docker --gpus flag) is not supported\"")
        .help("sudo nvidia-ctk config --set nvidia-container-runtime.mode=auto --in-place");
    report.add(finding);
}
