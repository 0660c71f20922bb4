use compose::yaml::ScalarType;
use compose::{Problem, ProblemKind, SchemaError, Value};
use source::{Diagnostic, Edit, Fix, Location, Severity, Span};

use super::{edits, split_items};
use crate::derive::service::problem::Subject;
use crate::derive::service::{ProjectModel, REQUEST_KEYS, slips, value_at};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A device request with a value that Compose refuses.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-request-invalid",
    summary: "a device request has a wrong type, value or key",
    section: Section::Compose,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/gpu-request-invalid.md"),
    checks: &[Check::Project(check)],
    special: Special::NOTHING,
};

fn check(project: &ProjectModel<'_>, report: &mut Report<'_>) {
    for problem in &project.compose.problems {
        let subject = project.subject(problem);
        if let Some(list) = split_items::list(project, problem) {
            split(project, problem, list, report);
        } else if subject == Subject::Request {
            report.add(finding(project, problem, report));
        }
    }
}

fn split(project: &ProjectModel<'_>, problem: &Problem, list: &Value, report: &mut Report<'_>) {
    let mut finding = report
        .finding(
            "one device request is split into several list items",
            list.location,
        )
        .why(format!(
            "each `-` begins a request of its own, and Compose refuses the file: {}",
            problem.message
        ))
        .help("write one `-`, and the other keys below it without a dash");
    finding.context.service = problem.path.service().map(str::to_owned);
    if let Some(edits) = split_items::join(project, list) {
        finding = finding.fix(Fix::safe("make it one request", edits).uncovering());
    }
    report.add(finding);
}

fn finding(project: &ProjectModel<'_>, problem: &Problem, report: &Report<'_>) -> Diagnostic {
    let value = value_at(project.compose, &problem.path);
    let (message, help, fix) = describe(project, problem, value);
    let mut finding = report
        .finding(message, problem.location)
        .why(format!("Compose refuses the file: {}", problem.message));
    finding.context.service = problem.path.service().map(str::to_owned);
    if let Some(help) = help {
        finding = finding.help(help);
    }
    finding.related.clone_from(&problem.related);
    match fix {
        Some(fix) => finding.fix(fix.uncovering()),
        None => finding,
    }
}

type Description = (String, Option<String>, Option<Fix>);

fn describe(project: &ProjectModel<'_>, problem: &Problem, value: Option<&Value>) -> Description {
    let path = &problem.path;
    let inside = |rest: &str| {
        path.matches(&format!(
            "services.*.deploy.resources.reservations.devices.*.{rest}"
        )) || path.matches(&format!("services.*.gpus.*.{rest}"))
    };
    if let ProblemKind::Schema(SchemaError::UnknownKey(key)) = &problem.kind {
        return unknown_key(project, problem, key);
    }
    if problem.kind == ProblemKind::Merge {
        return merged(project, problem);
    }
    if path.matches("services.*.gpus") {
        return gpus(problem, value);
    }
    if path.matches("services.*.gpus.*")
        || path.matches("services.*.deploy.resources.reservations.devices.*")
    {
        return item(project, value, path.matches("services.*.gpus.*"));
    }
    if inside("device_ids.*") {
        return integer_id(problem, value);
    }
    if inside("device_ids") {
        return ids(problem, value);
    }
    if inside("count") {
        return count(problem, value);
    }
    if path.matches("services.*.deploy.resources.reservations.devices") {
        let help = "begin each request with a dash: `- driver: nvidia`";
        return (
            "`devices` is no list of requests".to_owned(),
            Some(help.to_owned()),
            None,
        );
    }
    if inside("driver") {
        let help = "name the driver, `driver: nvidia`, or leave the key out";
        return (
            "`driver` is no word".to_owned(),
            Some(help.to_owned()),
            None,
        );
    }
    (
        "Compose does not take this device request".to_owned(),
        None,
        None,
    )
}

/// A text where a request belongs, as `docker run --gpus` takes it: `device=0`, `all`, `1`.
fn item(project: &ProjectModel<'_>, value: Option<&Value>, in_gpus: bool) -> Description {
    let message = "a device request is a mapping, not a text".to_owned();
    let help = "write which GPUs: `- device_ids: [\"0\"]`, or how many: `- count: all`".to_owned();
    let fix = value.and_then(|value| {
        let text = value.printed()?;
        let request = match text.strip_prefix("device=") {
            Some(ids) => {
                let ids: Vec<String> = ids.split(',').map(|id| format!("\"{id}\"")).collect();
                format!("device_ids: [{}]", ids.join(", "))
            }
            None if *text == *"all" => "count: all".to_owned(),
            None => return None,
        };
        let before = project.sources.get(value.location.file).text();
        let before = before.get(..value.location.span.range().start)?.trim_end();
        let block = before.ends_with('-') && value.alias.is_none();
        // Only `gpus` adds the capability by itself.
        (block && in_gpus).then(|| {
            let edit = Edit::replace(value.location, request.clone());
            Fix::safe(format!("write `{request}`"), vec![edit])
        })
    });
    (message, Some(help), fix)
}

fn unknown_key(project: &ProjectModel<'_>, problem: &Problem, key: &str) -> Description {
    let message = format!("`{key}` is no key of a device request");
    let Some(near) = slips::meant(&slips::parent_of(problem), key) else {
        let help = format!("a device request has {}", REQUEST_KEYS.join(", "));
        return (message, Some(help), None);
    };
    // `devce_ids` is a slip; the value of a key from elsewhere may need another shape.
    let fix = project.slips.meant_by(problem).map(|near| {
        let edit = edits::rename(project.sources, problem.location, near);
        let consequence = "what was meant is a guess from the spelling";
        Fix::risky(format!("write `{near}`"), consequence, vec![edit])
    });
    (message, Some(format!("did you mean `{near}`?")), fix)
}

fn gpus(problem: &Problem, value: Option<&Value>) -> Description {
    let message = "`gpus` takes the word `all` or a list of requests".to_owned();
    let help = "write `gpus: all`, or a list: `- count: 1`".to_owned();
    let text = value.and_then(Value::printed);
    let fix = text.filter(|text| text.eq_ignore_ascii_case("all"));
    let fix = fix.map(|_| {
        Fix::safe(
            "write `all` in lower case",
            vec![Edit::replace(problem.location, "all")],
        )
    });
    (message, Some(help), fix)
}

/// `gpus: all` over a list, or the reverse: Compose merges only like with like.
fn merged(project: &ProjectModel<'_>, problem: &Problem) -> Description {
    let at = problem.location;
    let start = Location::new(at.file, Span::empty(at.span.start));
    // A tag stands behind the key, not before the first dash of a list.
    let written = project.sources.get(at.file).slice(at.span);
    let on_line = !written.is_empty() && !written.starts_with('-');
    let fix = Fix::risky(
        "replace the other file's requests",
        "the requests of the other file no longer count",
        vec![Edit::insert(start, "!override ")],
    );
    (
        "this value cannot be merged with the requests of the file before".to_owned(),
        Some("write `!override` before the value to replace them".to_owned()),
        on_line.then_some(fix),
    )
}

fn integer_id(problem: &Problem, value: Option<&Value>) -> Description {
    let scalar = value.and_then(Value::as_scalar);
    let number = scalar.filter(|scalar| scalar.scalar_type == ScalarType::Int);
    let help = "quote device ids: `device_ids: [\"0\"]`".to_owned();
    let fix = number.and_then(|number| {
        // `0x1` as a text names no GPU.
        let plain = number.text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| {
            let text = format!("\"{}\"", number.text);
            Fix::safe("quote the id", vec![Edit::replace(problem.location, text)])
        })
    });
    let message = if number.is_some() {
        "a device id is a text, not a number".to_owned()
    } else {
        "a device id is a text".to_owned()
    };
    (message, Some(help), fix)
}

fn ids(problem: &Problem, value: Option<&Value>) -> Description {
    if let ProblemKind::Schema(SchemaError::EqualItems(..)) = &problem.kind {
        let help = "name each device once".to_owned();
        return ("a device id is listed twice".to_owned(), Some(help), None);
    }
    let help = "write a list of texts: `device_ids: [\"0\", \"1\"]`".to_owned();
    let text = value.and_then(Value::printed);
    let ids: Vec<&str> = text.iter().flat_map(|text| text.split(',')).collect();
    let fix = Some(ids)
        .filter(|ids| ids.iter().all(|id| is_id(id.trim())))
        .map(|ids| {
            let items: Vec<String> = ids.iter().map(|id| format!("\"{}\"", id.trim())).collect();
            let list = format!("[{}]", items.join(", "));
            Fix::safe(
                "make it a list",
                vec![Edit::replace(problem.location, list)],
            )
        });
    (
        "`device_ids` is a list of texts".to_owned(),
        Some(help),
        fix,
    )
}

/// An index, a UUID or a CDI name; anything else is no list that was meant.
fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/=".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

fn count(problem: &Problem, value: Option<&Value>) -> Description {
    let help = "write `all`, or a whole number".to_owned();
    let text = value.and_then(Value::printed);
    let message = match &text {
        Some(text) if !text.is_empty() => format!("`count: {text}` is neither `all` nor a number"),
        _ => "`count` is neither `all` nor a number".to_owned(),
    };
    let number = text.and_then(|text| {
        let words = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight",
        ];
        let at = words
            .iter()
            .position(|word| text.eq_ignore_ascii_case(word));
        at.filter(|number| *number > 0)
    });
    let fix = number.map(|number| {
        Fix::safe(
            format!("write {number}"),
            vec![Edit::replace(problem.location, number.to_string())],
        )
    });
    (message, Some(help), fix)
}
