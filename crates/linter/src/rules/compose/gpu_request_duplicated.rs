use compose::value::{Cause, Earlier};
use source::{Edit, Fix, Location, Severity, Span};

use crate::derive::service::{Form, Request, ServiceView, Vendor};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// Several requests for NVIDIA GPUs on one service.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-request-duplicated",
    summary: "a service has several GPU requests, and which one counts depends on the engine",
    section: Section::Compose,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/gpu-request-duplicated.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    if service.is_refused() {
        return;
    }
    let requests: Vec<Request<'_>> = service
        .requests
        .iter()
        .copied()
        .filter(|request| request.vendor() == Vendor::Nvidia && request.may_give_gpu())
        .collect();
    // Several CDI names are one request.
    let plain = requests.iter().filter(|request| request.form != Form::Cdi);
    let cdi = requests.iter().find(|request| request.form == Form::Cdi);
    let mut separate: Vec<Request<'_>> = plain.copied().chain(cdi.copied()).collect();
    separate.sort_by_key(|request| request.at());
    let [first, .., last] = separate.as_slice() else {
        return;
    };
    let appended = first.at().file != last.at().file;
    let (text, help) = if appended {
        (
            "this list is appended to the other file's, it does not replace it",
            "write `devices: !override` to replace the list of the file before",
        )
    } else {
        (
            "one more request",
            "make one request of them, with all ids in one `device_ids`",
        )
    };
    let message = format!(
        "service `{}` has {} GPU requests",
        service.name(),
        separate.len()
    );
    let mut finding = report
        .finding(message, last.at())
        .label(text)
        .related(first.at(), "the first request")
        .why(
            "Docker up to 29.1, and later without a CDI specification, gives the GPUs of the last request \
             only; with one, those of all requests",
        )
        .help(help);
    if appended && let Some(edit) = override_tag(service, last.at()) {
        finding = finding.fix(
            Fix::risky(
                "replace the other file's list",
                "the list of the other file no longer counts",
                vec![edit],
            )
            .uncovering(),
        );
    } else if let Some(edit) = drop_gpus(service, &separate) {
        finding = finding.fix(
            Fix::risky(
                "drop `gpus`",
                "the request under `deploy` alone counts",
                vec![edit],
            )
            .uncovering(),
        );
    }
    report.add(finding);
}

/// `!override` behind the key of the list that was appended last.
fn override_tag(service: ServiceView<'_>, last: Location) -> Option<Edit> {
    let path = ["deploy", "resources", "reservations", "devices"];
    let merged = service.compose.get(path)?;
    let added = merged.earlier.iter().find_map(|earlier| match earlier {
        Earlier::Merged {
            location,
            cause: Cause::Override,
        } if location.file == last.file => Some(*location),
        _ => None,
    })?;
    let text = service.project.sources.get(added.file).text();
    let before = text.get(..added.span.range().start)?;
    let key = before.rfind("devices:")? + "devices:".len();
    if !before[key..]
        .bytes()
        .all(|byte| byte.is_ascii_whitespace() || byte == b'-')
    {
        return None;
    }
    let at = Location::new(added.file, Span::from_usize(key..key));
    Some(Edit::insert(at, " !override"))
}

/// Removes `gpus: all` where a reservation says more.
fn drop_gpus(service: ServiceView<'_>, requests: &[Request<'_>]) -> Option<Edit> {
    let reserved = requests
        .iter()
        .any(|request| request.form == Form::Reservation);
    let gpus = service.compose.gpus()?;
    gpus.short.as_ref()?;
    if !reserved || requests.len() != 2 {
        return None;
    }
    let value = &service.compose.value;
    let sources = service.project.sources;
    super::edits::remove(sources, value.as_mapping()?, value.location, "gpus")
}
