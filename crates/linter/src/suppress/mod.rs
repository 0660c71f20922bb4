//! Findings that comments keep from the report, and what is wrong with such comments.

mod comments;
mod coverage;
mod directive;
mod project;

use std::collections::HashSet;

use source::{Diagnostic, Edit, FileId, Fix, Location, Sources, Span, suggest};

use crate::nested::Nested;
use crate::rules::suppression;
use crate::{Check, rules};
use coverage::Coverage;
use directive::{Directive, MARK, Malformed, Reach};

pub use project::project_layouts;

/// The parts of a file that a comment before them or in them covers.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Comments with their `#`, sorted.
    pub comments: Vec<Span>,
    /// Sorted by their start, the longer before the shorter; one may hold others.
    pub parts: Vec<Part>,
    /// Where the first instruction or key stands: `ignore-file` stands above it.
    pub begin: u32,
}

/// An instruction, a stage or a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its bytes.
    pub span: Span,
    /// Whether a comment inside covers it as one before it does.
    pub from_within: bool,
}

/// Findings divided by the comments of their files.
#[derive(Debug, Default)]
pub struct Suppressed {
    /// What is reported, with the findings about the comments themselves.
    pub reported: Vec<Diagnostic>,
    /// What comments keep from the report.
    pub suppressed: Vec<Diagnostic>,
}

/// Divides `findings` by the comments of `file`, whose `layout` is known, and of the dependency files among
/// `sources`. `certain` says whether this check reports everything that the rules named in comments can find: only
/// then is a comment without effect called unused.
pub fn apply(
    sources: &Sources,
    file: FileId,
    layout: &Layout,
    findings: Vec<Diagnostic>,
    certain: &dyn Fn(Check) -> bool,
) -> Suppressed {
    let mut marks = Marks::default();
    if sources.get(file).text().contains(MARK) {
        marks.read(sources, file, layout);
    }
    for (id, other) in sources.iter() {
        if id != file && comments::may_have(other) {
            marks.read_dependency(sources, id);
        }
    }
    marks.apply(sources, &[file], findings, certain)
}

/// Divides `findings` by the comments of several files whose layout is known, as the files of a Compose project.
pub fn apply_all(
    sources: &Sources,
    layouts: &[(FileId, Layout)],
    findings: Vec<Diagnostic>,
    certain: &dyn Fn(Check) -> bool,
) -> Suppressed {
    let mut marks = Marks::default();
    let mut files = Vec::new();
    for (file, layout) in layouts {
        if sources.get(*file).text().contains(MARK) {
            marks.read(sources, *file, layout);
            files.push(*file);
        }
    }
    marks.apply(sources, &files, findings, certain)
}

/// Whether a finding is about a comment that suppresses, not about what is built.
#[must_use]
pub fn is_about_comments(finding: &Diagnostic) -> bool {
    rules::find(finding.rule).is_some_and(|rule| matches!(rule.checks, [Check::Comments]))
}

/// A directive and where it counts.
struct Mark {
    directive: Directive,
    at: Location,
    /// What it covers in its file; `None` for the whole check.
    covers: Option<Span>,
}

#[derive(Default)]
struct Marks {
    directives: Vec<Mark>,
    /// About the comments.
    findings: Vec<Diagnostic>,
}

impl Marks {
    /// `files` are those whose comments are called unused where they are.
    fn apply(
        mut self,
        sources: &Sources,
        files: &[FileId],
        findings: Vec<Diagnostic>,
        certain: &dyn Fn(Check) -> bool,
    ) -> Suppressed {
        if self.directives.is_empty() && self.findings.is_empty() {
            return Suppressed {
                reported: findings,
                suppressed: Vec::new(),
            };
        }
        let files: HashSet<FileId> = files.iter().copied().collect();
        let mut out = Suppressed::default();
        let names = self.directives.iter().flat_map(|mark| {
            let names = mark.directive.names.iter();
            names.map(|name| (mark.at.file, mark.covers, name.text.as_str()))
        });
        let mut coverage = Coverage::new(names);
        divide(&mut coverage, findings, &files, &mut out);
        let mut about = std::mem::take(&mut self.findings);
        let own = self.directives.iter();
        for mark in own.filter(|mark| files.contains(&mark.at.file)) {
            mark.unused(sources, &coverage, certain, &mut about);
        }
        divide(&mut coverage, about, &files, &mut out);
        out
    }

    fn read(&mut self, sources: &Sources, file: FileId, layout: &Layout) {
        let text = sources.get(file).text();
        let nested = Nested::new(layout.parts.iter().map(|part| part.span).collect());
        for &span in &layout.comments {
            let at = Location::new(file, span);
            match directive::read(text, span) {
                None => {}
                Some(Err(malformed)) => self.malformed(at, &malformed),
                Some(Ok(directive))
                    if directive.reach == Reach::File && span.start > layout.begin =>
                {
                    self.malformed(
                        at,
                        &Malformed {
                            span: directive.span,
                            message: "`ignore-file[…]` stands above everything else in the file",
                        },
                    );
                }
                Some(Ok(directive)) => {
                    let covers = match directive.reach {
                        Reach::File => None,
                        Reach::Next => Some(comments::covered(text, span, &layout.parts, &nested)),
                    };
                    self.add(directive, at, covers);
                }
            }
        }
    }

    fn read_dependency(&mut self, sources: &Sources, file: FileId) {
        let text = sources.get(file).text();
        for (span, covered) in comments::by_line(text) {
            let at = Location::new(file, span);
            match directive::read(text, span) {
                None => {}
                Some(Err(malformed)) => self.malformed(at, &malformed),
                Some(Ok(directive)) => {
                    let covers = match directive.reach {
                        Reach::File => Span::from_usize(0..text.len()),
                        Reach::Next => covered,
                    };
                    self.add(directive, at, Some(covers));
                }
            }
        }
    }

    fn add(&mut self, directive: Directive, at: Location, covers: Option<Span>) {
        for name in &directive.names {
            if rules::find(&name.text).is_none() {
                self.findings.push(unknown(&name.text, at, name.span));
            }
        }
        self.directives.push(Mark {
            directive,
            at,
            covers,
        });
    }

    fn malformed(&mut self, at: Location, malformed: &Malformed) {
        let rule = &suppression::MALFORMED;
        self.findings.push(
            Diagnostic::new(
                rule.name,
                rule.severity,
                format!("this comment suppresses nothing: {}", malformed.message),
                at,
            )
            .help("write `# env-doctor: ignore[RULE] reason`, or `ignore-file[RULE]` at the top of the file"),
        );
    }
}

fn unknown(name: &str, at: Location, span: Span) -> Diagnostic {
    let rule = &suppression::UNKNOWN_RULE;
    let names = || rules::ALL.iter().map(|rule| rule.name);
    let finding = Diagnostic::new(
        rule.name,
        rule.severity,
        format!("there is no rule `{name}`{}", suggest::hint(name, names())),
        Location::new(at.file, span),
    );
    match suggest::nearest(name, names()) {
        Some(near) => finding.help(format!("write `{near}`")),
        None => finding.help("`env-doctor rules` lists the rules"),
    }
}

impl Mark {
    fn unused(
        &self,
        sources: &Sources,
        coverage: &Coverage,
        certain: &dyn Fn(Check) -> bool,
        findings: &mut Vec<Diagnostic>,
    ) {
        let names = &self.directive.names;
        let known = |name: &str| {
            rules::find(name).is_some_and(|rule| rule.checks.iter().any(|&check| certain(check)))
        };
        let used = |name: &str| coverage.is_used(self.at.file, self.covers, name);
        let unused: Vec<usize> = (0..names.len())
            .filter(|&index| !used(&names[index].text) && known(&names[index].text))
            .collect();
        for &index in &unused {
            let (name, rule) = (&names[index], &suppression::UNUSED);
            let where_ = match self.directive.reach {
                Reach::File => "in this file",
                Reach::Next => "in what it covers",
            };
            let edit = if unused.len() == names.len() {
                self.whole(sources)
            } else {
                self.one(index)
            };
            findings.push(
                Diagnostic::new(
                    rule.name,
                    rule.severity,
                    format!("there is no {} {where_} to suppress", name.text),
                    Location::new(self.at.file, name.span),
                )
                .help("remove it")
                .fix(Fix::safe(
                    "remove the suppression",
                    vec![Edit::delete(Location::new(self.at.file, edit))],
                )),
            );
        }
    }

    /// The comment, with its line where it has one of its own.
    fn whole(&self, sources: &Sources) -> Span {
        let text = sources.get(self.at.file).text();
        comments::with_blanks(text, self.at.span)
    }

    /// One name with the comma that goes with it.
    fn one(&self, index: usize) -> Span {
        let names = &self.directive.names;
        match names.get(index + 1) {
            Some(next) => Span::new(names[index].span.start, next.span.start),
            None => Span::new(
                names[index.saturating_sub(1)].span.end,
                names[index].span.end,
            ),
        }
    }
}

/// `files` are those to whose comments a finding in a dependency file belongs, by the instruction that installs from
/// it.
fn divide(
    coverage: &mut Coverage,
    findings: Vec<Diagnostic>,
    files: &HashSet<FileId>,
    out: &mut Suppressed,
) {
    for finding in findings {
        let primary = finding.primary.location;
        let mut hidden = coverage.hides_everywhere(finding.rule);
        hidden |= coverage.hides(finding.rule, primary);
        for label in &finding.related {
            let at = label.location;
            if at.file != primary.file && files.contains(&at.file) {
                hidden |= coverage.hides(finding.rule, at);
            }
        }
        if hidden {
            out.suppressed.push(finding);
        } else {
            out.reported.push(finding);
        }
    }
}
