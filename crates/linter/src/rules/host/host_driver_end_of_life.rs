use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A driver from a branch that has ended.
pub(crate) static RULE: Rule = Rule {
    name: "host-driver-end-of-life",
    summary: "the driver's branch gets no more updates",
    section: Section::Host,
    severity: Severity::Info,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-driver-end-of-life.md"),
    checks: &[Check::Host(Layer::Driver, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if view.is_tegra() {
        return;
    }
    let (Some(driver), Some(text)) = (view.driver(), view.facts.driver_version()) else {
        return;
    };
    let Some(month) = facts::cuda::driver_end_of_life(&driver) else {
        return;
    };
    let source = view.facts.driver.version_source.as_deref();
    let finding = report
        .finding(
            format!("driver {text} is of a branch that has had no updates since {month}"),
            source.unwrap_or("driver"),
            text,
        )
        .why("it works, without fixes for security from now on, and without newer CUDA majors")
        .help("upgrade to a branch that is still maintained when it suits you");
    report.add(finding);
}
