use source::{Edit, Fix, Severity};

use crate::derive::service::{Request, Selection, ServiceView};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A device request that gives no device.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-request-empty",
    summary: "a device request gives no device",
    section: Section::Compose,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/gpu-request-empty.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

const WHY: &str = "the service starts without a GPU, and neither Compose nor the engine says so";

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    let name = service.name();
    if let Some(gpus) = service.compose.gpus()
        && gpus.as_sequence().is_some_and(<[_]>::is_empty)
        && !service.requests_gpu()
        && !service.has_misspelt_request()
        && !service.may_go_without()
    {
        let message = format!("`gpus: []` gives service `{name}` no GPU");
        let fix = Fix::risky(
            "give it all GPUs",
            "the service gets every GPU of the machine",
            vec![Edit::replace(gpus.location, "all")],
        )
        .uncovering();
        let finding = report.finding(message, gpus.location).why(WHY);
        report.add(
            finding
                .help("write `gpus: all`, or remove the key")
                .fix(fix),
        );
    }
    for &request in &service.requests {
        if request.selection() == Selection::Nothing {
            empty(service, request, report);
        }
    }
}

fn empty(service: ServiceView<'_>, request: Request<'_>, report: &mut Report<'_>) {
    let name = service.name();
    let ids = request.entry("device_ids");
    let Some(entry) = ids.or_else(|| request.entry("count")) else {
        return;
    };
    let at = entry.value.location;
    let written = if ids.is_some() {
        "an empty `device_ids`"
    } else {
        "`count: 0`"
    };
    let mut finding = report
        .finding(format!("{written} gives service `{name}` no GPU"), at)
        .why(WHY);
    finding = if ids.is_some() {
        finding.help("list the ids, or write `count: all` instead")
    } else {
        let plain = entry
            .value
            .as_scalar()
            .is_some_and(|count| count.interpolated.is_none());
        let finding = finding.help("write `count: all`, or remove the request");
        if plain {
            finding.fix(
                Fix::risky(
                    "give it all GPUs",
                    "the service gets every GPU of the machine",
                    vec![Edit::replace(at, "all")],
                )
                .uncovering(),
            )
        } else {
            finding
        }
    };
    report.add(finding);
}
