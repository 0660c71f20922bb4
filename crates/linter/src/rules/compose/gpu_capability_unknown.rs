use source::{Edit, Fix, Location, Severity, suggest};

use super::words;
use crate::derive::service::{By, Driver, Form, KnownText, Request, ServiceView, Variable};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

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
fn is_for_gpu(request: Request<'_>, capabilities: &[KnownText<'_>]) -> bool {
    request.form == Form::Gpus
        || capabilities.iter().any(|word| {
            let word = word.text.to_ascii_lowercase();
            facts::engine::capability(&word).is_some() || word.starts_with("nvidia")
        })
}

fn unknown(word: KnownText<'_>, capabilities: &[KnownText<'_>], report: &mut Report<'_>) {
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

/// What a set of capabilities leaves out, and how we know that it is missed.
struct Lack {
    /// In the order in which they are named.
    words: Vec<String>,
    /// What does not work, or is not done.
    so: String,
    /// Where that shows.
    related: Option<(Location, String)>,
}

fn lack(service: ServiceView<'_>, parts: &[&KnownText<'_>]) -> Option<Lack> {
    let named = |name: &str| parts.iter().any(|word| word.text == name);
    if let Some(lack) = overrides(service, named) {
        return Some(lack);
    }
    // `utility` is missed by programs that ask for memory or temperature only.
    if named("compute") {
        return None;
    }
    let words = ["compute", "utility"].into_iter();
    let words = words
        .filter(|word| !named(word))
        .map(str::to_owned)
        .collect();
    if let Some(need) = service.need() {
        return Some(Lack {
            words,
            so: "CUDA does not work in the container".to_owned(),
            related: Some((need.at, need.because)),
        });
    }
    // libcuda comes with `compute`.
    named("video").then(|| Lack {
        words,
        so: "libcuda is not in the container, which NVENC and NVDEC load first".to_owned(),
        related: None,
    })
}

/// NVIDIA_DRIVER_CAPABILITIES of the service or its Dockerfile, which names more.
fn overrides(service: ServiceView<'_>, named: impl Fn(&str) -> bool) -> Option<Lack> {
    let variable = service.variable("NVIDIA_DRIVER_CAPABILITIES");
    let Variable::Set {
        value,
        at: Some(at),
        by: By::Service | By::Dockerfile,
    } = variable
    else {
        return None;
    };
    let written: Vec<&str> = if value == "all" {
        vec!["compute", "utility", "graphics", "video", "display"]
    } else {
        value.split(',').map(str::trim).collect()
    };
    let is_part =
        |word: &&str| facts::engine::capability(word).is_some_and(|row| row.driver_capability);
    let words: Vec<String> = written
        .into_iter()
        .filter(|word| is_part(word) && !named(word))
        .map(str::to_owned)
        .collect();
    (!words.is_empty()).then(|| Lack {
        words,
        so: "NVIDIA_DRIVER_CAPABILITIES does not count".to_owned(),
        related: Some((at, "this is what was asked for".to_owned())),
    })
}

/// `a`, `a and b`, `a, b and c`.
fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Naming any part of the driver leaves out those that are not named.
fn dropped(
    service: ServiceView<'_>,
    request: Request<'_>,
    capabilities: &[KnownText<'_>],
    report: &mut Report<'_>,
) {
    let parts: Vec<&KnownText<'_>> = capabilities
        .iter()
        .filter(|word| {
            facts::engine::capability(word.text).is_some_and(|row| row.driver_capability)
        })
        .collect();
    if parts.is_empty() {
        return;
    }
    let Some(lack) = lack(service, &parts) else {
        return;
    };
    let Some(entry) = request.entry("capabilities") else {
        return;
    };
    let tail = parts.last().map_or(entry.value.location, |word| word.at);
    let added = lack.words.join(", ");
    let text = parts.last().map(|word| format!("{}, {added}", word.text));
    let mut finding = report
        .with_severity(
            Severity::Warning,
            format!("these capabilities leave out {}", list(&lack.words)),
            entry.value.location,
        )
        .why(format!(
            "a part of the driver that is named switches the others off, so {}",
            lack.so
        ))
        .help(format!("add {added}, or write `[gpu]` alone"));
    if let Some((at, text)) = lack.related {
        finding = finding.related(at, text);
    }
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
