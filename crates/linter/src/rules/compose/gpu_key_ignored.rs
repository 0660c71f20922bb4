use source::{Fix, Severity};

use super::edits;
use crate::derive::service::{Form, REQUEST_KEYS, ServiceView, slips};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// An unknown key in an item of `gpus`, which Compose passes over.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-key-ignored",
    summary: "Compose ignores an unknown key in `gpus`, and gives other GPUs than written",
    section: Section::Compose,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/gpu-key-ignored.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    let requests = service.requests.iter();
    for request in requests.filter(|request| request.form == Form::Gpus) {
        let Some(mapping) = request.value.as_mapping() else {
            continue;
        };
        let says_which = mapping.get("count").is_some() || mapping.get("device_ids").is_some();
        for entry in mapping {
            let key = &*entry.key;
            if REQUEST_KEYS.contains(&key) || key.starts_with("x-") {
                continue;
            }
            let near = slips::meant_in_request(key);
            let gives = if says_which {
                ""
            } else {
                " and gives all GPUs"
            };
            let mut finding = report
                .finding(
                    format!("Compose ignores `{key}` in `gpus`{gives}"),
                    entry.key_location,
                )
                .why(
                    "the schema lets unknown keys pass inside `gpus`; Compose 2.30 to 2.32 refused them",
                );
            finding = match near {
                Some(near) => {
                    finding = finding.help(format!("did you mean `{near}`?"));
                    let is_it = request.misspelt(near).is_some_and(|first| first == entry);
                    if is_it {
                        let sources = service.project.sources;
                        let edit = edits::rename(sources, entry.key_location, near);
                        let title = format!("write `{near}`");
                        let consequence = "the service gets the GPUs that are named, no longer all";
                        finding =
                            finding.fix(Fix::risky(title, consequence, vec![edit]).uncovering());
                    }
                    finding
                }
                None => finding.help(format!("an item of `gpus` has {}", REQUEST_KEYS.join(", "))),
            };
            report.add(finding);
        }
    }
}
