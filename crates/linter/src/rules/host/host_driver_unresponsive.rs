use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A driver that keeps programs waiting.
pub(crate) static RULE: Rule = Rule {
    name: "host-driver-unresponsive",
    summary: "nvidia-smi does not answer in time",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-driver-unresponsive.md"),
    checks: &[Check::Host(Layer::Driver, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if !view.facts.driver.smi_timed_out {
        return;
    }
    let finding = report
        .finding(
            "nvidia-smi gave no answer in time and was stopped",
            "nvidia-smi",
            "no answer",
        )
        .why("a GPU that has fallen off the bus, or a driver in trouble, keeps every program waiting")
        .help("look for faults: sudo dmesg | grep -e NVRM -e Xid; a GPU that only wakes slowly is kept awake by: sudo systemctl enable --now nvidia-persistenced");
    report.add(finding);
}
