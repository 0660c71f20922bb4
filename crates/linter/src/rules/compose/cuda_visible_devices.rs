use source::{Edit, Fix, Location, Severity};

use crate::derive::service::{Selection, ServiceView};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// `CUDA_VISIBLE_DEVICES` that leaves the container without the GPUs it was given.
pub(crate) static RULE: Rule = Rule {
    name: "cuda-visible-devices",
    summary: "CUDA_VISIBLE_DEVICES names GPUs that the container does not have",
    section: Section::Compose,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/cuda-visible-devices.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    // An ENV of the Dockerfile is the business of `visible-devices-fixed`.
    let Some((value, at)) = service.own_variable("CUDA_VISIBLE_DEVICES") else {
        return;
    };
    if !service.requests_nvidia() {
        return;
    }
    let value = value.trim();
    if value.eq_ignore_ascii_case("all") {
        let finding = report
            .finding("CUDA_VISIBLE_DEVICES has no value `all`: it hides every GPU", at)
            .why("CUDA reads an unknown word as an index that does not exist: No CUDA GPUs are available")
            .help("remove the variable");
        report.add(with_removal(service, finding));
        return;
    }
    if matches!(value, "" | "-1") {
        let finding = report
            .with_severity(
                Severity::Info,
                "CUDA_VISIBLE_DEVICES hides the GPUs that the service requests",
                at,
            )
            .why("the container is given the GPUs and its programs see none")
            .help("remove the variable, or the request");
        report.add(related(service, finding));
        return;
    }
    outside(service, value, at, report);
}

fn outside(service: ServiceView<'_>, value: &str, at: Location, report: &mut Report<'_>) {
    let [request] = service.requests.as_slice() else {
        return;
    };
    let given = match request.selection() {
        Selection::First(count) => count,
        Selection::Ids(ids) => ids.iter().map(|id| id.text.split(',').count() as u64).sum(),
        Selection::All | Selection::Nothing | Selection::Unknown => return,
    };
    let indices: Option<Vec<u64>> = value
        .split(',')
        .map(|index| index.trim().parse().ok())
        .collect();
    let Some(indices) = indices else {
        return;
    };
    let Some(wrong) = indices.iter().position(|index| *index >= given) else {
        return;
    };
    let severity = if wrong == 0 {
        Severity::Error
    } else {
        Severity::Warning
    };
    let has = match given {
        1 => "its only GPU is number 0".to_owned(),
        _ => format!("its {given} GPUs are numbers 0 to {}", given - 1),
    };
    let message = format!("there is no GPU {} in the container: {has}", indices[wrong]);
    let why = if wrong == 0 {
        "CUDA counts inside the container and finds none: No CUDA GPUs are available"
    } else {
        "CUDA counts inside the container, and stops at the first number that does not exist"
    };
    let all: Vec<String> = (0..given.min(64)).map(|index| index.to_string()).collect();
    let finding = report
        .with_severity(severity, message, at)
        .why(why)
        .help(format!(
            "remove the variable, or count from 0: CUDA_VISIBLE_DEVICES={}",
            all.join(",")
        ));
    report.add(with_removal(service, finding));
}

fn related(service: ServiceView<'_>, finding: source::Diagnostic) -> source::Diagnostic {
    match service.requests.first() {
        Some(request) => finding.related(request.at(), "the request"),
        None => finding,
    }
}

fn with_removal(service: ServiceView<'_>, finding: source::Diagnostic) -> source::Diagnostic {
    let finding = related(service, finding);
    let edit: Option<Edit> = super::variables::remove(service, "CUDA_VISIBLE_DEVICES");
    match edit {
        Some(edit) => finding.fix(Fix::risky(
            "remove the variable",
            "programs see every GPU that the service is given",
            vec![edit],
        )),
        None => finding,
    }
}
