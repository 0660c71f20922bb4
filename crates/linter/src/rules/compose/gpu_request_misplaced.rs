use compose::{KeyPath, Problem, ProblemKind, SchemaError, Value};
use source::{Edit, Fix, Location, Severity, Span};

use super::edits;
use crate::derive::service::problem::Subject;
use crate::derive::service::slips::parent_of;
use crate::derive::service::{ProjectModel, value_at};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A device request where Compose does not look for one.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-request-misplaced",
    summary: "a device request stands in the wrong place",
    section: Section::Compose,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/gpu-request-misplaced.md"),
    checks: &[Check::Project(check)],
    special: Special::NOTHING,
};

const PLACE: &str = "deploy.resources.reservations.devices";

fn check(project: &ProjectModel<'_>, report: &mut Report<'_>) {
    for problem in &project.compose.problems {
        let ProblemKind::Schema(SchemaError::UnknownKey(key)) = &problem.kind else {
            continue;
        };
        if project.subject(problem) != Subject::Place {
            continue;
        }
        let message = format!("there is no `{key}` here: device requests belong in {PLACE}");
        let mut finding = report
            .finding(message, problem.location)
            .why(format!("Compose refuses the file: {}", problem.message));
        finding.context.service = problem.path.service().map(str::to_owned);
        let (help, fix) = repair(project, problem, key);
        finding = finding.help(help);
        if let Some(fix) = fix {
            finding = finding.fix(fix);
        }
        report.add(finding);
    }
}

fn repair(project: &ProjectModel<'_>, problem: &Problem, key: &str) -> (String, Option<Fix>) {
    let Some((_, above)) = problem.path.0.split_last() else {
        return (format!("write {PLACE}"), None);
    };
    let rest = above.get(2..).unwrap_or_default();
    let steps: Vec<&str> = rest
        .iter()
        .filter_map(|step| match step {
            compose::Step::Key(key) => Some(&**key),
            compose::Step::Item(_) => None,
        })
        .collect();
    let rename = |to: &'static str| {
        let edit = edits::rename(project.sources, problem.location, to);
        moves(format!("write `{to}`"), vec![edit])
    };
    let meant = project.slips.meant_by(problem);
    match steps.as_slice() {
        ["deploy", "resources", "limits"] if key == "devices" => (
            format!("move it below `reservations`: {PLACE}"),
            limits_to_reservations(project, problem),
        ),
        ["deploy", "resources"] if key == "devices" => (
            format!("put it one level deeper: {PLACE}"),
            wrap(project, problem, &["reservations"]),
        ),
        ["deploy"] if key == "devices" => (
            format!("put it two levels deeper: {PLACE}"),
            wrap(project, problem, &["resources", "reservations"]),
        ),
        ["deploy"] if key == "reservations" => (
            format!("put it one level deeper: {PLACE}"),
            wrap(project, problem, &["resources"]),
        ),
        [] if key == "resources" => (
            "put it below `deploy`".to_owned(),
            wrap(project, problem, &["deploy"]),
        ),
        [] if key == "reservations" => (
            "put it below `deploy.resources`".to_owned(),
            wrap(project, problem, &["deploy", "resources"]),
        ),
        // The Engine API's name for them.
        [] if matches!(key, "device_requests" | "devices_requests") => (
            format!("write it as {PLACE}"),
            wrap_as(
                project,
                problem,
                &["deploy", "resources", "reservations"],
                "devices",
            ),
        ),
        [] if key == "gpu" => {
            let value = value_at(project.compose, &problem.path);
            let fits = value.is_some_and(|value| {
                value.as_str() == Some("all")
                    || value
                        .as_sequence()
                        .is_some_and(|items| items.iter().all(|item| item.as_mapping().is_some()))
            });
            let fix = meant.filter(|_| fits).map(rename);
            (
                "the key is `gpus`, with `all` or a list of requests".to_owned(),
                fix,
            )
        }
        steps => match meant.filter(|meant| leads_to_request(steps, meant)) {
            Some(meant) => (format!("did you mean `{meant}`?"), Some(rename(meant))),
            None => (format!("write {PLACE}"), None),
        },
    }
}

/// Whether a key below these levels of a service is on the way to a device request.
fn leads_to_request(above: &[&str], key: &str) -> bool {
    let way = match above {
        [] => ["deploy", "gpus"].as_slice(),
        ["deploy"] => &["resources"],
        ["deploy", "resources"] => &["reservations", "limits"],
        ["deploy", "resources", "reservations"] => &["devices"],
        _ => &[],
    };
    way.contains(&key)
}

/// A change after which Compose finds the request.
fn moves(title: String, edits: Vec<Edit>) -> Fix {
    let consequence = "the service gets the GPUs, and starts on machines with one only";
    Fix::risky(title, consequence, edits).uncovering()
}

/// Lines of a block and the indentation of its key.
struct Lines<'t> {
    start: usize,
    text: &'t str,
    indent: usize,
    step: usize,
}

/// The lines of a key and all below it, where it begins a line.
fn lines<'t>(project: &ProjectModel<'t>, key: Location) -> Option<Lines<'t>> {
    let text = project.sources.get(key.file).text();
    let at = key.span.range().start;
    let start = text.get(..at)?.rfind('\n').map_or(0, |found| found + 1);
    if !text[start..at].bytes().all(|byte| byte == b' ') {
        return None;
    }
    let indent = at - start;
    let mut end = text.len();
    let mut offset = start;
    let mut step = None;
    let mut last = start;
    for (number, line) in text[start..].split_inclusive('\n').enumerate() {
        let content = line.trim();
        let depth = line.len() - line.trim_start_matches(' ').len();
        let is_item = depth == indent && content.starts_with("- ");
        if number > 0 && !content.is_empty() && !content.starts_with('#') {
            if depth <= indent && !is_item {
                end = last;
                break;
            }
            if depth > indent {
                step.get_or_insert(depth - indent);
            }
        }
        offset += line.len();
        if !content.is_empty() && !content.starts_with('#') {
            last = offset;
        }
        end = last;
    }
    let body = text.get(start..end)?;
    (body.ends_with('\n') && !body.contains('\t')).then_some(Lines {
        start,
        text: body,
        indent,
        step: step.unwrap_or(2),
    })
}

fn indented(text: &str, by: usize) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            out.push_str(&" ".repeat(by));
        }
        out.push_str(line);
    }
    out
}

fn eol(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Puts the key below new levels, all of which must be missing beside it.
fn wrap(project: &ProjectModel<'_>, problem: &Problem, levels: &[&str]) -> Option<Fix> {
    let key = problem.path.last_key()?;
    wrap_as(project, problem, levels, key)
}

/// [`wrap`], with another name for the key.
fn wrap_as(
    project: &ProjectModel<'_>,
    problem: &Problem,
    levels: &[&str],
    key: &str,
) -> Option<Fix> {
    let parent = value_at(project.compose, &parent_of(problem))?;
    let first = levels.first()?;
    if parent.get(first).is_some() {
        return None;
    }
    // Compose refuses a key that is given twice wherever it stands.
    if value_at(project.compose, &problem.path).is_some_and(repeats_a_key) {
        return None;
    }
    let found = lines(project, problem.location)?;
    let mut text = String::new();
    for (depth, level) in levels.iter().enumerate() {
        text.push_str(&" ".repeat(found.indent + depth * found.step));
        text.push_str(level);
        text.push(':');
        text.push_str(eol(found.text));
    }
    let (written, rest) = found.text.split_at(found.text.find(':')?);
    let lead = written.len() - written.trim_start().len();
    let renamed = format!("{}{key}{rest}", &written[..lead]);
    text.push_str(&indented(&renamed, levels.len() * found.step));
    let span = Span::from_usize(found.start..found.start + found.text.len());
    let edit = Edit::replace(Location::new(problem.location.file, span), text);
    Some(moves(format!("move it to {PLACE}"), vec![edit]))
}

/// Whether a key is given twice in what stands here.
fn repeats_a_key(value: &Value) -> bool {
    !value.earlier.is_empty()
        || value
            .as_mapping()
            .is_some_and(|mapping| mapping.iter().any(|entry| repeats_a_key(&entry.value)))
        || value
            .as_sequence()
            .is_some_and(|items| items.iter().any(repeats_a_key))
}

/// Moves `limits.devices` to `reservations`.
fn limits_to_reservations(project: &ProjectModel<'_>, problem: &Problem) -> Option<Fix> {
    let limits = value_at(project.compose, &parent_of(problem))?;
    let resources = problem.path.0.get(..4)?;
    let resources = value_at(project.compose, &KeyPath(resources.to_vec()))?;
    if resources.get("reservations").is_some() {
        return None;
    }
    let key = resources.as_mapping()?.entry("limits")?.key_location;
    if key.file != problem.location.file {
        return None;
    }
    let only = limits
        .as_mapping()
        .is_some_and(|mapping| mapping.len() == 1);
    if only {
        let edit = Edit::replace(key, "reservations");
        return Some(moves("write `reservations`".to_owned(), vec![edit]));
    }
    let devices = lines(project, problem.location)?;
    let limits = lines(project, key)?;
    let head = format!(
        "{}reservations:{}",
        " ".repeat(limits.indent),
        eol(limits.text)
    );
    let end = limits.start + limits.text.len();
    let at = |range: std::ops::Range<usize>| Location::new(key.file, Span::from_usize(range));
    let remove = Edit::delete(at(devices.start..devices.start + devices.text.len()));
    if devices.start + devices.text.len() == end {
        // The last of the limits: only the head is missing.
        let insert = Edit::insert(at(devices.start..devices.start), head);
        return Some(moves(format!("move it to {PLACE}"), vec![insert]));
    }
    let insert = Edit::insert(at(end..end), head + devices.text);
    Some(moves(format!("move it to {PLACE}"), vec![remove, insert]))
}
