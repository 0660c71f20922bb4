//! SARIF 2.1.0, which code scanning services and editors read.

mod model;
mod rules;
mod uri;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

use source::{Diagnostic, Severity, SourceFile, Sources};
use workspace::each::Each;
use workspace::findings::{self, Finding};
use workspace::fingerprint::Fingerprints;
use workspace::report::Report;

use model::{
    Artifact, ArtifactChange, ArtifactLocation, BaseId, Fix, FixProperties, Invocation, Location,
    Log, LogicalLocation, Message, Notification, Outcome, PhysicalLocation, Region, Replacement,
    Run, Tool,
};

/// Under which our fingerprints stand; another number when they are made in another way.
const FINGERPRINT: &str = "envDoctorFinding/v1";

/// One run with every rule of the program, whatever was found.
pub(crate) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let fingerprints = RefCell::new(Fingerprints::default());
    let findings = findings::in_order(report);
    let results = Each::new(findings, |finding| {
        let mut fingerprints = fingerprints.borrow_mut();
        let fingerprint = fingerprints.next(finding.sources, finding.diagnostic);
        outcome(finding, fingerprint)
    });
    let names: BTreeSet<&str> = report
        .files
        .iter()
        .map(|file| file.source().name())
        .collect();
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: rules::driver(),
            },
            invocations: [invocation(report)],
            original_uri_base_ids: BTreeMap::from([(
                uri::ROOT,
                BaseId {
                    description: message("the directory that env-doctor ran in"),
                },
            )]),
            artifacts: names
                .into_iter()
                .map(|name| Artifact {
                    location: uri::artifact(name),
                    roles: ["analysisTarget"],
                })
                .collect(),
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn message<'r>(text: impl Into<std::borrow::Cow<'r, str>>) -> Message<'r> {
    Message { text: text.into() }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// What could not be checked, and what could not be known.
fn invocation(report: &Report) -> Invocation<'_> {
    let failures = report.failures.iter().chain(&report.left_out);
    let failures = failures.map(|failure| Notification {
        level: if failure.is_left_out { "note" } else { "error" },
        message: message(&failure.message),
        locations: [match &failure.excerpt {
            Some(excerpt) => {
                let (sources, at) = excerpt.place();
                location(&sources, at)
            }
            None => whole_file(uri::artifact(&failure.file)),
        }],
    });
    let notes = report.files.iter().flat_map(|file| {
        file.checked.notes.iter().map(|note| Notification {
            level: "note",
            message: message(&note.text),
            locations: [location(&file.sources, note.location)],
        })
    });
    Invocation {
        execution_successful: report.failures.is_empty(),
        tool_execution_notifications: failures.chain(notes).collect(),
    }
}

fn outcome(finding: Finding<'_>, fingerprint: String) -> Outcome<'_> {
    let Finding {
        sources,
        diagnostic,
        fails: _,
    } = finding;
    let mut primary = location(sources, diagnostic.primary.location);
    primary.logical_locations = logical(diagnostic);
    if !diagnostic.primary.text.is_empty() {
        primary.message = Some(message(&diagnostic.primary.text));
    }
    let related = findings::related(sources, diagnostic).enumerate();
    Outcome {
        rule_id: diagnostic.rule,
        rule_index: rules::index(diagnostic.rule),
        level: level(diagnostic.severity),
        message: message(sentences(sources, diagnostic)),
        locations: [primary],
        related_locations: related
            .map(|(index, label)| Location {
                id: Some(index + 1),
                message: Some(message(&label.text)),
                ..location(sources, label.location)
            })
            .collect(),
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, fingerprint)]),
        fixes: diagnostic
            .fixes
            .iter()
            .filter(|one| !one.edits.is_empty())
            .map(|one| fix(sources, one))
            .collect(),
    }
}

/// Viewers show little beside the message, so that it says all.
fn sentences(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    for (source, value) in findings::evidence(sources, diagnostic) {
        let _ = write!(text, "\nseen: {source}: {value}");
    }
    for (name, part) in [("why", &diagnostic.why), ("help", &diagnostic.help)] {
        if let Some(part) = part {
            let _ = write!(text, "\n{name}: {part}");
        }
    }
    text
}

fn logical(diagnostic: &Diagnostic) -> Vec<LogicalLocation<'_>> {
    let context = &diagnostic.context;
    let parts = [
        (&context.stage, "stage"),
        (&context.service, "service"),
        (&context.profile, "profile"),
    ];
    parts
        .into_iter()
        .filter_map(|(name, kind)| {
            Some(LogicalLocation {
                name: name.as_deref()?,
                kind,
            })
        })
        .collect()
}

fn location<'r>(sources: &Sources, at: source::Location) -> Location<'r> {
    let mut location = whole_file(uri::artifact(sources.get(at.file).name()));
    // What was seen is no text with lines.
    if !findings::is_observed(sources, at) {
        location.physical_location.region = Some(region(sources, at));
    }
    location
}

fn whole_file<'r>(artifact_location: ArtifactLocation) -> Location<'r> {
    Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location,
            region: None,
        },
        logical_locations: Vec::new(),
        message: None,
    }
}

fn region(sources: &Sources, at: source::Location) -> Region {
    let file = sources.get(at.file);
    let (start, end) = (position(file, at.span.start), position(file, at.span.end));
    Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

/// The standard does not count the byte order mark.
fn position(file: &SourceFile, offset: u32) -> source::Position {
    let mut at = file.position(offset);
    if at.line == 1 && file.text().starts_with('\u{feff}') {
        at.column = at.column.saturating_sub(1).max(1);
    }
    at
}

fn fix<'r>(sources: &'r Sources, fix: &'r source::Fix) -> Fix<'r> {
    let mut changes: BTreeMap<ArtifactLocation, Vec<Replacement<'r>>> = BTreeMap::new();
    for edit in &fix.edits {
        let name = sources.get(edit.location.file).name();
        let inserted = (!edit.replacement.is_empty()).then(|| message(&edit.replacement));
        changes
            .entry(uri::artifact(name))
            .or_default()
            .push(Replacement {
                deleted_region: region(sources, edit.location),
                inserted_content: inserted,
            });
    }
    Fix {
        description: message(&fix.title),
        artifact_changes: changes
            .into_iter()
            .map(|(artifact_location, replacements)| ArtifactChange {
                artifact_location,
                replacements,
            })
            .collect(),
        properties: FixProperties {
            applicability: fix.applicability.as_str(),
        },
    }
}

#[cfg(test)]
mod tests;
