use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A `config.toml` that the toolkit refuses.
pub(crate) static RULE: Rule = Rule {
    name: "host-container-toolkit-config-invalid",
    summary: "the toolkit's configuration is no TOML",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-container-toolkit-config-invalid.md"),
    checks: &[Check::Host(Layer::Toolkit, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let Some(config) = &view.facts.toolkit.config else {
        return;
    };
    let Some(why) = &config.invalid else { return };
    let finding = report
        .finding(
            format!("{} cannot be read by the container toolkit", config.path),
            &config.path,
            why.as_str(),
        )
        .why("no container gets the GPU: \"unable to load config\"")
        .help(format!(
            "correct it, or have it made anew: sudo mv {path} {path}.old && sudo nvidia-ctk --quiet config --config-file={path} --in-place",
            path = config.path
        ));
    report.add(finding);
}
