use facts::release;
use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// A specification in a version that the engine does not know.
pub(crate) static RULE: Rule = Rule {
    name: "host-cdi-version-unsupported",
    summary: "the CDI specification is newer than the engine reads",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-cdi-version-unsupported.md"),
    checks: &[Check::Host(Layer::Cdi, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let Some(spec) = view.cdi_spec() else { return };
    let Some(written) = spec.version.as_deref() else {
        return;
    };
    let Some(needs) = written.parse().ok().and_then(release::cdi_version) else {
        return;
    };
    let docker = view.engine().filter(|engine| {
        view.is_docker_here() && release::engine_knows_cdi(*engine) && *engine < needs.engine
    });
    let podman = view.podman().filter(|podman| *podman < needs.podman);
    let (who, found, needed) = match (docker, podman) {
        (Some(engine), _) => ("Docker", engine, needs.engine),
        (None, Some(podman)) => ("Podman", podman, needs.podman),
        (None, None) => return,
    };
    let severity = if super::is_through_cdi(view) {
        Severity::Error
    } else {
        Severity::Warning
    };
    let finding = report
        .with_severity(
            severity,
            format!(
                "the CDI specification is of version {written}, which {who} {found} does not read"
            ),
            &spec.path,
            format!("cdiVersion {written}"),
        )
        .why("the specification is left out: \"unresolvable CDI devices nvidia.com/gpu=all\"")
        .help(format!("upgrade {who} to {needed} or newer"));
    report.add(finding);
}
