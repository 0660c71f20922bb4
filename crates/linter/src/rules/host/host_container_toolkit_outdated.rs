use facts::release::{self, AdviceSeverity};
use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A container toolkit with known faults.
pub(crate) static RULE: Rule = Rule {
    name: "host-container-toolkit-outdated",
    summary: "the NVIDIA Container Toolkit is old",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-container-toolkit-outdated.md"),
    checks: &[Check::Host(Layer::Toolkit, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let toolkit = &view.facts.toolkit;
    let upgrade = view.command(|family| &family.toolkit_upgrade);
    if let (Some(release), Some(version)) = (view.toolkit(), view.facts.toolkit_version())
        && let Some(advice) = release::toolkit_advice(release)
    {
        let severity = match advice.severity {
            AdviceSeverity::Info => Severity::Info,
            AdviceSeverity::Warning => Severity::Warning,
        };
        let source = toolkit
            .version_source
            .as_deref()
            .unwrap_or("nvidia-ctk --version");
        let message = format!("the container toolkit {version} {}", advice.text);
        let mut finding = report
            .with_severity(severity, message, source, version)
            .help(upgrade);
        if let Some(newest) = release::recommended_toolkit() {
            finding = finding.why(format!(
                "{newest} is the first release that has neither this nor another fault known to us"
            ));
        }
        report.add(finding);
    }
    if let Some(path) = &toolkit.nvidia_docker {
        let finding = report
            .finding(
                "nvidia-docker is obsolete; the container toolkit does its work",
                path,
                "exists",
            )
            .why("its package holds back the toolkit and writes an old daemon.json")
            .help("remove the package nvidia-docker2 and keep nvidia-container-toolkit");
        report.add(finding);
    }
}
