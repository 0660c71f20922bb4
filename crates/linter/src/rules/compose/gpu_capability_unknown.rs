use source::{Edit, Fix, Severity};

use super::words;
use crate::derive::service::{Driver, Form, Request, ServiceView, Text};
use crate::{Check, FixAvailability, Report, Rule, Section, Special, suggest};

/// A capability that no driver of the engine has, or a set that takes CUDA out of the container.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-capability-unknown",
    summary: "no device driver has this capability, or the set leaves CUDA out",
    section: Section::Compose,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/gpu-capability-unknown.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    for &request in &service.requests {
        let Some(capabilities) = request.capabilities() else {
            continue;
        };
        if capabilities.is_empty() {
            none(request, report);
        }
        if !is_for_gpu(request, &capabilities) {
            continue;
        }
        let mut all_known = true;
        for &word in &capabilities {
            if facts::engine::capability(word.text).is_none() {
                all_known = false;
                unknown(word, &capabilities, report);
            }
        }
        if all_known {
            dropped(service, request, &capabilities, report);
        }
    }
}

/// `capabilities: []`. In `gpus` Compose adds the capability by itself.
fn none(request: Request<'_>, report: &mut Report<'_>) {
    let Some(entry) = request.entry("capabilities") else {
        return;
    };
    if request.form != Form::Reservation {
        return;
    }
    let (severity, driver, since) = match request.driver() {
        Driver::Unsaid => (Severity::Error, "", "Docker"),
        Driver::Named(name) => (Severity::Warning, name.text, "Docker up to 28"),
        Driver::Unknown => return,
    };
    let at = entry.value.location;
    let mut finding = report
        .with_severity(severity, "this request has no capability at all", at)
        .why(format!(
            "Compose takes an empty list, and {since} does not start the container: could not select device \
             driver \"{driver}\" with capabilities: [[]]"
        ))
        .help("write `capabilities: [gpu]`");
    if entry.value.alias.is_none() {
        let edit = Edit::replace(at, "[gpu]");
        finding = finding.fix(Fix::safe("write `[gpu]`", vec![edit]).uncovering());
    }
    report.add(finding);
}

/// Other devices have capabilities of their own.
fn is_for_gpu(request: Request<'_>, capabilities: &[Text<'_>]) -> bool {
    request.form == Form::Gpus
        || capabilities.iter().any(|word| {
            let word = word.text.to_ascii_lowercase();
            facts::engine::capability(&word).is_some() || word.starts_with("nvidia")
        })
}

fn unknown(word: Text<'_>, capabilities: &[Text<'_>], report: &mut Report<'_>) {
    let lower = word.text.to_ascii_lowercase();
    let near = match lower.strip_prefix("nvidia-").unwrap_or(&lower) {
        "all" | "cuda" | "gpus" | "nvidia.com/gpu" => Some("gpu"),
        other => suggest::nearest(
            other,
            facts::engine::capabilities()
                .iter()
                .map(|row| row.name.as_str()),
        ),
    };
    let mut finding = report
        .finding(
            format!("no device driver has the capability `{}`", word.text),
            word.at,
        )
        .why(format!(
            "Compose passes any word on, and Docker up to 28, or without a driver, does not start the \
             container: could not select device driver with capabilities: [[{}]]",
            words(capabilities)
        ));
    let repeated = |near: &str| capabilities.iter().any(|other| other.text == near);
    finding = match near {
        Some(near) if !repeated(near) => finding.help(format!("write `{near}`")).fix(
            Fix::safe(
                format!("write `{near}`"),
                vec![Edit::replace(word.at, near)],
            )
            .uncovering(),
        ),
        _ => finding.help("write `capabilities: [gpu]`"),
    };
    report.add(finding);
}

/// Naming any part of the driver leaves out those that are not named.
fn dropped(
    service: ServiceView<'_>,
    request: Request<'_>,
    capabilities: &[Text<'_>],
    report: &mut Report<'_>,
) {
    let parts: Vec<&Text<'_>> = capabilities
        .iter()
        .filter(|word| {
            facts::engine::capability(word.text).is_some_and(|row| row.driver_capability)
        })
        .collect();
    let named = |name: &str| parts.iter().any(|word| word.text == name);
    if parts.is_empty() || (named("compute") && named("utility")) {
        return;
    }
    let Some(need) = service.need() else {
        return;
    };
    let Some(entry) = request.entry("capabilities") else {
        return;
    };
    let missing = match (named("compute"), named("utility")) {
        (false, false) => "compute and utility",
        (false, true) => "compute",
        _ => "utility",
    };
    let lost = if named("compute") {
        "nvidia-smi and NVML do not work in the container"
    } else {
        "CUDA does not work in the container"
    };
    // `utility` is missed by programs that ask for memory or temperature only.
    if named("compute") {
        return;
    }
    let tail = parts.last().map_or(entry.value.location, |word| word.at);
    let added = missing.replace(" and ", ", ");
    let text = parts.last().map(|word| format!("{}, {added}", word.text));
    let mut finding = report
        .with_severity(
            Severity::Warning,
            format!("these capabilities leave out {missing}"),
            entry.value.location,
        )
        .why(format!(
            "a part of the driver that is named switches the others off, so {lost}"
        ))
        .related(need.at, need.because)
        .help(format!("add {added}, or write `[gpu]` alone"));
    let plain = entry
        .value
        .as_sequence()
        .is_some_and(|items| items.iter().all(|item| item.alias.is_none()));
    let source = service.project.sources.get(tail.file);
    let flow = source.slice(entry.value.location.span).starts_with('[');
    if let (true, true, Some(text)) = (plain, flow, text) {
        let edit = Edit::replace(tail, text);
        finding = finding.fix(Fix::risky(
            format!("add {added}"),
            "the container gets more of the driver's libraries",
            vec![edit],
        ));
    }
    report.add(finding);
}
