//! What formats for programs have in common: the order of findings, and their places.

use source::{Diagnostic, Label, Location, Position, Sources};

use crate::report::{MACHINE, Report};

/// A finding with the files that it speaks of.
#[derive(Clone, Copy)]
pub struct Finding<'r> {
    /// The files.
    pub sources: &'r Sources,
    /// What was found.
    pub diagnostic: &'r Diagnostic,
    /// Whether it fails the run.
    pub fails: bool,
}

impl<'r> Finding<'r> {
    /// The file that it stands under; what was seen on the machine and is no file has one heading.
    pub fn heading(self) -> &'r str {
        if self.is_observed() {
            MACHINE
        } else {
            self.place().file
        }
    }

    /// Whether it is about what was seen, and not about a place in a file.
    pub fn is_observed(self) -> bool {
        is_observed(self.sources, self.diagnostic.primary.location)
    }

    /// What was seen: where, and what.
    pub fn evidence(self) -> impl Iterator<Item = (&'r str, &'r str)> {
        evidence(self.sources, self.diagnostic)
    }

    /// Where it is.
    pub fn place(self) -> Place<'r> {
        place(self.sources, self.diagnostic.primary.location)
    }
}

/// All findings in the order of file, offset and rule.
pub fn in_order(report: &Report) -> Vec<Finding<'_>> {
    let mut all: Vec<Finding<'_>> = report
        .diagnostics()
        .map(|(file, diagnostic)| Finding {
            sources: &file.sources,
            diagnostic,
            fails: file.fails(diagnostic),
        })
        .collect();
    // What was seen on the machine stays in the order of its layers.
    all.sort_by_key(|finding| {
        let at = finding.diagnostic.primary.location;
        let name = finding.sources.get(at.file).name();
        let in_file = (name, at.span.start, finding.diagnostic.rule);
        (!finding.is_observed()).then_some(in_file)
    });
    all
}

/// Whether a place is what was seen, and none in a file.
pub fn is_observed(sources: &Sources, at: Location) -> bool {
    sources.get(at.file).is_observed()
}

/// The places in files that a finding rests on beside its own.
pub fn related<'r>(
    sources: &'r Sources,
    diagnostic: &'r Diagnostic,
) -> impl Iterator<Item = &'r Label> {
    let related = diagnostic.related.iter();
    related.filter(|label| !is_observed(sources, label.location))
}

/// What was seen for a finding: where, and what.
pub fn evidence<'r>(
    sources: &'r Sources,
    diagnostic: &'r Diagnostic,
) -> impl Iterator<Item = (&'r str, &'r str)> {
    let related = diagnostic.related.iter();
    std::iter::once(&diagnostic.primary)
        .chain(related)
        .map(|label| sources.get(label.location.file))
        .filter(|file| file.is_observed())
        .map(|file| (file.name(), file.text()))
}

/// A place as people count it.
#[derive(Clone, Copy)]
pub struct Place<'r> {
    /// The file's name.
    pub file: &'r str,
    /// Its first character.
    pub start: Position,
    /// One past its last character.
    pub end: Position,
}

/// Where `location` is.
pub fn place(sources: &Sources, location: Location) -> Place<'_> {
    let file = sources.get(location.file);
    Place {
        file: file.name(),
        start: file.position(location.span.start),
        end: file.position(location.span.end),
    }
}
