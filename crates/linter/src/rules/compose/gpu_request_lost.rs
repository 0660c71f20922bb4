use compose::Value;
use compose::value::{Cause, Earlier, Kind};
use source::{Edit, Fix, Location, Severity};

use crate::derive::service::{ServiceView, holds_request, is_emptied};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A request that is written and does not reach the service, or one that was to be removed and stays.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-request-lost",
    summary: "merging loses a GPU request, or keeps one that was to go",
    section: Section::Compose,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/gpu-request-lost.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    let value = &service.compose.value;
    if !service.may_have_gpu() {
        shadowed(service, value, "", report);
    }
    kept(service, report);
}

/// `<<` is shallow: the mapping's own key hides the whole value of the merged one.
fn shadowed(service: ServiceView<'_>, value: &Value, key: &str, report: &mut Report<'_>) {
    for earlier in &value.earlier {
        if let Earlier::Replaced {
            value: old,
            cause: Cause::MergeKey,
        } = earlier
            && holds_request(old)
            // `deploy: {}` is written to get rid of it.
            && !is_emptied(value)
        {
            let message = format!(
                "the GPU request of `{}` is lost: its own `{key}` hides the one that `<<` merges",
                service.name()
            );
            report.add(
                report
                    .finding(message, value.location)
                    .related(old.location, "the request that does not count")
                    .why("a YAML merge key takes whole keys and never merges their contents")
                    .help(format!(
                        "repeat the request below this `{key}`, or give the service `extends`, which merges deeply"
                    )),
            );
            return;
        }
    }
    match &value.kind {
        Kind::Mapping(mapping) => {
            for entry in mapping {
                shadowed(service, &entry.value, &entry.key, report);
            }
        }
        Kind::Sequence(_) | Kind::Null | Kind::Scalar(_) | Kind::Unknown => {}
    }
}

/// An empty value in an override removes nothing.
fn kept(service: ServiceView<'_>, report: &mut Report<'_>) {
    if !service.requests_gpu() {
        return;
    }
    let service_value = &service.compose.value;
    let paths: [&[&str]; 5] = [
        &["deploy"],
        &["deploy", "resources"],
        &["deploy", "resources", "reservations"],
        &["deploy", "resources", "reservations", "devices"],
        &["gpus"],
    ];
    for path in paths {
        let Some(value) = service_value.get_in(path.iter().copied()) else {
            continue;
        };
        let empty = value.earlier.iter().find_map(|earlier| match earlier {
            Earlier::Merged {
                location,
                cause: Cause::Override | Cause::Extends,
            } => empty_text(service, *location).map(|text| (*location, text)),
            _ => None,
        });
        let Some((at, text)) = empty else {
            continue;
        };
        let key = path.last().copied().unwrap_or_default();
        let message = format!(
            "an empty `{key}` removes nothing: service `{}` keeps its GPU request",
            service.name()
        );
        let new = match text {
            "[]" => "!reset []",
            _ => "!reset null",
        };
        let new = if at.span.is_empty() {
            format!(" {new}")
        } else {
            new.to_owned()
        };
        let fix = Fix::risky(
            "remove the request",
            "the service gets no GPU any more",
            vec![Edit::replace(at, new)],
        );
        let finding = report
            .finding(message, at)
            .why("Compose appends lists and keeps mappings when it merges files")
            .help(format!("write `{key}: !reset null`"))
            .fix(fix);
        report.add(match service.requests.first() {
            Some(request) => finding.related(request.at(), "the request that stays"),
            None => finding,
        });
        return;
    }
}

fn empty_text(service: ServiceView<'_>, at: Location) -> Option<&str> {
    let text = service.project.sources.get(at.file).slice(at.span).trim();
    matches!(text, "" | "[]" | "{}" | "null" | "~").then_some(text)
}
