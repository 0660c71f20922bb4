use host::facts::Layer;
use source::Severity;

use crate::derive::machine::{HostView, Injection};
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A configuration from another distribution.
pub(crate) static RULE: Rule = Rule {
    name: "host-ldconfig-missing",
    summary: "the toolkit's configuration names an ldconfig that does not exist",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-ldconfig-missing.md"),
    checks: &[Check::Host(Layer::Toolkit, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let toolkit = &view.facts.toolkit;
    let Some(missing) = &toolkit.ldconfig_missing else {
        return;
    };
    if !view.has_docker() {
        return;
    }
    // A specification that is there was made with another path.
    let cdi = view.injection() == Injection::Cdi;
    let severity = if cdi {
        Severity::Warning
    } else {
        Severity::Error
    };
    let why = if cdi {
        "containers with `runtime: nvidia`, and CDI specifications that are made from now on, fail: \"ldcache error: open failed\""
    } else {
        "no container gets the GPU: \"nvidia-container-cli: ldcache error: open failed\""
    };
    let source = view.toolkit_config();
    let right = view.command(|family| &family.ldconfig);
    let help = if right.is_empty() {
        "let the module that writes the configuration set ldconfig".to_owned()
    } else {
        format!("sudo nvidia-ctk config --set nvidia-container-cli.ldconfig={right} --in-place")
    };
    let finding = report
        .with_severity(
            severity,
            format!("the container toolkit is set to use {missing}, which does not exist"),
            source,
            format!("ldconfig = {missing}"),
        )
        .why(why)
        .help(help);
    report.add(finding);
}
