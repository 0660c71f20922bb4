use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A file among the CDI specifications that is none.
pub(crate) static RULE: Rule = Rule {
    name: "host-cdi-spec-invalid",
    summary: "a CDI specification cannot be read",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-cdi-spec-invalid.md"),
    checks: &[Check::Host(Layer::Cdi, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    for spec in &view.facts.cdi.specs {
        let Some(why) = &spec.invalid else { continue };
        let severity = if super::is_through_cdi(view) || view.cdi_spec().is_none() {
            Severity::Error
        } else {
            Severity::Warning
        };
        let finding = report
            .with_severity(
                severity,
                format!("{} is no CDI specification", spec.path),
                &spec.path,
                why.as_str(),
            )
            .why("the engine leaves it out: \"unresolvable CDI devices nvidia.com/gpu=all\"")
            .help(super::make_spec(view));
        report.add(finding);
    }
}
