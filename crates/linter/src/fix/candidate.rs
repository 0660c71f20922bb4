//! The fixes that a round may apply.

use std::collections::{BTreeMap, BTreeSet};

use source::{Applicability, Diagnostic, Fix, Severity, Sources};

use super::edits::{NamedEdit, fit, with_line_ends_of};
use super::{Dropped, Examined, Project};

/// One fix, perhaps of several findings: inputs that install from the same file offer the same one.
pub(super) struct Candidate {
    /// What to change, by file and place.
    pub edits: Vec<NamedEdit>,
    /// The findings that it removes: input, rule, file.
    pub removes: Vec<Removed>,
    /// Whether what is found afterwards was only hidden before.
    pub uncovers: bool,
    /// How to name it when it is dropped.
    pub as_dropped: Dropped,
}

/// A finding that a fix promises to remove.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Removed {
    /// Number of the input.
    pub input: usize,
    /// The finding's rule.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The finding's file.
    pub file: String,
    /// What it says.
    pub message: String,
}

impl Candidate {
    /// The files it changes.
    pub(super) fn files(&self) -> BTreeSet<&str> {
        self.edits.iter().map(|edit| edit.name.as_str()).collect()
    }
}

/// The first fix of every reported finding that may be applied, in the order of the inputs and findings.
pub(super) fn candidates(
    project: &dyn Project,
    examined: &[Examined],
    level: Applicability,
) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut known: BTreeMap<Vec<NamedEdit>, usize> = BTreeMap::new();
    for (input, examined) in examined.iter().enumerate() {
        for diagnostic in &examined.reported {
            let Some((edits, fix)) = edits(project, &examined.sources, diagnostic, level) else {
                continue;
            };
            let file = examined.sources.get(diagnostic.primary.location.file);
            let removed = Removed {
                input,
                rule: diagnostic.rule,
                severity: diagnostic.severity,
                file: file.name().to_owned(),
                message: diagnostic.message.clone(),
            };
            if let Some(&index) = known.get(&edits) {
                found[index].removes.push(removed);
                found[index].uncovers |= fix.uncovers;
                continue;
            }
            known.insert(edits.clone(), found.len());
            found.push(Candidate {
                edits,
                removes: vec![removed],
                uncovers: fix.uncovers,
                as_dropped: Dropped {
                    rule: diagnostic.rule,
                    file: file.name().to_owned(),
                    line: file.position(diagnostic.primary.location.span.start).line,
                    title: fix.title.clone(),
                    reason: String::new(),
                },
            });
        }
    }
    found
}

fn edits<'d>(
    project: &dyn Project,
    sources: &Sources,
    diagnostic: &'d Diagnostic,
    level: Applicability,
) -> Option<(Vec<NamedEdit>, &'d Fix)> {
    let fix = diagnostic.fixes.first()?;
    if fix.applicability < level || fix.edits.is_empty() {
        return None;
    }
    let mut edits = Vec::with_capacity(fix.edits.len());
    for edit in &fix.edits {
        let file = sources.get(edit.location.file);
        // The `?` of a file that is not UTF-8 must not be written back.
        if file.is_lossy() || !project.may_change(file) {
            return None;
        }
        edits.push(NamedEdit {
            name: file.name().to_owned(),
            start: edit.location.span.start as usize,
            end: edit.location.span.end as usize,
            replacement: with_line_ends_of(file.text(), &edit.replacement),
        });
    }
    edits.sort();
    let fits = edits.chunk_by(|a, b| a.name == b.name).all(|edits| {
        let ranges: Vec<_> = edits.iter().map(|edit| edit.start..edit.end).collect();
        let file = sources.find(&edits[0].name).map(|id| sources.get(id));
        file.is_some_and(|file| fit(file.text(), &ranges))
    });
    fits.then_some((edits, fix))
}
