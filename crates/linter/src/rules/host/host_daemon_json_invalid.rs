use host::facts::Layer;
use source::Severity;

use super::daemon_json;
use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A `daemon.json` that the engine refuses.
pub(crate) static RULE: Rule = Rule {
    name: "host-daemon-json-invalid",
    summary: "Docker's daemon does not start with its daemon.json",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-daemon-json-invalid.md"),
    checks: &[Check::Host(Layer::DockerConfiguration, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    for fault in daemon_json::faults(view) {
        let Some(at) = view.daemon.at(fault.span) else {
            continue;
        };
        let path = view
            .facts
            .docker
            .config
            .as_ref()
            .map_or("", |config| &config.path);
        let mut finding = report
            .at(fault.severity, fault.message, at)
            .label(fault.label)
            .why(format!(
                "the engine does not start: \"unable to configure the Docker daemon with file {path}: {}\"",
                fault.said
            ))
            .help(fault.help);
        if let Some((title, span, replacement)) = fault.repair
            && let Some(place) = view.daemon.at(span)
        {
            let edit = source::Edit::replace(place, replacement);
            finding = finding.fix(source::Fix::by_hand(title, vec![edit]));
        }
        report.add(finding);
    }
}
