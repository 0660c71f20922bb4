use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A toolkit that does not listen to variables.
pub(crate) static RULE: Rule = Rule {
    name: "host-visible-devices-refused",
    summary: "NVIDIA_VISIBLE_DEVICES has no effect in unprivileged containers",
    section: Section::Host,
    severity: Severity::Info,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-visible-devices-refused.md"),
    checks: &[Check::Host(Layer::Toolkit, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let toolkit = &view.facts.toolkit;
    if toolkit.accept_envvar != Some(false) {
        return;
    }
    let source = view.toolkit_config();
    let finding = report
        .finding(
            "the container toolkit ignores NVIDIA_VISIBLE_DEVICES of unprivileged containers",
            source,
            "accept-nvidia-visible-devices-envvar-when-unprivileged = false",
        )
        .why("services with `runtime: nvidia` and nothing else start without a GPU and without a word; device requests work")
        .help("request GPUs by `deploy`, `gpus` or CDI names");
    report.add(finding);
}
