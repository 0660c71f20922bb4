use host::facts::{EngineKind, Layer};
use source::Severity;

use crate::derive::machine::{HostView, Injection};
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// Rootless Docker with a toolkit that is set up for root.
pub(crate) static RULE: Rule = Rule {
    name: "host-rootless-cgroups",
    summary: "rootless Docker with a toolkit that wants to change cgroups",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-rootless-cgroups.md"),
    checks: &[Check::Host(Layer::Cgroups, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let toolkit = &view.facts.toolkit;
    if view.facts.docker.kind != EngineKind::Rootless || toolkit.no_cgroups == Some(true) {
        return;
    }
    let unreadable = toolkit
        .config
        .as_ref()
        .is_some_and(|config| config.unreadable.is_some());
    if view.injection() != Injection::Hook || unreadable {
        return;
    }
    let source = view.toolkit_config();
    let value = match toolkit.no_cgroups {
        Some(_) => "no-cgroups = false",
        None => "no-cgroups is not set",
    };
    let finding = report
        .finding(
            "Docker is rootless, and the container toolkit wants to change cgroups, which takes root",
            source,
            value,
        )
        .why("no container gets the GPU: \"bpf_prog_query(BPF_CGROUP_DEVICE) failed: operation not permitted\"")
        .help("sudo nvidia-ctk config --set nvidia-container-cli.no-cgroups=true --in-place, or give GPUs by CDI names");
    report.add(finding);
}
