//! One finding: its places, its reason, what to do.

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Snippet, normalize_untrusted_str,
};
use source::{Diagnostic, FileId, Location, Severity, SourceFile, Sources};
use workspace::findings;

use super::excerpt::{self, Lines};
use super::{fix, tame};

/// Labels further apart than this many bytes are shown as excerpts of their own.
const NEAR: usize = 8 << 10;

/// A finding as the renderer takes it.
pub(super) fn groups<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Vec<Group<'a>> {
    let title = level(diagnostic.severity)
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.rule);
    let mut group = Group::with_title(title);
    for cluster in clusters(sources, diagnostic) {
        group = cluster.show(sources.get(cluster.file), group);
    }
    for (source, value) in findings::evidence(sources, diagnostic) {
        let seen = format!("{}: {}", tame(source), tame(value));
        group = group.element(Level::NOTE.with_name("seen").message(seen));
    }
    if let Some(why) = &diagnostic.why {
        group = group.element(Level::NOTE.with_name("why").message(tame(why)));
    }
    let explain = Level::NOTE
        .with_name("explain")
        .message(format!("env-doctor explain {}", diagnostic.rule));
    match fix::group(sources, diagnostic) {
        Some(help) => vec![group, help.element(explain)],
        None => vec![group.element(explain)],
    }
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    }
}

struct Mark<'a> {
    at: Location,
    text: &'a str,
    kind: AnnotationKind,
}

/// Labels of one file that stand near each other.
struct Cluster<'a> {
    file: FileId,
    marks: Vec<Mark<'a>>,
}

/// Places in files; what was seen elsewhere has none.
fn clusters<'a>(sources: &Sources, diagnostic: &'a Diagnostic) -> Vec<Cluster<'a>> {
    let primary = Mark {
        at: diagnostic.primary.location,
        text: &diagnostic.primary.text,
        kind: AnnotationKind::Primary,
    };
    let mut found = Vec::new();
    if !findings::is_observed(sources, primary.at) {
        found.push(Cluster {
            file: primary.at.file,
            marks: vec![primary],
        });
    }
    for label in &diagnostic.related {
        if findings::is_observed(sources, label.location) {
            continue;
        }
        let mark = Mark {
            at: label.location,
            text: &label.text,
            kind: AnnotationKind::Context,
        };
        match found.iter_mut().find(|cluster| cluster.is_near(mark.at)) {
            Some(cluster) => cluster.marks.push(mark),
            None => found.push(Cluster {
                file: mark.at.file,
                marks: vec![mark],
            }),
        }
    }
    found
}

impl<'a> Cluster<'a> {
    fn is_near(&self, at: Location) -> bool {
        let near = |other: &Mark<'_>| at.span.start.abs_diff(other.at.span.start) < NEAR as u32;
        self.file == at.file && self.marks.iter().all(near)
    }

    fn show(&self, file: &'a SourceFile, mut group: Group<'a>) -> Group<'a> {
        let ranges = self
            .marks
            .iter()
            .map(|mark| excerpt::visible(file, mark.at.span));
        let lines = Lines::around(file, ranges);
        if lines.too_long() {
            for mark in &self.marks {
                group = show_piece(file, mark, group);
            }
            return group;
        }
        let mut snippet = Snippet::source(lines.text)
            .line_start(lines.number)
            .path(tame(file.name()));
        for mark in &self.marks {
            let range = lines.locate(&excerpt::visible(file, mark.at.span));
            snippet = snippet.annotation(annotation(mark, range));
        }
        group.element(snippet)
    }
}

fn annotation<'a>(mark: &Mark<'a>, span: std::ops::Range<usize>) -> Annotation<'a> {
    let annotation = mark.kind.span(span);
    if mark.text.is_empty() {
        annotation
    } else {
        annotation.label(tame(mark.text))
    }
}

/// A mark in a line that is too long to be shown whole.
fn show_piece<'a>(file: &'a SourceFile, mark: &Mark<'a>, group: Group<'a>) -> Group<'a> {
    let position = file.position(mark.at.span.start);
    let origin = Origin::path(tame(file.name()))
        .line(position.line as usize)
        .char_column(position.column as usize);
    let name = if mark.text.is_empty() {
        "here"
    } else {
        mark.text
    };
    let piece = excerpt::piece(file, mark.at.span);
    let message = normalize_untrusted_str(&piece);
    let element = Level::NOTE.with_name(name).message(message);
    group.element(origin).element(element)
}
