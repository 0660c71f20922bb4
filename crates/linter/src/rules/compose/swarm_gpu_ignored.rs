use source::Severity;

use crate::derive::service::{ServiceView, request_kinds};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// Swarm's way to ask for a GPU.
pub(crate) static RULE: Rule = Rule {
    name: "swarm-gpu-ignored",
    summary: "`docker compose` ignores `generic_resources`; only swarm reads them",
    section: Section::Compose,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/swarm-gpu-ignored.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    let keys = ["deploy", "resources", "reservations"];
    let Some(entry) = service
        .compose
        .get(keys)
        .and_then(compose::Value::as_mapping)
        .and_then(|reservations| reservations.entry("generic_resources"))
    else {
        return;
    };
    if service.requests_gpu()
        || service.has_misspelt_request()
        || !request_kinds(&entry.value).any(is_gpu)
    {
        return;
    }
    let finding = report
        .finding(
            format!(
                "`docker compose` gives service `{}` no GPU for `generic_resources`",
                service.name()
            ),
            entry.key_location,
        )
        .why("only `docker stack deploy` reads them, and only on nodes that declare them")
        .help(
            "for `docker compose` write `devices` with `driver: nvidia`, `count: 1` and `capabilities: [gpu]`",
        );
    report.add(finding);
}

fn is_gpu(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind.contains("gpu") || kind.contains("nvidia")
}
