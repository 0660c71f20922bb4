use source::{Fix, Severity};

use super::variables;
use crate::derive::service::{Selection, ServiceView};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// `NVIDIA_VISIBLE_DEVICES` that says something else than the device request beside it.
pub(crate) static RULE: Rule = Rule {
    name: "visible-devices-ignored",
    summary: "the device request overrides NVIDIA_VISIBLE_DEVICES",
    section: Section::Compose,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/visible-devices-ignored.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Some((value, at)) = service.own_variable("NVIDIA_VISIBLE_DEVICES") else {
        return;
    };
    if !service.requests_nvidia() {
        return;
    }
    let [request] = service.requests.as_slice() else {
        return;
    };
    let value = value.trim();
    let said: Vec<&str> = value.split(',').map(str::trim).collect();
    let (agrees, gets) = match request.selection() {
        Selection::All => (value == "all", "all GPUs".to_owned()),
        Selection::First(count) => (
            // `all` of what the request gives.
            first_are(&said, count) || value == "all",
            match count {
                1 => "GPU 0".to_owned(),
                _ => format!("the first {count} GPUs"),
            },
        ),
        Selection::Ids(ids) => {
            let mut given: Vec<&str> = ids.iter().flat_map(|id| id.text.split(',')).collect();
            let mut said = said.clone();
            given.sort_unstable();
            said.sort_unstable();
            let names = format!("GPU {}", given.join(", "));
            (given == said || value == "all", names)
        }
        Selection::Nothing | Selection::Unknown => return,
    };
    if agrees {
        return;
    }
    let mut finding = report
        .finding(
            format!(
                "NVIDIA_VISIBLE_DEVICES has no effect beside the device request: the container gets {gets}"
            ),
            at,
        )
        .related(request.at(), "this request decides")
        .why("the engine sets the variable from the request, after the service's own")
        .help("choose the GPUs with `device_ids` in the request, and remove the variable");
    if let Some(edit) = variables::remove(service, "NVIDIA_VISIBLE_DEVICES") {
        finding = finding.fix(Fix::risky(
            "remove the variable",
            "where the request is taken away, the variable no longer chooses",
            vec![edit],
        ));
    }
    report.add(finding);
}

/// Whether the ids are 0, 1, … up to `count`.
fn first_are(ids: &[&str], count: u64) -> bool {
    ids.len() as u64 == count
        && ids
            .iter()
            .enumerate()
            .all(|(index, id)| id.parse() == Ok(index))
}
