//! What the machine formats have in common: the order of findings, and their places.

use source::{Diagnostic, Location, Position, Sources};

use crate::report::Report;

/// A finding with the files that it speaks of.
#[derive(Clone, Copy)]
pub(super) struct Finding<'r> {
    /// The files.
    pub sources: &'r Sources,
    /// What was found.
    pub diagnostic: &'r Diagnostic,
    /// Whether it fails the run.
    pub fails: bool,
}

impl<'r> Finding<'r> {
    /// Where it is.
    pub(super) fn place(self) -> Place<'r> {
        place(self.sources, self.diagnostic.primary.location)
    }
}

/// All findings in the order of file, offset and rule.
pub(super) fn in_order(report: &Report) -> Vec<Finding<'_>> {
    let mut all: Vec<Finding<'_>> = report
        .diagnostics()
        .map(|(file, diagnostic)| Finding {
            sources: &file.sources,
            diagnostic,
            fails: file.fails(diagnostic),
        })
        .collect();
    all.sort_by_key(|finding| {
        let at = finding.diagnostic.primary.location;
        let name = finding.sources.get(at.file).name();
        (name, at.span.start, finding.diagnostic.rule)
    });
    all
}

/// A place as people count it.
#[derive(Clone, Copy)]
pub(super) struct Place<'r> {
    /// The file's name.
    pub file: &'r str,
    /// Its first character.
    pub start: Position,
    /// One past its last character.
    pub end: Position,
}

/// Where `location` is.
pub(super) fn place(sources: &Sources, location: Location) -> Place<'_> {
    let file = sources.get(location.file);
    Place {
        file: file.name(),
        start: file.position(location.span.start),
        end: file.position(location.span.end),
    }
}
