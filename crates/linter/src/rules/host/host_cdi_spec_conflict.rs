use camino::Utf8Path;
use host::facts::{CdiSpec, Layer};
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// Specifications that take devices from each other.
pub(crate) static RULE: Rule = Rule {
    name: "host-cdi-spec-conflict",
    summary: "two CDI specifications name the same GPUs",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-cdi-spec-conflict.md"),
    checks: &[Check::Host(Layer::Cdi, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let specs: Vec<_> = view.cdi_specs().collect();
    for (index, first) in specs.iter().enumerate() {
        for second in &specs[index + 1..] {
            let Some(shared) = first
                .devices
                .iter()
                .find(|name| second.devices.contains(name))
            else {
                continue;
            };
            let folder = |path: &str| Utf8Path::new(path).parent().map(Utf8Path::to_owned);
            let device = format!("nvidia.com/gpu={shared}");
            let finding = if folder(&first.path) == folder(&second.path) {
                let severity = if super::is_through_cdi(view) {
                    Severity::Error
                } else {
                    Severity::Warning
                };
                report
                    .with_severity(
                        severity,
                        format!("two CDI specifications of one folder define {device}, so that it is gone"),
                        &first.path,
                        shared,
                    )
                    .why(format!("\"conflicting device {device}\" in the engine's log, then \"unresolvable CDI devices {device}\""))
                    .help(format!("sudo rm {}", superfluous(first, second).path))
            } else {
                let (dead, used) = if view.cdi_spec().is_some_and(|spec| spec.path == first.path) {
                    (second, first)
                } else {
                    (first, second)
                };
                report
                    .with_severity(
                        Severity::Info,
                        format!(
                            "{} has no effect: {} names the same devices and wins",
                            dead.path, used.path
                        ),
                        &dead.path,
                        shared,
                    )
                    .why("it comes into force, old as it is, when the other one is not made")
                    .help(format!("sudo rm {}", dead.path))
            };
            let finding = report.also(finding, &second.path, shared);
            report.add(finding);
            return;
        }
    }
}

/// The one that nothing makes anew.
fn superfluous<'s>(first: &'s CdiSpec, second: &'s CdiSpec) -> &'s CdiSpec {
    // The name that the toolkit's unit and its documentation give.
    if second.path.ends_with("/nvidia.yaml") {
        first
    } else {
        second
    }
}
