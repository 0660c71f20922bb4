//! The report as one JSON object; the keys are a contract.

use std::collections::BTreeSet;

use host::HostFacts;
use serde::Serialize;
use source::{Diagnostic, Label, Location, Severity, Sources, Span};

use crate::each::Each;
use crate::findings;
use crate::pages::rule_url;
use crate::report::{HostReport, Report};

#[derive(Serialize)]
struct Document<'r, D: Serialize> {
    schema_version: u32,
    tool: Tool,
    files: BTreeSet<&'r str>,
    diagnostics: D,
    notes: Vec<Related<'r>>,
    errors: Vec<Error<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<Host<'r>>,
    summary: Summary,
}

/// The machine; its facts are what `--host` reads elsewhere.
#[derive(Serialize)]
struct Host<'r> {
    layers: Vec<Layer<'r>>,
    proof: Option<&'r str>,
    facts: &'r HostFacts,
}

#[derive(Serialize)]
struct Layer<'r> {
    layer: host::Layer,
    verdict: &'static str,
    summary: &'r str,
    because: Option<host::Layer>,
    evidence: Vec<Seen<'r>>,
}

#[derive(Serialize)]
struct Seen<'r> {
    source: &'r str,
    value: &'r str,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
    facts_date: &'static str,
}

#[derive(Serialize)]
struct Finding<'r> {
    rule: &'r str,
    severity: &'r str,
    message: &'r str,
    file: &'r str,
    range: Range,
    context: Context<'r>,
    related: Vec<Related<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Seen<'r>>,
    why: Option<&'r str>,
    help: Option<&'r str>,
    url: String,
    fixes: Vec<Fix<'r>>,
}

#[derive(Serialize)]
struct Context<'r> {
    stage: Option<&'r str>,
    service: Option<&'r str>,
    profile: Option<&'r str>,
}

#[derive(Serialize)]
struct Related<'r> {
    file: &'r str,
    range: Range,
    message: &'r str,
}

#[derive(Serialize)]
struct Fix<'r> {
    title: &'r str,
    applicability: &'r str,
    consequence: Option<&'r str>,
    edits: Vec<Edit<'r>>,
}

#[derive(Serialize)]
struct Edit<'r> {
    file: &'r str,
    range: Range,
    replacement: &'r str,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Error<'r> {
    file: &'r str,
    range: Option<Range>,
    message: &'r str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    error: usize,
    warning: usize,
    info: usize,
    fixable: usize,
    fixed: usize,
    suppressed: usize,
    baseline: usize,
    unchanged: usize,
    stale: usize,
}

/// The report as a JSON document, whose findings are made as they are written.
pub fn document(report: &Report) -> impl Serialize + '_ {
    let mut diagnostics: Vec<(&Sources, &Diagnostic)> = report
        .diagnostics()
        .map(|(file, diagnostic)| (&file.sources, diagnostic))
        .collect();
    diagnostics.sort_by_key(|&(sources, diagnostic)| {
        let at = shown(sources, diagnostic.primary.location);
        let file = sources.get(at.file).name();
        (file, at.span.start, diagnostic.rule)
    });
    let files: BTreeSet<&str> = report
        .files
        .iter()
        .flat_map(|file| {
            let also = file.also.iter().map(|&id| file.sources.get(id).name());
            std::iter::once(file.source().name()).chain(also)
        })
        .collect();
    Document {
        schema_version: 1,
        tool: Tool {
            name: "env-doctor",
            version: env!("CARGO_PKG_VERSION"),
            facts_date: facts::DATE,
        },
        summary: Summary {
            files: files.len(),
            error: report.count(Severity::Error),
            warning: report.count(Severity::Warning),
            info: report.count(Severity::Info),
            fixable: report.fixable(),
            fixed: report.fixed,
            suppressed: report.suppressed(),
            baseline: report.in_baseline(),
            unchanged: report.unchanged(),
            stale: report.stale.as_ref().map_or(0, |stale| stale.count),
        },
        files,
        diagnostics: Each::new(diagnostics, |(sources, diagnostic)| {
            finding(sources, diagnostic)
        }),
        notes: notes(report),
        host: report.host.as_ref().map(machine),
        errors: report
            .failures
            .iter()
            .map(|failure| Error {
                file: &failure.file,
                range: failure.excerpt.as_ref().map(|excerpt| {
                    let (sources, at) = excerpt.place();
                    range(&sources, at)
                }),
                message: &failure.message,
            })
            .collect(),
    }
}

fn machine(report: &HostReport) -> Host<'_> {
    let layers = report.layers.iter().map(|layer| Layer {
        layer: layer.layer,
        verdict: layer.verdict.as_str(),
        summary: &layer.summary,
        because: layer.because,
        evidence: layer
            .evidence
            .iter()
            .map(|seen| Seen {
                source: &seen.source,
                value: &seen.value,
            })
            .collect(),
    });
    Host {
        layers: layers.collect(),
        proof: report.proof,
        facts: &report.facts,
    }
}

fn notes(report: &Report) -> Vec<Related<'_>> {
    let all = report.files.iter().flat_map(|file| {
        let notes = file.checked.notes.iter();
        notes.map(|note| place(&file.sources, note.location, &note.text))
    });
    let mut all: Vec<Related<'_>> = all.collect();
    all.sort_by_key(|note| (note.file, note.range.start.offset));
    all
}

fn place<'r>(sources: &'r Sources, location: Location, message: &'r str) -> Related<'r> {
    Related {
        file: sources.get(location.file).name(),
        range: range(sources, location),
        message,
    }
}

fn range(sources: &Sources, location: Location) -> Range {
    let file = sources.get(location.file);
    let location = shown(sources, location);
    let point = |offset: u32| {
        let position = file.position(offset);
        Point {
            line: position.line,
            column: position.column,
            offset,
        }
    };
    Range {
        start: point(location.span.start),
        end: point(location.span.end),
    }
}

/// The place itself, or the beginning of what was seen: that is no text with lines.
fn shown(sources: &Sources, location: Location) -> Location {
    if findings::is_observed(sources, location) {
        Location::new(location.file, Span::default())
    } else {
        location
    }
}

fn finding<'r>(sources: &'r Sources, diagnostic: &'r Diagnostic) -> Finding<'r> {
    let name = |location: Location| sources.get(location.file).name();
    let related = |label: &'r Label| place(sources, label.location, &label.text);
    let seen = |(source, value): (&'r str, &'r str)| Seen { source, value };
    Finding {
        rule: diagnostic.rule,
        severity: diagnostic.severity.as_str(),
        message: &diagnostic.message,
        file: name(diagnostic.primary.location),
        range: range(sources, diagnostic.primary.location),
        context: Context {
            stage: diagnostic.context.stage.as_deref(),
            service: diagnostic.context.service.as_deref(),
            profile: diagnostic.context.profile.as_deref(),
        },
        related: findings::related(sources, diagnostic)
            .map(related)
            .collect(),
        evidence: findings::evidence(sources, diagnostic).map(seen).collect(),
        why: diagnostic.why.as_deref(),
        help: diagnostic.help.as_deref(),
        url: rule_url(diagnostic.rule),
        fixes: diagnostic
            .fixes
            .iter()
            .map(|fix| Fix {
                title: &fix.title,
                applicability: fix.applicability.as_str(),
                consequence: fix.consequence.as_deref(),
                edits: fix
                    .edits
                    .iter()
                    .map(|edit| Edit {
                        file: name(edit.location),
                        range: range(sources, edit.location),
                        replacement: &edit.replacement,
                    })
                    .collect(),
            })
            .collect(),
    }
}
