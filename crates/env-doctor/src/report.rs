//! The result of a run, before any format.

use std::collections::HashSet;

use linter::Checked;
use source::{Diagnostic, FileId, Severity, SourceFile, Sources, Span};

/// An input that could not be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The path as it was given.
    pub file: String,
    /// The reason: lower-case start, no full stop.
    pub message: String,
}

impl Failure {
    /// `message` about `file`.
    pub(crate) fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            message: message.into(),
        }
    }
}

/// The result of checking one input.
pub(crate) struct FileReport {
    /// The file and those it reads.
    pub sources: Sources,
    /// The file itself.
    pub file: FileId,
    /// What was found.
    pub checked: Checked,
    /// Findings in shared dependency files that an earlier input has already reported.
    pub repeated: usize,
}

impl FileReport {
    /// The result of a check that added to `sources`.
    pub(crate) fn new(sources: Sources, file: FileId, checked: Checked) -> Self {
        Self {
            sources,
            file,
            checked,
            repeated: 0,
        }
    }

    /// The input.
    pub(crate) fn source(&self) -> &SourceFile {
        self.sources.get(self.file)
    }

    /// Whether nothing at all was found.
    pub(crate) fn is_clean(&self) -> bool {
        self.checked.diagnostics.is_empty() && self.repeated == 0
    }
}

/// The result of a run.
pub(crate) struct Report {
    /// In the order of the inputs.
    pub files: Vec<FileReport>,
    /// Inputs that could not be checked.
    pub failures: Vec<Failure>,
}

impl Report {
    /// Brings the results of all inputs together. Inputs that install from the same dependency file have its
    /// findings in common: the first one reports them.
    pub(crate) fn new(
        results: Vec<Result<FileReport, Failure>>,
        mut failures: Vec<Failure>,
    ) -> Self {
        let mut files = Vec::with_capacity(results.len());
        for result in results {
            match result {
                Ok(file) => files.push(file),
                Err(failure) => failures.push(failure),
            }
        }
        drop_repeated(&mut files);
        Self { files, failures }
    }

    /// All findings with their inputs.
    pub(crate) fn diagnostics(&self) -> impl Iterator<Item = (&FileReport, &Diagnostic)> {
        self.files.iter().flat_map(|file| {
            let diagnostics = file.checked.diagnostics.iter();
            diagnostics.map(move |diagnostic| (file, diagnostic))
        })
    }

    /// How many findings have this severity.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.diagnostics()
            .filter(|(_, diagnostic)| diagnostic.severity == severity)
            .count()
    }

    /// The worst severity found.
    pub(crate) fn worst(&self) -> Option<Severity> {
        self.diagnostics()
            .map(|(_, diagnostic)| diagnostic.severity)
            .max()
    }

    /// How many findings come with an edit.
    pub(crate) fn fixable(&self) -> usize {
        self.diagnostics()
            .filter(|(_, diagnostic)| !diagnostic.fixes.is_empty())
            .count()
    }
}

fn drop_repeated(files: &mut [FileReport]) {
    let mut seen: HashSet<(&'static str, Severity, String, Span, String)> = HashSet::new();
    for report in files {
        let FileReport {
            sources,
            file,
            checked,
            repeated,
        } = report;
        checked.diagnostics.retain(|diagnostic| {
            let at = diagnostic.primary.location;
            let new = at.file == *file
                || seen.insert((
                    diagnostic.rule,
                    diagnostic.severity,
                    sources.get(at.file).name().to_owned(),
                    at.span,
                    diagnostic.message.clone(),
                ));
            *repeated += usize::from(!new);
            new
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use source::Location;

    use super::*;

    fn input(name: &str) -> FileReport {
        let mut sources = Sources::new();
        let file = sources.add(Arc::new(SourceFile::new(name, "FROM x\n")));
        let shared = sources.add(Arc::new(SourceFile::new("requirements.txt", "torch\n")));
        let finding = |file| {
            let at = Location::new(file, Span::new(0, 5));
            Diagnostic::new("some-rule", Severity::Error, "wrong", at)
        };
        let checked = Checked {
            diagnostics: vec![finding(file), finding(shared)],
            ..Checked::default()
        };
        FileReport::new(sources, file, checked)
    }

    #[test]
    fn a_shared_dependency_file_is_reported_once() {
        let report = Report::new(vec![Ok(input("a")), Ok(input("b"))], Vec::new());
        assert_eq!(report.count(Severity::Error), 3);
        assert_eq!(report.files[1].repeated, 1);
        assert!(!report.files[1].is_clean());
    }
}
