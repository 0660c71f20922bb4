use compose::{Problem, Value};
use source::{Fix, Severity};

use super::edits;
use crate::derive::service::ProjectModel;
use crate::derive::service::problem::Subject;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A device request that says both how many and which.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-count-and-device-ids",
    summary: "a device request has both `count` and `device_ids`",
    section: Section::Compose,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/gpu-count-and-device-ids.md"),
    checks: &[Check::Project(check)],
    special: Special::NOTHING,
};

fn check(project: &ProjectModel<'_>, report: &mut Report<'_>) {
    for problem in &project.compose.problems {
        if project.subject(problem) != Subject::CountAndIds {
            continue;
        }
        let item = item_of(project, problem);
        let mapping = item.and_then(Value::as_mapping);
        let entries = mapping
            .and_then(|mapping| Some((mapping.entry("count")?, mapping.entry("device_ids")?)));
        let at = entries.map_or(problem.location, |(count, _)| count.value.location);
        let mut finding = report
            .finding("`count` and `device_ids` exclude each other", at)
            .why(format!("Compose refuses the file: {}", problem.message))
            .help("keep `device_ids` to choose GPUs, or `count` to take the first so many");
        finding.context.service = problem.path.service().map(str::to_owned);
        if let Some((count, ids)) = entries {
            finding = finding.related(ids.value.location, "the other one");
            let number = count.value.printed();
            let listed = ids.value.as_sequence().map_or(0, <[_]>::len);
            let known = ids.value.as_sequence().is_some() && !ids.value.has_unknown();
            // The ids say everything that such a count says.
            let agree = number.as_deref() == Some(listed.to_string().as_str())
                || number.is_some_and(|number| number.eq_ignore_ascii_case("all"));
            if let (true, Some(mapping), Some(item)) = (known && listed > 0, mapping, item)
                && let Some(edit) = edits::remove(project.sources, mapping, item.location, "count")
            {
                let title = "drop `count`: the ids say which";
                let fix = if agree {
                    Fix::safe(title, vec![edit])
                } else {
                    Fix::risky(
                        title,
                        "the ids decide, whatever number was meant",
                        vec![edit],
                    )
                };
                finding = finding.fix(fix.uncovering());
            }
        }
        report.add(finding);
    }
}

/// The request whose keys the problem points at.
fn item_of<'a>(project: &ProjectModel<'a>, problem: &Problem) -> Option<&'a Value> {
    let name = problem.path.service()?;
    let service = project
        .services
        .iter()
        .find(|service| service.name() == name)?;
    let mut requests = service.requests.iter();
    let request = requests.find(|request| {
        ["count", "device_ids"]
            .iter()
            .all(|key| request.entry(key).is_some())
            && ["count", "device_ids"].iter().any(|key| {
                let entry = request.entry(key);
                entry.is_some_and(|entry| entry.key_location == problem.location)
            })
    })?;
    Some(request.value)
}
