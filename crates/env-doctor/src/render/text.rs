//! What people read in a terminal.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use source::{Applicability, Diagnostic, Edit, FileId, Fix, Label, Location, Severity, SourceFile, Sources};

use super::{FileReport, Report};
use crate::cli::ReportOptions;

/// Labels further apart than this many bytes are shown as snippets of their own, so that the work for one
/// finding does not grow with the file.
const CLUSTER: usize = 8 << 10;
/// Lines longer than this are not shown.
const MAX_LINE: usize = 2_000;
/// Up to this many inputs, each file without findings gets a line of its own.
const FEW_FILES: usize = 3;

/// The report as text.
pub(crate) fn render(report: &Report, options: &ReportOptions, colored: bool) -> String {
    let renderer = if colored { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for file in &report.files {
        for diagnostic in &file.checked.diagnostics {
            let groups = groups(&file.sources, diagnostic);
            out.push_str(&renderer.render(&groups));
            out.push_str("\n\n");
        }
        if !options.quiet {
            notes(file, report.files.len() <= FEW_FILES || options.verbose, &mut out);
        }
    }
    if !options.quiet {
        summary(report, options.verbose, &mut out);
    }
    out
}

fn notes(file: &FileReport, wanted: bool, out: &mut String) {
    if !wanted || file.checked.notes.is_empty() {
        return;
    }
    for note in &file.checked.notes {
        let source = file.sources.get(note.location.file);
        let line = source.position(note.location.span.start).line;
        let _ = writeln!(out, "note: {}:{line}: {}", source.name(), note.text);
    }
    out.push('\n');
}

fn plural(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

fn seen(file: &FileReport) -> String {
    let overview = &file.checked.overview;
    let mut parts = vec![plural(overview.stages, "stage")];
    parts.extend(overview.facts.iter().cloned());
    parts.join(", ")
}

fn summary(report: &Report, verbose: bool, out: &mut String) {
    let clean = report.files.iter().filter(|file| file.checked.diagnostics.is_empty());
    if verbose || report.files.len() <= FEW_FILES {
        for file in clean {
            let _ = writeln!(out, "{}: {}: no problems", file.sources.get(file.file).name(), seen(file));
        }
    }
    let total: usize = report.files.iter().map(|file| file.checked.diagnostics.len()).sum();
    if total == 0 && (report.files.len() <= FEW_FILES || report.files.is_empty()) {
        return;
    }
    let names = match report.files.as_slice() {
        few if few.len() <= FEW_FILES => {
            few.iter().map(|file| file.sources.get(file.file).name()).collect::<Vec<_>>().join(", ")
        }
        many => plural(many.len(), "file"),
    };
    let mut counts = Vec::new();
    for (severity, word) in [(Severity::Error, "error"), (Severity::Warning, "warning")] {
        let count = report.count(severity);
        if count > 0 {
            counts.push(plural(count, word));
        }
    }
    let infos = report.count(Severity::Info);
    if infos > 0 {
        counts.push(format!("{infos} info"));
    }
    let counts = if counts.is_empty() { "no problems".to_owned() } else { counts.join(", ") };
    let fixable = match report.fixable() {
        0 => String::new(),
        count => format!(" ({count} with a fix)"),
    };
    let _ = writeln!(out, "{names}: {counts}{fixable}   facts of {}", facts::DATE);
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    }
}

fn groups<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Vec<Group<'a>> {
    let title = level(diagnostic.severity).primary_title(diagnostic.message.as_str()).id(diagnostic.rule);
    let mut group = Group::with_title(title);
    for cluster in clusters(diagnostic) {
        let file = sources.get(cluster.file);
        group = match snippet(file, &cluster) {
            Some(snippet) => group.element(snippet),
            None => group.element(origin(file, cluster.labels[0].0)),
        };
    }
    if let Some(why) = &diagnostic.why {
        group = group.element(Level::NOTE.with_name("why").message(why.as_str()));
    }
    let mut groups = vec![group];
    let patch = diagnostic.fixes.first().and_then(|fix| Some((fix, patch(sources, fix)?)));
    match (&diagnostic.help, patch) {
        (Some(help), Some((fix, snippets))) => {
            groups.push(Group::with_title(Level::HELP.secondary_title(help.as_str())));
            groups.push(Group::with_title(Level::NOTE.with_name("fix").secondary_title(fix_title(fix))).elements(snippets));
        }
        (Some(help), None) => groups.push(Group::with_title(Level::HELP.secondary_title(help.as_str()))),
        (None, Some((fix, snippets))) => {
            groups.push(Group::with_title(Level::HELP.secondary_title(fix_title(fix))).elements(snippets));
        }
        (None, None) => {}
    }
    groups.push(Group::with_title(
        Level::NOTE.with_name("explain").secondary_title(format!("env-doctor explain {}", diagnostic.rule)),
    ));
    groups
}

fn fix_title(fix: &Fix) -> String {
    match fix.applicability {
        Applicability::Safe => fix.title.clone(),
        Applicability::Unsafe => format!("{} (may change what the image does)", fix.title),
        Applicability::DisplayOnly => format!("{} (by hand)", fix.title),
    }
}

/// Labels of one file that stand near each other.
struct Cluster<'a> {
    file: FileId,
    /// Span, text, whether it is the primary one.
    labels: Vec<(Location, &'a str, bool)>,
}

fn clusters(diagnostic: &Diagnostic) -> Vec<Cluster<'_>> {
    let primary = (diagnostic.primary.location, diagnostic.primary.text.as_str(), true);
    let mut found = vec![Cluster { file: primary.0.file, labels: vec![primary] }];
    for Label { location, text } in &diagnostic.related {
        let near = found.iter_mut().find(|cluster| {
            cluster.file == location.file
                && cluster.labels.iter().all(|(other, ..)| {
                    (other.span.start.abs_diff(location.span.start) as usize) < CLUSTER
                })
        });
        match near {
            Some(cluster) => cluster.labels.push((*location, text, false)),
            None => found.push(Cluster { file: location.file, labels: vec![(*location, text, false)] }),
        }
    }
    found
}

/// Whole lines around some spans; `None` when a line is too long to show.
fn window(file: &SourceFile, spans: impl Iterator<Item = Range<usize>>) -> Option<(Range<usize>, usize)> {
    let text = file.text();
    let (mut start, mut end) = (text.len(), 0);
    for span in spans {
        start = start.min(span.start);
        end = end.max(span.end);
    }
    let start = start.min(text.len());
    let start = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let start = if start == 0 && text.starts_with('\u{FEFF}') { 3 } else { start };
    let end = end.clamp(start, text.len());
    let end = text.get(end..)?.find('\n').map_or(text.len(), |at| end + at);
    let shown = text.get(start..end)?;
    let too_long = shown.lines().any(|line| line.len() > MAX_LINE);
    (!too_long).then(|| (start..end, file.position(start as u32).line as usize))
}

/// A span within a window, on character boundaries.
fn within(file: &SourceFile, window: &Range<usize>, location: Location) -> Range<usize> {
    let text = file.text();
    let clamp = |offset: u32| {
        let mut offset = (offset as usize).clamp(window.start, window.end);
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset.max(window.start) - window.start
    };
    let (start, end) = (clamp(location.span.start), clamp(location.span.end));
    start..end.max(start)
}

fn snippet<'a>(file: &'a SourceFile, cluster: &Cluster<'a>) -> Option<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let spans = cluster.labels.iter().map(|(location, ..)| location.span.range());
    let (window, line) = window(file, spans)?;
    let mut snippet = Snippet::source(&file.text()[window.clone()]).line_start(line).path(file.name());
    for (location, text, primary) in &cluster.labels {
        let kind = if *primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(within(file, &window, *location));
        snippet = snippet.annotation(if text.is_empty() { annotation } else { annotation.label(*text) });
    }
    Some(snippet)
}

fn origin(file: &SourceFile, location: Location) -> Origin<'_> {
    let position = file.position(location.span.start);
    Origin::path(file.name()).line(position.line as usize).char_column(position.column as usize)
}

/// The fix as a diff, file by file; `None` where its lines cannot be shown.
fn patch<'a>(sources: &'a Sources, fix: &'a Fix) -> Option<Vec<Snippet<'a, Patch<'a>>>> {
    let mut snippets = Vec::new();
    let mut rest: &[Edit] = &fix.edits;
    while let Some(first) = rest.first() {
        let file = first.location.file;
        let count = rest.iter().take_while(|edit| edit.location.file == file).count();
        let (edits, others) = rest.split_at(count);
        rest = others;
        let source = sources.get(file);
        let (window, line) = window(source, edits.iter().map(|edit| edit.location.span.range()))?;
        if window.len() > CLUSTER {
            return None;
        }
        let mut snippet = Snippet::source(&source.text()[window.clone()]).line_start(line).path(source.name());
        for edit in edits {
            snippet = snippet.patch(Patch::new(within(source, &window, edit.location), edit.replacement.as_str()));
        }
        snippets.push(snippet);
    }
    Some(snippets)
}
