//! Findings that comments keep from the report, and what is wrong with such comments.

mod comments;
mod directive;
mod project;

use source::{Diagnostic, Edit, FileId, Fix, Location, Sources, Span};

use crate::rules::suppression;
use crate::{Check, rules, suggest};
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
    rules::find(finding.rule).is_some_and(|rule| matches!(rule.check, Check::Comments))
}

/// A directive and what it did.
struct Mark {
    directive: Directive,
    at: Location,
    /// What it covers in its file; `None` for the whole check.
    covers: Option<Span>,
    /// By name.
    used: Vec<bool>,
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
        let mut out = Suppressed::default();
        divide(&mut self.directives, findings, files, &mut out);
        let mut about = std::mem::take(&mut self.findings);
        let own = self.directives.iter();
        for mark in own.filter(|mark| files.contains(&mark.at.file)) {
            mark.unused(sources, certain, &mut about);
        }
        divide(&mut self.directives, about, files, &mut out);
        out
    }

    fn read(&mut self, sources: &Sources, file: FileId, layout: &Layout) {
        let text = sources.get(file).text();
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
                        Reach::Next => Some(comments::covered(text, span, &layout.parts)),
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
        let used = vec![false; directive.names.len()];
        self.directives.push(Mark {
            directive,
            at,
            covers,
            used,
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
    /// Whether the finding is one of those that it covers.
    fn covers(&self, finding: &Diagnostic, files: &[FileId]) -> bool {
        let Some(span) = self.covers else {
            return true;
        };
        let holds = |at: Location| at.file == self.at.file && holds(span, at.span.start);
        let primary = finding.primary.location;
        // What is found in a dependency file belongs to the instruction that installs from it.
        let related = || finding.related.iter().any(|label| holds(label.location));
        holds(primary)
            || (primary.file != self.at.file && files.contains(&self.at.file) && related())
    }

    fn unused(
        &self,
        sources: &Sources,
        certain: &dyn Fn(Check) -> bool,
        findings: &mut Vec<Diagnostic>,
    ) {
        let names = &self.directive.names;
        let known = |name: &str| rules::find(name).is_some_and(|rule| certain(rule.check));
        let unused: Vec<usize> = (0..names.len())
            .filter(|&index| !self.used[index] && known(&names[index].text))
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

fn holds(span: Span, offset: u32) -> bool {
    span.start <= offset && offset < span.end
}

fn divide(marks: &mut [Mark], findings: Vec<Diagnostic>, files: &[FileId], out: &mut Suppressed) {
    for finding in findings {
        let mut hidden = false;
        for mark in marks.iter_mut() {
            if !mark.covers(&finding, files) {
                continue;
            }
            for (name, used) in mark.directive.names.iter().zip(&mut mark.used) {
                if name.text == finding.rule {
                    *used = true;
                    hidden = true;
                }
            }
        }
        if hidden {
            out.suppressed.push(finding);
        } else {
            out.reported.push(finding);
        }
    }
}
