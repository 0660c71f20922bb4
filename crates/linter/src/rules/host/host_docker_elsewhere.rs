use host::facts::{EngineKind, Layer};
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// An engine whose driver and toolkit are not those seen here.
pub(crate) static RULE: Rule = Rule {
    name: "host-docker-elsewhere",
    summary: "the Docker client speaks to another machine",
    section: Section::Host,
    severity: Severity::Info,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-docker-elsewhere.md"),
    checks: &[Check::Host(Layer::Docker, check)],
    special: Special {
        excludes_others: true,
        ..Special::NOTHING
    },
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let docker = &view.facts.docker;
    if docker.kind != EngineKind::Remote {
        return;
    }
    let address = docker.address.as_deref().unwrap_or("docker");
    let from = docker.address_source.as_deref().unwrap_or("DOCKER_HOST");
    let finding = report
        .finding(
            format!("containers run on another machine ({address}); driver and toolkit of this one say nothing about them"),
            from,
            address,
        )
        .help("run `env-doctor host --format json > host.json` there, and check files with `--host host.json`");
    report.add(finding);
}
