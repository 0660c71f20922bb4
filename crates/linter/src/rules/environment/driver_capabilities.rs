use std::ops::Range;

use packages::text::{HOLE, Text};
use source::{Edit, Fix, Severity, suggest};

use crate::derive::environment::StageView;
use crate::derive::image::{Setting, StepAction};
use crate::derive::service::ServiceView;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// `NVIDIA_DRIVER_CAPABILITIES` decides which driver libraries a container gets.
pub(crate) static RULE: Rule = Rule {
    name: "driver-capabilities",
    summary: "NVIDIA_DRIVER_CAPABILITIES asks for the wrong driver libraries",
    section: Section::Environment,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/driver-capabilities.md"),
    checks: &[Check::Stage(check), Check::Service(check_service)],
    special: Special::NOTHING,
};

/// The words that the NVIDIA runtime knows (nvidia-container-toolkit, internal/config/image/capabilities.go).
const KNOWN: &[&str] = &[
    "all", "compat32", "compute", "display", "graphics", "ngx", "utility", "video",
];

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    if !stage.is_inherited_by_final() {
        return;
    }
    for step in stage.own_steps() {
        let StepAction::Env(settings) = &step.action else {
            continue;
        };
        for setting in settings
            .iter()
            .filter(|setting| setting.name == "NVIDIA_DRIVER_CAPABILITIES")
        {
            one(stage, setting, report);
        }
    }
}

fn check_service(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Some((value, at)) = service.own_variable("NVIDIA_DRIVER_CAPABILITIES") else {
        return;
    };
    if service.may_have_gpu() {
        let text = Text::verbatim(value, at);
        for (word, range) in words(value) {
            if !KNOWN.contains(&word) {
                unknown_word(&text, word, range, report);
            }
        }
    }
}

/// The words of a list with their bytes in it.
fn words(value: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut start = 0;
    for raw in value.split(',') {
        let word = raw.trim();
        let at = start + (raw.len() - raw.trim_start().len());
        start += raw.len() + 1;
        if !word.is_empty() && !word.contains(HOLE) {
            found.push((word, at..at + word.len()));
        }
    }
    found
}

fn one(stage: StageView<'_>, setting: &Setting, report: &mut Report<'_>) {
    let named = words(setting.value.as_str());
    for (word, range) in &named {
        if !KNOWN.contains(word) {
            unknown_word(&setting.value, word, range.clone(), report);
        }
    }
    let words: Vec<&str> = named.into_iter().map(|(word, _)| word).collect();
    if setting.value.has_hole() || words.iter().any(|word| !KNOWN.contains(word)) {
        return;
    }
    let at = setting.value.place();
    if words.contains(&"all") {
        report.add(
            report
                .with_severity(Severity::Info, "NVIDIA_DRIVER_CAPABILITIES=all mounts every driver library", at)
                .label("also graphics, video and display")
                .why("on a host whose driver was installed without the graphics libraries some of them are missing; most programs need `compute,utility`")
                .help("name what the program uses: `compute,utility`, and `video` or `graphics` where needed"),
        );
    } else if !words.contains(&"compute") && stage.uses_cuda() {
        // Both at once: who needs the one misses the other next.
        let lacks: Vec<&str> = ["compute", "utility"]
            .into_iter()
            .filter(|word| !words.contains(word))
            .collect();
        let said: Vec<String> = lacks.iter().map(|word| format!("`{word}`")).collect();
        let mut finding = report
            .finding("NVIDIA_DRIVER_CAPABILITIES leaves out `compute`, so CUDA programs find no driver", at)
            .label("no libcuda in the container")
            .why("without `compute` the runtime does not mount libcuda.so.1: \"libcuda.so.1: cannot open shared object file\"")
            .help(format!("add {}", said.join(" and ")));
        if let Some(end) = insertion(setting) {
            let comma = if words.is_empty() { "" } else { "," };
            let text = format!("{comma}{}", lacks.join(","));
            let title = format!("add {}", said.join(" and "));
            finding = finding.fix(Fix::safe(title, vec![Edit::insert(end, text)]));
        }
        report.add(finding);
    } else if !words.contains(&"utility") && stage.uses_cuda() {
        report.add(
            report
                .with_severity(Severity::Info, "NVIDIA_DRIVER_CAPABILITIES leaves out `utility`: no nvidia-smi and no NVML", at)
                .label("no libnvidia-ml in the container")
                .why("monitoring, and libraries that ask NVML for the GPUs, fail with \"NVML Shared Library Not Found\"")
                .help("add `utility`"),
        );
    }
}

fn unknown_word(value: &Text, word: &str, range: Range<usize>, report: &mut Report<'_>) {
    let lower = word.to_ascii_lowercase();
    let close = KNOWN
        .iter()
        .copied()
        .find(|known| *known == lower || begins(known, &lower))
        .or_else(|| suggest::nearest(&lower, KNOWN.iter().copied()));
    let mut finding = report
        .with_severity(
            Severity::Error,
            format!("`{word}` is no driver capability"),
            value.locate(range.clone()),
        )
        .label("unknown to the NVIDIA runtime")
        .why("the container does not start: \"unsupported capabilities found in\" the list")
        .help(format!("use {}", KNOWN.join(", ")));
    if let Some(known) = close {
        finding = finding.help(format!("did you mean `{known}`?"));
        if let Some(place) = value.editable(range) {
            let fix = Fix::risky(
                format!("use `{known}`"),
                "what was meant is a guess from the spelling",
                vec![Edit::replace(place, known)],
            );
            // Until every word is known, nothing is said of those that are missing.
            finding = finding.fix(fix.uncovering());
        }
    }
    report.add(finding);
}

/// Whether one word is the other's beginning.
fn begins(a: &str, b: &str) -> bool {
    (b.len() >= 4 && a.starts_with(b)) || (a.len() >= 4 && b.starts_with(a))
}

/// The end of the value where it is written literally.
fn insertion(setting: &Setting) -> Option<source::Location> {
    let all = setting.value.all();
    if all.is_empty() {
        return None;
    }
    let last = setting.value.editable(all.end - 1..all.end)?;
    Some(source::Location::new(
        last.file,
        source::Span::empty(last.span.end),
    ))
}
